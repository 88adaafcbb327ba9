/** The stores that a trial of a federation runs on. */

import { portFacts } from '../../src/node/open-facts.js';
import { openFactsReader } from '../../src/store/embedded/read-facts.js';
import { createWorkerStore } from '../../src/store/embedded/worker.js';
import { dropDatabase } from '../../src/store/mongodb/connect.js';
import { createMongodbStore } from '../../src/store/mongodb/mongodb-store.js';
import { type TestServer, testPorts } from './mongodb-server.js';
import type { TrialPlace } from './process-trial.js';

/** One SQLite file that all processes share. */
export const embeddedPlace: TrialPlace = {
  settings: {},
  openStore: ({ storePath }) =>
    createWorkerStore({
      path: storePath,
      onFailure(error) {
        throw error;
      },
    }),
  openFacts: async ({ storePath }) => openFactsReader(storePath, { snapshot: false }),
  breakConnections: null,
};

/** A database of its own at a server, through its proxy; `remove` drops it. */
export function mongodbPlace(server: TestServer, name: string): TrialPlace & { remove(): Promise<void> } {
  const { host, port, replicaset } = server.throughProxy;
  // As long as a member has to start: connections are cut then too.
  const database = { backend: 'mongodb', host, port, name, replicaset, max_tries: 12 };
  const direct = { settings: { ...server.settings, name }, ports: testPorts() };
  return {
    settings: { database },
    openStore: () => createMongodbStore(direct),
    openFacts: async () => portFacts(await createMongodbStore(direct), false),
    breakConnections: () => server.proxy.cutAll(),
    remove: () => dropDatabase(direct),
  };
}
