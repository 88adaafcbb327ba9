/** I4: all inputs of a TRANSFER in a valid block belong to the asset that it names, and none is there twice. */

import type { Checker } from '../chronicle.js';
import { slowLedgerOf } from './slow-ledger.js';

export const inputsOfOneAsset: Checker = (chronicle) =>
  slowLedgerOf(chronicle)
    .heights.filter(({ status, fault }) => status === 'valid' && fault?.startsWith('I4'))
    .map(({ height, fault }) => `height ${height} is valid, but ${fault}`);
