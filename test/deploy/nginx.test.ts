// Danger: NGINX lets through what it should stop, stops what it should let through, or breaks WebSockets.
// Method: Debian's NGINX, started with the very files of deploy/nginx in front of a node, with only the ports
// changed and, where a test says so, the files that are made to be edited. Requests come over real sockets.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { freePort } from '../support/free-port.js';
import { NodeFolder, type NodeProcess } from '../support/process-node.js';
import { TransactionMaker } from '../support/process-transactions.js';
import { Edge } from './support/edge.js';
import { deployText, temporaryFolder } from './support/files.js';
import { DEPLOY, itWith, succeed } from './support/tools.js';

/** The certificate of this test, below /etc/nginx. */
const tls: Record<string, string> = {};

async function makeCertificate(): Promise<void> {
  const tool = join(DEPLOY, 'certificates/certificates.sh');
  const authority = join(temporaryFolder(), 'authority');
  await succeed(tool, ['authority', authority, 'consortium']);
  await succeed(tool, ['server', authority, 'tls', 'localhost', '127.0.0.1']);
  for (const file of ['tls.crt', 'tls.key']) tls[`tls/${file}`] = readFileSync(join(authority, file), 'utf8');
}

const folder = new NodeFolder({
  settings: { server: { bind: 'localhost:0', trusted_proxies: ['127.0.0.1', '::1'] } },
});
const transactions = new TransactionMaker('nginx');
let node: NodeProcess;
let edges: Edge[] = [];

/** `edits`: text in place of a file that is made to be edited. */
async function edge(edits: Readonly<Record<string, string>> = {}): Promise<Edge> {
  const files: Record<string, string> = { 'nginx.conf': deployText('nginx/nginx.conf'), ...tls };
  for (const name of ['bigchaindb', 'http', 'https'])
    files[`conf.d/${name}.conf`] = deployText(`nginx/${name}.conf`);
  for (const name of ['locations', 'proxies', 'allow', 'api-keys', 'upstreams'])
    files[`bigchaindb/${name}.conf`] = (edits[name] ?? deployText(`nginx/${name}.conf`))
      .replace('127.0.0.1:9984', new URL(node.http).host)
      .replace('127.0.0.1:9985', new URL(node.websocket).host);
  const started = new Edge();
  edges.push(started);
  await started.start(files);
  return started;
}

beforeAll(async () => {
  await makeCertificate();
  node = await folder.start();
});
afterEach(async () => {
  await Promise.all(edges.map((each) => each.stop()));
  edges = [];
});
afterAll(() => folder.dispose());

describe('NGINX as it comes', () => {
  itWith(['nginx'], 'hands requests on, with its headers, and takes a transaction', async () => {
    const door = await edge();
    const info = await door.send('GET', '/api/v1/');
    expect(info.status).toBe(200);
    expect(info.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
    expect(info.headers.server).toBe('nginx');
    expect(info.headers['strict-transport-security']).toBeUndefined();
    const { status, text } = await door.post(transactions.next().text);
    expect([status, text]).toEqual([202, expect.stringContaining('"operation"')]);
    expect((await door.send('GET', '/readyz')).status).toBe(200);
  });

  itWith(['nginx'], 'stops bodies above 15 kB', async () => {
    const door = await edge();
    const { status, text } = await door.post('x'.repeat(15 * 1024 + 1));
    expect([status, JSON.parse(text)]).toEqual([413, { message: expect.stringContaining('larger') }]);
    // One byte less goes through, and the node says what is wrong with it.
    expect((await door.post('x'.repeat(15 * 1024))).status).toBe(400);
  });

  itWith(['nginx'], 'answers 429 to more than a burst of 20, and health checks all the same', async () => {
    const door = await edge();
    const answers = await Promise.all(Array.from({ length: 60 }, () => door.send('GET', '/api/v1/')));
    const served = answers.filter(({ status }) => status === 200).length;
    // 1 and 20 at once, and what 10 a second adds while the requests come in.
    expect(served).toBeGreaterThanOrEqual(21);
    expect(served).toBeLessThan(50);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(60 - served);
    expect(refused[0]?.headers['retry-after']).toBe('1');
    expect(JSON.parse(refused[0]?.text ?? '')).toEqual({ message: expect.stringContaining('Too many') });
    const health = await Promise.all(Array.from({ length: 60 }, () => door.send('GET', '/readyz')));
    expect(health.every(({ status }) => status === 200)).toBe(true);
  });

  itWith(['nginx'], 'speaks TLS and sends plain requests there, method and all', async () => {
    const door = await edge();
    const secure = await door.send('GET', '/api/v1/', {}, '', 443);
    expect(secure.status).toBe(200);
    expect(secure.headers['strict-transport-security']).toBe('max-age=31536000');
    const moved = await door.send('POST', '/api/v1/transactions', { Host: 'ledger.example' }, '{}', 80);
    expect([moved.status, moved.headers.location]).toEqual([
      308,
      'https://ledger.example/api/v1/transactions',
    ]);
  });

  itWith(['nginx'], 'carries both WebSockets', async () => {
    const door = await edge();
    const query = 'subscription { validTransactions { transaction { id } } }';
    const stream = new WebSocket(`wss://127.0.0.1:${door.httpsPort}/api/v1/streams/valid_transactions`, {
      rejectUnauthorized: false,
    });
    const graphql = createClient({
      url: `ws://127.0.0.1:${door.plainPort}/graphql`,
      webSocketImpl: WebSocket,
      lazy: false,
    });
    await Promise.all([
      new Promise((resolve) => stream.once('open', resolve)),
      new Promise((resolve) => graphql.on('connected', resolve)),
    ]);
    const told = new Promise<unknown>((resolve) => stream.once('message', (data) => resolve(String(data))));
    const events = graphql.iterate<{ validTransactions: { transaction: { id: string } } }>({ query });
    const next = events.next();
    const { id, text } = transactions.next();
    expect((await door.post(text)).status).toBe(202);
    expect(await told).toContain(id);
    // The subscription may have begun after the first block; then it tells of this one.
    const again = transactions.next();
    await door.post(again.text);
    const seen = (await next).value?.data?.validTransactions.transaction.id;
    expect([id, again.id]).toContain(seen);
    stream.terminate();
    await graphql.dispose();
  });

  itWith(['nginx'], 'answers 503 in JSON while no node is there', async () => {
    const dead = `127.0.0.1:${await freePort()}`;
    const door = await edge({
      upstreams: `upstream nodes { server ${dead}; }\nupstream event_streams { server ${dead}; }\n`,
    });
    const { status, headers, text } = await door.send('GET', '/api/v1/');
    expect([status, headers['retry-after'], JSON.parse(text)]).toEqual([
      503,
      '1',
      { message: expect.stringContaining('No node') },
    ]);
  });
});

describe('NGINX with API keys', () => {
  const keys = { 'api-keys': 'default 0;\n"ticket-shop:0123456789abcdef" 1;\n' };
  const shop = { app_id: 'ticket-shop', app_key: '0123456789abcdef' };

  itWith(['nginx'], 'lets only those write who have one, and everybody read', async () => {
    const door = await edge(keys);
    const { text } = transactions.next();
    const refused = await door.post(text);
    expect([refused.status, JSON.parse(refused.text)]).toEqual([
      401,
      { message: expect.stringContaining('app_id') },
    ]);
    expect((await door.post(text, { ...shop, app_key: 'guessed' })).status).toBe(401);
    expect((await door.post(text, { app_id: 'ticket-shop' })).status).toBe(401);
    expect((await door.post(text, shop)).status).toBe(202);
    expect((await door.send('GET', '/api/v1/')).status).toBe(200);
    const query = '/graphql?query=%7Bledger%7BtransactionCount%7D%7D';
    // The header keeps strangers' pages from sending it (schema/README.md).
    expect((await door.send('GET', query, { 'apollo-require-preflight': '1' })).status).toBe(200);
    expect((await door.send('POST', '/graphql', {}, '{}')).status).toBe(401);
  });

  itWith(['nginx'], 'takes no mutation through the WebSocket of GraphQL either', async () => {
    const door = await edge(keys);
    expect(await door.upgrade('/graphql')).toBe(401);
    expect(await door.upgrade('/graphql?a=b')).toBe(401);
    expect(await door.upgrade('/graphql', shop)).toBe('open');
    expect(await door.upgrade('/api/v1/streams/valid_transactions')).toBe('open');
  });
});

describe('NGINX with other edits', () => {
  itWith(['nginx'], 'lets in whom the list allows', async () => {
    const closed = await edge({ allow: 'default 0;\n192.0.2.0/24 1;\n' });
    const { status, text } = await closed.send('GET', '/api/v1/');
    expect([status, JSON.parse(text)]).toEqual([403, { message: expect.stringContaining('not allowed') }]);
    expect(await closed.upgrade('/graphql')).toBe(403);
    const open = await edge({ allow: 'default 0;\n127.0.0.0/8 1;\n' });
    expect((await open.send('GET', '/api/v1/')).status).toBe(200);
  });

  itWith(['nginx'], 'believes the address that a balancer in front names, and no other', async () => {
    const allow = 'default 0;\n192.0.2.7 1;\n';
    const proxies = 'set_real_ip_from 127.0.0.0/8;\nreal_ip_header X-Forwarded-For;\nreal_ip_recursive on;\n';
    const behind = await edge({ allow, proxies });
    expect((await behind.send('GET', '/api/v1/', { 'X-Forwarded-For': '192.0.2.7' })).status).toBe(200);
    expect((await behind.send('GET', '/api/v1/', { 'X-Forwarded-For': '192.0.2.7, 192.0.2.9' })).status).toBe(
      403,
    );
    const alone = await edge({ allow });
    expect((await alone.send('GET', '/api/v1/', { 'X-Forwarded-For': '192.0.2.7' })).status).toBe(403);
  });
});
