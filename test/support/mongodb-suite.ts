/** Suites that need a MongoDB: run on what is at hand, and what cannot be shown on it is skipped by name. */

import { atHand } from './mongodb-server.js';

/** `describe`, or a skip that names what is missing. */
export function describeWithMongodb(name: string, tests: () => void): void {
  if (atHand === null)
    describe.skip(`${name} (no MongoDB: set MONGODB_URI or run test/support/mongodb-server.sh)`, tests);
  else describe(name, tests);
}

/** `it`, or on a stand-in a skip that says why. */
export function itOnRealMongodb(name: string, test: () => Promise<void>): void {
  const standIn = atHand?.standIn ?? null;
  if (standIn === null) it(name, test);
  else it.skip(`${name} (not shown on the stand-in ${standIn})`, test);
}
