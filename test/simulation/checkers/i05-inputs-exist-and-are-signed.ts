/** I5: inputs of what stands in valid blocks exist in valid blocks below, and their owners have signed. */

import { type Checker, eventsOf } from '../chronicle.js';
import { slowLedgerOf } from './slow-ledger.js';

export const inputsExistAndAreSigned: Checker = (chronicle) => [
  ...slowLedgerOf(chronicle)
    .heights.filter(({ status, fault }) => status === 'valid' && fault?.startsWith('I5'))
    .map(({ height, fault }) => `height ${height} is valid, but ${fault}`),
  ...eventsOf(chronicle, 'wrong accepted').map(({ node, what }) => `${node} accepted ${what}`),
];
