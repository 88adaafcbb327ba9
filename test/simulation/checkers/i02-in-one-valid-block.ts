/** I2: a transaction stands in at most one valid block. */

import type { Checker } from '../chronicle.js';
import { slowLedgerOf } from './slow-ledger.js';

export const inOneValidBlock: Checker = (chronicle) =>
  [...slowLedgerOf(chronicle).validHeights]
    .filter(([, heights]) => heights.length > 1)
    .map(([id, heights]) => `${id} stands in the valid blocks at ${heights.join(' and ')}`);
