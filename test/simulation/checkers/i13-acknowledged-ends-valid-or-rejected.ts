/** I13: at rest, what was acknowledged stands in a valid block or is rejected. */

import { type Checker, eventsOf } from '../chronicle.js';
import { slowLedgerOf } from './slow-ledger.js';
import { isTextOf } from './slow-transactions.js';

export const acknowledgedEndsValidOrRejected: Checker = (chronicle) => {
  const { validHeights } = slowLedgerOf(chronicle);
  const rejected = new Set(chronicle.facts.rejections.map(({ transactionId }) => transactionId));
  const dropped = droppedByHostile(chronicle);
  const acknowledged = new Set(eventsOf(chronicle, 'acknowledged').map(({ transactionId }) => transactionId));
  return [...acknowledged]
    .filter((id) => !validHeights.has(id) && !rejected.has(id) && !dropped.has(id))
    .map((id) => `${id} was acknowledged and is neither valid nor rejected`);
};

/** Transactions whose entries a member took away that is no running process. */
export function droppedByHostile(chronicle: Parameters<Checker>[0]): Set<string> {
  const running = new Set(chronicle.processes);
  const entries = new Map<string, string>();
  const dropped = new Set<string>();
  for (const event of chronicle.events) {
    if (event.kind === 'entry') {
      const { digest, transactionId, text } = event.entry;
      if (!entries.has(digest) && isTextOf(transactionId, text)) entries.set(digest, transactionId);
    } else if (event.kind === 'entry gone' && !running.has(event.by))
      dropped.add(entries.get(event.digest) ?? '');
  }
  return dropped;
}
