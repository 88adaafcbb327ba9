/**
 * Reading all facts of a store in their order, beside whoever works with it: for the audit, for export and for
 * comparing. Writes nothing and takes no part in the ledger. Each adapter implements it for itself.
 */

import type { PlacedEntry, PlacedRejection, StoredBlock, StoredImport, StoredVote } from './store.js';

/** A block and every vote about it, in order of insertion. */
export interface VotedBlock {
  readonly block: StoredBlock;
  readonly votes: readonly StoredVote[];
}

/** Votes about one block that the store does not hold. */
export interface StrayVotes {
  readonly blockId: string;
  readonly votes: readonly StoredVote[];
}

export interface FactsReader {
  /** The record of an import from 1.0.x; null in a ledger that began here. */
  importRecord(): Promise<StoredImport | null>;
  /** The largest height that holds anything; -1 in an empty store. */
  head(): Promise<number>;
  /** Blocks at `fromHeight` to `toHeight` in order of height, with their votes. Gaps stay gaps. */
  blocks(fromHeight: number, toHeight: number): AsyncIterable<VotedBlock>;
  strayVotes(): AsyncIterable<StrayVotes>;
  /** In order of position. */
  rejections(): AsyncIterable<PlacedRejection>;
  /** In order of position; entries that go or come meanwhile may be there or not. */
  backlog(): AsyncIterable<PlacedEntry>;
  close(): Promise<void>;
}
