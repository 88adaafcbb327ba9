/** The port `ListQueries` over any runner of queries: makes arguments fit to travel, and names errors again. */

import { FilterInvalid, type ListQueries, type PayloadFilter, ScanLimitExceeded } from './list-queries.js';
import { type ReadyFilter, readyFilter } from './queries/payload-filter.js';
import type { Queries, QueryName } from './queries/queries.js';

/** Runs one query; rejects with an error whose name is that of the exception. */
export type RunQuery = (name: QueryName, values: readonly unknown[]) => Promise<unknown>;

export function createListQueries(run: RunQuery): ListQueries {
  const ask = async <N extends QueryName>(
    name: N,
    ...values: Parameters<Queries[N]>
  ): Promise<ReturnType<Queries[N]>> => {
    try {
      return (await run(name, values)) as ReturnType<Queries[N]>;
    } catch (error) {
      throw named(error);
    }
  };
  return {
    transactions: async (filter, page) =>
      ask('transactions', { ...filter, metadata: ready(filter.metadata), asset: ready(filter.asset) }, page),
    outputs: (filter, page) => ask('outputs', filter, page),
    blocks: (filter, page) => ask('blocks', filter, page),
    votes: (filter, page) => ask('votes', filter, page),
    assets: async (filter, page) => ask('assets', { ...filter, data: ready(filter.data) }, page),
    holders: (assetId, request) => ask('balances', { assetId }, request),
    balances: (publicKey, request) => ask('balances', { publicKey }, request),
    searchAssets: (search, limit, asOf) => ask('searchAssets', search, limit, asOf ?? null),
    searchMetadata: (search, limit, asOf) => ask('searchMetadata', search, limit, asOf ?? null),
    transactionsByIds: (ids, asOf) => ask('transactionsByIds', ids, asOf),
    spendersByLinks: (links, asOf) => ask('spendersByLinks', links, asOf),
    outputsByLinks: (links, asOf) => ask('outputsByLinks', links, asOf),
    assetsByIds: (ids, asOf) => ask('assetsByIds', ids, asOf),
    latestOfAssets: (assetIds, asOf) => ask('latestOfAssets', assetIds, asOf),
    blocksByIds: (ids, asOf) => ask('blocksByIds', ids, asOf),
    votesByHeights: (heights) => ask('votesByHeights', heights),
    counters: (asOf) => ask('counters', asOf),
    activity: (window, nowMs) => ask('activity', window, nowMs),
    memberVotes: (nodes, evidenceMax) => ask('memberVotes', nodes, evidenceMax),
    rejections: (afterPosition, limit) => ask('rejections', afterPosition, limit),
    newestRejections: (limit) => ask('newestRejections', limit),
    lastRejectionPosition: () => ask('lastRejectionPosition'),
    knowsKey: (publicKey, asOf) => ask('knowsKey', publicKey, asOf),
  };
}

function ready(filter: PayloadFilter | null | undefined): ReadyFilter | null {
  return filter === null || filter === undefined ? null : readyFilter(filter);
}

/** An error that crossed threads has only its name. */
function named(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === 'ScanLimitExceeded') return new ScanLimitExceeded(error.message);
  return error.name === 'FilterInvalid' ? new FilterInvalid(error.message) : error;
}
