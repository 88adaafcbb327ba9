/** Sums of unspent outputs: who holds an asset, what a key holds. */

import type { BalanceRequest, BalanceRow, OutputFilter, Page } from '../list-queries.js';
import { endOf } from '../sequence.js';
import { OutputSelect } from './outputs.js';
import { pageOfRanked } from './pages.js';
import { type QueryContext, ScanBudget } from './query-context.js';
import { walk } from './sequences.js';

interface Sum {
  readonly assetId: string;
  readonly publicKeys: readonly string[];
  amount: bigint;
  outputs: number;
}

/** Every unspent output of one owner or asset is read, so balances of very many outputs are refused. */
export function listBalances(
  context: QueryContext,
  filter: Pick<OutputFilter, 'assetId' | 'publicKey'>,
  request: BalanceRequest,
): Page<BalanceRow> {
  const budget = new ScanBudget(
    'there are too many unspent outputs to add up: page through `outputs` instead',
  );
  const select = new OutputSelect(context, { ...filter, spent: false }, request.asOf);
  const sums = new Map<string, Sum>();
  const range = { low: -1, high: endOf(request.asOf), descending: true };
  for (const sequence of walk(select.source(budget), range, budget)) {
    budget.rows(1);
    for (const row of select.rowsAt(sequence)) addTo(sums, row);
  }
  const ranked = [...sums.values()].sort(compareSums).map((sum) => ({ ...sum, amount: String(sum.amount) }));
  return pageOfRanked(ranked, request);
}

function addTo(
  sums: Map<string, Sum>,
  row: { readonly assetId: string; readonly publicKeys: readonly string[]; readonly amount: string },
): void {
  const publicKeys = [...new Set(row.publicKeys)].sort();
  const name = [row.assetId, ...publicKeys].join(' ');
  const sum = sums.get(name) ?? { assetId: row.assetId, publicKeys, amount: 0n, outputs: 0 };
  sum.amount += BigInt(row.amount);
  sum.outputs += 1;
  sums.set(name, sum);
}

/** Largest first; equal ones in an order that is the same everywhere. */
function compareSums(a: Sum, b: Sum): number {
  if (a.amount !== b.amount) return a.amount > b.amount ? -1 : 1;
  const left = [a.assetId, ...a.publicKeys].join(' ');
  const right = [b.assetId, ...b.publicKeys].join(' ');
  return left < right ? -1 : left > right ? 1 : 0;
}
