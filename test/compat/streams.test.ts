/**
 * Danger: a subscriber misses, repeats or reorders transactions, sees one that is not valid, or one that does not read
 * fills the node's memory and holds up the others.
 * Method: real sockets on both ports before a ledger that is told what is decided; timers of the heartbeat by hand.
 */

import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { createStreamDoor, STREAM_PATH, ValidTransactionsStream } from '../../rest-compat/streams.js';
import { STREAM } from '../../src/config/limits.js';
import { LedgerEvents } from '../../src/events/head-events.js';
import { createWebServer, type WebServer } from '../../src/web/web-server.js';
import { blockOf, decided, idOf } from './support/decided.js';
import { FakeLedger } from './support/fake-ledger.js';
import { type HeldTimer, type QuietRuntime, quietRuntime } from './support/quiet-runtime.js';
import { exchange, RawClient } from './support/raw-client.js';

class Listener {
  readonly messages: string[] = [];
  private wake: () => void = () => undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data, isBinary) => {
      expect(isBinary).toBe(false);
      this.messages.push(String(data));
      this.wake();
    });
    socket.on('error', () => undefined);
  }

  static open(port: number, path = STREAM_PATH): Promise<Listener> {
    const listener = new Listener(
      new WebSocket(`ws://127.0.0.1:${port}${path}`, { perMessageDeflate: true }),
    );
    return new Promise((resolve, reject) => {
      listener.socket.once('open', () => resolve(listener));
      listener.socket.once('unexpected-response', (_request, response) => {
        reject(new Error(`HTTP ${response.statusCode} ${response.statusMessage}`));
      });
    });
  }

  async until(count: number): Promise<string[]> {
    while (this.messages.length < count) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.messages;
  }

  closed(): Promise<{ code: number; reason: string }> {
    return new Promise((resolve) => {
      this.socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
  }
}

async function start() {
  const ledger = new FakeLedger();
  ledger.heights.push(decided(0, 'undecided', [{ id: idOf('genesis') }]));
  const events = new LedgerEvents(0, (error) => {
    throw error;
  });
  const runtime = quietRuntime(STREAM.closeMs);
  const stream = new ValidTransactionsStream(ledger, events, runtime);
  const door = createStreamDoor(stream);
  const local = { host: '127.0.0.1', port: 0 };
  const server = createWebServer({
    mounted: [],
    rest: door,
    stream: door,
    settings: { bind: local, wsserver: local, requestBytesMax: 1000 },
    runtime,
    ledger,
  });
  const addresses = await server.listen();
  const port = addresses.stream?.port ?? 0;
  running.push(server);
  return { ledger, events, runtime, stream, server, port, httpPort: addresses.http.port };
}

const running: WebServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

function message(blockId: string, assetId: string, transactionId: string): string {
  return `{"block_id": "${blockId}", "asset_id": "${assetId}", "transaction_id": "${transactionId}"}`;
}

function expected(height: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const id = idOf(`${height}/${index}`);
    return message(idOf(`block ${height}`), id, id);
  });
}

test('a block of ten transactions is ten text frames in its order, on both ports', async () => {
  const { ledger, events, port, httpPort } = await start();
  const listeners = [
    await Listener.open(port),
    await Listener.open(httpPort),
    await Listener.open(port, `${STREAM_PATH}/`),
  ];
  ledger.decide(events, blockOf(1, 10));
  for (const listener of listeners) expect(await listener.until(10)).toEqual(expected(1, 10));
});

test('the asset of a TRANSFER is the one it names', async () => {
  const { ledger, events, port } = await start();
  const listener = await Listener.open(port);
  ledger.decide(events, decided(1, 'valid', [{ id: idOf('transfer'), assetId: idOf('asset') }]));
  expect(await listener.until(1)).toEqual([message(idOf('block 1'), idOf('asset'), idOf('transfer'))]);
});

test('only valid blocks, from the connection on, in order of height, once', async () => {
  const { ledger, events, port } = await start();
  ledger.decide(events, blockOf(1, 2));
  const listener = await Listener.open(port);
  ledger.decide(
    events,
    decided(2, 'invalid', [{ id: idOf('bad') }]),
    { height: 3, decidedAtMs: 0, block: null },
    blockOf(4, 3),
    blockOf(5, 700),
  );
  events.publishHead(5);
  ledger.decide(events, blockOf(6, 1));
  expect(await listener.until(704)).toEqual([...expected(4, 3), ...expected(5, 700), ...expected(6, 1)]);
});

test('a subscriber who comes back starts at now again', async () => {
  const { ledger, events, port, stream } = await start();
  const first = await Listener.open(port);
  ledger.decide(events, blockOf(1, 1));
  await first.until(1);
  const gone = first.closed();
  first.socket.close();
  await gone;
  ledger.decide(events, blockOf(2, 5));
  const second = await Listener.open(port);
  ledger.decide(events, blockOf(3, 2));
  expect(await second.until(2)).toEqual(expected(3, 2));
  expect(first.messages).toEqual(expected(1, 1));
  expect(stream.size).toBe(1);
});

test('a thousand subscribers get everything, and leave nothing behind', async () => {
  const { ledger, events, port, stream } = await start();
  const listeners: Listener[] = [];
  for (let group = 0; group < 10; group++) {
    listeners.push(...(await Promise.all(Array.from({ length: 100 }, () => Listener.open(port)))));
  }
  expect(stream.size).toBe(1000);
  ledger.decide(events, blockOf(1, 10), blockOf(2, 10));
  const all = [...expected(1, 10), ...expected(2, 10)];
  for (const listener of listeners) expect(await listener.until(20)).toEqual(all);
  const closed = listeners.map((listener) => listener.closed());
  for (const [index, listener] of listeners.entries()) {
    if (index % 2 === 0) listener.socket.close();
    else listener.socket.terminate();
  }
  await Promise.all(closed);
  while (stream.size > 0) await new Promise(setImmediate);
  ledger.decide(events, blockOf(3, 10));
}, 60_000);

/** Decides full blocks until the stream has given up somebody; the number of transactions sent. */
async function fillUntilGivenUp(
  { ledger, events, runtime }: Awaited<ReturnType<typeof start>>,
  quick: Listener,
): Promise<number> {
  let sent = 0;
  while (closingTimer(runtime) === undefined) {
    ledger.decide(events, blockOf(ledger.heights.length, 1000));
    sent += 1000;
    await quick.until(sent);
    if (sent > 300_000) throw new Error('memory grows without end');
  }
  return sent;
}

function closingTimer(runtime: QuietRuntime): HeldTimer | undefined {
  return [...runtime.held].find((held) => held.delayMs === STREAM.closeMs);
}

test('one that does not read is closed as too slow before memory grows; the others go on', async () => {
  const started = await start();
  const quick = await Listener.open(started.port);
  const slow = await Listener.open(started.port);
  slow.socket.pause();
  const sent = await fillUntilGivenUp(started, quick);
  const closed = slow.closed();
  slow.socket.resume();
  expect(await closed).toEqual({ code: 1013, reason: 'ConsumerTooSlow' });
  expect(slow.messages.length).toBeLessThan(sent);
  expect(slow.messages).toEqual(quick.messages.slice(0, slow.messages.length));
  started.ledger.decide(started.events, blockOf(started.ledger.heights.length, 1));
  await quick.until(sent + 1);
  expect(started.stream.size).toBe(1);
}, 60_000);

test('one that never reads again is cut', async () => {
  const started = await start();
  const quick = await Listener.open(started.port);
  const dead = await Listener.open(started.port);
  dead.socket.pause();
  await fillUntilGivenUp(started, quick);
  expect(started.stream.size).toBe(2);
  closingTimer(started.runtime)?.fire();
  while (started.stream.size > 1) await new Promise(setImmediate);
  dead.socket.terminate();
}, 60_000);

test('pings are answered; one that never answers the heartbeat is cut', async () => {
  const { port, runtime, stream } = await start();
  const alive = await Listener.open(port);
  const pong = new Promise((resolve) => {
    alive.socket.once('pong', (data) => resolve(String(data)));
  });
  alive.socket.ping('here?');
  expect(await pong).toBe('here?');
  const silent = await RawClient.open(port);
  silent.get(
    STREAM_PATH,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  );
  expect((await silent.response(true)).statusLine).toBe('HTTP/1.1 101 Switching Protocols');
  const fire = (): void => {
    const [timer] = [...runtime.held].filter((held) => held.delayMs === STREAM.heartbeatMs);
    timer?.fire();
  };
  const pinged = new Promise((resolve) => {
    alive.socket.once('ping', resolve);
  });
  fire();
  await pinged;
  // The answer to the ping travels before this one's, on the same connection.
  const answered = new Promise((resolve) => {
    alive.socket.once('pong', resolve);
  });
  alive.socket.ping();
  await answered;
  fire();
  await silent.closed();
  expect(stream.size).toBe(1);
});

test('what clients say is ignored; too much of it is the end', async () => {
  const { ledger, events, port } = await start();
  const talker = await Listener.open(port);
  for (const word of ['hello', '{"subscribe": "everything"}', 'POISON_PILL']) talker.socket.send(word);
  talker.socket.send(Buffer.alloc(100));
  ledger.decide(events, blockOf(1, 1));
  expect(await talker.until(1)).toEqual(expected(1, 1));
  const closed = talker.closed();
  talker.socket.send('x'.repeat(STREAM.messageBytesMax + 1));
  expect((await closed).code).toBe(1009);
});

test('other paths, plain requests and wrong handshakes are refused', async () => {
  const { port } = await start();
  for (const path of ['/', '/api/v1/streams', '/api/v1/streams/valid_transactions/x', '/graphql']) {
    await expect(Listener.open(port, path)).rejects.toThrow('HTTP 404 NOT FOUND');
  }
  expect((await exchange(port, { method: 'GET', path: '/' })).statusLine).toBe('HTTP/1.1 404 NOT FOUND');
  expect((await exchange(port, { method: 'GET', path: STREAM_PATH })).statusLine).toBe(
    'HTTP/1.1 400 BAD REQUEST',
  );
  const client = await RawClient.open(port);
  client.get(STREAM_PATH, 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13');
  expect((await client.response()).status).toBe(400);
  client.end();
});

test('a half-closed or vanished client is let go of', async () => {
  const { port, stream } = await start();
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  socket.on('error', () => undefined);
  socket.write(
    `GET ${STREAM_PATH} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  await new Promise((resolve) => {
    socket.once('data', resolve);
  });
  expect(stream.size).toBe(1);
  socket.end();
  while (stream.size > 0) await new Promise(setImmediate);
  socket.destroy();
});

test('a stopping node says so', async () => {
  const { port, server } = await start();
  const listener = await Listener.open(port);
  const closed = listener.closed();
  await server.close();
  expect(await closed).toEqual({ code: 1001, reason: 'the node is stopping' });
});

test('a fault while reading the view cuts the subscribers rather than leave a hole', async () => {
  const { ledger, events, port, runtime } = await start();
  const listener = await Listener.open(port);
  const closed = listener.closed();
  const read = ledger.view.blockTransactions;
  ledger.view.blockTransactions = () => {
    throw new Error('damaged');
  };
  ledger.decide(events, blockOf(1, 1));
  expect((await closed).code).toBe(1006);
  expect(runtime.lines.map((line) => line.event)).toContain('stream.failed');
  ledger.view.blockTransactions = read;
  const next = await Listener.open(port);
  ledger.decide(events, blockOf(2, 1));
  expect(await next.until(1)).toEqual(expected(2, 1));
});
