/** I3: of every asset as much is unspent as was created. */

import type { Checker } from '../chronicle.js';
import { slowLedgerOf } from './slow-ledger.js';

export const noShareMadeOrLost: Checker = (chronicle) => {
  const ledger = slowLedgerOf(chronicle);
  const excess = new Map<string, bigint>();
  const add = (assetId: string, amount: bigint): void =>
    void excess.set(assetId, (excess.get(assetId) ?? 0n) + amount);
  for (const [link, { assetId, amount }] of ledger.outputs) {
    if (!ledger.spentBy.has(link)) add(assetId, amount);
    if (link.startsWith(assetId)) add(assetId, -amount);
  }
  return [...excess]
    .filter(([, amount]) => amount !== 0n)
    .map(([assetId, amount]) => `${assetId}: ${amount} more is unspent than was created`);
};
