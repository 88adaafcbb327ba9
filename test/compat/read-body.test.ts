/**
 * Danger: a body of any size or encoding takes the node's memory, or a refusal is lost because the connection is reset.
 * Method: real sockets before the reader with a limit of 1,000 bytes.
 */

import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { gzipSync } from 'node:zlib';
import { type BodyOutcome, endAfterDiscarding, readBody } from '../../src/runtime/read-body.js';
import { exchange, RawClient } from './support/raw-client.js';

const LIMIT = 1000;
const outcomes: BodyOutcome[] = [];
let server: Server;
let port = 0;
let waiting: () => void = () => undefined;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const outcome = await readBody(request, LIMIT);
    outcomes.push(outcome);
    waiting();
    const text = outcome.ok ? createHash('sha256').update(outcome.bytes).digest('hex') : outcome.refusal;
    response.writeHead(outcome.ok ? 200 : 413, {
      'Content-Length': text.length,
      ...(outcome.ok ? {} : { Connection: 'close' }),
    });
    response.write(text);
    if (outcome.ok) response.end();
    else endAfterDiscarding(request, response, LIMIT * 1000);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  port = (server.address() as { port: number }).port;
});

afterAll(async () => {
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
});

function digest(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function chunked(...chunks: Buffer[]): Promise<string> {
  const client = await RawClient.open(port);
  client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
  for (const chunk of chunks) {
    client.send(`${chunk.length.toString(16)}\r\n`);
    client.send(chunk);
    client.send('\r\n');
  }
  client.send('0\r\n\r\n');
  const { body } = await client.response();
  client.end();
  return body;
}

test('bodies up to the limit are read whole, in one piece or in many', async () => {
  for (const length of [0, 1, LIMIT - 1, LIMIT]) {
    const body = Buffer.alloc(length, 'x');
    expect((await exchange(port, { method: 'POST', path: '/', body })).body).toBe(digest(body));
    if (length > 0) expect(await chunked(body)).toBe(digest(body));
  }
  const pieces = Array.from({ length: 100 }, (_, index) => Buffer.alloc(10, index));
  expect(await chunked(...pieces)).toBe(digest(Buffer.concat(pieces)));
  expect((await exchange(port, { method: 'GET', path: '/' })).body).toBe(digest(''));
});

test('longer ones are refused with and without a length, and the refusal arrives', async () => {
  const body = Buffer.alloc(LIMIT * 500, 'x');
  expect((await exchange(port, { method: 'POST', path: '/', body: Buffer.alloc(LIMIT + 1) })).body).toBe(
    'too-large',
  );
  expect((await exchange(port, { method: 'POST', path: '/', body })).body).toBe('too-large');
  expect(await chunked(Buffer.alloc(LIMIT, 'x'), Buffer.alloc(1))).toBe('too-large');
  expect(await chunked(body)).toBe('too-large');
});

test('an endless body ends at its bound', async () => {
  const client = await RawClient.open(port);
  client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
  const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, 'x'), Buffer.from('\r\n')]);
  const refused = client.response();
  const flood = (): void => {
    while (!client.socket.destroyed && client.socket.write(chunk));
  };
  client.socket.on('drain', flood);
  flood();
  expect((await refused).body).toBe('too-large');
  await client.closed();
  client.end();
});

test('encoded bodies are refused unread; identity is none', async () => {
  const body = gzipSync(Buffer.alloc(100_000));
  for (const encoding of ['gzip', 'br', 'GZIP, identity', 'deflate']) {
    const answer = await exchange(port, {
      method: 'POST',
      path: '/',
      headers: { 'Content-Encoding': encoding },
      body,
    });
    expect(answer.body).toBe('encoded');
  }
  const plain = await exchange(port, {
    method: 'POST',
    path: '/',
    headers: { 'Content-Encoding': 'identity' },
    body: 'abc',
  });
  expect(plain.body).toBe(digest('abc'));
});

test('a client that vanishes in the middle is an outcome, not a hang', async () => {
  const before = outcomes.length;
  const client = await RawClient.open(port);
  const arrived = new Promise((resolve) => {
    server.once('request', resolve);
  });
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc');
  await arrived;
  const settled = new Promise<void>((resolve) => {
    waiting = resolve;
  });
  client.socket.resetAndDestroy();
  await settled;
  expect(outcomes.slice(before)).toEqual([{ ok: false, refusal: 'aborted' }]);
});
