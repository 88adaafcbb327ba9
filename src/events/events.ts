/**
 * The bounded fan-out: decided heights are published once, in order, after the view committed them. Subscribers keep
 * no queue of events here: they are told that the head moved and read the rest from the view by cursor, so a slow one
 * costs nothing and a resuming one is served by the same path.
 */

/** Positions in the ledger's order of decision: a height, and a place in its block. */
export interface LedgerPosition {
  readonly height: number;
  /** Index of a transaction in the block; -1 = before the first. */
  readonly position: number;
}

export interface HeadEvents {
  /** The last height committed to the view; -1 when empty. */
  head(): number;
  /** Resolves when the head is above `height`, or at once; rejects with the reason of `signal` when it is aborted. */
  waitAbove(height: number, signal: AbortSignal): Promise<void>;
  /** Called synchronously after each commit, with the new head. Returns the stop function. */
  onHead(listener: (height: number) => void): () => void;
  /** Called when a transaction was rejected. Returns the stop function. */
  onRejection(listener: (transactionId: string) => void): () => void;
}
