/**
 * What the doors (`graphql`, `rest-compat`, `web`) know of the ledger: how to submit, what a transaction's state is,
 * and how to take the fresh look that must precede every miss. Implemented by `ledger/` and composed in `node.ts`.
 */

import type { Problem } from '../model/errors.js';
import type { Operation } from '../model/transaction-types.js';
import type { ViewReader, ViewRejection } from '../view/view.js';

/** One transaction to submit: a JSON text, or the raw bytes of one (a whole REST body). */
export type SubmittedText = string | Uint8Array;

export type SubmitOutcome =
  | { readonly accepted: true; readonly id: string; readonly operation: Operation; readonly text: string }
  | {
      readonly accepted: false;
      /** What the document claims to be, when it could be read. */
      readonly id: string | null;
      readonly problem: Problem;
      /** The same transaction may be sent again as it is. */
      readonly retryable: boolean;
      /** The bytes were not JSON at all (REST answers another body for it). */
      readonly notJson: boolean;
    };

/** 1.0.1's words plus `rejected`. Precedence: valid, undecided, backlog, rejected. */
export type TransactionStatus = 'valid' | 'undecided' | 'backlog' | 'rejected';

export interface TransactionState {
  readonly id: string;
  readonly status: TransactionStatus;
  /** Canonical text; null only for a rejected one whose text is gone. */
  readonly text: string | null;
  /** Where it stands: the valid block, else the newest undecided one. */
  readonly height: number | null;
  readonly position: number | null;
  readonly acceptedAtMs: number | null;
  readonly rejection: ViewRejection | null;
}

/** A block that is known and not decided yet. */
export interface UndecidedBlock {
  readonly height: number;
  readonly id: string;
  /** Hashed text (canonical JSON of `block`). */
  readonly text: string;
  readonly signature: string;
  readonly parent: string;
  readonly creator: string;
  readonly timestamp: string;
  readonly voters: readonly string[];
  readonly transactions: readonly { readonly id: string; readonly text: string }[];
  /** Canonical texts of the votes seen so far. */
  readonly votes: readonly { readonly node: string; readonly signature: string; readonly text: string }[];
}

/**
 * A block that 1.0.1 left undecided when its ledger was imported: it stays so for ever, and `view` holds it like a decided
 * one. What its transactions make or spend counts where undecided blocks count.
 */
export type LastingBlock = Pick<UndecidedBlock, 'height' | 'id' | 'transactions'>;

export interface BacklogSummary {
  readonly count: number;
  /** Age of the oldest entry since this node first saw it; null when empty. */
  readonly oldestSeconds: number | null;
}

export interface LedgerAccess {
  /** This node's public key; null for a gateway. */
  readonly publicKey: string | null;
  /** All members in force, this node included. */
  federation(): readonly string[];
  /** keyring of the settings: the other members. */
  keyring(): readonly string[];
  /** Point look-ups of decided heights. */
  readonly view: ViewReader;

  /**
   * Checks and submits; answers in the order given. An item is `accepted` only after its backlog entry is on stable
   * storage. Never throws for what a client sent. `requestId` is for the log alone.
   */
  submit(texts: readonly SubmittedText[], requestId?: string): Promise<SubmitOutcome[]>;

  /** The state as far as this process knows it now; null when it does not know the id. Synchronous. */
  transactionState(id: string): TransactionState | null;
  undecidedBlocks(): readonly UndecidedBlock[];
  /** In order of height; the genesis block is none of them. */
  lastingBlocks(): readonly LastingBlock[];
  backlog(): BacklogSummary;

  /**
   * Takes a look at the store that starts after this call: backlog and rejections of these ids, then the head and the
   * votes of undecided heights, and applies what they decide. Call it before answering any miss. Calls of one turn share a look.
   * Rejects with StoreUnavailable when it takes longer than a second (doors answer 503 with Retry-After).
   */
  look(transactionIds: readonly string[]): Promise<void>;

  /** Resolves with the state once it is valid or rejected, or with the state it has after `timeoutMs`; null if unknown then. */
  waitDecided(id: string, timeoutMs: number): Promise<TransactionState | null>;

  /** Why this node is not ready; empty when it is. */
  notReady(): readonly string[];
}
