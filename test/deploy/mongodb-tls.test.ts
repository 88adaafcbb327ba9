// Danger: certificates that openssl finds right, and that the driver or the settings of the node cannot use.
// Method: TLS with authority and revocation list, as `mongod` is told to do it, ends in front of the server that the tests
// have; the node's own connection options, with the files of the certificate tool, must come through, and a revoked
// client must not. Login by certificate (MONGODB-X509) needs a real server and is not tried here.

import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { MongoClient } from 'mongodb';
import { directOptions, type ServerSettings, uriOf } from '../../src/store/mongodb/client-options.js';
import { startServer, type TestServer } from '../support/mongodb-server.js';
import { describeWithMongodb } from '../support/mongodb-suite.js';
import { temporaryFolder } from './support/files.js';
import { DEPLOY, itWith, succeed } from './support/tools.js';

const folder = join(temporaryFolder(), 'authority');
const file = (name: string): string => join(folder, name);

async function tool(command: string, ...parameters: string[]): Promise<void> {
  await succeed(join(DEPLOY, 'certificates/certificates.sh'), [command, folder, ...parameters]);
}

/** TLS on a free port, in front of `target`. */
function serveTls(target: number): Server {
  const read = (name: string): Buffer => readFileSync(file(name));
  const files = {
    cert: read('mongodb-1.pem'),
    key: read('mongodb-1.pem'),
    ca: read('ca.crt'),
    crl: read('crl.pem'),
  };
  const server = createServer({ ...files, requestCert: true, rejectUnauthorized: true }, (client) => {
    const onward = connect(target, '127.0.0.1');
    for (const socket of [client, onward]) socket.on('error', () => socket.destroy());
    client.pipe(onward).pipe(client);
  });
  server.on('tlsClientError', () => undefined);
  return server;
}

describeWithMongodb('TLS in front of', () => {
  let mongodb: TestServer;
  beforeAll(async () => {
    mongodb = await startServer();
    await tool('authority', 'consortium');
    await tool('server', 'mongodb-1', '127.0.0.1');
    for (const client of ['node-1', 'monitoring', 'backup']) await tool('client', client);
  });
  afterAll(() => mongodb.stop());

  /** Whether `client` gets an answer over TLS, with the revocation list of now. */
  async function answers(client: string): Promise<boolean> {
    const server = serveTls(mongodb.throughProxy.port);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const settings: ServerSettings = {
      ...mongodb.settings,
      host: '127.0.0.1',
      port: (server.address() as { port: number }).port,
      connectionTimeout: 3000,
      ssl: true,
      caCert: file('ca.crt'),
      certfile: file(`${client}.crt`),
      keyfile: file(`${client}.key`),
      crlfile: file('crl.pem'),
    };
    const driver = new MongoClient(uriOf(settings), directOptions(settings));
    try {
      await driver.connect();
      const { ok } = await driver.db('admin').command({ ping: 1 });
      return ok === 1;
    } catch {
      return false;
    } finally {
      await driver.close();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  itWith(['openssl'], 'node, monitoring and backup come through, and a revoked one does not', async () => {
    for (const client of ['node-1', 'monitoring', 'backup'])
      expect([client, await answers(client)]).toEqual([client, true]);
    await tool('renew', 'node-1');
    expect(await answers('node-1')).toBe(true);
    const former = ['crt', 'key'].map((ending) => [ending, readFileSync(file(`backup.${ending}`))] as const);
    await tool('revoke', 'backup');
    for (const [ending, bytes] of former) writeFileSync(file(`backup.${ending}`), bytes);
    expect(await answers('backup')).toBe(false);
    expect(await answers('monitoring')).toBe(true);
  });
});
