/** Waiting for anything to have changed: a decision, a rejection, or some time. */

import type { OperationControl } from '../operation-control.js';
import type { DoorParts } from '../options.js';

/**
 * Resolves after the next decision or rejection, and after `timeoutMs` in any case, because claims and backlog entries
 * have no event here. False when the operation has ended.
 */
export function changed(parts: DoorParts, control: OperationControl, timeoutMs: number): Promise<boolean> {
  const { events, runtime } = parts;
  if (control.signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const stops: (() => void)[] = [];
    const finish = (): void => {
      for (const stop of stops) stop();
      resolve(!control.signal.aborted);
    };
    const timer = runtime.scheduler.after(timeoutMs, finish);
    control.signal.addEventListener('abort', finish, { once: true });
    stops.push(
      () => timer.cancel(),
      () => control.signal.removeEventListener('abort', finish),
      events.onHead(finish),
      events.onRejection(finish),
    );
  });
}
