/** Tells listeners that the view's head moved or a transaction was rejected. Keeps no events: see `events.ts`. */

import type { HeadEvents } from './events.js';

interface Waiter {
  readonly height: number;
  readonly resolve: () => void;
}

export class LedgerEvents implements HeadEvents {
  private readonly headListeners = new Set<(height: number) => void>();
  private readonly rejectionListeners = new Set<(transactionId: string) => void>();
  private readonly waiters = new Set<Waiter>();

  /** `onListenerFailure` learns of a listener that threw; the others are called all the same. */
  constructor(
    private current: number,
    private readonly onListenerFailure: (error: unknown) => void,
  ) {}

  head(): number {
    return this.current;
  }

  onHead(listener: (height: number) => void): () => void {
    this.headListeners.add(listener);
    return () => this.headListeners.delete(listener);
  }

  onRejection(listener: (transactionId: string) => void): () => void {
    this.rejectionListeners.add(listener);
    return () => this.rejectionListeners.delete(listener);
  }

  waitAbove(height: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.current > height) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.waiters.delete(waiter);
        reject(signal.reason);
      };
      const waiter: Waiter = {
        height,
        resolve: () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      this.waiters.add(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** The view has committed everything up to `height`. Called by the ledger only, in order. */
  publishHead(height: number): void {
    this.current = height;
    for (const listener of [...this.headListeners]) this.call(() => listener(height));
    for (const waiter of [...this.waiters]) {
      if (waiter.height >= height) continue;
      this.waiters.delete(waiter);
      waiter.resolve();
    }
  }

  /** A rejection stands in the view. Called by the ledger only. */
  publishRejection(transactionId: string): void {
    for (const listener of [...this.rejectionListeners]) this.call(() => listener(transactionId));
  }

  private call(listen: () => void): void {
    try {
      listen();
    } catch (error) {
      this.onListenerFailure(error);
    }
  }
}
