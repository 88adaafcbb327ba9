// Danger: a certificate that opens a door it should not, or does not open the one it is for, or still opens it after it
// was revoked.
// Method: the tool makes an authority and certificates; a TLS server with the consortium's authority and revocation list,
// as MongoDB has them, is asked with each of them. mongod itself cannot be had here.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkServerIdentity, connect, createServer, type PeerCertificate, type Server } from 'node:tls';
import { clientOptions, type ServerSettings } from '../../src/store/mongodb/client-options.js';
import { temporaryFolder } from './support/files.js';
import { DEPLOY, itWith, run, succeed } from './support/tools.js';

const CLIENTS = ['node-1', 'monitoring', 'backup'] as const;
const folder = join(temporaryFolder(), 'authority');
const file = (name: string): string => join(folder, name);
const content = (name: string): Buffer => readFileSync(file(name));

function tool(...parameters: string[]): Promise<string> {
  const [command = '', ...rest] = parameters;
  return succeed(join(DEPLOY, 'certificates/certificates.sh'), [command, folder, ...rest]);
}

/**
 * Serves with authority and revocation list as a MongoDB member would, while `ask` runs. It tells a client its verdict
 * where a real server would only cut the connection, so that a test sees the reason.
 */
async function withServer<T>(ask: (port: number) => Promise<T>, certificate = 'mongodb-1'): Promise<T> {
  const server: Server = createServer(
    {
      cert: content(`${certificate}.crt`),
      key: content(`${certificate}.key`),
      ca: content('ca.crt'),
      crl: content('crl.pem'),
      requestCert: true,
      rejectUnauthorized: false,
    },
    (socket) => {
      const { authorized, authorizationError } = socket;
      const { CN } = socket.getPeerCertificate().subject ?? {};
      socket.end(authorized ? String(CN) : `refused ${String(authorizationError)}`);
    },
  );
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await ask((server.address() as { port: number }).port);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

interface Shown {
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** What the server said, or who did not want the connection, and why. The client refuses revoked servers too. */
function ask(port: number, shown: Shown, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve) => {
    const ca = content('ca.crt');
    const identity = (_name: string, certificate: PeerCertificate): Error | undefined =>
      checkServerIdentity(host, certificate);
    const crl = content('crl.pem');
    const socket = connect({ host: '127.0.0.1', port, ca, crl, checkServerIdentity: identity, ...shown });
    let said = '';
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      said += text;
    });
    socket.on('end', () => resolve(said));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

const shownBy = (name: string): Shown => ({ cert: content(`${name}.crt`), key: content(`${name}.key`) });

beforeAll(async () => {
  await tool('authority', 'Ticket consortium');
  await tool('server', 'mongodb-1', 'mongodb-1.example', '127.0.0.1', '::1');
  for (const client of CLIENTS) await tool('client', client);
});

describe('certificates', () => {
  for (const client of CLIENTS)
    itWith(['openssl'], `${client} connects over TLS`, async () => {
      expect(await withServer((port) => ask(port, shownBy(client)))).toBe(client);
    });

  itWith(['openssl'], 'nobody connects without one, or with one of another authority', async () => {
    const other = join(temporaryFolder(), 'other');
    const program = join(DEPLOY, 'certificates/certificates.sh');
    await succeed(program, ['authority', other, 'Ticket consortium']);
    await succeed(program, ['client', other, 'node-1']);
    const foreign = {
      cert: readFileSync(join(other, 'node-1.crt')),
      key: readFileSync(join(other, 'node-1.key')),
    };
    expect(await withServer((port) => ask(port, {}))).toBe('refused UNABLE_TO_GET_ISSUER_CERT');
    expect(await withServer((port) => ask(port, foreign))).toBe('refused UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  itWith(
    ['openssl'],
    "a server is known by its names, and a client's certificate makes no server",
    async () => {
      const named = (host: string): Promise<string> =>
        withServer((port) => ask(port, shownBy('backup'), host));
      expect(await named('mongodb-1.example')).toBe('backup');
      expect(await named('mongodb-2.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
      expect(await withServer((port) => ask(port, shownBy('backup')), 'monitoring')).toBe('INVALID_PURPOSE');
    },
  );

  itWith(
    ['openssl'],
    'members and clients differ in their unit, which is how MongoDB tells them apart',
    async () => {
      expect((await tool('subject', 'mongodb-1')).trim()).toBe('CN=mongodb-1,OU=members,O=Ticket consortium');
      expect((await tool('subject', 'node-1')).trim()).toBe('CN=node-1,OU=clients,O=Ticket consortium');
    },
  );

  itWith(['openssl'], 'a renewed certificate connects, with the same key', async () => {
    const before = content('monitoring.crt');
    const key = content('monitoring.key');
    await tool('renew', 'monitoring');
    expect(content('monitoring.crt').equals(before)).toBe(false);
    expect(content('monitoring.key').equals(key)).toBe(true);
    expect(await withServer((port) => ask(port, shownBy('monitoring')))).toBe('monitoring');
  });

  itWith(
    ['openssl'],
    'a revoked one is refused, the one before its renewal too, and the others are not',
    async () => {
      await tool('client', 'lost');
      const former = shownBy('lost');
      await tool('renew', 'lost');
      const renewed = shownBy('lost');
      expect(await withServer((port) => ask(port, renewed))).toBe('lost');
      await tool('revoke', 'lost');
      expect(await withServer((port) => ask(port, renewed))).toBe('refused CERT_REVOKED');
      expect(await withServer((port) => ask(port, former))).toBe('refused CERT_REVOKED');
      expect(await withServer((port) => ask(port, shownBy('node-1')))).toBe('node-1');
      expect(await tool('list')).toMatch(/^R\t.*CN=lost$/m);
      // A new one of that name is another certificate, and holds.
      await tool('client', 'lost');
      expect(await withServer((port) => ask(port, shownBy('lost')))).toBe('lost');
    },
  );

  itWith(['openssl'], 'a revoked server is refused by its clients', async () => {
    await tool('server', 'mongodb-2', '127.0.0.1');
    const stolen = { cert: content('mongodb-2.crt'), key: content('mongodb-2.key') };
    await tool('revoke', 'mongodb-2');
    const server = createServer({ ...stolen, ca: content('ca.crt') }, (socket) => socket.end('stolen'));
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    expect(await ask(port, shownBy('node-1'))).toBe('CERT_REVOKED');
    await new Promise((resolve) => server.close(resolve));
  });

  itWith(['openssl', 'tar'], "an operator's key stays at home: only the request travels", async () => {
    const home = join(temporaryFolder(), 'home');
    await succeed(join(DEPLOY, 'certificates/certificates.sh'), ['request', home, 'node-2']);
    await succeed('cp', [join(home, 'node-2.csr'), folder]);
    await tool('accept', 'node-2', 'client');
    expect(existsSync(file('node-2.key'))).toBe(false);
    await succeed('bash', [
      '-c',
      `"$0" give "$1" node-2 | tar -C "$2" -xf -`,
      join(DEPLOY, 'certificates/certificates.sh'),
      folder,
      home,
    ]);
    const shown = {
      cert: readFileSync(join(home, 'node-2.crt')),
      key: readFileSync(join(home, 'node-2.key')),
    };
    expect(await withServer((port) => ask(port, shown))).toBe('node-2');
  });

  itWith(['openssl'], 'it tells Prometheus when each of them ends', async () => {
    const text = await tool('metrics');
    const ends = new Map(
      [...text.matchAll(/\{file="([^"]+)"\} (\d+)$/gm)].map(([, name, end]) => [name, Number(end)]),
    );
    const days = (name: string): number => ((ends.get(name) ?? 0) - Date.now() / 1000) / 86_400;
    expect(days('node-1.crt')).toBeCloseTo(365, 0);
    expect(days('crl.pem')).toBeCloseTo(30, 0);
    expect(days('ca.crt')).toBeCloseTo(3650, 0);
  });

  itWith(['openssl'], 'keys are for their owner alone, and mistakes change nothing', async () => {
    for (const name of ['ca.key', 'node-1.key', 'node-1.pem'])
      expect(statSync(file(name)).mode & 0o077).toBe(0);
    const before = content('index.txt');
    for (const wrong of [
      ['client', folder, 'node-1'],
      ['client', folder, '../node-9'],
      ['server', folder, 'mongodb-9'],
      ['renew', folder, 'nobody'],
      ['authority', folder, 'Another'],
      ['client', join(folder, 'nowhere'), 'node-9'],
    ])
      expect((await run(join(DEPLOY, 'certificates/certificates.sh'), wrong)).code).not.toBe(0);
    expect(content('index.txt').equals(before)).toBe(true);
  });

  itWith(
    ['openssl'],
    'the files are those that database.ca_cert, certfile, keyfile and crlfile name',
    async () => {
      const settings: ServerSettings = {
        host: 'localhost',
        port: 27_017,
        name: 'bigchain',
        replicaset: 'bigchain-rs',
        connectionTimeout: 1000,
        maxTries: 1,
        ssl: true,
        login: (await tool('subject', 'node-1')).trim(),
        password: null,
        caCert: file('ca.crt'),
        certfile: file('node-1.crt'),
        keyfile: file('node-1.key'),
        keyfilePassphrase: null,
        crlfile: file('crl.pem'),
      };
      const { cert, key, authMechanism } = clientOptions(settings);
      expect(authMechanism).toBe('MONGODB-X509');
      const shown = { cert: cert as Buffer, key: key as Buffer };
      expect(await withServer((port) => ask(port, shown))).toBe('node-1');
    },
  );
});
