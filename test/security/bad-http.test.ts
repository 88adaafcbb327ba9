/**
 * Danger: requests that are slow, endless, cut or made of noise hold the node or get a 500.
 * Method: floods and seeded mutations of good requests over raw sockets; the next good request is always served.
 * A failing mutation prints its seed; `HTTP_FUZZ_SEED=<seed> npx jest test/security/bad-http` repeats it alone.
 */

import { connect, type Socket } from 'node:net';
import { createRestDoors } from '../../rest-compat/rest-door.js';
import { LedgerEvents } from '../../src/events/head-events.js';
import { createWebServer, type WebServer } from '../../src/web/web-server.js';
import { STREAM_URL, vectorFakeLedger } from '../compat/support/door.js';
import { MemoryLists } from '../compat/support/memory-lists.js';
import { quietRuntime } from '../compat/support/quiet-runtime.js';
import { exchange, RawClient } from '../compat/support/raw-client.js';
import { allSaid } from '../support/all-said.js';
import { SeededRandom } from '../support/simulated-random.js';
import { create } from '../support/transactions.js';

const BOUNDS = {
  headersTimeoutMs: 1500,
  requestTimeoutMs: 2500,
  keepAliveTimeoutMs: 100,
  connectionsCheckingIntervalMs: 50,
  connectionsMax: 1100,
};
const BODY_MAX = 64 * 1024;

let server: WebServer;
let port = 0;

beforeAll(async () => {
  const ledger = vectorFakeLedger();
  const events = new LedgerEvents(ledger.view.height(), () => undefined);
  const runtime = quietRuntime();
  const settings = { requestBytesMax: BODY_MAX, streamUrl: STREAM_URL };
  const { rest, stream } = createRestDoors(
    { ledger, lists: new MemoryLists(ledger.view), runtime, settings },
    events,
  );
  server = createWebServer({
    mounted: [],
    rest,
    stream,
    settings: {
      bind: { host: '127.0.0.1', port: 0 },
      wsserver: null,
      requestBytesMax: BODY_MAX,
      bounds: BOUNDS,
    },
    runtime,
    ledger,
  });
  port = (await server.listen()).http.port;
});
afterAll(() => server.close());

async function served(): Promise<void> {
  expect((await exchange(port, { method: 'GET', path: '/api/v1' })).status).toBe(200);
}

function opened(count: number, first: string): Promise<Socket[]> {
  return Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<Socket>((resolve) => {
          const socket = connect({ host: '127.0.0.1', port });
          socket.on('error', () => undefined);
          socket.on('data', () => undefined);
          socket.once('close', () => resolve(socket));
          socket.once('connect', () => {
            socket.write(first);
            resolve(socket);
          });
        }),
    ),
  );
}

function allClosed(sockets: readonly Socket[]): Promise<unknown> {
  return Promise.all(
    sockets.map((socket) => (socket.closed ? null : new Promise((resolve) => socket.once('close', resolve)))),
  );
}

test.each([
  ['say nothing', ''],
  ['never end their head', 'GET / HTTP/1.1\r\nHost: a\r\nX-'],
  ['never send their body', 'POST /api/v1/transactions HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n'],
  [
    'never end their chunks',
    'POST /api/v1/transactions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n',
  ],
  ['stay idle after an answer', 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n'],
])(
  '1,000 sockets that %s are closed in time, and hold nobody up',
  async (_name, first) => {
    const sockets = await opened(1000, first);
    await served();
    await allClosed(sockets);
    await served();
  },
  30_000,
);

test('sockets beyond the bound are dropped; when others go there is room again', async () => {
  // In groups that the system's queue of new connections holds.
  const sockets: Socket[] = [];
  for (let group = 0; group < 10; group++) sockets.push(...(await opened(250, '')));
  await allClosed(sockets);
  await served();
}, 30_000);

test('a body of a thousand chunks of nothing but size lines is bounded', async () => {
  const client = await RawClient.open(port);
  client.send('POST /api/v1/transactions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
  client.send(`1;${'x'.repeat(20_000)}\r\n{\r\n`.repeat(20));
  const { status } = await client.response();
  expect([400, 413, 431]).toContain(status);
  client.end();
  await served();
});

test('an answer that nobody reads holds only itself', async () => {
  const client = await RawClient.open(port);
  client.socket.pause();
  for (let count = 0; count < 2000; count++) client.get('/api/v1/nope');
  await served();
  client.end();
});

const GOOD = [
  'GET /api/v1/statuses?transaction_id=12f15448584179caf6cf78165c8de96a534389806d7745c012ba33e90a1c5df5 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET /api/v1/outputs?public_key=FPP21sbqhr2LPjSnJkw5NBetPubeFG4PsQFBxHj8noTq&spent=true HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET /api/v1/assets?search=asset&limit=1 HTTP/1.1\r\nHost: a\r\nOrigin: http://x\r\nConnection: close\r\n\r\n',
  'OPTIONS /api/v1/transactions HTTP/1.1\r\nHost: a\r\nAccess-Control-Request-Method: POST\r\nConnection: close\r\n\r\n',
  'GET /api/v1/streams/valid_transactions HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
];

function post(): string {
  const { text } = create();
  return `POST /api/v1/transactions?mode=x HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`;
}

const MUTATIONS: readonly ((random: SeededRandom, bytes: Buffer) => Buffer)[] = [
  (random, bytes) => {
    const changed = Buffer.from(bytes);
    changed[random.integer(changed.length)] = random.integer(256);
    return changed;
  },
  (random, bytes) => bytes.subarray(0, random.integer(bytes.length)),
  (random, bytes) => {
    const at = random.integer(bytes.length);
    return Buffer.concat([
      bytes.subarray(0, at),
      Buffer.from(random.bytes(1 + random.integer(20))),
      bytes.subarray(at),
    ]);
  },
  (random, bytes) => {
    const at = random.integer(bytes.length);
    const length = random.integer(bytes.length - at);
    return Buffer.concat([bytes, bytes.subarray(at, at + length)]);
  },
  (random, bytes) => {
    const at = random.integer(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.integer(10))]);
  },
  (random, bytes) => {
    const tokens = [
      '\r\n',
      '%00',
      '%ff',
      '&',
      '?',
      '//',
      '..',
      '\0',
      '\n',
      ': ',
      'Transfer-Encoding: chunked\r\n',
      'Content-Length: 5\r\n',
    ];
    const token = tokens[random.integer(tokens.length)] ?? '';
    const at = random.integer(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(token), bytes.subarray(at)]);
  },
];

const SEED = process.env.HTTP_FUZZ_SEED;
const SEEDS = SEED === undefined ? Array.from({ length: 600 }, (_, index) => index) : [Number(SEED)];

test('mutated requests never get a 5xx and never end the service', async () => {
  const run = async (seed: number): Promise<void> => {
    const random = new SeededRandom(seed);
    const goods = [...GOOD, post()];
    let bytes = Buffer.from(goods[random.integer(goods.length)] ?? '', 'latin1');
    for (let times = 1 + random.integer(3); times > 0; times--) {
      const mutate = MUTATIONS[random.integer(MUTATIONS.length)];
      if (mutate !== undefined && bytes.length > 0) bytes = Buffer.from(mutate(random, bytes));
    }
    const answer = await allSaid(port, bytes);
    const statuses = [...answer.matchAll(/HTTP\/1\.1 ([0-9]{3}) /g)].map(([, status]) => Number(status));
    if (statuses.some((status) => status >= 500))
      throw new Error(`seed ${seed}: ${statuses} to ${JSON.stringify(bytes.toString('latin1'))}`);
  };
  for (let from = 0; from < SEEDS.length; from += 50)
    await Promise.all(SEEDS.slice(from, from + 50).map(run));
  await served();
}, 120_000);
