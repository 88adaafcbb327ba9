/**
 * Danger: settings that ask for TLS and are served in clear text, a server that nobody vouches for, a certificate that is
 * not shown, a login that is not asked for.
 * Method: the proxy takes connections by TLS only, with certificates made for the test; what the server behind it is
 * asked for a login is read from the commands.
 */

import { readFileSync } from 'node:fs';
import type { ServerSettings } from '../../src/store/mongodb/client-options.js';
import { dropDatabase } from '../../src/store/mongodb/connect.js';
import { createMongodbStore } from '../../src/store/mongodb/mongodb-store.js';
import { StoreRefused } from '../../src/store/mongodb/refusal.js';
import { Certificates } from '../support/certificates.js';
import { MongodbProxy } from '../support/mongodb-proxy.js';
import { startServer, type TestServer, testPorts } from '../support/mongodb-server.js';
import { describeWithMongodb } from '../support/mongodb-suite.js';
import type { WireDocument } from '../support/mongodb-wire.js';
import { makeBlock } from '../support/store-facts.js';

describeWithMongodb('MongoDB by TLS', () => {
  let server: TestServer;
  let certificates: Certificates;
  let secure: MongodbProxy;
  /** By TLS, without a client certificate. */
  let settings: ServerSettings;

  beforeAll(async () => {
    server = await startServer();
    certificates = new Certificates();
    for (const name of ['server', 'node']) certificates.make(name);
    certificates.lock('locked', 'node', 'open sesame');
  });

  afterAll(async () => {
    await dropDatabase({ settings: { ...server.settings, name: settings.name }, ports: testPorts() });
    certificates.remove();
    await server.stop();
  });

  afterEach(() => secure.close());

  async function listen(wantsCertificate: boolean): Promise<void> {
    const { throughProxy } = server;
    const read = (name: string): Buffer => readFileSync(certificates.file(name));
    const own = { key: read('server.key'), cert: read('server.pem'), ca: read('ca.pem') };
    const tls = { ...own, requestCert: wantsCertificate, rejectUnauthorized: wantsCertificate };
    const { replicaset, port } = throughProxy;
    secure = await MongodbProxy.start({ port, replicaSet: replicaset, standIn: false, tls });
    settings = {
      ...throughProxy,
      port: secure.port,
      name: `bigchain_tls_${process.pid}`,
      connectionTimeout: 1000,
      ssl: true,
      caCert: certificates.file('ca.pem'),
    };
  }

  /** 'works', or the sentence of the refusal. */
  async function attempt(changes: Partial<ServerSettings> = {}): Promise<string> {
    try {
      const store = await createMongodbStore({ settings: { ...settings, ...changes }, ports: testPorts() });
      const block = makeBlock(0);
      expect(['ok', 'duplicate']).toContain(await store.claimHeight(block));
      expect(await store.readBlocks(0, 1)).toEqual([block]);
      await store.close();
      return 'works';
    } catch (error) {
      if (error instanceof StoreRefused) return error.message;
      throw error;
    }
  }

  it('works with the authority of the settings, and with no other, and not in clear text', async () => {
    await listen(false);
    expect(await attempt()).toBe('works');
    expect(await attempt({ caCert: null })).toMatch(/Giving up.*certificate/);
    expect(await attempt({ ssl: false, caCert: null })).toMatch(/Giving up/);
  });

  it('shows a client certificate where the server wants one, its key locked or not', async () => {
    await listen(true);
    const file = (name: string): string => certificates.file(name);
    expect(await attempt()).toMatch(/Giving up/);
    expect(await attempt({ certfile: file('node.pem'), keyfile: file('node.key') })).toBe('works');
    const locked = { certfile: file('node.pem'), keyfile: file('locked.key') };
    expect(await attempt({ ...locked, keyfilePassphrase: 'open sesame' })).toBe('works');
    expect(await attempt({ ...locked, keyfilePassphrase: 'wrong' })).toMatch(/Giving up.*decrypt/);
  });

  it('logs in by the name of its certificate, or by SCRAM, before it does anything', async () => {
    await listen(true);
    const certificate = { certfile: certificates.file('node.pem'), keyfile: certificates.file('node.key') };
    const asked: WireDocument[] = [];
    secure.fault = (name, command) => {
      if (name !== 'authenticate' && name !== 'saslStart') return null;
      asked.push(command);
      const refused = { ok: 0, code: 18, codeName: 'AuthenticationFailed', errmsg: 'Authentication failed.' };
      return { kind: 'answer', document: name === 'authenticate' ? {} : refused };
    };
    expect(await attempt({ ...certificate, login: 'CN=node' })).toBe('works');
    expect(asked[0]).toMatchObject({ mechanism: 'MONGODB-X509', user: 'CN=node', $db: '$external' });
    asked.length = 0;
    expect(await attempt({ ...certificate, login: 'alice', password: 'secret' })).toMatch(
      /Authentication failed/,
    );
    expect(asked[0]).toMatchObject({ $db: settings.name });
    expect(String(asked[0]?.mechanism)).toMatch(/^SCRAM-SHA-/);
  });
});
