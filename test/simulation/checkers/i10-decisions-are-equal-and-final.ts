/**
 * I10: at every height all nodes decide the same status of the same block, and none decides otherwise later; but who goes
 * by another list of members than the others.
 */

import { type Checker, eventsOf } from '../chronicle.js';
import { settingsOf } from './settings.js';

export const decisionsAreEqualAndFinal: Checker = (chronicle) => {
  const first = new Map<number, { readonly node: string; readonly what: string }>();
  const found: string[] = [];
  const settings = settingsOf(chronicle);
  for (const { node, life, height, blockId, status } of eventsOf(chronicle, 'decided')) {
    if (settings.isOddAt({ node, life }, height)) continue;
    const what = `${status} ${blockId ?? ''}`;
    const earlier = first.get(height);
    if (earlier === undefined) first.set(height, { node, what });
    else if (earlier.what !== what)
      found.push(`height ${height}: ${earlier.node} decided ${earlier.what}, ${node} ${what}`);
  }
  return found;
};
