/** Every query by name: what a runner is asked to do, in whatever thread it runs. */

import { readActivity } from '../activity.js';
import type {
  ActivityPoint,
  ActivityWindow,
  AssetRow,
  BalanceRequest,
  BalanceRow,
  BlockFilter,
  Counters,
  MemberVotes,
  OutputFilter,
  OutputLink,
  OutputRow,
  Page,
  PageRequest,
  SearchHit,
  VoteFilter,
  VoteRow,
} from '../list-queries.js';
import { REJECTION_COLUMNS } from '../rows.js';
import type { BlockRow, FoundTransaction, Spender, ViewRejection } from '../view.js';
import {
  type AssetPageRequest,
  assetsByIds,
  listAssets,
  type ReadyAssetFilter,
  searchPayloads,
} from './assets.js';
import { listBalances } from './balances.js';
import { listBlocks, listVotes, memberVotes, readCounters, votesByHeights } from './blocks-and-votes.js';
import { listOutputs, outputsByLinks } from './outputs.js';
import type { QueryContext } from './query-context.js';
import { latestOfAssets, listTransactions, type ReadyTransactionFilter } from './transactions.js';

/** Arguments and results are plain data: they travel between threads. */
export interface Queries {
  transactions(filter: ReadyTransactionFilter, page: PageRequest): Page<FoundTransaction>;
  outputs(filter: OutputFilter, page: PageRequest): Page<OutputRow>;
  blocks(filter: BlockFilter, page: PageRequest): Page<BlockRow>;
  votes(filter: VoteFilter, page: PageRequest): Page<VoteRow>;
  assets(filter: ReadyAssetFilter, page: AssetPageRequest): Page<AssetRow>;
  balances(filter: Pick<OutputFilter, 'assetId' | 'publicKey'>, request: BalanceRequest): Page<BalanceRow>;
  searchAssets(search: string, limit: number, asOf: number | null): readonly SearchHit[];
  searchMetadata(search: string, limit: number, asOf: number | null): readonly SearchHit[];
  transactionsByIds(ids: readonly string[], asOf: number): readonly (FoundTransaction | null)[];
  spendersByLinks(links: readonly OutputLink[], asOf: number): readonly (Spender | null)[];
  outputsByLinks(links: readonly OutputLink[], asOf: number): readonly (OutputRow | null)[];
  assetsByIds(ids: readonly string[], asOf: number): readonly (AssetRow | null)[];
  latestOfAssets(assetIds: readonly string[], asOf: number): readonly (FoundTransaction | null)[];
  blocksByIds(ids: readonly string[], asOf: number): readonly (BlockRow | null)[];
  votesByHeights(heights: readonly number[]): readonly (readonly VoteRow[])[];
  counters(asOf: number): Counters;
  activity(window: ActivityWindow, nowMs: number): readonly ActivityPoint[];
  memberVotes(nodes: readonly string[], evidenceMax: number): readonly MemberVotes[];
  rejections(afterPosition: number, limit: number): readonly ViewRejection[];
  newestRejections(limit: number): readonly ViewRejection[];
  lastRejectionPosition(): number;
  knowsKey(publicKey: string, asOf: number): boolean;
}

export type QueryName = keyof Queries;

/** The queries over one connection. */
export function createQueries(context: QueryContext): Queries {
  const { reader, sqlite } = context;
  return {
    transactions: (filter, page) => listTransactions(context, filter, page),
    outputs: (filter, page) => listOutputs(context, filter, page),
    blocks: (filter, page) => listBlocks(context, filter, page),
    votes: (filter, page) => listVotes(context, filter, page),
    assets: (filter, page) => listAssets(context, filter, page),
    balances: (filter, request) => listBalances(context, filter, request),
    searchAssets: (search, limit, asOf) => searchPayloads(context, 'asset', search, limit, asOf),
    searchMetadata: (search, limit, asOf) => searchPayloads(context, 'metadata', search, limit, asOf),
    transactionsByIds: (ids, asOf) => ids.map((id) => reader.validTransaction(id, asOf)),
    spendersByLinks: (links, asOf) =>
      links.map(({ transactionId, outputIndex }) => reader.spender(transactionId, outputIndex, asOf)),
    outputsByLinks: (links, asOf) => outputsByLinks(context, links, asOf),
    assetsByIds: (ids, asOf) => assetsByIds(context, ids, asOf),
    latestOfAssets: (assetIds, asOf) => latestOfAssets(context, assetIds, asOf),
    blocksByIds: (ids, asOf) => ids.map((id) => upTo(reader.blockById(id), asOf)),
    votesByHeights: (heights) => votesByHeights(context, heights),
    counters: (asOf) => readCounters(context, asOf),
    activity: (window, nowMs) => readActivity(sqlite, window, nowMs),
    memberVotes: (nodes, evidenceMax) => memberVotes(context, nodes, evidenceMax),
    rejections: (afterPosition, limit) => rejectionsAfter(context, afterPosition, limit),
    newestRejections: (limit) => newestRejections(context, limit),
    lastRejectionPosition: () => lastRejectionPosition(context),
    knowsKey: (publicKey, asOf) => knowsKey(context, publicKey, asOf),
  };
}

function upTo(block: BlockRow | null, asOf: number): BlockRow | null {
  return block !== null && block.height <= asOf ? block : null;
}

function rejectionsAfter(context: QueryContext, afterPosition: number, limit: number): ViewRejection[] {
  return context
    .statement(`SELECT ${REJECTION_COLUMNS} FROM rejections WHERE position > ? ORDER BY position LIMIT ?`)
    .all(afterPosition, limit)
    .map((row) => context.reader.rejectionOf(row));
}

function newestRejections(context: QueryContext, limit: number): ViewRejection[] {
  return context
    .statement(`SELECT ${REJECTION_COLUMNS} FROM rejections ORDER BY position DESC LIMIT ?`)
    .all(limit)
    .map((row) => context.reader.rejectionOf(row));
}

function lastRejectionPosition(context: QueryContext): number {
  const last = context.statement('SELECT max(position) FROM rejections').get()?.[0];
  return typeof last === 'number' ? last : 0;
}

function knowsKey(context: QueryContext, publicKey: string, asOf: number): boolean {
  const page: PageRequest = { asOf, order: 'OLDEST_FIRST', limit: 1 };
  return listTransactions(context, { publicKey }, page).rows.length > 0;
}

/**
 * Throws ScanLimitExceeded and FilterInvalid, and what SQLite throws for a file that can no longer be read.
 */
export function runQuery(
  context: QueryContext,
  queries: Queries,
  name: QueryName,
  values: readonly unknown[],
): unknown {
  const query = queries[name] as (...values: readonly unknown[]) => unknown;
  return context.read(() => query(...values));
}
