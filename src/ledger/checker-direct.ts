/**
 * The checker that runs in the calling thread: for simulation and tests, where every hand-over of the event loop is
 * the scheduler's, and for machines without threads. It lets other work go on every 10 ms.
 */

import type { CheckedBlock } from '../model/block-types.js';
import { checkBlockSteps } from '../model/check-block.js';
import { checkTransactionSteps } from '../model/check-transaction.js';
import type { Steps } from '../model/steps.js';
import type { CheckedText, CheckLimits } from '../model/transaction-types.js';
import type { Runtime } from '../runtime/runtime.js';
import type { StoredBlock } from '../store/store.js';
import type { Checker } from './checker.js';

/** Longest time that checks hold the event loop before they let others run. */
const SLICE_MS = 10;

export function createDirectChecker(runtime: Pick<Runtime, 'clock' | 'scheduler'>): Checker {
  return new DirectChecker(runtime);
}

class DirectChecker implements Checker {
  queued = 0;
  private sliceStartMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly runtime: Pick<Runtime, 'clock' | 'scheduler'>) {}

  async checkTransactions(
    texts: readonly (string | Uint8Array)[],
    limits: CheckLimits,
  ): Promise<CheckedText[]> {
    this.queued += texts.length;
    const options = { limits, genesisAllowed: false };
    const checked: CheckedText[] = [];
    this.startSlice();
    try {
      for (const text of texts) checked.push(await this.run(checkTransactionSteps(text, options)));
    } finally {
      this.queued -= texts.length;
    }
    return checked;
  }

  checkBlock(block: StoredBlock, known: readonly string[]): Promise<CheckedBlock | null> {
    this.startSlice();
    return this.run(checkBlockSteps(block, new Set(known)));
  }

  async close(): Promise<void> {}

  private startSlice(): void {
    this.sliceStartMs = this.runtime.clock.monotonicMs();
  }

  private async run<T>(steps: Steps<T>): Promise<T> {
    const { clock, scheduler } = this.runtime;
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      if (clock.monotonicMs() - this.sliceStartMs < SLICE_MS) continue;
      await scheduler.yieldTurn();
      this.startSlice();
    }
  }
}
