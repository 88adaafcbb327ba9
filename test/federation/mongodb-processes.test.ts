/**
 * Danger: nodes that share a MongoDB lose an acknowledged transaction, deny one, or disagree, while members die, the
 * connections to the servers break, and a member writes junk into the database.
 * Method: `process-trial.ts` on MongoDB, through a proxy that cuts all connections at once.
 */

import { startServer, type TestServer } from '../support/mongodb-server.js';
import { describeWithMongodb } from '../support/mongodb-suite.js';
import { runTrial } from '../support/process-trial.js';
import { mongodbPlace } from '../support/process-trial-places.js';

const SECONDS = 10;
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

describeWithMongodb('a federation on MongoDB', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startServer();
  });

  afterAll(() => server.stop());

  it(`agrees and loses nothing while members die, connections break and one is hostile (SEED=${SEED})`, async () => {
    const place = mongodbPlace(server, `bigchain_federation_${process.pid}`);
    try {
      const { problems, counts, acts, seconds } = await runTrial({
        name: 'mongodb',
        seconds: SECONDS,
        seed: SEED,
        clientsPerDoor: 1,
        hostile: true,
        place,
      });
      process.stdout.write(`${server.name}: ${JSON.stringify(counts)}, ${seconds} s\n`);
      expect(problems).toEqual([]);
      // The run must have met what it is for.
      expect(counts.kills).toBeGreaterThanOrEqual(2);
      expect(counts.breaks).toBeGreaterThanOrEqual(1);
      expect(counts.acknowledged).toBeGreaterThan(30);
      expect(acts.size).toBeGreaterThan(4);
    } finally {
      await place.remove();
    }
  }, 240_000);
});
