/** The port's promises, kept by the store on MongoDB. */

import { dropDatabase } from '../../src/store/mongodb/connect.js';
import { createMongodbStore } from '../../src/store/mongodb/mongodb-store.js';
import { startServer, type TestServer, testPorts } from '../support/mongodb-server.js';
import { describeWithMongodb } from '../support/mongodb-suite.js';
import { storeSuite } from './store-suite.js';

describeWithMongodb('mongodb', () => {
  let server: TestServer;
  let places = 0;

  beforeAll(async () => {
    server = await startServer();
    process.stdout.write(`MongoDB store suite runs on ${server.name}\n`);
  });

  afterAll(async () => {
    await server.stop();
  });

  storeSuite('mongodb store', async () => {
    places += 1;
    const settings = { ...server.settings, name: `bigchain_test_${process.pid}_${places}` };
    return {
      open: () => createMongodbStore({ settings, ports: testPorts() }),
      remove: () => dropDatabase({ settings, ports: testPorts() }),
    };
  });
});
