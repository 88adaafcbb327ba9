/**
 * Danger: one client takes the whole node, or a limit hits everybody behind a proxy; a page reads what it must not.
 * Method: a real node that trusts this machine as its proxy, so that each request here can be another client's.
 */
import { Agent } from 'node:http';
import type { JsonObject, JsonValue } from '../../src/codec/json-value.js';
import { errorsOf, SocketClient } from '../graphql/support/clients.js';
import { NodeFolder, type NodeProcess } from '../support/process-node.js';
import { TransactionMaker } from '../support/process-transactions.js';
import { ask, managementOf, type Question, socketUrl, type Told, upgrade } from './clients.js';

const WALLET = 'https://wallet.example';
const STREAM = '/api/v1/streams/valid_transactions';
const maker = new TransactionMaker('limits');
const folder = new NodeFolder({
  settings: {
    server: {
      bind: 'localhost:0',
      rate_limit_per_second: 1,
      rate_limit_burst: 5,
      trusted_proxies: ['127.0.0.0/8', '::1'],
      cors_origins: [WALLET],
      health_checks: true,
    },
  },
});
let node: NodeProcess;
beforeAll(async () => {
  node = await folder.start();
});
afterAll(() => folder.dispose());

let clients = 0;
/** The header of a client that nobody has heard of yet. */
function newClient(): Record<string, string> {
  clients += 1;
  return { 'x-forwarded-for': `192.0.2.${clients}` };
}

/** Asks until the client has used up its tokens; the refusal. */
async function untilRefused(question: () => Promise<Told>): Promise<Told> {
  for (let asked = 0; asked < 200; asked++) {
    const told = await question();
    if (told.status === 429) {
      expect(asked).toBeGreaterThanOrEqual(5);
      return told;
    }
  }
  throw new Error('nobody was refused');
}

const GRAPHQL: Question = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: '{"query":"{ ledger { height } }"}',
};

test('REST: 429 in 1.0.1’s shape; another client and the health checks are not concerned', async () => {
  const headers = newClient();
  const refused = await untilRefused(() => ask(`${node.http}/api/v1`, { headers }));
  expect([refused.reason, refused.headers['retry-after'], refused.headers['content-type']]).toEqual([
    'TOO MANY REQUESTS',
    '1',
    'application/json',
  ]);
  expect(refused.text).toBe(
    '{\n  "message": "Too many requests from this address. Try again in 1 second.", \n  "status": 429\n}\n',
  );
  expect((await ask(`${node.http}/api/v1`, { headers: newClient() })).status).toBe(200);
  for (let times = 0; times < 20; times++)
    expect((await ask(`${node.http}/readyz`, { headers })).status).toBe(200);
});

test('REST: a transaction that comes too soon is not taken, and the connection goes on', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = newClient();
  let last = '';
  const refused = await untilRefused(() => {
    const { id, text } = maker.next();
    last = id;
    return ask(`${node.http}/api/v1/transactions`, { agent, method: 'POST', headers, body: text });
  });
  expect(refused.headers.connection).toBe('keep-alive');
  const status = `${node.http}/api/v1/statuses?transaction_id=${last}`;
  expect((await ask(status, { agent, headers: newClient() })).status).toBe(404);
  agent.destroy();
});

test.each(['/api/v1/transactions', '/graphql'])('%s: the refusal of a long body arrives', async (path) => {
  const headers = { ...newClient(), 'content-type': 'application/json' };
  const body = Buffer.alloc(4 * 1024 * 1024, 'x');
  const refused = await untilRefused(() => ask(node.http + path, { method: 'POST', headers, body }));
  expect(refused.headers.connection).toBe('close');
});

test('GraphQL: 429 with a code and the time to wait', async () => {
  const headers = { ...newClient(), ...GRAPHQL.headers } as Record<string, string>;
  const refused = await untilRefused(() => ask(`${node.http}/graphql`, { ...GRAPHQL, headers }));
  const { errors } = JSON.parse(refused.text);
  expect(errors).toEqual([
    {
      message: 'Too many requests from this address. Try again in 1 second.',
      extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1, requestId: refused.headers['x-request-id'] },
    },
  ]);
  expect(refused.headers['retry-after']).toBe('1');
});

test.each([
  ['GraphQL', () => socketUrl(node.http, '/graphql'), 'graphql-transport-ws'],
  ['the event stream', () => socketUrl(node.http, STREAM), undefined],
  ['the event stream on its own port', () => node.websocket + STREAM, undefined],
])('upgrades to %s', async (_name, url, protocol) => {
  const headers = newClient();
  const refused = await untilRefused(() => upgrade(url(), headers, protocol));
  expect([refused.reason, refused.headers['retry-after']]).toEqual(['TOO MANY REQUESTS', '1']);
});

test('operations on a WebSocket that is open', async () => {
  const client = await SocketClient.open(Number(new URL(node.http).port), { headers: newClient() });
  const ended = (id: string): JsonObject | undefined =>
    client.of(id).find(({ type }) => type === 'error' || type === 'complete');
  let refusal: readonly JsonValue[] = [];
  for (let asked = 0; refusal.length === 0 && asked < 200; asked++) {
    client.subscribe(`${asked}`, '{ ledger { height } }');
    await client.until(() => ended(`${asked}`) !== undefined);
    if (ended(`${asked}`)?.type === 'error') refusal = errorsOf(ended(`${asked}`));
  }
  expect(refusal).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1 } }]);
  await client.close();
});

describe('origins', () => {
  const pages: readonly (readonly [string, () => string, Question])[] = [
    ['a REST answer', () => `${node.http}/api/v1`, {}],
    ['a REST 404', () => `${node.http}/api/v1/transactions/${'0'.repeat(64)}`, {}],
    ['an unknown page', () => `${node.http}/nonsense`, {}],
    ['a REST 400', () => `${node.http}/api/v1/transactions`, { method: 'POST', body: '{}' }],
    ['a REST preflight', () => `${node.http}/api/v1/transactions`, { method: 'OPTIONS' }],
    ['a GraphQL answer', () => `${node.http}/graphql`, GRAPHQL],
    ['a GraphQL refusal', () => `${node.http}/graphql`, { ...GRAPHQL, body: '{' }],
    ['a GraphQL 405', () => `${node.http}/graphql`, { method: 'DELETE' }],
    ['a GraphQL preflight', () => `${node.http}/graphql`, { method: 'OPTIONS' }],
    ['the schema', () => `${node.http}/graphql/schema.graphql`, {}],
    ['health', () => `${node.http}/readyz`, {}],
    ['the port of the event stream', () => node.websocket.replace(/^ws/, 'http'), {}],
  ];

  test.each(pages)('%s', async (_name, url, question) => {
    const from = (origin: Record<string, string>): Promise<Told> =>
      ask(url(), {
        ...question,
        headers: { ...question.headers, ...newClient(), ...origin } as Record<string, string>,
      });
    const wallet = await from({ origin: WALLET });
    expect([wallet.headers['access-control-allow-origin'], wallet.headers.vary]).toEqual([WALLET, 'Origin']);
    for (const foreign of [await from({ origin: 'https://evil.example' }), await from({})]) {
      expect(foreign.status).toBe(wallet.status);
      expect(foreign.headers).not.toHaveProperty('access-control-allow-origin');
      expect(foreign.headers.vary).toBe('Origin');
    }
  });

  test.each([
    ['GraphQL', () => socketUrl(node.http, '/graphql'), 'graphql-transport-ws'],
    ['the event stream', () => socketUrl(node.http, STREAM), undefined],
    ['the event stream on its own port', () => node.websocket + STREAM, undefined],
  ])('a WebSocket to %s', async (_name, url, protocol) => {
    const from = async (origin?: string): Promise<number> =>
      (await upgrade(url(), { ...newClient(), ...(origin === undefined ? {} : { origin }) }, protocol))
        .status;
    expect(await from('https://evil.example')).toBe(403);
    expect(await from(WALLET)).toBe(101);
    expect(await from(`http://${new URL(url()).host}`)).toBe(101);
    expect(await from()).toBe(101);
  });
});

test('without trusted proxies nobody passes for another, and refusals are counted', async () => {
  const direct = new NodeFolder({
    settings: {
      server: { bind: 'localhost:0', rate_limit_per_second: 1, rate_limit_burst: 5 },
      management: { bind: 'localhost:0' },
    },
  });
  try {
    const started = await direct.start();
    await untilRefused(() => ask(`${started.http}/api/v1`, { headers: newClient() }));
    const { text } = await ask(`${await managementOf(started)}/metrics`);
    expect(Number(/^bigchaindb_rate_limited_total (\d+)$/m.exec(text)?.[1])).toBeGreaterThanOrEqual(1);
  } finally {
    await direct.dispose();
  }
});

test('health checks can be kept off the API’s address', async () => {
  const quiet = new NodeFolder({
    settings: { server: { bind: 'localhost:0', health_checks: false } },
  });
  try {
    const { http } = await quiet.start();
    for (const path of ['/livez', '/readyz', '/metrics', '/status'])
      expect((await ask(http + path)).status).toBe(404);
    expect((await ask(`${http}/api/v1`)).headers['access-control-allow-origin']).toBe('*');
  } finally {
    await quiet.dispose();
  }
});
