/** Calls that come in bursts. */

import { after } from './browser.js';

/** An action that runs at once, and then at most once in a period; the last call of a burst is never left out. */
export class Throttle {
  private waiting: (() => void) | null = null;
  private wanted = false;

  constructor(
    private readonly action: () => void,
    private readonly periodMs: number,
  ) {}

  call(): void {
    if (this.waiting !== null) {
      this.wanted = true;
      return;
    }
    this.waiting = after(this.periodMs, () => {
      this.waiting = null;
      if (!this.wanted) return;
      this.wanted = false;
      this.call();
    });
    this.action();
  }

  /** What waits is not done any more. */
  cancel(): void {
    this.waiting?.();
    this.waiting = null;
    this.wanted = false;
  }
}
