/**
 * Ends an operation whose client went away or whose time is up: every step that waits, waits against its signal. What
 * was submitted to the ledger by then stays submitted.
 */

import type { Scheduler, Timer } from '../runtime/runtime.js';
import { clientError } from './errors.js';

export class OperationControl {
  /** Made for the first who asks for the signal: most operations end before anybody does. */
  private controller: AbortController | null = null;
  private timer: Timer | null = null;
  private reason: Error | null = null;
  private readonly waiting = new Set<(reason: Error) => void>();

  /** Aborted when the operation was ended. */
  get signal(): AbortSignal {
    if (this.controller === null) {
      this.controller = new AbortController();
      if (this.reason !== null) this.controller.abort(this.reason);
    }
    return this.controller.signal;
  }

  /** Ends the operation `timeoutMs` from now. A second call replaces the first. */
  limit(scheduler: Scheduler, timeoutMs: number): void {
    this.timer?.cancel();
    this.timer = scheduler.after(timeoutMs, () => {
      this.abort(clientError('TIMEOUT', `The operation took longer than ${timeoutMs} ms.`));
    });
  }

  /** The client is gone: nobody will read an answer. */
  cancel(): void {
    this.abort(clientError('CANCELLED', 'The client went away.'));
  }

  /** The operation is over; safe to call twice. */
  finish(): void {
    this.timer?.cancel();
    this.timer = null;
  }

  /** Throws when the operation was ended. */
  check(): void {
    if (this.reason !== null) throw this.reason;
  }

  /** The promise's result, or the reason for the end as soon as there is one. */
  race<T>(promise: Promise<T>): Promise<T> {
    if (this.reason !== null) {
      promise.catch(() => undefined);
      return Promise.reject(this.reason);
    }
    return new Promise<T>((resolve, reject) => {
      this.waiting.add(reject);
      promise.then(
        (value) => {
          this.waiting.delete(reject);
          resolve(value);
        },
        (error: unknown) => {
          this.waiting.delete(reject);
          reject(error);
        },
      );
    });
  }

  private abort(reason: Error): void {
    this.finish();
    if (this.reason !== null) return;
    this.reason = reason;
    this.controller?.abort(reason);
    for (const reject of this.waiting) reject(reason);
    this.waiting.clear();
  }
}
