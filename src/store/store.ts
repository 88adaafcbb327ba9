/**
 * The store port: the facts that a federation shares, append-only, written once and never trusted unread.
 * Four kinds of fact: backlog entries, blocks with their claims, votes, rejections; and the record of an import from
 * 1.0.x, if there was one. Both adapters (embedded,
 * mongodb) keep every promise written here; `test/store` holds them to it.
 *
 * Writes are idempotent by content: equal bytes under the same key are `duplicate` (a success), different bytes are
 * `conflict`. A write that returned `ok` or `duplicate` is on stable storage. `unavailable`: nothing was written.
 * `unknown`: it may or may not have been; send the same bytes again. Reads throw StoreUnavailable, and so do writes
 * that answer a number, whether or not they were carried out: both are compare-and-set, so a repetition is harmless.
 */

export type WriteResult = 'ok' | 'duplicate' | 'conflict' | 'unavailable' | 'unknown';

/** Result of claiming a height: `conflict` = that block id stands at another height or with other bytes; else `taken` = another block holds that height. */
export type ClaimResult = WriteResult | 'taken';

export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** A transaction that was accepted and is not decided yet. Key: `digest`. */
export interface BacklogEntry {
  /** SHA-256, 64 hex digits, of the UTF-8 bytes of `text`. */
  readonly digest: string;
  readonly transactionId: string;
  /** Canonical text of the whole transaction, fulfillments included. */
  readonly text: string;
  /** Public key of the node that is to put it into a block. */
  readonly assignee: string;
  /** Unique to this assignment; entries are deleted or re-assigned only in the state they were judged in. */
  readonly stamp: string;
  /** Unix milliseconds of the writer's clock; for display only. */
  readonly acceptedAtMs: number;
}

/** A block with its claim. Keys: `id`, `height`. */
export interface StoredBlock {
  readonly height: number;
  readonly id: string;
  /** The hashed and signed text: canonical JSON of `block` (1.0.1 section 1.4). */
  readonly text: string;
  /** The creator's signature over `text`, base58. */
  readonly signature: string;
  /** Id of the block at the nearest lower height that holds one; '' at height 0. */
  readonly parent: string;
  /** The creator's signature over the canonical text of `{block_id, height, parent}`, base58; '' for one of 1.0.x. */
  readonly claimSignature: string;
}

/** A vote. Key: (blockId, node, signature) (D1). */
export interface StoredVote {
  /** voting_for_block as the vote says it. */
  readonly blockId: string;
  readonly node: string;
  readonly signature: string;
  /** Canonical text of the whole vote document `{node_pubkey, signature, vote}`. */
  readonly text: string;
}

/**
 * A vote as read back. `position` is where the next reading goes on from (`VotesAfter`); it says nothing else, and is
 * missing where an adapter cannot page.
 */
export interface PlacedVote extends StoredVote {
  readonly position?: number;
}

/** Block id → the `position` of the last vote that was read of it. */
export type VotesAfter = ReadonlyMap<string, number>;

/** The remembered refusal of a transaction that no block will hold. Key: all of its bytes (`digest`). */
export interface StoredRejection {
  /** SHA-256 hex of `text`. */
  readonly digest: string;
  readonly transactionId: string;
  /** Canonical text of `{code, digest, height, id, message, node, signature, timestamp}`; `digest` therein is the backlog entry's. */
  readonly text: string;
}

/**
 * The record of an import from BigchainDB 1.0.x. A store holds one at most, written before any block: its heights hold
 * blocks without claims (`claimSignature` is '').
 */
export interface StoredImport {
  /** Canonical text of `{digest, federation, heights, node, signature}`. */
  readonly text: string;
}

/** A rejection with its place in the order of this store, for sweeps. Positions only grow. */
export interface PlacedRejection extends StoredRejection {
  readonly position: number;
}

/** A backlog entry as read back; `position` grows with insertion and re-assignment, for sweeps. */
export interface PlacedEntry extends BacklogEntry {
  readonly position: number;
}

/** A reference to an entry in the state in which it was judged. */
export interface EntryState {
  readonly digest: string;
  readonly stamp: string;
}

export interface Reassignment extends EntryState {
  readonly assignee: string;
  readonly newStamp: string;
}

/** What may have changed since the last hint. A hint only: consumers sweep as well. */
export interface StoreHint {
  readonly backlog: boolean;
  readonly blocks: boolean;
  readonly votes: boolean;
  readonly rejections: boolean;
  /** Everything behind this hint was written by this process itself. */
  readonly own: boolean;
}

export interface Store {
  /** Short name for status and logs: `embedded`, `mongodb`. */
  readonly kind: string;

  /**
   * Inserts entries. A digest that is there already is re-assigned to the given assignee and stamp before the answer
   * (`duplicate`), so that a resend is acknowledged only for an entry that still stands.
   */
  addBacklog(entries: readonly BacklogEntry[]): Promise<WriteResult[]>;
  /** Compare-and-set on the stamp; the number of entries that were re-assigned. */
  reassignBacklog(changes: readonly Reassignment[]): Promise<number>;
  /** Compare-and-delete on the stamp; the number of entries deleted. A crash before it leaves entries that the next sweep clears. */
  removeBacklog(states: readonly EntryState[]): Promise<number>;
  /** Entries with position > `afterPosition` in order of position, at most `limit` and about 16 MiB of text. */
  readBacklog(afterPosition: number, limit: number): Promise<PlacedEntry[]>;
  /** Digest and stamp of every entry that still stands among `digests` (in any order). */
  backlogStates(digests: readonly string[]): Promise<EntryState[]>;
  /** Entries of these transaction ids. */
  backlogByTransaction(transactionIds: readonly string[]): Promise<PlacedEntry[]>;
  countBacklog(): Promise<number>;

  /** Takes `block.height` by compare-and-set. Does not check anything but uniqueness of height and id. */
  claimHeight(block: StoredBlock): Promise<ClaimResult>;
  /** Blocks with height >= `fromHeight` in order of height, at most `limit` and about 32 MiB of text (at least one). Linearizable. */
  readBlocks(fromHeight: number, limit: number): Promise<StoredBlock[]>;
  readBlockById(id: string): Promise<StoredBlock | null>;

  addVotes(votes: readonly StoredVote[]): Promise<WriteResult[]>;
  /**
   * Votes about these blocks, at most `limitPerBlock` of each, in order of insertion. Linearizable. `after`: of a block
   * that it names only the votes behind that position, so that no flood of junk hides the votes that come after it.
   *
   * For adapters: positions are per block and above 0. Once a vote with position p has been read, a vote that is inserted
   * later stands at a position above p. An adapter whose store does not number its votes may give several votes the same
   * position and so be asked for some of them again, as long as a full answer (`limitPerBlock` votes) ends at a
   * position above `after`; e.g. with an order that only settles after a while, the ordinal number of a vote rounded
   * down to a multiple of a hundred. Whoever reads starts again at 0 now and then, so a rare disorder costs seconds.
   */
  readVotes(blockIds: readonly string[], limitPerBlock: number, after?: VotesAfter): Promise<PlacedVote[]>;

  addRejections(rejections: readonly StoredRejection[]): Promise<WriteResult[]>;
  readRejections(afterPosition: number, limit: number): Promise<PlacedRejection[]>;
  rejectionsByTransaction(transactionIds: readonly string[]): Promise<PlacedRejection[]>;

  /** `conflict`: another record stands there. Gives no hint: nobody works with a ledger that is being imported. */
  addImport(record: StoredImport): Promise<WriteResult>;
  /** Null in a store that began here. Linearizable. */
  readImport(): Promise<StoredImport | null>;

  /** Calls `onHint` after something changed, by this process or another; returns the stop function. */
  follow(onHint: (hint: StoreHint) => void): () => void;
  /** Releases files and connections; every later call is `unavailable`. */
  close(): Promise<void>;
}
