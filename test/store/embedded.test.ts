/** The port's promises, kept by the embedded store in the calling thread and in a thread of its own. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemScheduler } from '../../src/runtime/system-runtime.js';
import { createDirectStore, SharedDatabase } from '../../src/store/embedded/direct.js';
import { createWorkerStore } from '../../src/store/embedded/worker.js';
import type { Store } from '../../src/store/store.js';
import { type StorePlace, storeSuite } from './store-suite.js';

function failTest(error: Error): void {
  throw error;
}

async function inFolder(open: (path: string) => Promise<Store>): Promise<StorePlace> {
  const folder = await mkdtemp(join(tmpdir(), 'store-'));
  return {
    open: () => open(join(folder, 'federation', 'store.sqlite')),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

storeSuite('embedded store, direct', () =>
  inFolder(async (path) => createDirectStore({ path, scheduler: systemScheduler, onFailure: failTest })),
);

storeSuite('embedded store, in its thread', () =>
  inFolder((path) => createWorkerStore({ path, onFailure: failTest })),
);

storeSuite('embedded store, in memory', async () => {
  let shared = new SharedDatabase(':memory:', failTest);
  // A database in memory ends with its last store: one more keeps it, as the disk keeps a file.
  const keeper = createDirectStore({ shared });
  return {
    open: async () => createDirectStore({ shared }),
    remove: async () => {
      await keeper.close();
      shared = new SharedDatabase(':memory:', failTest);
    },
  };
});
