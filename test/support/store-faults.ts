/**
 * A store that misbehaves on purpose, around any real one: calls that take as long as a test wants, answers that are
 * `unavailable` or unknown, lost hints, and a process that died in the middle. It keeps the port's promises about
 * what each of these answers means, so whatever a consumer does wrong under it is the consumer's fault.
 */

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
} from '../../src/store/store.js';

/** Every verb of the port that asks the store for something. */
export type StoreCallName = Exclude<keyof Store, 'kind' | 'follow' | 'close'>;

/**
 * What happens to one call. `unknown-applied` and `unknown-not-applied` look the same to the caller: `unknown` where
 * the port can say so, StoreUnavailable elsewhere; only the store knows whether it was done.
 */
export type StoreFault =
  | 'none'
  | 'unavailable'
  | 'unknown-applied'
  | 'unknown-not-applied'
  /** Looks like the two before; the store carries it out later (`later`). */
  | 'unknown-late'
  /** The call is carried out and answered, and carried out once more later. */
  | 'repeated';

export interface StoreFaults {
  /** Decides each call; `count` is its number from 1 over all calls of this store. Default: no fault. */
  readonly decide?: (name: StoreCallName, count: number) => StoreFault;
  /** The call reaches the store only after this; nothing is applied when the store is killed meanwhile. */
  readonly beforeCall?: (name: StoreCallName) => Promise<void> | undefined;
  /** The answer reaches the caller only after this; the call has been applied already. */
  readonly afterCall?: (name: StoreCallName) => Promise<void> | undefined;
  /** Does `apply` some time after now; needed for `unknown-late` and `repeated`. */
  readonly later?: (apply: () => void) => void;
  /** Whether a hint arrives. Default: every one. */
  readonly deliverHint?: (hint: StoreHint) => boolean;
}

/** How a call that was not answered looks to its caller. */
interface Failures<T> {
  unavailable(): T;
  unknown(): T;
}

function throwUnavailable(): never {
  throw new StoreUnavailable('injected fault');
}

/** Reads, and writes that answer a number, can only throw. */
const THROWING: Failures<never> = { unavailable: throwUnavailable, unknown: throwUnavailable };

function answerEach(items: readonly unknown[]): Failures<WriteResult[]> {
  return {
    unavailable: () => items.map(() => 'unavailable'),
    unknown: () => items.map(() => 'unknown'),
  };
}

const CLAIM: Failures<ClaimResult> = { unavailable: () => 'unavailable', unknown: () => 'unknown' };

export class FaultyStore implements Store {
  readonly kind: string;
  /** Calls so far, of every verb. */
  calls = 0;
  private killed = false;
  private readonly followers = new Set<() => void>();

  constructor(
    private readonly inner: Store,
    private readonly faults: StoreFaults = {},
  ) {
    this.kind = inner.kind;
  }

  /** The process behind this store dies: no pending or later call ever settles and no hint arrives any more. */
  kill(): void {
    this.killed = true;
    for (const stop of this.followers) stop();
    this.followers.clear();
  }

  addBacklog(entries: readonly BacklogEntry[]): Promise<WriteResult[]> {
    return this.run('addBacklog', () => this.inner.addBacklog(entries), answerEach(entries));
  }
  reassignBacklog(changes: readonly Reassignment[]): Promise<number> {
    return this.run('reassignBacklog', () => this.inner.reassignBacklog(changes), THROWING);
  }
  removeBacklog(states: readonly EntryState[]): Promise<number> {
    return this.run('removeBacklog', () => this.inner.removeBacklog(states), THROWING);
  }
  readBacklog(afterPosition: number, limit: number): Promise<PlacedEntry[]> {
    return this.run('readBacklog', () => this.inner.readBacklog(afterPosition, limit), THROWING);
  }
  backlogStates(digests: readonly string[]): Promise<EntryState[]> {
    return this.run('backlogStates', () => this.inner.backlogStates(digests), THROWING);
  }
  backlogByTransaction(transactionIds: readonly string[]): Promise<PlacedEntry[]> {
    return this.run('backlogByTransaction', () => this.inner.backlogByTransaction(transactionIds), THROWING);
  }
  countBacklog(): Promise<number> {
    return this.run('countBacklog', () => this.inner.countBacklog(), THROWING);
  }
  claimHeight(block: StoredBlock): Promise<ClaimResult> {
    return this.run('claimHeight', () => this.inner.claimHeight(block), CLAIM);
  }
  readBlocks(fromHeight: number, limit: number): Promise<StoredBlock[]> {
    return this.run('readBlocks', () => this.inner.readBlocks(fromHeight, limit), THROWING);
  }
  readBlockById(id: string): Promise<StoredBlock | null> {
    return this.run('readBlockById', () => this.inner.readBlockById(id), THROWING);
  }
  addVotes(votes: readonly StoredVote[]): Promise<WriteResult[]> {
    return this.run('addVotes', () => this.inner.addVotes(votes), answerEach(votes));
  }
  readVotes(blockIds: readonly string[], limitPerBlock: number, after?: VotesAfter): Promise<PlacedVote[]> {
    return this.run('readVotes', () => this.inner.readVotes(blockIds, limitPerBlock, after), THROWING);
  }
  addRejections(rejections: readonly StoredRejection[]): Promise<WriteResult[]> {
    return this.run('addRejections', () => this.inner.addRejections(rejections), answerEach(rejections));
  }
  readRejections(afterPosition: number, limit: number): Promise<PlacedRejection[]> {
    return this.run('readRejections', () => this.inner.readRejections(afterPosition, limit), THROWING);
  }
  rejectionsByTransaction(transactionIds: readonly string[]): Promise<PlacedRejection[]> {
    const read = () => this.inner.rejectionsByTransaction(transactionIds);
    return this.run('rejectionsByTransaction', read, THROWING);
  }

  addImport(record: StoredImport): Promise<WriteResult> {
    return this.inner.addImport(record);
  }
  readImport(): Promise<StoredImport | null> {
    return this.run('readImport', () => this.inner.readImport(), THROWING);
  }

  follow(onHint: (hint: StoreHint) => void): () => void {
    if (this.killed) return () => undefined;
    const stop = this.inner.follow((hint) => {
      if (!this.killed && (this.faults.deliverHint?.(hint) ?? true)) onHint(hint);
    });
    this.followers.add(stop);
    return () => {
      this.followers.delete(stop);
      stop();
    };
  }

  close(): Promise<void> {
    return this.killed ? never() : this.inner.close();
  }

  private async run<T>(name: StoreCallName, apply: () => Promise<T>, failures: Failures<T>): Promise<T> {
    if (this.killed) return never();
    this.calls += 1;
    const fault = this.faults.decide?.(name, this.calls) ?? 'none';
    const before = this.faults.beforeCall?.(name);
    if (before !== undefined) await before;
    if (this.killed) return never();
    const settle = await this.apply(fault, apply, failures);
    const after = this.faults.afterCall?.(name);
    if (after !== undefined) await after;
    return this.killed ? never() : settle();
  }

  /** Does what `fault` says and returns how the call settles, for after it has travelled back. */
  private async apply<T>(
    fault: StoreFault,
    apply: () => Promise<T>,
    failures: Failures<T>,
  ): Promise<() => T> {
    if (fault === 'unavailable') return () => failures.unavailable();
    if (fault === 'unknown-not-applied') return () => failures.unknown();
    const late = (): void => void apply().catch(() => undefined);
    if (fault === 'unknown-late') {
      this.faults.later?.(late);
      return () => failures.unknown();
    }
    try {
      const value = await apply();
      if (fault === 'repeated') this.faults.later?.(late);
      return fault === 'unknown-applied' ? () => failures.unknown() : () => value;
    } catch (error) {
      return () => {
        throw error;
      };
    }
  }
}

function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}
