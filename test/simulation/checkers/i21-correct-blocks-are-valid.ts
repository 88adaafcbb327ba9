/** I21: a block that a correct member made is never decided invalid or passed over. */

import { type Checker, eventsOf } from '../chronicle.js';
import { settingsOf } from './settings.js';
import { slowLedgerOf } from './slow-ledger.js';

export const correctBlocksAreValid: Checker = (chronicle) => {
  const running = new Set(chronicle.processes);
  const settings = settingsOf(chronicle);
  const own = new Set(
    eventsOf(chronicle, 'block')
      .filter(({ by, life, block }) => running.has(by) && !settings.isOddAt({ node: by, life }, block.height))
      .map(({ block }) => block.id),
  );
  return slowLedgerOf(chronicle)
    .decided.filter(({ fact, status }) => own.has(fact.id) && (status === 'invalid' || status === 'passed'))
    .map(
      ({ height, creator, status, fault }) =>
        `the block of ${creator} at height ${height} is ${status}: ${fault}`,
    );
};
