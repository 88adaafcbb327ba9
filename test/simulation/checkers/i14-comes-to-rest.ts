/** I14: with the store and a majority of members up, everything is decided in bounded time and nothing stays behind. */

import type { Checker } from '../chronicle.js';
import { slowLedgerOf } from './slow-ledger.js';

export const comesToRest: Checker = (chronicle) => {
  const { heights, decided } = slowLedgerOf(chronicle);
  const open = heights.length > decided.length ? [`height ${decided.length} stays undecided`] : [];
  return chronicle.unrest === null ? open : [`not at rest in time: ${chronicle.unrest}`, ...open];
};
