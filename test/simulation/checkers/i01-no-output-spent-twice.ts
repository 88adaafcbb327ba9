/** I1: no output is spent by two different transactions in valid blocks. */

import type { Checker } from '../chronicle.js';
import { slowLedgerOf } from './slow-ledger.js';

export const noOutputSpentTwice: Checker = (chronicle) => {
  const { broken, heights } = slowLedgerOf(chronicle);
  const judged = heights.filter(({ status, fault }) => status === 'valid' && fault?.startsWith('I1'));
  return [...broken, ...judged.map(({ height, fault }) => `height ${height} is valid, but ${fault}`)];
};
