/**
 * The view: what THIS node has concluded, in a local SQLite file, derived from the store and rebuildable. Nobody else
 * writes it. Rows stand for decided heights only (height 0 counts as decided); blocks that are still undecided live
 * in memory (`ledger/`), because they may still vanish.
 *
 * Each height commits whole; several may share one commit. After a crash the view stands at some height and the node
 * goes on from there. Point look-ups (`ViewReader`) run synchronously on a read connection of the calling thread and
 * cost microseconds; they see everything up to `height()`, which moves before `apply` resolves.
 */

export type DecidedStatus = 'valid' | 'invalid' | 'undecided';

/** A vote as it stood when its height was decided, or later (`late`). */
export interface StandingVote {
  readonly blockId: string;
  readonly node: string;
  readonly signature: string;
  /** Canonical text of the vote document. */
  readonly text: string;
  readonly standing: 'counted' | 'ineligible' | 'malformed' | 'equivocation';
}

/** One decided height. `block: null` = the height holds no block and was passed over. Genesis has status `undecided`. */
export interface DecidedHeight {
  readonly height: number;
  readonly decidedAtMs: number;
  readonly block: {
    readonly id: string;
    readonly text: string;
    readonly signature: string;
    readonly parent: string;
    readonly claimSignature: string;
    readonly creator: string;
    readonly timestamp: string;
    readonly status: DecidedStatus;
    /** Why it is invalid, as this node judged it; null otherwise. */
    readonly invalidReason: string | null;
    readonly transactions: readonly {
      readonly id: string;
      /** Canonical text. */
      readonly text: string;
      /** Unix ms when this node first saw its backlog entry; null where unknown. */
      readonly acceptedAtMs: number | null;
    }[];
    readonly votes: readonly StandingVote[];
  } | null;
}

export interface ViewRejection {
  readonly transactionId: string;
  /** ProblemCode. */
  readonly code: string;
  readonly message: string;
  readonly atMs: number;
  readonly node: string;
  /** Position in the store, and SHA-256 of its text. */
  readonly position: number;
  readonly digest: string;
  readonly text: string;
}

export interface FoundTransaction {
  readonly id: string;
  readonly text: string;
  readonly height: number;
  readonly position: number;
  readonly status: DecidedStatus;
  readonly acceptedAtMs: number | null;
}

export interface BlockRow {
  readonly height: number;
  readonly id: string;
  readonly timestamp: string;
  readonly creator: string;
  readonly voters: readonly string[];
  readonly signature: string;
  readonly parent: string;
  readonly status: DecidedStatus;
  readonly invalidReason: string | null;
  readonly decidedAtMs: number;
  readonly transactionCount: number;
}

export interface Spender {
  readonly transactionId: string;
  readonly inputIndex: number;
  /** Height and position of the spending transaction. */
  readonly height: number;
  readonly position: number;
}

/** Synchronous point look-ups. `asOf` (a decided height) hides everything later; omitted = everything committed. */
export interface ViewReader {
  /** The last height that was committed when the last `apply` resolved; -1 when the view is empty. */
  height(): number;
  /** The occurrence in a valid block (there is at most one). */
  validTransaction(id: string, asOf?: number): FoundTransaction | null;
  /** Every occurrence, in order of height: in valid, invalid and the genesis block. */
  occurrences(id: string, asOf?: number): FoundTransaction[];
  /** Who spent that output, in a valid block. */
  spender(transactionId: string, outputIndex: number, asOf?: number): Spender | null;
  blockByHeight(height: number): BlockRow | null;
  blockById(id: string): BlockRow | null;
  /** Texts of a block's transactions, in block order. */
  blockTransactions(height: number, fromPosition: number, limit: number): FoundTransaction[];
  blockVotes(height: number): (StandingVote & { readonly late: boolean })[];
  rejection(transactionId: string): ViewRejection | null;
  /** For each creator with an invalid block, the height of its latest one. Few rows; indexed. */
  lastInvalidHeights(): readonly { readonly creator: string; readonly height: number }[];
}

export interface View {
  readonly read: ViewReader;
  /**
   * Writes decided heights, contiguous and ascending from `read.height() + 1`, in one commit. A crash before the
   * commit leaves the view at its former height; the node derives the rest again.
   */
  apply(heights: readonly DecidedHeight[]): Promise<void>;
  /** Votes that came after their height was decided. Repeating one is harmless. */
  addLateVotes(votes: readonly (StandingVote & { readonly height: number })[]): Promise<void>;
  /** Remembers rejections and the store position up to which they were read. */
  addRejections(rejections: readonly ViewRejection[], upToPosition: number): Promise<void>;
  /** The store position up to which rejections were taken. */
  rejectionPosition(): number;
  close(): Promise<void>;
}
