/**
 * The store port on a runner. Owns what an answer of the runner means to a caller of the port; where the work is done
 * (this thread or another) is the runner's affair.
 */

import { type Changes, Hints } from '../hints.js';
import {
  type BacklogEntry,
  type ClaimResult,
  type EntryState,
  type PlacedEntry,
  type PlacedRejection,
  type PlacedVote,
  type Reassignment,
  type Store,
  type StoredBlock,
  type StoredImport,
  type StoredRejection,
  type StoredVote,
  type StoreHint,
  StoreUnavailable,
  type VotesAfter,
  type WriteResult,
} from '../store.js';
import type { OperationName, Operations } from './facts.js';
import { StoreOutcomeUnknown } from './failures.js';
import { changesOf } from './hints.js';
import { packEntries, packStates, unpackEntries } from './packing.js';

type Argument<M extends OperationName> = Parameters<Operations[M]>[0];
type Answer<M extends OperationName> = ReturnType<Operations[M]>;

/** Runs operations in the order of the calls. */
export interface Runner {
  /** Rejects with StoreUnavailable (nothing was written) or StoreOutcomeUnknown. */
  call<M extends OperationName>(method: M, argument: Argument<M>): Promise<Answer<M>>;
  /** Starts or stops telling of commits that did not come through this runner. */
  watch(onChange: ((changes: Changes) => void) | null): void;
  /** Tells the other stores on the same connection, if there are any, what was written through this one. */
  announce(changes: Changes): void;
  close(): Promise<void>;
}

export class EmbeddedStore implements Store {
  readonly kind = 'embedded';
  private readonly hints = new Hints();
  private closed: Promise<void> | null = null;

  constructor(private readonly runner: Runner) {}

  addBacklog(entries: readonly BacklogEntry[]): Promise<WriteResult[]> {
    return this.write('addBacklog', packEntries(entries), (result) => entries.map(() => result));
  }

  reassignBacklog(changes: readonly Reassignment[]): Promise<number> {
    return this.write('reassignBacklog', changes, failCount);
  }

  removeBacklog(states: readonly EntryState[]): Promise<number> {
    return this.write('removeBacklog', packStates(states), failCount);
  }

  async readBacklog(afterPosition: number, limit: number): Promise<PlacedEntry[]> {
    return unpackEntries(await this.read('readBacklog', { from: afterPosition, limit }));
  }

  backlogStates(digests: readonly string[]): Promise<EntryState[]> {
    return this.read('backlogStates', digests);
  }

  async backlogByTransaction(transactionIds: readonly string[]): Promise<PlacedEntry[]> {
    return unpackEntries(await this.read('backlogByTransaction', transactionIds));
  }

  countBacklog(): Promise<number> {
    return this.read('countBacklog', null);
  }

  claimHeight(block: StoredBlock): Promise<ClaimResult> {
    return this.write('claimHeight', block, (result) => result);
  }

  readBlocks(fromHeight: number, limit: number): Promise<StoredBlock[]> {
    return this.read('readBlocks', { from: fromHeight, limit });
  }

  readBlockById(id: string): Promise<StoredBlock | null> {
    return this.read('readBlockById', id);
  }

  addVotes(votes: readonly StoredVote[]): Promise<WriteResult[]> {
    return this.write('addVotes', votes, (result) => votes.map(() => result));
  }

  readVotes(blockIds: readonly string[], limitPerBlock: number, after?: VotesAfter): Promise<PlacedVote[]> {
    return this.read('readVotes', { blockIds, limitPerBlock, after: after ?? null });
  }

  addRejections(rejections: readonly StoredRejection[]): Promise<WriteResult[]> {
    return this.write('addRejections', rejections, (result) => rejections.map(() => result));
  }

  readRejections(afterPosition: number, limit: number): Promise<PlacedRejection[]> {
    return this.read('readRejections', { from: afterPosition, limit });
  }

  rejectionsByTransaction(transactionIds: readonly string[]): Promise<PlacedRejection[]> {
    return this.read('rejectionsByTransaction', transactionIds);
  }

  addImport(record: StoredImport): Promise<WriteResult> {
    return this.write('addImport', record, (result) => result);
  }

  readImport(): Promise<StoredImport | null> {
    return this.read('readImport', null);
  }

  follow(onHint: (hint: StoreHint) => void): () => void {
    const stop = this.hints.follow(onHint);
    this.runner.watch((changes) => this.hints.add(changes, false));
    return () => {
      stop();
      if (!this.hints.followed) this.runner.watch(null);
    };
  }

  close(): Promise<void> {
    this.closed ??= this.runner.close();
    return this.closed;
  }

  private async read<M extends OperationName>(method: M, argument: Argument<M>): Promise<Answer<M>> {
    if (this.closed !== null) throw new StoreUnavailable('the store is closed');
    try {
      return await this.runner.call(method, argument);
    } catch (error) {
      throw error instanceof StoreOutcomeUnknown ? new StoreUnavailable(error.message) : error;
    }
  }

  /** Calls, turns a failure into the port's word for it, and tells the followers. */
  private async write<M extends OperationName>(
    method: M,
    argument: Argument<M>,
    failed: (result: 'unavailable' | 'unknown') => Answer<M>,
  ): Promise<Answer<M>> {
    if (this.closed !== null) return failed('unavailable');
    try {
      const answer = await this.runner.call(method, argument);
      this.tell(changesOf(method, answer));
      return answer;
    } catch (error) {
      if (error instanceof StoreUnavailable) return failed('unavailable');
      if (error instanceof StoreOutcomeUnknown) return failed('unknown');
      throw error;
    }
  }

  private tell(changes: Changes | null): void {
    if (changes === null) return;
    this.hints.add(changes, true);
    this.runner.announce(changes);
  }
}

/** A count has no room for `unavailable` or `unknown`. */
function failCount(result: 'unavailable' | 'unknown'): never {
  throw new StoreUnavailable(`the outcome of the write is ${result}`);
}
