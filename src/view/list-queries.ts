/**
 * What the doors may ask of the view beyond point look-ups: lists, sums and searches. Each runs outside the calling
 * thread (`worker` runner) in one read of the file, sees exactly what was decided up to `asOf`, and is bounded: it
 * reads at most `VIEW.scanRowsMax` rows that no index narrows, else it rejects with `ScanLimitExceeded`.
 *
 * Lists are paged by place in the ledger, so a page is the same on every node and after a rebuild. Unless said
 * otherwise a list holds what stands in blocks decided valid; genesis stays undecided and is not in it.
 */

import type { JsonValue } from '../codec/json-value.js';
import type { ConditionDetails, Operation } from '../model/transaction-types.js';
import type {
  BlockRow,
  DecidedStatus,
  FoundTransaction,
  Spender,
  StandingVote,
  ViewRejection,
} from './view.js';

/** The list could only be made by reading more rows than a query may; the message says what would narrow it. */
export class ScanLimitExceeded extends Error {
  override readonly name = 'ScanLimitExceeded';
}

/** More queries wait than may; the same one may be asked again. */
export class ViewBusy extends Error {
  override readonly name = 'ViewBusy';
}

/** A payload filter that no row could be compared with; the message names the place. */
export class FilterInvalid extends Error {
  override readonly name = 'FilterInvalid';
}

/**
 * The place of a row in its list. Transactions, assets: `height` and `position`. Outputs: `index` too. Blocks:
 * `height`. Votes: `position` is the vote's place among those of its height. Hits by relevance and balances:
 * `position` is the place in the list as of `height`; ask for the next page with that `asOf`.
 */
export interface Place {
  readonly height: number;
  readonly position: number;
  readonly index: number;
}

export type LedgerOrder = 'NEWEST_FIRST' | 'OLDEST_FIRST';

export interface PageRequest {
  /** A decided height: later things are not seen. */
  readonly asOf: number;
  readonly order: LedgerOrder;
  /** 1 to `VIEW.pageRowsMax`. */
  readonly limit: number;
  /** Only rows behind this one in the order of the list, itself excluded. */
  readonly after?: Place | null;
  /** Only rows in front of this one in the order of the list, itself excluded. */
  readonly before?: Place | null;
  /** Take the last rows of what remains instead of the first. They come in the order of the list all the same. */
  readonly fromEnd?: boolean;
  /** Also count the whole list. */
  readonly count?: boolean;
}

export interface Placed {
  readonly place: Place;
}

export interface Page<T> {
  /** In the order of the list. */
  readonly rows: readonly (T & Placed)[];
  /** More rows follow in the direction of reading: behind the last one, or with `fromEnd` in front of the first. */
  readonly hasMore: boolean;
  /** Rows of the whole list, whatever `after` and `before` say; null when not asked for or not known cheaply. */
  readonly total: number | null;
}

/**
 * A condition on the payload (`asset.data` or `metadata`). Exactly one operator, or `and`, `or`, `not`. `path` leads
 * from the root, through objects by key and through arrays by decimal index; [] or none = the root itself. Numbers
 * compare by value (1 equals 1.0), strings by code points, and values of different kinds are unequal and unordered.
 * `ne` holds where there is no value. `contains`: an array has an equal element, a string the given part, an object at
 * least the given members.
 */
export interface PayloadFilter {
  readonly path?: readonly string[] | null;
  readonly eq?: JsonValue;
  readonly ne?: JsonValue;
  readonly in?: readonly JsonValue[];
  readonly lt?: JsonValue;
  readonly lte?: JsonValue;
  readonly gt?: JsonValue;
  readonly gte?: JsonValue;
  readonly prefix?: string;
  readonly contains?: JsonValue;
  readonly exists?: boolean;
  readonly and?: readonly PayloadFilter[];
  readonly or?: readonly PayloadFilter[];
  readonly not?: PayloadFilter;
}

/** All given conditions hold. Absent and null mean the same. */
export interface TransactionFilter {
  readonly ids?: readonly string[] | null;
  readonly operation?: Operation | null;
  /** CREATE with this id and TRANSFERs of it (1.0.1: section 5.2). */
  readonly assetId?: string | null;
  /** Stands in `public_keys` or the condition of an output, or in `owners_before` of an input. */
  readonly publicKey?: string | null;
  readonly blockId?: string | null;
  /** Unix seconds, signed time of the block; after = `>`, before = `<`. */
  readonly timestampAfter?: string | null;
  readonly timestampBefore?: string | null;
  readonly metadata?: PayloadFilter | null;
  readonly asset?: PayloadFilter | null;
  /** Status of the block, default valid. `undecided` is the genesis block: other undecided ones are not in the view. */
  readonly status?: DecidedStatus | null;
}

export interface OutputFilter {
  /**
   * The key stands in `public_keys` of the output's and in the details of its condition, nested or not: the owner in
   * the sense of 1.0.1 (section 5.4).
   */
  readonly publicKey?: string | null;
  readonly assetId?: string | null;
  /** Spent by a transaction in a valid block up to `asOf`. */
  readonly spent?: boolean | null;
  readonly transactionId?: string | null;
  /** Decimal. */
  readonly minimumAmount?: string | null;
}

export interface OutputRow {
  readonly transactionId: string;
  readonly outputIndex: number;
  readonly assetId: string;
  /** Decimal. */
  readonly amount: string;
  readonly publicKeys: readonly string[];
  readonly conditionUri: string;
  readonly conditionDetails: ConditionDetails;
  /** Who spent it up to `asOf`. */
  readonly spentBy: Spender | null;
}

export interface BlockFilter {
  /** Default: any. */
  readonly status?: DecidedStatus | null;
  readonly creator?: string | null;
  /** Holds this transaction. */
  readonly transactionId?: string | null;
}

export interface VoteFilter {
  readonly blockId?: string | null;
  readonly node?: string | null;
  readonly isBlockValid?: boolean | null;
}

export interface VoteRow extends StandingVote {
  readonly height: number;
  readonly late: boolean;
}

export interface AssetFilter {
  readonly ids?: readonly string[] | null;
  /** As `searchAssets`. */
  readonly search?: string | null;
  /** Stands in `owners_before` of the CREATE. */
  readonly creator?: string | null;
  readonly data?: PayloadFilter | null;
}

/** `RELEVANCE` only with `search`; it reaches at most `VIEW.searchHitsMax` hits. */
export type AssetOrder = LedgerOrder | 'RELEVANCE';

export interface AssetRow {
  /** Of the CREATE. */
  readonly id: string;
  readonly height: number;
  readonly position: number;
  /** Canonical JSON of `asset.data`: an object or null. */
  readonly data: string;
}

/** What owners hold of an asset, unspent. Largest amount first. */
export interface BalanceRow {
  readonly assetId: string;
  /** All keys that share these outputs, sorted: an output of several keys belongs to none of them alone. */
  readonly publicKeys: readonly string[];
  /** Decimal; sums may exceed 9 * 10^18. */
  readonly amount: string;
  readonly outputs: number;
}

export interface BalanceRequest {
  readonly asOf: number;
  readonly limit: number;
  readonly after?: Place | null;
  readonly count?: boolean;
}

/** Counts as of a height. */
export interface Counters {
  /** In valid blocks. */
  readonly transactions: number;
  /** CREATEs in valid blocks. */
  readonly assets: number;
  /** Blocks of every status, genesis included. */
  readonly blocks: number;
  readonly validBlocks: number;
  readonly invalidBlocks: number;
  /** Those kept, late ones included. */
  readonly votes: number;
}

export interface OutputLink {
  readonly transactionId: string;
  readonly outputIndex: number;
}

/** MINUTE: 60 slices of a second. HOUR: 60 of a minute. DAY: 96 of fifteen minutes. */
export type ActivityWindow = 'MINUTE' | 'HOUR' | 'DAY';

/** One slice, by this node's times of decision and rejection. */
export interface ActivityPoint {
  readonly fromMs: number;
  readonly transactions: number;
  /** Blocks decided, valid or invalid. */
  readonly blocks: number;
  readonly rejections: number;
  /** Mean over the transactions whose acceptance this node saw; null when there is none. */
  readonly acceptedToValidMs: number | null;
}

export interface SearchHit {
  readonly id: string;
  /** Canonical JSON of `asset.data`, or of the metadata. */
  readonly data: string;
  readonly height: number;
  readonly position: number;
}

export interface MemberVotes {
  readonly node: string;
  /** On the greatest height; null when it never voted. */
  readonly last: VoteRow | null;
  /** Contradicting votes, newest first; at most `evidenceMax`. */
  readonly evidence: readonly VoteRow[];
}

export interface ListQueries {
  transactions(filter: TransactionFilter, page: PageRequest): Promise<Page<FoundTransaction>>;
  outputs(filter: OutputFilter, page: PageRequest): Promise<Page<OutputRow>>;
  blocks(filter: BlockFilter, page: PageRequest): Promise<Page<BlockRow>>;
  votes(filter: VoteFilter, page: PageRequest): Promise<Page<VoteRow>>;
  assets(
    filter: AssetFilter,
    page: Omit<PageRequest, 'order'> & { readonly order: AssetOrder },
  ): Promise<Page<AssetRow>>;
  /** Who holds an asset. */
  holders(assetId: string, request: BalanceRequest): Promise<Page<BalanceRow>>;
  /** What a key owns, by asset and co-owners. */
  balances(publicKey: string, request: BalanceRequest): Promise<Page<BalanceRow>>;

  /**
   * Full text over every string in `asset.data` of valid CREATEs, as MongoDB's `$text` in English (1.0.1: section 5.2):
   * words are stemmed, stop words ignored, case and diacritics folded; any word suffices, every "phrase" must stand,
   * `-word` excludes. Best first, at most `limit` (0 = `VIEW.searchHitsMax`).
   */
  searchAssets(search: string, limit: number, asOf?: number): Promise<readonly SearchHit[]>;
  /** The same over `metadata` of valid transactions. */
  searchMetadata(search: string, limit: number, asOf?: number): Promise<readonly SearchHit[]>;

  /** Look-ups of many keys at once; answers in the order of the keys, null where there is none. */
  transactionsByIds(ids: readonly string[], asOf: number): Promise<readonly (FoundTransaction | null)[]>;
  spendersByLinks(links: readonly OutputLink[], asOf: number): Promise<readonly (Spender | null)[]>;
  outputsByLinks(links: readonly OutputLink[], asOf: number): Promise<readonly (OutputRow | null)[]>;
  assetsByIds(ids: readonly string[], asOf: number): Promise<readonly (AssetRow | null)[]>;
  /** The newest transaction of each asset. */
  latestOfAssets(assetIds: readonly string[], asOf: number): Promise<readonly (FoundTransaction | null)[]>;
  blocksByIds(ids: readonly string[], asOf: number): Promise<readonly (BlockRow | null)[]>;
  votesByHeights(heights: readonly number[]): Promise<readonly (readonly VoteRow[])[]>;

  counters(asOf: number): Promise<Counters>;
  activity(window: ActivityWindow, nowMs: number): Promise<readonly ActivityPoint[]>;
  /** The last vote and the contradicting votes of each node. */
  memberVotes(nodes: readonly string[], evidenceMax: number): Promise<readonly MemberVotes[]>;
  /** Rejections with a greater store position, in order of position, at most `limit`. */
  rejections(afterPosition: number, limit: number): Promise<readonly ViewRejection[]>;
  /** The rejections with the greatest store positions, the greatest first, at most `limit`. */
  newestRejections(limit: number): Promise<readonly ViewRejection[]>;
  /** The store position of the last rejection read; subscriptions start here. */
  lastRejectionPosition(): Promise<number>;
  /** Whether the key stands in any transaction of a valid block. */
  knowsKey(publicKey: string, asOf: number): Promise<boolean>;
}
