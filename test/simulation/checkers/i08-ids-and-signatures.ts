/** I8: what stands in valid blocks bears the hash as its id and the signatures of those it names. */

import type { Checker } from '../chronicle.js';
import { slowLedgerOf } from './slow-ledger.js';

export const idsAndSignatures: Checker = (chronicle) =>
  slowLedgerOf(chronicle)
    .heights.filter(({ status, fault }) => status === 'valid' && fault !== null && !/^I\d/.test(fault))
    .map(({ height, fault }) => `height ${height} is valid, but ${fault}`);
