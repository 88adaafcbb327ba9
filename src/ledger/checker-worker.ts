/**
 * The checker that runs in one or two threads. Work goes to the thread with the least of it; large lists are split, so
 * that both threads share them. All calls of one turn of the event loop travel in one message (`runtime/worker-calls`).
 */

import type { Ed25519Name } from '../codec/ed25519.js';
import type { CheckedBlock } from '../model/block-types.js';
import type { CheckedText, CheckLimits } from '../model/transaction-types.js';
import { WorkerCalls, workerEntry } from '../runtime/worker-calls.js';
import type { StoredBlock } from '../store/store.js';
import type { Checker } from './checker.js';
import { type Packed, packBlock, packTexts, unpackCheckedBlock, unpackChecks } from './checker-packing.js';
import type { CheckerThreadOptions } from './checker-thread.js';

export interface WorkerCheckerOptions {
  /** 1 or 2; more than the machine's cores only adds waiting. */
  readonly threads: number;
  /** null: the best that loads. */
  readonly ed25519: Ed25519Name | null;
  /** A thread died; its open calls were rejected with `WorkerGone`. The node must stop. */
  readonly onFailure: (error: Error) => void;
}

/** Messages under way in one thread, and calls in one: enough to keep it busy, few enough to answer soon. */
const IN_FLIGHT_MAX = 2;
const BATCH_MAX = 32;
/** Texts in one call; a longer list is cut into several, for whichever thread is free. */
const TEXTS_PER_CALL = 32;
/** UTF-16 units of a block's text that cost as much as one transaction. */
const BLOCK_CHARACTERS_PER_TRANSACTION = 1000;

export function createWorkerChecker(options: WorkerCheckerOptions): Checker {
  return new WorkerChecker(options);
}

interface Thread {
  readonly calls: WorkerCalls;
  /** Transactions that it has been sent and has not answered. */
  load: number;
}

class WorkerChecker implements Checker {
  queued = 0;
  private readonly threads: readonly Thread[];

  constructor(options: WorkerCheckerOptions) {
    const workerData: CheckerThreadOptions = { ed25519: options.ed25519 };
    const entry = workerEntry(__dirname, 'checker-thread');
    this.threads = Array.from({ length: Math.max(1, options.threads) }, (_, index) => ({
      calls: new WorkerCalls({
        entry,
        name: `checker-${index}`,
        workerData,
        inFlightMax: IN_FLIGHT_MAX,
        batchMax: BATCH_MAX,
        onFailure: options.onFailure,
      }),
      load: 0,
    }));
  }

  async checkTransactions(
    texts: readonly (string | Uint8Array)[],
    limits: CheckLimits,
  ): Promise<CheckedText[]> {
    this.queued += texts.length;
    try {
      if (texts.length <= TEXTS_PER_CALL) return await this.checkTogether(texts, limits);
      const parts = cut(texts, TEXTS_PER_CALL).map((part) => this.checkTogether(part, limits));
      return (await Promise.all(parts)).flat();
    } finally {
      this.queued -= texts.length;
    }
  }

  async checkBlock(block: StoredBlock, known: readonly string[]): Promise<CheckedBlock | null> {
    const load = 1 + block.text.length / BLOCK_CHARACTERS_PER_TRANSACTION;
    const packed = await this.call('block', packBlock(block, known), load);
    return packed === null ? null : unpackCheckedBlock(packed, block);
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.calls.close()));
  }

  private async checkTogether(
    texts: readonly (string | Uint8Array)[],
    limits: CheckLimits,
  ): Promise<CheckedText[]> {
    const packed = await this.call('transactions', packTexts(texts, limits), texts.length);
    return packed === null ? [] : unpackChecks(packed, texts.length);
  }

  private async call(method: string, argument: Packed, load: number): Promise<Packed | null> {
    const thread = this.leastLoaded();
    thread.load += load;
    try {
      // Only `checker-thread` answers.
      return (await thread.calls.call(method, argument)) as Packed | null;
    } finally {
      thread.load -= load;
    }
  }

  private leastLoaded(): Thread {
    let least = this.threads[0];
    for (const thread of this.threads) if (least === undefined || thread.load < least.load) least = thread;
    if (least === undefined) throw new Error('a checker has at least one thread');
    return least;
  }
}

function cut<T>(items: readonly T[], length: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < items.length; at += length) parts.push(items.slice(at, at + length));
  return parts;
}
