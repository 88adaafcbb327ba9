/** Reads of the GraphQL API on one core: single transactions, pages with everything below, filters. */

import { quantile, type Scenario } from '../harness.js';
import { UNSPENT } from '../reads/read-ledger.js';
import { graphqlRead, rateOf, timesOf } from '../reads/read-load.js';
import { withReadLedger } from '../reads/read-scenario.js';

const TIMED = 1000;
const PAGES = 300;

const TEN_FIELDS =
  'query ($id: TransactionId!) { transaction(id: $id) { id version operation status metadata decidedAt asset { id } block { height } } }';
const PAGE =
  'query ($ids: [TransactionId!]) { transactions(first: 100, filter: { ids: $ids }) { nodes { id operation status inputs { ownersBefore fulfillment } outputs { index amount publicKeys } asset { id data } } pageInfo { hasNextPage endCursor } } }';
const NEWEST =
  'query ($first: Int) { transactions(first: $first) { nodes { id operation status inputs { ownersBefore fulfillment } outputs { index amount publicKeys } asset { id data } } pageInfo { hasNextPage endCursor } } }';
const UNSPENT_OF_KEY =
  'query ($key: PublicKey!) { outputs(filter: { publicKey: $key, spent: false }) { nodes { index amount transaction { id } } } }';
const BY_PAYLOAD =
  'query ($serial: JSON!) { assets(filter: { data: { path: ["serial"], eq: $serial } }) { nodes { id data } } }';

export const graphqlReads: Scenario = {
  name: 'graphql-reads',
  about:
    'a transaction, a page of 100, unspent outputs and a payload filter, node and client on one core each',
  run: (options) =>
    withReadLedger('graphql-reads', options, async (node, ledger, add) => {
      const { http } = node;
      const byId = ledger.ids.map((id) => graphqlRead(http, TEN_FIELDS, { id }, `"id":"${id}"`));
      const rate = await rateOf(node, byId, options.seconds);
      add('a transaction with ten fields by id', rate.perSecond, '1/s', { atLeast: 4500 });
      add('processor time of each', rate.processorMicroseconds, 'us');
      const newest = graphqlRead(http, NEWEST, { first: 100 }, '"hasNextPage":true');
      const times = async (
        name: string,
        reads: Parameters<typeof timesOf>[1],
        count: number,
        atMost: number,
      ) => {
        const { cold, warm } = await timesOf(http, reads, count);
        add(`${name}, p99 of the first ${count}`, quantile(cold, 0.99), 'ms');
        add(`${name}, p50`, quantile(warm, 0.5), 'ms');
        add(`${name}, p99`, quantile(warm, 0.99), 'ms', { atMost });
      };
      await times('the newest 100 with inputs, outputs and asset', [newest], PAGES, 25);
      const pages = Array.from({ length: 20 }, (_, page) => ledger.ids.slice(page * 100, page * 100 + 100))
        .filter((ids) => ids.length === 100)
        .map((ids) => graphqlRead(http, PAGE, { ids }, '"hasNextPage":false'));
      if (pages.length > 0) await times('100 of anywhere with inputs, outputs and asset', pages, PAGES, 25);
      const unspent = graphqlRead(http, UNSPENT_OF_KEY, { key: ledger.publicKey }, '"amount"');
      await times(`${UNSPENT} unspent outputs of a key among 10,000 spent`, [unspent], TIMED, 3);
      const byPayload = ledger.serials.map((serial) =>
        graphqlRead(http, BY_PAYLOAD, { serial }, `"${serial}"`),
      );
      await times('an indexed payload filter', byPayload, TIMED, 10);
    }),
};
