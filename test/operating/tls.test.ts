/**
 * Danger: an API that answers in clear text although TLS was asked for, a renewed certificate that needs a restart, or
 * a broken one that takes the node down. Method: certificates made by openssl, a real node, and SIGHUP.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import { NodeFolder, type NodeProcess, NotStarted } from '../support/process-node.js';
import { TransactionMaker } from '../support/process-transactions.js';
import { ask, managementOf } from './clients.js';

const STREAM = '/api/v1/streams/valid_transactions';
const files = mkdtempSync(join(tmpdir(), 'certificates-'));
const file = (name: string): string => join(files, name);

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];

function openssl(...parameters: string[]): void {
  execFileSync('openssl', parameters, { cwd: files, stdio: 'ignore' });
}

/** Makes `NAME.key` and `NAME.pem`, signed by the authority of this test, for 127.0.0.1. */
function makeCertificate(name: string, days = 90): void {
  openssl('req', ...EC, '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
  writeFileSync(file('san.txt'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  openssl(
    ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
    ...['-days', String(days), '-out', `${name}.pem`, '-extfile', 'san.txt'],
  );
}

/** The node's certificate becomes that of `name`, as a renewal does it. */
function install(name: string): void {
  copyFileSync(file(`${name}.pem`), file('node.pem'));
  copyFileSync(file(`${name}.key`), file('node.key'));
}

let ca: string;
beforeAll(() => {
  openssl(
    'req',
    '-x509',
    ...EC,
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '90',
    '-subj',
    '/CN=ca',
  );
  for (const name of ['first', 'second', 'client']) makeCertificate(name);
  makeCertificate('ending', 3);
  openssl('pkey', '-aes256', '-passout', 'pass:secret words', '-in', 'first.key', '-out', 'locked.key');
  ca = readFileSync(file('ca.pem'), 'utf8');
});
afterAll(() => rmSync(files, { recursive: true, force: true }));

function secureFolder(tls: Record<string, unknown> = {}): NodeFolder {
  const paths = { certfile: file('node.pem'), keyfile: file('node.key') };
  return new NodeFolder({ settings: { tls: { ...paths, ...tls }, management: { bind: 'localhost:0' } } });
}

async function withNode(folder: NodeFolder, use: (node: NodeProcess) => Promise<void>): Promise<void> {
  try {
    await use(await folder.start());
  } finally {
    await folder.dispose();
  }
}

/** Whose certificate a new handshake shows. */
async function shown(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket: TLSSocket = connect({ host: hostname, port: Number(port), ca });
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('error', reject);
  });
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

function graphql(node: NodeProcess, query: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ query });
  return ask(`${node.http}/graphql`, { ca, method: 'POST', headers, body }).then(({ text }) => text);
}

/** The first event of a GraphQL subscription that begins behind the cursor. */
async function firstEvent(node: NodeProcess, cursor: string): Promise<string> {
  const socket = new WebSocket(`${node.http.replace('https', 'wss')}/graphql`, 'graphql-transport-ws', {
    ca,
  });
  await new Promise((resolve) => socket.once('open', resolve));
  const query = `subscription { validTransactions(after: "${cursor}") { transaction { id } } }`;
  const event = new Promise<string>((resolve) => {
    socket.on('message', (data) => {
      const { type } = JSON.parse(String(data));
      if (type !== 'connection_ack') resolve(String(data));
      else socket.send(JSON.stringify({ id: 'a', type: 'subscribe', payload: { query } }));
    });
  });
  socket.send('{"type":"connection_init"}');
  const text = await event;
  socket.terminate();
  return text;
}

test('both ports speak TLS only, and say so wherever they name themselves', async () => {
  install('first');
  await withNode(secureFolder(), async (node) => {
    expect(node.http).toMatch(/^https:\/\//);
    expect(node.websocket).toMatch(/^wss:\/\//);
    const { text } = await ask(`${node.http}/api/v1`, { ca });
    expect(JSON.parse(text).streams).toBe(`wss://localhost:${new URL(node.websocket).port}${STREAM}`);
    await expect(ask(node.http.replace('https', 'http'))).rejects.toThrow();
    await expect(ask(`${node.http}/api/v1`)).rejects.toThrow(/certificate/);
    const silent = connectPlain({ host: '127.0.0.1', port: Number(new URL(node.http).port) });
    await new Promise((resolve) => silent.once('connect', resolve));
    const { cursor } = JSON.parse(await graphql(node, '{ ledger { cursor } }')).data.ledger;
    const subscriber = new WebSocket(node.websocket + STREAM, { ca });
    await new Promise((resolve) => subscriber.once('open', resolve));
    const told = new Promise<string>((resolve) =>
      subscriber.once('message', (data) => resolve(String(data))),
    );
    const { id, text: body } = new TransactionMaker('tls').next();
    const posted = await ask(`${node.http}/api/v1/transactions`, { ca, method: 'POST', body });
    expect(posted.status).toBe(202);
    expect(JSON.parse(await told).transaction_id).toBe(id);
    subscriber.terminate();
    expect(await firstEvent(node, cursor)).toContain(id);
    // One that never began its handshake does not hold up the stop.
    const gone = new Promise((resolve) => silent.once('close', resolve));
    const { code } = await node.stop();
    await gone;
    expect([code, node.output()]).toEqual([0, expect.not.stringContaining('listener.drain_cut')]);
  });
});

test('SIGHUP: new handshakes use the new certificate, open connections live on, a bad one changes nothing', async () => {
  install('first');
  await withNode(secureFolder(), async (node) => {
    const management = await managementOf(node);
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca });
    const stream = new WebSocket(node.websocket + STREAM, { ca });
    await new Promise((resolve) => stream.once('open', resolve));
    await ask(`${node.http}/api/v1`, { agent });
    const [[open] = []] = Object.values(agent.freeSockets);

    install('second');
    node.signal('SIGHUP');
    await node.printed('"event":"node.reloaded"');
    expect([await shown(node.http), await shown(node.websocket)]).toEqual(['second', 'second']);
    expect((await ask(`${node.http}/api/v1`, { agent })).status).toBe(200);
    expect(Object.values(agent.freeSockets)[0]?.[0]).toBe(open);
    expect((open as TLSSocket).getPeerCertificate().subject.CN).toBe('first');
    expect(stream.readyState).toBe(WebSocket.OPEN);

    copyFileSync(file('first.pem'), file('node.pem'));
    node.signal('SIGHUP');
    await node.printed('"event":"node.reload_failed"');
    expect(node.output()).toContain('the former certificate stays in use');
    expect([await shown(node.http), await shown(node.websocket)]).toEqual(['second', 'second']);

    install('ending');
    node.signal('SIGHUP');
    await node.printed('"event":"tls.certificate_expires_soon"');
    const metrics = (await ask(`${management}/metrics`)).text;
    const expires = Number(/^bigchaindb_tls_certificate_expires_seconds (\d+)$/m.exec(metrics)?.[1]);
    expect(expires - Date.now() / 1000).toBeGreaterThan(2 * 86_400);
    expect(expires - Date.now() / 1000).toBeLessThan(4 * 86_400);
    stream.terminate();
    agent.destroy();
  });
});

test('clients show a certificate of the authority that was set, or get no answer', async () => {
  install('first');
  await withNode(secureFolder({ client_ca_cert: file('ca.pem') }), async (node) => {
    await expect(ask(`${node.http}/api/v1`, { ca })).rejects.toThrow();
    const own = { cert: readFileSync(file('client.pem')), key: readFileSync(file('client.key')) };
    expect((await ask(`${node.http}/api/v1`, { ca, ...own })).status).toBe(200);
  });
});

test('a key with a passphrase, which comes from a file', async () => {
  install('first');
  copyFileSync(file('locked.key'), file('node.key'));
  writeFileSync(file('passphrase'), 'secret words\n');
  const folder = secureFolder();
  try {
    const node = await folder.start({ BIGCHAINDB_TLS_KEYFILE_PASSPHRASE_FILE: file('passphrase') });
    expect(await shown(node.http)).toBe('first');
  } finally {
    await folder.dispose();
  }
});

test.each<[string, () => Record<string, unknown>, RegExp]>([
  [
    'a certificate that is not there',
    () => ({ certfile: file('none.pem') }),
    /Setting tls\.certfile: cannot read/,
  ],
  [
    'a file without a certificate',
    () => ({ certfile: file('san.txt') }),
    /Setting tls\.certfile: .* holds no certificate/,
  ],
  [
    'the key of another certificate',
    () => ({ keyfile: file('second.key') }),
    /Setting tls\.keyfile: .* cannot be used with/,
  ],
  [
    'a locked key without its passphrase',
    () => ({ keyfile: file('locked.key') }),
    /Setting tls\.keyfile: .* cannot be used with/,
  ],
  [
    'an authority that is none',
    () => ({ client_ca_cert: file('san.txt') }),
    /Setting tls\.client_ca_cert: .* holds no/,
  ],
])('%s: no start, and a sentence', async (_name, tls, sentence) => {
  install('first');
  const folder = secureFolder(tls());
  try {
    const failure: unknown = await folder.start().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NotStarted);
    const { exit, output } = failure as NotStarted;
    expect(exit?.code).toBe(1);
    expect(output).toMatch(sentence);
  } finally {
    await folder.dispose();
  }
});
