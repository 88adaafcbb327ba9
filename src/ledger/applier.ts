/**
 * Hands decided heights to the view, in order, one commit under way at a time; what is decided meanwhile shares the
 * next commit. After a commit it prunes the pending heights, publishes the new head, and clears the backlog entries
 * of valid blocks.
 */

import { BOUNDS } from '../config/limits.js';
import type { CheckedBlock } from '../model/block-types.js';
import type { Logger, Runtime } from '../runtime/runtime.js';
import type { EntryState, Store } from '../store/store.js';
import type { DecidedHeight, View } from '../view/view.js';
import type { Backlog } from './backlog.js';
import type { LedgerState } from './ledger-state.js';
import { type PendingHeight, wellFormed } from './pending-heights.js';
import { type HeightCount, standingVotes } from './stored-votes.js';
import { ViewFailed } from './view-failed.js';

export interface ApplierOptions {
  readonly view: View;
  readonly store: Store;
  readonly state: LedgerState;
  readonly backlog: Backlog;
  readonly runtime: Runtime;
  /** Called after each commit with the new head, in order. */
  readonly onCommitted: (height: number) => void;
  /** The view cannot be written: the node must stop. */
  readonly onFailure: (error: Error) => void;
}

interface Queued {
  readonly entry: PendingHeight;
  readonly count: HeightCount | null;
}

export class Applier {
  private readonly queue: Queued[] = [];
  private readonly log: Logger;
  private running: Promise<void> | null = null;
  private toClear: EntryState[] = [];
  private clearing: Promise<void> | null = null;
  private failure: ViewFailed | null = null;

  constructor(private readonly options: ApplierOptions) {
    this.log = options.runtime.logger('ledger');
  }

  /** Queues a height that has just been decided (`count` null for genesis and for heights passed over). */
  add(entry: PendingHeight, count: HeightCount | null): void {
    if (this.failure !== null) return;
    this.queue.push({ entry, count });
    this.running ??= this.run();
  }

  /** Nothing is waiting to be committed. */
  get idle(): boolean {
    return this.running === null;
  }

  /** Resolves when everything decided so far is committed, or can no longer be (`onFailure` has been called then). */
  async settled(): Promise<void> {
    while (this.running !== null) await this.running;
  }

  /** Entries of valid blocks whose clearing failed are cleared again; called by the election pipeline's sweep. */
  async clear(): Promise<void> {
    this.clearing ??= this.clearOnce().finally(() => {
      this.clearing = null;
    });
    await this.clearing;
  }

  private async run(): Promise<void> {
    try {
      while (this.queue.length > 0) await this.applyOnce();
    } catch (error) {
      // What was decided is in the store; the next start decides it again. Nothing may follow a height that is missing.
      this.failure = new ViewFailed(error);
      this.options.onFailure(this.failure);
    } finally {
      this.running = null;
    }
  }

  private async applyOnce(): Promise<void> {
    const { view, runtime, state } = this.options;
    const batch = this.queue.splice(0, BOUNDS.heightsPerCommit);
    const heights = batch.map((queued) => this.decidedHeight(queued));
    runtime.failpoints.hit('view.before_apply');
    // A crash here leaves the view at its former height; the same facts decide the same again after the restart.
    await view.apply(heights);
    runtime.failpoints.hit('view.after_apply');
    const last = batch[batch.length - 1]?.entry.height ?? state.decidedHeight;
    state.committed(last);
    for (const { entry } of batch)
      this.log.debug('height.decided', {
        height: entry.height,
        block_id: entry.block?.id ?? null,
        status: entry.status,
      });
    for (const { entry } of batch) this.forgetBacklog(entry);
    this.options.onCommitted(last);
    runtime.failpoints.hit('events.after_publish');
    // What fails here has been logged; the election pipeline clears it again.
    this.clear().catch(() => undefined);
  }

  /** Drops the entries of a valid block from the mirror and marks them for clearing in the store. */
  private forgetBacklog(entry: PendingHeight): void {
    if (entry.status !== 'valid') return;
    const { backlog } = this.options;
    for (const transaction of wellFormed(entry)) {
      for (const known of backlog.ofTransaction(transaction.id)) {
        this.toClear.push({ digest: known.transaction.digest, stamp: known.stamp });
        backlog.remove(known.transaction.digest);
      }
    }
  }

  private async clearOnce(): Promise<void> {
    while (this.toClear.length > 0) {
      const batch = this.toClear.splice(0, BOUNDS.clearBatch);
      try {
        // A crash here leaves entries of decided transactions; the block pipeline finds them valid and clears them.
        await this.options.store.removeBacklog(batch);
        this.options.runtime.failpoints.hit('election.mid_clear');
      } catch (error) {
        // Kept for the next try; after a crash the sweep from the beginning finds the entries again.
        this.toClear = [...batch, ...this.toClear];
        this.log.warn('backlog.clear_failed', { entries: batch.length });
        throw error;
      }
    }
  }

  private decidedHeight({ entry, count }: Queued): DecidedHeight {
    const { block } = entry;
    if (block === null) return { height: entry.height, decidedAtMs: entry.decidedAtMs, block: null };
    return {
      height: entry.height,
      decidedAtMs: entry.decidedAtMs,
      block: {
        id: block.id,
        text: block.text,
        signature: block.signature,
        parent: block.parent,
        claimSignature: block.claimSignature,
        creator: block.creator,
        timestamp: block.timestamp,
        status: entry.status === 'valid' ? 'valid' : entry.status === 'invalid' ? 'invalid' : 'undecided',
        invalidReason: entry.status === 'invalid' ? (entry.verdict?.reason ?? null) : null,
        transactions: this.transactionsOf(block),
        votes: count === null ? [] : standingVotes(count),
      },
    };
  }

  /** Every transaction of the block; those of an invalid block that are wrong themselves go by the id they claim. */
  private transactionsOf(block: CheckedBlock): { id: string; text: string; acceptedAtMs: number | null }[] {
    return block.transactions.map((result, position) => {
      const id = result.ok ? result.transaction.id : (result.id ?? '');
      const acceptedAtMs = this.options.backlog.ofTransaction(id)[0]?.acceptedAtMs ?? null;
      return { id, text: block.transactionTexts[position] ?? '', acceptedAtMs };
    });
  }
}
