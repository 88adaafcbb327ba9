/** The system's runtime with a log that tests can read, and timers that can be fired by hand. */

import { noFailpoints } from '../../../src/runtime/failpoints.js';
import type { Runtime, Timer } from '../../../src/runtime/runtime.js';
import { createSystemRuntime } from '../../../src/runtime/system-runtime.js';

export interface LogLine {
  readonly event: string;
  readonly fields?: Record<string, unknown>;
}

export interface HeldTimer {
  readonly delayMs: number;
  fire(): void;
}

export interface QuietRuntime extends Runtime {
  readonly lines: LogLine[];
  /** Timers of at least `holdFromMs` that wait to be fired by the test. */
  readonly held: Set<HeldTimer>;
}

/** Timers of `holdFromMs` and more never fire by themselves. */
export function quietRuntime(holdFromMs = Number.POSITIVE_INFINITY): QuietRuntime {
  const lines: LogLine[] = [];
  const held = new Set<HeldTimer>();
  const log = (event: string, fields?: Record<string, unknown>): void => {
    lines.push({ event, fields });
  };
  const runtime = createSystemRuntime({
    logger: () => ({ debug: log, info: log, warn: log, error: log }),
    failpoints: noFailpoints,
  });
  const after = (delayMs: number, action: () => void): Timer => {
    if (delayMs < holdFromMs) return runtime.scheduler.after(delayMs, action);
    const timer: HeldTimer = {
      delayMs,
      fire: () => {
        held.delete(timer);
        action();
      },
    };
    held.add(timer);
    return { cancel: () => held.delete(timer) };
  };
  return { ...runtime, scheduler: { ...runtime.scheduler, after }, lines, held };
}
