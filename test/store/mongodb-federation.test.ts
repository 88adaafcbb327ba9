/**
 * Danger: nodes that share a MongoDB lose an acknowledged transaction, deny one, or disagree, while one of them dies
 * and the connections to the servers break.
 * Method: three node processes under load at all doors; one is killed with -9 and started again, and all connections
 * are cut, several times. Then every door must know the outcome of everything that any door acknowledged.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createWorkerChecker } from '../../src/ledger/checker-worker.js';
import { portFacts } from '../../src/node/open-facts.js';
import { verify } from '../../src/node/verify.js';
import { dropDatabase } from '../../src/store/mongodb/connect.js';
import { createMongodbStore } from '../../src/store/mongodb/mongodb-store.js';
import { describeWithMongodb, startServer, type TestServer, testPorts } from '../support/mongodb-server.js';
import { NodeClient } from '../support/process-client.js';
import { Door } from '../support/process-federation.js';
import { FederationLoad } from '../support/process-federation-load.js';
import { NodeFolder } from '../support/process-node.js';
import { SigningKey } from '../support/process-transactions.js';
import { SeededRandom } from '../support/simulated-random.js';

const MEMBERS = ['node-1', 'node-2', 'node-3'];
const ROUNDS = 2;
const REST_MS = 90_000;

describeWithMongodb('a federation on MongoDB', () => {
  let server: TestServer;
  let folder: string;
  let doors: Door[];
  const name = `bigchain_federation_${process.pid}`;

  beforeAll(async () => {
    server = await startServer();
    folder = mkdtempSync(join(tmpdir(), 'bigchaindb-mongodb-'));
    const { host, port, replicaset, login, password } = server.throughProxy;
    const database = { backend: 'mongodb', host, port, name, replicaset, login, password };
    doors = MEMBERS.map((member) => {
      const keyring = MEMBERS.filter((other) => other !== member).map(
        (other) => SigningKey.fromText(join(folder, other)).publicKey,
      );
      const settings = { keyring, database };
      return new Door(
        member,
        new NodeFolder({ folder: join(folder, member), settings, readyTimeoutMs: 60_000 }),
      );
    });
  });

  afterAll(async () => {
    await Promise.all(doors.map((door) => door.folder.dispose()));
    await dropDatabase({ settings: { ...server.settings, name }, ports: testPorts() });
    rmSync(folder, { recursive: true, force: true });
    await server.stop();
  });

  /** The facts at the servers, against each view: every signature, every rule, every status. */
  async function audit(): Promise<void> {
    const onFailure = (error: Error): void => {
      throw error;
    };
    const checker = createWorkerChecker({ threads: 1, ed25519: null, onFailure });
    for (const door of doors) {
      const settings = { ...server.settings, name };
      const result = await verify({
        facts: portFacts(await createMongodbStore({ settings, ports: testPorts() }), false),
        viewPath: join(door.folder.dataFolder, `view-${door.folder.publicKey.slice(0, 16)}.sqlite`),
        federationChanges: [],
        checker,
        onProgress: () => undefined,
      });
      expect([door.name, result.breaches]).toEqual([door.name, []]);
      expect(result.viewHeight).toBeGreaterThan(0);
      expect(result.summary).toMatchObject({ invalidBlocks: 0, undecidedBlocks: 0, passedHeights: 0 });
    }
    await checker.close();
  }

  it('agrees and loses nothing while a member dies and connections break', async () => {
    const random = new SeededRandom(7);
    await Promise.all(doors.map((door) => door.start()));
    const load = new FederationLoad('mongodb', doors, random);
    load.start(1);
    const startedMs = performance.now();
    for (let round = 0; round < ROUNDS; round += 1) {
      await delay(1500);
      const victim = random.pick(doors);
      await victim.crash();
      await delay(1000);
      await victim.start();
      await delay(1000);
      await server.proxy.cutAll();
    }
    await delay(1500);
    await load.stop();
    const seconds = (performance.now() - startedMs) / 1000;
    expect(load.wrong).toEqual([]);
    expect(load.falseMisses).toEqual([]);

    const ids = [...load.acknowledged];
    const outcomes = await Promise.all(doors.map((door) => outcomesAt(door, ids)));
    const valid = new Set(ids.filter((_, index) => outcomes[0]?.[index] === 'VALID'));
    for (const [index, each] of outcomes.entries()) {
      expect([doors[index]?.name, ids.filter((_, place) => each[place] === null)]).toEqual([
        doors[index]?.name,
        [],
      ]);
      expect(ids.filter((id, place) => (each[place] === 'VALID') !== valid.has(id))).toEqual([]);
    }
    expect(load.rivals.filter(([one, other]) => valid.has(one) && valid.has(other))).toEqual([]);
    expect(ids.length).toBeGreaterThan(30);
    for (const door of doors) expect([door.name, await door.stop()]).toEqual([door.name, 0]);
    await audit();
    process.stdout.write(
      `${server.name}: ${ids.length} acknowledged at three doors, ${valid.size} valid, ${load.looks} looks, ${seconds.toFixed(0)} s\n`,
    );
  }, 240_000);
});

/** VALID or the code of the rejection, by id; null for what is not decided in time. */
async function outcomesAt(door: Door, ids: readonly string[]): Promise<(string | null)[]> {
  const client = new NodeClient(door.http ?? '');
  const deadline = performance.now() + REST_MS;
  const outcomes = new Map<string, string>();
  while (outcomes.size < ids.length && performance.now() < deadline) {
    const open = ids.filter((id) => !outcomes.has(id));
    // «Unavailable» is an answer too, as long as the connections are not back; the time bounds it.
    const statuses = await client.statuses(open).catch(() => []);
    for (const [index, status] of statuses.entries()) {
      const id = open[index] ?? '';
      const outcome = status === null ? await client.rejectionCode(id).catch(() => null) : status;
      if (outcome === 'VALID' || (status === null && outcome !== null)) outcomes.set(id, outcome);
    }
    if (outcomes.size < ids.length) await delay(200);
  }
  return ids.map((id) => outcomes.get(id) ?? null);
}
