/**
 * Ends an operation whose client went away or whose time is up: every step that waits, waits against its signal. What
 * was submitted to the ledger by then stays submitted.
 */

import type { Scheduler, Timer } from '../runtime/runtime.js';
import { clientError } from './errors.js';

export class OperationControl {
  private readonly controller = new AbortController();
  private timer: Timer | null = null;

  get signal(): AbortSignal {
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
    if (this.signal.aborted) throw this.signal.reason;
  }

  /** The promise's result, or the reason for the end as soon as there is one. */
  race<T>(promise: Promise<T>): Promise<T> {
    if (this.signal.aborted) {
      promise.catch(() => undefined);
      return Promise.reject(this.signal.reason);
    }
    return new Promise<T>((resolve, reject) => {
      const end = (): void => reject(this.signal.reason);
      this.signal.addEventListener('abort', end, { once: true });
      promise.then(resolve, reject).finally(() => this.signal.removeEventListener('abort', end));
    });
  }

  private abort(reason: Error): void {
    this.finish();
    if (!this.signal.aborted) this.controller.abort(reason);
  }
}
