// Danger: the store that the simulator runs on keeps other promises than those that ship, so that what it proves is about
// nothing. Method: one random history of all calls on both, for each store that ships, every answer compared (I17).

import { systemScheduler } from '../../src/runtime/system-runtime.js';
import { createDirectStore } from '../../src/store/embedded/direct.js';
import { compareWithFacts } from '../support/store-differential.js';

/** DIFFERENTIAL_CALLS=1000000 for a long one. */
const CALLS = Number(process.env.DIFFERENTIAL_CALLS ?? 20_000);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

test(`the embedded store answers ${CALLS} calls as the simulated one (SEED=${SEED})`, async () => {
  const onFailure = (error: Error): void => {
    throw error;
  };
  const store = createDirectStore({ path: ':memory:', scheduler: systemScheduler, onFailure });
  try {
    await compareWithFacts(store, CALLS, SEED);
  } finally {
    await store.close();
  }
}, 3_600_000);
