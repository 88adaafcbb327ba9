/**
 * I17: the same facts make the same view, on every node and in one that is derived from the store alone: statuses and
 * spends. (That the same seed makes the same trace is asserted where seeds are repeated.)
 */

import type { Checker } from '../chronicle.js';
import { slowLedgerOf } from './slow-ledger.js';

export const equalViews: Checker = (chronicle) => {
  const { spentBy, heights } = slowLedgerOf(chronicle);
  return chronicle.views.flatMap((view) => {
    const height = view.heights.length - 1;
    const due = [...spentBy].filter(([link]) => (heightOfSpend(chronicle, link) ?? 0) <= height);
    const wrong = due.find(([link, id]) => view.spends.get(link) !== id);
    if (wrong !== undefined)
      return [`${view.node} has ${wrong[0]} spent by ${view.spends.get(wrong[0]) ?? 'nobody'}`];
    const decided = heights.slice(1, height + 1);
    const odd = decided.find(({ status }, index) => view.heights[index + 1]?.status !== status);
    if (odd !== undefined) return [`${view.node} has height ${odd.height} otherwise than ${odd.status}`];
    return view.spends.size > due.length
      ? [`${view.node} has ${view.spends.size - due.length} spends that are none`]
      : [];
  });
};

function heightOfSpend(chronicle: Parameters<Checker>[0], link: string): number | undefined {
  return slowLedgerOf(chronicle).spentAt.get(link);
}
