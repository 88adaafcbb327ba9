/**
 * Danger: a node works with servers that may forget what they confirmed, or an operator is left with an error that
 * does not say what to do. Servers of every kind are played by the proxy's answers.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { clientOptions, type ServerSettings, uriOf } from '../../src/store/mongodb/client-options.js';
import {
  changeReplicas,
  databaseExists,
  dropDatabase,
  prepareServer,
} from '../../src/store/mongodb/connect.js';
import { createMongodbStore } from '../../src/store/mongodb/mongodb-store.js';
import { StoreRefused } from '../../src/store/mongodb/refusal.js';
import { polled } from '../support/mongodb-greetings.js';
import type { Fault } from '../support/mongodb-proxy.js';
import {
  type LoggedLine,
  settingsOf,
  startServer,
  type TestServer,
  testPorts,
} from '../support/mongodb-server.js';
import { describeWithMongodb } from '../support/mongodb-suite.js';
import type { WireDocument } from '../support/mongodb-wire.js';

describeWithMongodb('servers at the start', () => {
  let server: TestServer;
  let settings: ServerSettings;

  beforeAll(async () => {
    server = await startServer();
    process.stdout.write(`MongoDB starts are tried on ${server.name}\n`);
    settings = { ...server.throughProxy, name: `bigchain_start_${process.pid}` };
  });

  afterAll(() => server.stop());

  afterEach(() => {
    server.proxy.greeting = (hello) => hello;
    server.proxy.fault = () => null;
  });

  const start = async (changes: Partial<ServerSettings> = {}, lines: LoggedLine[] = []): Promise<void> => {
    const store = await createMongodbStore({
      settings: { ...settings, ...changes },
      ports: testPorts(lines),
    });
    await store.close();
  };

  const refusal = (changes: Partial<ServerSettings> = {}): Promise<string> =>
    start(changes).then(
      () => 'started',
      (error: unknown) => (error instanceof StoreRefused ? error.message : `no refusal: ${String(error)}`),
    );

  /** Without the words of a replica set. */
  function standalone(hello: WireDocument): WireDocument {
    const { setName, hosts, me, primary, setVersion, ...rest } = hello;
    return rest;
  }

  it('refuses a server that stands alone, in 1.0.1’s words and with what to do', async () => {
    server.proxy.greeting = standalone;
    const message = await refusal();
    expect(message).toMatch(/^mongod was not started with the replSet option\./);
    expect(message).toMatch(/--replSet bigchain-rs .*bigchaindb init/);
  });

  it('refuses a replica set that was never initiated', async () => {
    server.proxy.greeting = (hello) => ({
      ...standalone(hello),
      isreplicaset: true,
      isWritablePrimary: false,
    });
    expect(await refusal()).toMatch(/is not initiated: run `bigchaindb init`/);
  });

  it('refuses another replica set', async () => {
    expect(await refusal({ replicaset: 'other' })).toBe(
      'The replicaset configuration of bigchaindb (`other`) needs to match the replica set name from MongoDB ' +
        `(\`${settings.replicaset}\`): set database.replicaset`,
    );
  });

  it('refuses a mongos', async () => {
    server.proxy.greeting = (hello) => ({ ...standalone(hello), msg: 'isdbgrid' });
    expect(await refusal()).toMatch(/is a mongos/);
  });

  const answered = (name: string, document: WireDocument): void => {
    server.proxy.fault = (command) => (command === name ? { kind: 'answer', document } : null);
  };

  it('refuses members that confirm what they hold in memory only', async () => {
    answered('replSetGetConfig', { config: { writeConcernMajorityJournalDefault: false, members: [] } });
    expect(await refusal()).toMatch(
      /writeConcernMajorityJournalDefault false.*set it to true with rs\.reconfig/,
    );
    answered('serverStatus', { storageEngine: { name: 'inMemory', persistent: false } });
    expect(await refusal()).toMatch(/storage engine inMemory, which keeps nothing on disk/);
  });

  it('says which role a login lacks', async () => {
    answered('replSetGetConfig', { ok: 0, code: 13, errmsg: 'not authorized' });
    expect(await refusal()).toMatch(/database\.login: .*clusterMonitor/);
  });

  it('tries as often as max_tries says, and gives up in 1.0.1’s words', async () => {
    const lines: LoggedLine[] = [];
    const nobody = { host: '127.0.0.1', port: 1, connectionTimeout: 60, maxTries: 3 };
    await expect(start(nobody, lines)).rejects.toThrow(/Cannot connect to the Database\. Giving up\./);
    expect(lines.map(({ fields }) => String(fields.message).replace(/\d+ms/, 'Nms'))).toEqual(
      [1, 2, 3].map((attempt) => `Attempt ${attempt}/3. Connection to 127.0.0.1:1 failed after Nms.`),
    );
  });

  it('tries again when a connection breaks or the primary steps down in the middle of the start', async () => {
    const faults: Record<string, Fault> = {
      replSetGetConfig: { kind: 'cut' },
      createIndexes: {
        kind: 'answer',
        document: { ok: 0, code: 10_107, codeName: 'NotWritablePrimary', errmsg: 'not primary' },
      },
    };
    server.proxy.greeting = polled;
    server.proxy.fault = (name) => {
      const fault = faults[name] ?? null;
      delete faults[name];
      return fault;
    };
    const lines: LoggedLine[] = [];
    await start({ maxTries: 3 }, lines);
    expect(lines.filter(({ event }) => event === 'store.attempt_failed')).toHaveLength(2);
    server.proxy.fault = (name) => (name === 'createIndexes' ? { kind: 'cut' } : null);
    expect(await refusal({ maxTries: 2 })).toMatch(/Cannot connect to the Database\. Giving up\./);
  });

  it('initiates the replica set when asked, and only one that never was', async () => {
    const asked: WireDocument[] = [];
    let initiated = false;
    server.proxy.greeting = (hello) =>
      initiated ? hello : { ...standalone(hello), isreplicaset: true, isWritablePrimary: false };
    server.proxy.fault = (name, command) => {
      if (name !== 'replSetInitiate') return null;
      asked.push(command.replSetInitiate as WireDocument);
      initiated = true;
      return { kind: 'answer', document: {} };
    };
    await prepareServer({ settings, ports: testPorts() });
    await prepareServer({ settings, ports: testPorts() });
    expect(asked).toEqual([
      { _id: settings.replicaset, members: [{ _id: 0, host: `127.0.0.1:${settings.port}` }] },
    ]);
  });

  it('takes an initiation by somebody else for its own', async () => {
    let looks = 0;
    server.proxy.greeting = (hello) => {
      looks += 1;
      return looks > 3 ? hello : { ...standalone(hello), isreplicaset: true, isWritablePrimary: false };
    };
    answered('replSetInitiate', {
      ok: 0,
      code: 23,
      codeName: 'AlreadyInitialized',
      errmsg: 'already initialized',
    });
    await prepareServer({ settings, ports: testPorts() });
  });

  it('knows whether there is a database, and drops it', async () => {
    const options = { settings: { ...settings, name: `bigchain_exists_${process.pid}` }, ports: testPorts() };
    expect(await databaseExists(options)).toBe(false);
    await (await createMongodbStore(options)).close();
    expect(await databaseExists(options)).toBe(true);
    await dropDatabase(options);
    await dropDatabase(options);
    expect(await databaseExists(options)).toBe(false);
  });

  it('adds and removes members one at a time, with ids and versions that grow', async () => {
    let config = { _id: settings.replicaset, version: 4, members: [{ _id: 3, host: 'a:1' }] };
    const versions: number[] = [];
    server.proxy.fault = (name, command) => {
      if (name === 'replSetGetConfig') return { kind: 'answer', document: { config } };
      if (name !== 'replSetReconfig') return null;
      config = command.replSetReconfig as typeof config;
      versions.push(Number(config.version));
      return { kind: 'answer', document: {} };
    };
    const options = { settings, ports: testPorts() };
    await changeReplicas(options, 'add', ['b:2', 'c:3', 'a:1']);
    expect(config.members.map(({ _id, host }) => [Number(_id), host])).toEqual([
      [3, 'a:1'],
      [4, 'b:2'],
      [5, 'c:3'],
    ]);
    await changeReplicas(options, 'remove', ['a:1', 'unknown:1']);
    expect(config.members.map(({ host }) => host)).toEqual(['b:2', 'c:3']);
    expect(versions).toEqual([5, 6, 7]);
  });
});

describe('settings of the MongoDB client', () => {
  const base = settingsOf('db', 27_017, { name: 'bigchain', replicaset: 'rs', maxTries: 3 });
  let folder: string;
  const file = (name: string): string => {
    const path = join(folder, name);
    writeFileSync(path, name);
    return path;
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('never leaves a concern to the server', () => {
    expect(clientOptions(base)).toMatchObject({
      replicaSet: 'rs',
      readPreference: 'primary',
      readConcern: { level: 'majority' },
      writeConcern: { w: 'majority', j: true, wtimeoutMS: 5000 },
      serverSelectionTimeoutMS: 5000,
    });
    expect(clientOptions(base).tls).toBeUndefined();
  });

  it('logs in by SCRAM on the database', () => {
    const options = clientOptions({ ...base, login: 'alice', password: 'secret' });
    expect(options).toMatchObject({
      auth: { username: 'alice', password: 'secret' },
      authSource: 'bigchain',
    });
    expect(() => clientOptions({ ...base, login: 'alice' })).toThrow(
      /database\.login and database\.password/,
    );
  });

  it('uses TLS, and checks the server against the given authority', () => {
    const options = clientOptions({ ...base, ssl: true, caCert: file('ca.pem') });
    expect([options.tls, String(options.ca)]).toEqual([true, 'ca.pem']);
    expect(() => clientOptions({ ...base, ssl: true, caCert: join(folder, 'none.pem') })).toThrow(
      /^Setting database\.ca_cert: cannot read .*none\.pem/,
    );
  });

  it('shows a client certificate, which then is the login', () => {
    const certificate = {
      caCert: file('ca.pem'),
      certfile: file('client.pem'),
      keyfile: file('client.key'),
      keyfilePassphrase: 'open sesame',
      crlfile: file('revoked.pem'),
    };
    const options = clientOptions({ ...base, ...certificate, login: 'CN=node' });
    expect(options).toMatchObject({
      tls: true,
      passphrase: 'open sesame',
      authMechanism: 'MONGODB-X509',
      authSource: '$external',
    });
    const credentials = new MongoClient(uriOf({ ...base, ...certificate, login: 'CN=node' }), options).options
      .credentials;
    expect([credentials?.username, credentials?.mechanism, credentials?.source]).toEqual([
      'CN=node',
      'MONGODB-X509',
      '$external',
    ]);
    expect([options.ca, options.cert, options.key, options.crl].map(String)).toEqual([
      'ca.pem',
      'client.pem',
      'client.key',
      'revoked.pem',
    ]);
    expect(() => clientOptions({ ...base, certfile: certificate.certfile })).toThrow(StoreRefused);
  });
});
