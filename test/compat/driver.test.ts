/**
 * Danger: the JavaScript drivers of 1.0.1's time and of 1.3's, which nobody maintains, cannot work with this node.
 * Method: their own API against the doors, before a ledger that takes what the rules allow and decides it at once.
 */

import { decided } from './support/decided.js';
import { type StartedDoor, startDoor, vectorFakeLedger } from './support/door.js';
import { DRIVER_VERSIONS, driverStory } from './support/driver-story.js';

let door: StartedDoor;

beforeAll(async () => {
  const ledger = vectorFakeLedger();
  ledger.undecided = [];
  const judge = ledger.onSubmit;
  ledger.onSubmit = async (texts) => {
    const outcomes = await judge(texts);
    for (const outcome of outcomes) {
      if (!outcome.accepted || ledger.transactionState(outcome.id) !== null) continue;
      const { id, text } = outcome;
      const height = decided(ledger.heights.length, 'valid', []);
      if (height.block === null) continue;
      const transactions = [{ id, text, acceptedAtMs: null }];
      ledger.decide(door.events, { ...height, block: { ...height.block, transactions } });
    }
    return outcomes;
  };
  door = await startDoor(ledger);
});
afterAll(() => door.server.close());

test.each(DRIVER_VERSIONS)(
  'npm bigchaindb-driver %s makes, posts, polls, transfers, lists and searches',
  async (version) => {
    await driverStory(version, `http://127.0.0.1:${door.port}`, 'doors');
  },
);
