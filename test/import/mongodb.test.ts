/**
 * Danger: what a driver makes of BSON is not what 1.0.1 had hashed, or a collection is held in memory as a whole.
 * Method: the small ledger is put into a MongoDB as pymongo did, with doubles, 32 and 64 bit integers, and imported from
 * there; what comes out must equal, byte for byte, what comes out of files. Needs a MongoDB or the stand-in.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Double, Int32, Long, MongoClient } from 'mongodb';
import { JsonFloat, type JsonObject, type JsonValue } from '../../src/codec/json-value.js';
import type { LegacySource } from '../../src/store/legacy-source.js';
import { openMongodbSource } from '../../src/store/mongodb/legacy-source.js';
import { createMongodbStore } from '../../src/store/mongodb/mongodb-store.js';
import type { Store } from '../../src/store/store.js';
import { startServer, type TestServer, testPorts } from '../support/mongodb-server.js';
import { describeWithMongodb } from '../support/mongodb-suite.js';
import { fromFolder, importHere } from './support/import-here.js';
import { COLLECTIONS, type LegacyDatabase } from './support/legacy-database.js';
import { memberNames, smallScene } from './support/scenes.js';

jest.setTimeout(120_000);

const MEMBERS = memberNames(3);

/** As pymongo writes it. */
function bson(value: JsonValue): unknown {
  if (Array.isArray(value)) return value.map(bson);
  if (value instanceof JsonFloat) return new Double(value.value);
  if (typeof value === 'bigint') return Long.fromBigInt(value);
  if (typeof value === 'number')
    return value >= -(2 ** 31) && value < 2 ** 31 ? new Int32(value) : Long.fromNumber(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, bson(item)]));
}

async function everything(store: Store): Promise<unknown> {
  const blocks = await store.readBlocks(0, 1000);
  const votes = await store.readVotes(
    blocks.map(({ id }) => id),
    1000,
  );
  return {
    record: await store.readImport(),
    blocks,
    votes: votes.map(({ text }) => text).sort(),
    backlog: (await store.readBacklog(0, 1000)).map(({ text, acceptedAtMs }) => ({ text, acceptedAtMs })),
  };
}

describeWithMongodb('a running database of 1.0.x', () => {
  let server: TestServer;
  let uri: string;
  let home: string;

  beforeAll(async () => {
    server = await startServer();
    const { host, port } = server.settings;
    uri = `mongodb://${host}:${port}`;
    home = mkdtempSync(join(tmpdir(), 'legacy-mongodb-'));
  });
  afterAll(async () => {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  });

  async function fill(name: string, { documents }: LegacyDatabase): Promise<void> {
    const client = new MongoClient(`${uri}/?directConnection=true`);
    try {
      for (const collection of COLLECTIONS)
        for (const document of documents[collection])
          await client
            .db(name)
            .collection(collection)
            .insertOne(bson(document) as JsonObject);
    } finally {
      await client.close();
    }
  }

  function open(name: string): Promise<LegacySource> {
    return openMongodbSource({
      uri: `${uri}/${name}?directConnection=true`,
      onUnreadable: (where, why) => {
        throw new Error(`${where}: ${why}`);
      },
    });
  }

  it('becomes what its mongoexport becomes', async () => {
    const { database } = smallScene(3);
    await fill('bigchain_old', database);
    const source = await open('bigchain_old');
    const fromMongodb = await importHere(() => source, { members: MEMBERS });
    const fromFiles = await importHere(fromFolder(home, database.documents), { members: MEMBERS });
    expect(fromMongodb.refusals).toEqual([]);
    expect(fromMongodb.result.outcome).toBe('imported');
    expect(await everything(fromMongodb.store)).toEqual(await everything(fromFiles.store));
  });

  it('becomes the same ledger in a store on MongoDB, also in two goes', async () => {
    const { database } = smallScene(3);
    const source = fromFolder(join(home, 'target'), database.documents);
    const settings = { ...server.settings, name: 'bigchain_target' };
    const store = await createMongodbStore({ settings, ports: testPorts() });
    try {
      const stopping = {
        hit: () => {
          throw new Error('stopped half-way');
        },
      };
      const half = importHere(source, { members: MEMBERS, store, failpoints: stopping });
      await expect(half).rejects.toThrow('stopped half-way');
      const { result, refusals } = await importHere(source, { members: MEMBERS, store });
      expect({ outcome: result.outcome, refusals }).toEqual({ outcome: 'imported', refusals: [] });
      const again = await importHere(source, { members: MEMBERS, store });
      expect(again.result.outcome).toBe('unchanged');
      const fromFiles = await importHere(source, { members: MEMBERS });
      expect(await everything(store)).toEqual(await everything(fromFiles.store));
    } finally {
      await store.close();
    }
  });

  it('is refused when it holds something else', async () => {
    await expect(open('bigchain_none')).rejects.toThrow(/holds no collection `bigchain`/);
    await expect(
      openMongodbSource({
        uri: 'mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200',
        onUnreadable: () => undefined,
      }),
    ).rejects.toThrow(/Cannot read the database/);
  });
});
