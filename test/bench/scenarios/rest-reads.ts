/** Reads of the 1.0.1 API on one core: single transactions, a key's outputs, a long list. */

import { quantile, type Scenario } from '../harness.js';
import { beginningsOf, rateOf, restRead, timesOf } from '../reads/read-load.js';
import { withReadLedger } from '../reads/read-scenario.js';

const TIMED = 1000;
const LISTS = 30;

export const restReads: Scenario = {
  name: 'rest-reads',
  about: 'GET transactions/{id}, outputs and a long list over REST, node and client on one core each',
  run: (options) =>
    withReadLedger('rest-reads', options, async (node, ledger, add) => {
      const { http } = node;
      const byId = ledger.ids.map((id) => restRead(http, `/api/v1/transactions/${id}`, id));
      const rate = await rateOf(node, byId, options.seconds);
      add('GET transactions/{id}', rate.perSecond, '1/s', { atLeast: 12_000 });
      add('processor time of each', rate.processorMicroseconds, 'us');
      const outputs = restRead(
        http,
        `/api/v1/outputs?public_key=${ledger.publicKey}&spent=false`,
        'output_index',
      );
      const { cold, warm } = await timesOf(http, [outputs], TIMED);
      const name = '10 unspent outputs of a key among 10,000 spent';
      add(`${name}, p99 of the first ${TIMED}`, quantile(cold, 0.99), 'ms');
      add(`${name}, p50`, quantile(warm, 0.5), 'ms');
      add(`${name}, p99`, quantile(warm, 0.99), 'ms', { atMost: 3 });
      const list = restRead(http, `/api/v1/transactions?asset_id=${ledger.assetId}`, ledger.assetId);
      const beginnings = await beginningsOf(http, list, LISTS);
      add('beginning of the list of 5,000 TRANSFERs, median', quantile(beginnings, 0.5), 'ms');
      add('beginning of the list of 5,000 TRANSFERs, slowest', quantile(beginnings, 1), 'ms', { atMost: 20 });
    }),
};
