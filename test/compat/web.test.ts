/**
 * Danger: a slow, silent, malformed or unlucky client costs more than itself, or a stop loses answers.
 * Method: real listeners and raw sockets before doors that do what the test says.
 */

import { connect, createServer } from 'node:net';
import type { Door } from '../../src/web/door.js';
import { AddressUnavailable } from '../../src/web/listener.js';
import { createWebServer, type WebServer, type WebSettings } from '../../src/web/web-server.js';
import { FakeLedger } from './support/fake-ledger.js';
import { type QuietRuntime, quietRuntime } from './support/quiet-runtime.js';
import { exchange, RawClient } from './support/raw-client.js';

const LOCAL = { host: '127.0.0.1', port: 0 };
const UNREADABLE =
  '{"message": "The browser (or proxy) sent a request that this server could not understand."}\n';

interface Started {
  readonly server: WebServer;
  readonly port: number;
  readonly streamPort: number;
  readonly ledger: FakeLedger;
  readonly runtime: QuietRuntime;
}

const running: WebServer[] = [];

async function start(
  rest: Partial<Door> = {},
  settings: Partial<WebSettings> = {},
  mounted: Partial<Door> = {},
): Promise<Started> {
  const ledger = new FakeLedger();
  const runtime = quietRuntime();
  const door = (part: Partial<Door>): Door => ({
    handle: (_request, response) => {
      response.end('rest');
    },
    close: async () => undefined,
    ...part,
  });
  const server = createWebServer({
    mounted: [{ paths: ['/graphql'], door: door(mounted) }],
    rest: door(rest),
    stream: door({ handle: (_request, response) => void response.end('stream') }),
    settings: { bind: LOCAL, wsserver: LOCAL, requestBytesMax: 1000, ...settings },
    runtime,
    ledger,
  });
  const addresses = await server.listen();
  running.push(server);
  return {
    server,
    port: addresses.http.port,
    streamPort: addresses.stream?.port ?? 0,
    ledger,
    runtime,
  };
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

test('requests go to the door of their path, the rest to the 1.0.1 API, the second port to the stream', async () => {
  const { port, streamPort } = await start(
    {},
    {},
    { handle: (_request, response) => void response.end('graphql') },
  );
  expect((await exchange(port, { method: 'GET', path: '/graphql?query=1' })).body).toBe('graphql');
  expect((await exchange(port, { method: 'GET', path: '/graphqlx' })).body).toBe('rest');
  expect((await exchange(port, { method: 'GET', path: '/api/v1' })).body).toBe('rest');
  expect((await exchange(streamPort, { method: 'GET', path: '/graphql' })).body).toBe('stream');
});

test('livez is 200 while the loop turns, readyz says why not', async () => {
  const { port, ledger } = await start();
  expect((await exchange(port, { method: 'GET', path: '/livez' })).statusLine).toBe('HTTP/1.1 200 OK');
  expect((await exchange(port, { method: 'GET', path: '/readyz' })).body).toBe('{"status": "ready"}\n');
  ledger.reasons = ['the store cannot be reached'];
  const refused = await exchange(port, { method: 'GET', path: '/readyz' });
  expect(refused.statusLine).toBe('HTTP/1.1 503 SERVICE UNAVAILABLE');
  expect(refused.headers['retry-after']).toBe('1');
  expect(JSON.parse(refused.body)).toEqual({ status: 'not ready', reasons: ['the store cannot be reached'] });
  expect((await exchange(port, { method: 'GET', path: '/livez' })).status).toBe(200);
  const post = await exchange(port, { method: 'POST', path: '/readyz', body: '' });
  expect([post.status, post.headers.allow]).toEqual([405, 'GET, HEAD']);
});

test('a door that throws, at once or later, is a 500 of the framework shape, logged; the process lives', async () => {
  let calls = 0;
  const { port, runtime } = await start({
    handle: (_request, response) => {
      calls += 1;
      if (calls === 1) throw new Error('at once');
      if (calls === 2) return Promise.reject(new Error('later'));
      response.end('fine');
      return undefined;
    },
  });
  for (const message of ['at once', 'later']) {
    const answer = await exchange(port, { method: 'GET', path: '/x?secret=1' });
    expect(answer.statusLine).toBe('HTTP/1.1 500 INTERNAL SERVER ERROR');
    expect(answer.body).toBe('{"message": "Internal Server Error"}\n');
    const line = runtime.lines.at(-1);
    expect(line?.event).toBe('web.uncaught');
    expect(line?.fields?.path).toBe('/x');
    expect(line?.fields?.error).toContain(message);
  }
  expect((await exchange(port, { method: 'GET', path: '/x' })).body).toBe('fine');
});

test('a failure after the head went out cuts the connection, so that half an answer is not taken for a whole', async () => {
  const { port } = await start({
    handle: async (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/plain' });
      response.write('half');
      throw new Error('too late');
    },
  });
  const client = await RawClient.open(port);
  client.get('/');
  await expect(client.response()).rejects.toThrow('closed early');
});

describe('framing', () => {
  const faults: [string, string][] = [
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd'],
    ['a length that is no number', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3x\r\n\r\nabc'],
    ['a negative length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n'],
    [
      'an unknown coding',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, nonsense\r\n\r\n0\r\n\r\n',
    ],
    ['a bad chunk size', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n'],
    ['a bare line feed in the head', 'GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n'],
    ['a NUL in the path', 'GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a line break in a header', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n'],
    ['an unknown method', 'FETCH / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['an unknown version', 'GET / HTTP/9.9\r\nHost: a\r\n\r\n'],
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ];

  test.each(faults)('%s is a 400 and the end of the connection', async (_name, bytes) => {
    const { port } = await start({
      handle: (request, response) => {
        request.resume();
        request.on('end', () => response.end('taken'));
      },
    });
    const client = await RawClient.open(port);
    client.send(Buffer.from(bytes, 'latin1'));
    const answer = await client.response();
    expect(answer.statusLine).toBe('HTTP/1.1 400 BAD REQUEST');
    expect(answer.body).toBe(UNREADABLE);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    await client.closed();
    expect((await exchange(port, { method: 'GET', path: '/' })).body).toBe('taken');
  });

  test('oversized request lines and heads, and too many headers, are a 431', async () => {
    const { port } = await start();
    const heads = [
      `GET /${'a'.repeat(65_536)} HTTP/1.1\r\nHost: a\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: a\r\n${'X: y\r\n'.repeat(20_000)}\r\n`,
      `GET / HTTP/1.1\r\nHost: a\r\n${'X: y\r\n'.repeat(101)}\r\n`,
    ];
    for (const head of heads) {
      const client = await RawClient.open(port);
      client.send(head);
      expect((await client.response()).statusLine).toBe('HTTP/1.1 431 REQUEST HEADER FIELDS TOO LARGE');
      client.end();
    }
    const client = await RawClient.open(port);
    client.send(`GET / HTTP/1.1\r\nHost: a\r\n${'X: y\r\n'.repeat(99)}\r\n`);
    expect((await client.response()).status).toBe(200);
    client.end();
  });

  test('a fault after a pipelined request is never answered as if it belonged to that request', async () => {
    let finish: () => void = () => undefined;
    const { port } = await start({
      handle: (_request, response) => {
        finish = () => response.end('first');
      },
    });
    const client = await RawClient.open(port);
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n');
    expect(await client.closed()).toBe('');
    finish();
  });

  test('requests without Host, of HTTP/1.0, and in absolute form are served', async () => {
    const { port } = await start();
    for (const head of [
      'GET / HTTP/1.1\r\n\r\n',
      'GET / HTTP/1.0\r\n\r\n',
      'GET http://other/livez HTTP/1.1\r\nHost: a\r\n\r\n',
    ]) {
      const client = await RawClient.open(port);
      client.send(head);
      expect((await client.response()).status).toBe(200);
      client.end();
    }
  });

  test('keep-alive and pipelining answer in order', async () => {
    const { port } = await start({ handle: (request, response) => void response.end(request.url) });
    const client = await RawClient.open(port);
    client.get('/1');
    expect((await client.response()).body).toBe('/1');
    client.send(
      'GET /2 HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\nGET /4 HTTP/1.1\r\nHost: a\r\n\r\n',
    );
    for (const path of ['/2', '/3', '/4']) expect((await client.response()).body).toBe(path);
    client.end();
  });

  test('an upgrade to something unknown is ignored on GET and refused on POST; CONNECT is a 405', async () => {
    const { port } = await start();
    const client = await RawClient.open(port);
    client.get('/', 'Connection: Upgrade', 'Upgrade: h2c');
    const answer = await client.response();
    expect([answer.status, answer.body]).toEqual([200, 'rest']);
    await client.closed();
    const post = await RawClient.open(port);
    post.send('POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\nContent-Length: 0\r\n\r\n');
    expect((await post.response()).status).toBe(400);
    await post.closed();
    const connectClient = await RawClient.open(port);
    connectClient.send('CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await connectClient.response()).status).toBe(405);
    connectClient.end();
  });

  test('a body too long to be taken is not asked for', async () => {
    const { port } = await start({
      handle: (request, response) => void response.end(request.headers['content-length']),
    });
    const client = await RawClient.open(port);
    client.send('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n');
    expect((await client.response()).status).toBe(200);
    client.end();
    const small = await RawClient.open(port);
    small.send('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n');
    expect((await small.response(true)).statusLine).toBe('HTTP/1.1 100 Continue');
    small.end();
  });
});

describe('time', () => {
  const quick = {
    headersTimeoutMs: 60,
    requestTimeoutMs: 120,
    keepAliveTimeoutMs: 50,
    connectionsCheckingIntervalMs: 20,
  };

  test('slow heads and slow bodies are a 408; silent connections are closed', async () => {
    const { port } = await start({ handle: (request) => void request.resume() }, { bounds: quick });
    const slowHead = await RawClient.open(port);
    slowHead.send('GET / HTTP/1.1\r\nHost');
    expect((await slowHead.response()).statusLine).toBe('HTTP/1.1 408 REQUEST TIMEOUT');
    const slowBody = await RawClient.open(port);
    slowBody.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc');
    expect((await slowBody.response()).statusLine).toBe('HTTP/1.1 408 REQUEST TIMEOUT');
    const silent = await RawClient.open(port);
    await silent.closed();
    for (const client of [slowHead, slowBody]) client.end();
  });

  test('an idle kept connection is closed', async () => {
    const { port } = await start({}, { bounds: quick });
    const client = await RawClient.open(port);
    client.get('/');
    await client.response();
    await client.closed();
  });

  test('connections beyond the bound are dropped, those within it go on', async () => {
    const { port } = await start({}, { bounds: { connectionsMax: 2 } });
    const [first, second] = [await RawClient.open(port), await RawClient.open(port)];
    first.get('/');
    await first.response();
    second.get('/');
    await second.response();
    const third = connect({ host: '127.0.0.1', port });
    await new Promise((resolve) => {
      third.on('error', () => undefined);
      third.once('close', resolve);
    });
    first.get('/');
    expect((await first.response()).status).toBe(200);
    first.end();
    second.end();
  });
});

describe('stopping', () => {
  test('an active request is finished, a kept connection closed, a new one refused', async () => {
    let finish: () => void = () => undefined;
    const arrived: { done: () => void } = { done: () => undefined };
    const seen = new Promise<void>((resolve) => {
      arrived.done = resolve;
    });
    const { server, port } = await start({
      handle: (request, response) => {
        if (request.url === '/idle') response.end();
        else {
          finish = () => response.end('finished');
          arrived.done();
        }
      },
    });
    const idle = await RawClient.open(port);
    idle.get('/idle');
    await idle.response();
    const active = await RawClient.open(port);
    active.get('/active');
    await seen;
    const closed = server.close();
    await idle.closed();
    await expect(RawClient.open(port)).rejects.toThrow('ECONNREFUSED');
    finish();
    expect((await active.response()).body).toBe('finished');
    await closed;
    await active.closed();
  });

  test('what does not finish is cut after the bound', async () => {
    let arrived: () => void = () => undefined;
    const seen = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { server, port, runtime } = await start({ handle: () => arrived() }, { bounds: { drainMs: 30 } });
    const client = await RawClient.open(port);
    client.get('/');
    await seen;
    await server.close();
    await client.closed();
    expect(runtime.lines.some((line) => line.event === 'listener.drain_cut')).toBe(true);
  });
});

test('an address that is taken or not ours is an error that names its setting, and opens nothing', async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => {
    blocker.listen(0, '127.0.0.1', resolve);
  });
  const taken = { host: '127.0.0.1', port: (blocker.address() as { port: number }).port };
  await expect(start({}, { bind: taken })).rejects.toThrow(
    new AddressUnavailable(`server.bind: 127.0.0.1:${taken.port} is in use by another process`),
  );
  await expect(start({}, { wsserver: taken })).rejects.toThrow(/^wsserver.port: .* is in use/);
  await expect(start({}, { bind: { host: '203.0.113.7', port: 0 } })).rejects.toThrow(
    /^server.bind: 203.0.113.7:0 is not an address of this machine/,
  );
  await new Promise((resolve) => {
    blocker.close(resolve);
  });
});

test('one address for both opens one listener', async () => {
  const probe = createServer();
  await new Promise<void>((resolve) => {
    probe.listen(0, '127.0.0.1', resolve);
  });
  const address = { host: '127.0.0.1', port: (probe.address() as { port: number }).port };
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  const { streamPort, port } = await start({}, { bind: address, wsserver: address });
  expect([streamPort, port]).toEqual([0, address.port]);
});
