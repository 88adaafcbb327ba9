/** The list queries that the 1.0.1 API needs of the view, page by page, all as of one height. */

import type { FoundTransaction } from '../src/view/view.js';

/** A place in the order of decision; lists go on after it. */
export interface Place {
  readonly height: number;
  readonly position: number;
}

export interface ListedOutput extends Place {
  readonly transactionId: string;
  readonly outputIndex: number;
  /** Spent by a transaction of a valid block, as of the height asked for. */
  readonly spent: boolean;
}

export interface SearchHit {
  readonly transactionId: string;
  /** Canonical text of the whole transaction. */
  readonly text: string;
}

export interface RestLists {
  /** Transactions of valid blocks that name the asset or are it, in order of decision. */
  transactionsOfAsset(query: {
    readonly assetId: string;
    readonly operation: 'CREATE' | 'TRANSFER' | null;
    readonly asOf: number;
    readonly after: Place | null;
    readonly limit: number;
  }): Promise<readonly FoundTransaction[]>;
  /** The newest of them. */
  lastTransactionOfAsset(
    assetId: string,
    operation: 'CREATE' | 'TRANSFER' | null,
    asOf: number,
  ): Promise<FoundTransaction | null>;
  /** Outputs that name the key, of valid blocks and the genesis block, in order; `after` is the last one's place and index. */
  outputsOfKey(query: {
    readonly publicKey: string;
    /** Null: spent or not. */
    readonly spent: boolean | null;
    readonly asOf: number;
    readonly after: ListedOutput | null;
    readonly limit: number;
  }): Promise<readonly ListedOutput[]>;
  /** CREATE transactions of valid blocks whose asset data match, best first. `limit` null: all. */
  searchAssets(text: string, limit: number | null, asOf: number): Promise<readonly SearchHit[]>;
  /** Transactions of valid blocks whose metadata match, best first. */
  searchMetadata(text: string, limit: number | null, asOf: number): Promise<readonly SearchHit[]>;
}
