/** I10: at every height all nodes decide the same status of the same block, and none decides otherwise later. */

import { type Checker, eventsOf } from '../chronicle.js';

export const decisionsAreEqualAndFinal: Checker = (chronicle) => {
  const first = new Map<number, { readonly node: string; readonly what: string }>();
  const found: string[] = [];
  for (const { node, height, blockId, status } of eventsOf(chronicle, 'decided')) {
    const what = `${status} ${blockId ?? ''}`;
    const earlier = first.get(height);
    if (earlier === undefined) first.set(height, { node, what });
    else if (earlier.what !== what)
      found.push(`height ${height}: ${earlier.node} decided ${earlier.what}, ${node} ${what}`);
  }
  return found;
};
