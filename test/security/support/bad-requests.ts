/** Items 1 to 9: requests that are too large, too slow, wrongly framed, or no requests at all. */

import { RawClient } from '../../compat/support/raw-client.js';
import { create } from '../../support/transactions.js';
import { type BadInput, oneOf, type Request } from './target.js';

const POST = '/api/v1/transactions';
const DOORS = [
  ['REST', POST],
  ['GraphQL', '/graphql'],
] as const;
const LARGE = 8 * 1024 * 1024 + 1;
const GOOD = create().text;

/** Bytes of a connection, and the one status, or one of several, that answers them; null = the node only closes. */
function bytes(
  item: number,
  name: string,
  text: string | Buffer,
  ...wanted: readonly (number | null)[]
): BadInput {
  return {
    item,
    name,
    check: async (target) => {
      const statuses = await target.said(text);
      oneOf(statuses[0] ?? null, wanted, JSON.stringify(text.toString('latin1').slice(0, 200)));
    },
  };
}

function request(item: number, name: string, asked: Request, ...wanted: readonly number[]): BadInput {
  return {
    item,
    name,
    check: async (target) => {
      const answer = await target.exchange(asked);
      oneOf(answer.status, wanted, answer.body);
    },
  };
}

function head(line: string, ...lines: readonly string[]): string {
  return [line, 'Host: a', ...lines, '', ''].join('\r\n');
}

function posted(path: string, ...lines: readonly string[]): string {
  return head(`POST ${path} HTTP/1.1`, 'Content-Type: application/json', ...lines);
}

/** Item 1. */
function sizes(): BadInput[] {
  const lengths = ['-1', '1e3', '+5', '0x10', '5 5', '5,', 'five', '9'.repeat(30), '1.0', ''];
  return [
    ...DOORS.flatMap(([door, path]) => [
      bytes(
        1,
        `${door}: a body over the limit`,
        `${posted(path, `Content-Length: ${LARGE}`)}${' '.repeat(LARGE)}`,
        413,
      ),
      bytes(
        1,
        `${door}: a body of ten gigabytes, announced`,
        posted(path, 'Content-Length: 10000000000'),
        413,
      ),
      bytes(
        1,
        `${door}: a body of ten gigabytes, announced, with Expect`,
        posted(path, 'Content-Length: 10000000000', 'Expect: 100-continue'),
        413,
      ),
      bytes(
        1,
        `${door}: a body over the limit without a length`,
        `${posted(path, 'Transfer-Encoding: chunked')}${`10000\r\n${'x'.repeat(65_536)}\r\n`.repeat(130)}0\r\n\r\n`,
        413,
      ),
      bytes(
        1,
        `${door}: a body shorter than announced`,
        `${posted(path, 'Content-Length: 50')}{}`,
        400,
        null,
      ),
    ]),
    ...lengths.map((length) =>
      bytes(
        1,
        `Content-Length: ${length.slice(0, 12)}`,
        `${posted(POST, `Content-Length: ${length}`)}{}`,
        400,
      ),
    ),
  ];
}

const SLOW: readonly (readonly [string, string])[] = [
  ['say nothing', ''],
  ['never end their head', 'GET / HTTP/1.1\r\nHost: a\r\nX-'],
  ['never send their body', posted(POST, 'Content-Length: 100')],
  ['never end their chunks', `${posted('/graphql', 'Transfer-Encoding: chunked')}1\r\n{\r\n`],
  ['stay idle after an answer', head('GET /livez HTTP/1.1')],
];

/** Items 2 and 9. That they are closed in time is shown in bad-http.test.ts, where times are short. */
function floods(): BadInput[] {
  const flood = (item: number, name: string, count: number, first: string): BadInput => ({
    item,
    name,
    check: async (target) => {
      const clients: RawClient[] = [];
      // In groups that the system's queue of new connections holds.
      for (let from = 0; from < count; from += 250) {
        const group = Array.from({ length: 250 }, () => RawClient.open(target.port));
        clients.push(...(await Promise.all(group)));
      }
      for (const client of clients) if (first !== '') client.send(first);
      await target.serves();
      for (const client of clients) client.end();
      await target.serves();
    },
  });
  return [
    ...SLOW.map(([name, first]) => flood(2, `1,000 sockets that ${name}`, 1000, first)),
    flood(9, '9,500 sockets', 9500, ''),
  ];
}

/** Item 3. */
function framing(): BadInput[] {
  const chunked = (...chunks: readonly string[]): string =>
    `${posted(POST, 'Transfer-Encoding: chunked')}${chunks.join('')}`;
  const both = posted(POST, 'Content-Length: 2', 'Transfer-Encoding: chunked');
  return [
    bytes(3, 'a chunk size that is no number', chunked('zz\r\n{}\r\n'), 400),
    bytes(3, 'a chunk size of 17 digits', chunked(`${'f'.repeat(17)}\r\n`), 400),
    bytes(3, 'a chunk size below zero', chunked('-1\r\n'), 400),
    bytes(3, 'a chunk without its end', chunked('2\r\n{}XX0\r\n\r\n'), 400),
    bytes(3, 'a chunk size without carriage return', chunked('2\n{}\n0\n\n'), 400),
    bytes(3, 'chunks that end in the middle', chunked('10\r\n{'), 400, null),
    bytes(
      3,
      'a chunk extension of 100 KB',
      chunked(`2;${'x'.repeat(100_000)}\r\n{}\r\n0\r\n\r\n`),
      400,
      413,
      431,
    ),
    bytes(3, 'trailers of 100 KB', chunked(`2\r\n{}\r\n0\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`), 400, 431),
    bytes(3, 'a length and chunks', `${both}2\r\n{}\r\n0\r\n\r\n`, 400),
    bytes(3, 'two lengths', `${posted(POST, 'Content-Length: 2', 'Content-Length: 3')}{}`, 400),
    bytes(3, 'one length twice', `${posted(POST, 'Content-Length: 2', 'Content-Length: 2')}{}`, 400),
    bytes(3, 'chunked twice', posted(POST, 'Transfer-Encoding: chunked, chunked'), 400),
    bytes(3, 'chunked, but not last', posted(POST, 'Transfer-Encoding: chunked, gzip'), 400),
    bytes(3, 'another transfer coding', `${posted(POST, 'Transfer-Encoding: xchunked')}{}`, 400),
    bytes(3, 'a blank before the colon', `${posted(POST, 'Content-Length : 2')}{}`, 400),
    bytes(3, 'a length behind a fold', `${posted(POST, 'X: a\r\n Content-Length: 2')}{}`, 400),
  ];
}

/** Items 4 and 6. */
function types(): BadInput[] {
  const json = { 'Content-Type': 'application/json' };
  const query = '{"query":"{ __typename }"}';
  return [
    ...['gzip', 'br', 'deflate', 'zstd', 'compress', 'x', 'gzip, gzip'].flatMap((encoding) =>
      DOORS.map(([door, path]) =>
        request(
          4,
          `${door}: a body in ${encoding}`,
          { method: 'POST', path, headers: { ...json, 'Content-Encoding': encoding }, body: GOOD },
          415,
        ),
      ),
    ),
    ...[
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json; charset=utf-16',
      'application/jsonx',
      'text/json',
      'application/graphql',
      'x',
      ';',
      '',
      'application/json, application/json',
      `application/${'x'.repeat(8000)}`,
    ].map((type) =>
      request(
        6,
        `GraphQL: Content-Type ${type.slice(0, 40) || 'empty'}`,
        { method: 'POST', path: '/graphql', headers: { 'Content-Type': type }, body: query },
        400,
        415,
      ),
    ),
    request(6, 'GraphQL: no Content-Type', { method: 'POST', path: '/graphql', body: query }, 400, 415),
    ...['application/json; charset=klingon', 'text/plain; charset=utf-16le', 'a/b; charset='].map((type) =>
      request(
        6,
        `REST: Content-Type ${type}`,
        { method: 'POST', path: POST, headers: { 'Content-Type': type }, body: '{"id":' },
        400,
      ),
    ),
  ];
}

/** Item 5. */
function heads(): BadInput[] {
  const url = (path: string | Buffer, ...wanted: readonly number[]): BadInput =>
    bytes(
      5,
      `the path ${JSON.stringify(path.toString('latin1').slice(0, 30))}`,
      Buffer.concat([Buffer.from('GET '), Buffer.from(path), Buffer.from(' HTTP/1.1\r\nHost: a\r\n\r\n')]),
      ...wanted,
    );
  const many = Array.from({ length: 20_000 }, (_, index) => `X-${index}: 1`);
  const some = Array.from({ length: 101 }, (_, index) => `X-${index}: 1`);
  return [
    bytes(5, '20,000 headers', head('GET / HTTP/1.1', ...many), 431),
    bytes(5, '101 headers', head('GET / HTTP/1.1', ...some), 431),
    bytes(5, 'a header of 64 KB', head('GET / HTTP/1.1', `X: ${'x'.repeat(65_536)}`), 431),
    bytes(5, 'a header name of 64 KB', head('GET / HTTP/1.1', `${'x'.repeat(65_536)}: 1`), 431),
    url(`/${'x'.repeat(65_536)}`, 431),
    url(`/api/v1/statuses?transaction_id=${'%00'.repeat(20_000)}`, 431),
    url('/a\0b', 400),
    url('/a\rb', 400),
    url('/a\nb', 400),
    url('/a b', 400),
    url(Buffer.from([0x2f, 0xff, 0xfe, 0x80]), 400, 404),
    url('/\u00e9', 400, 404),
    url('*', 400, 404),
    url('//', 200, 404),
    url('/../../etc/passwd', 404),
    url('/%2e%2e/%2e%2e/etc/passwd', 404),
    url('/api/v1/transactions/../../../x', 404),
    url('/api/v1/transactions/%00', 404),
    url('/api/v1/transactions/%', 400, 404),
    url('/api/v1/transactions/%zz', 400, 404),
    url('/api/v1/transactions/%ff%fe', 400, 404),
    url('/api/v1/blocks/%2e%2e', 404),
    url('/graphql/%00', 404),
    url('http://other.example/api/v1', 200, 400, 404),
    url('api/v1', 400),
    url('', 400),
    bytes(5, 'a header without a colon', head('GET / HTTP/1.1', 'nothing'), 400),
    bytes(5, 'a header without a name', head('GET / HTTP/1.1', ': x'), 400),
    bytes(5, 'a NUL in a header', head('GET / HTTP/1.1', 'X: a\0b'), 400),
    bytes(5, 'a carriage return in a header', head('GET / HTTP/1.1', 'X: a\rb'), 400),
    bytes(5, 'a header name with a blank', head('GET / HTTP/1.1', 'X y: 1'), 400),
    bytes(5, 'no version', 'GET /\r\n\r\n', 200, 400),
    bytes(5, 'version 2.0', head('GET / HTTP/2.0'), 200, 400),
    bytes(5, 'version 9.9', head('GET / HTTP/9.9'), 400),
    bytes(5, 'a version of letters', head('GET / HTTP/a.b'), 400),
    bytes(5, 'another protocol', head('GET / SMTP/1.1'), 400),
  ];
}

/** Items 7 and 8. */
function methods(): BadInput[] {
  const paths = ['/', POST, '/api/v1/outputs', '/api/v1/nope', '/livez'];
  const unusual = ['TRACE', 'PUT', 'DELETE', 'PATCH', 'PROPFIND'];
  const websocket = ['Connection: Upgrade', 'Upgrade: websocket'];
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
  const stream = 'GET /api/v1/streams/valid_transactions HTTP/1.1';
  return [
    ...paths.flatMap((path) =>
      unusual.map((method) => request(7, `${method} ${path}`, { method, path }, 404, 405)),
    ),
    ...['PUT', 'DELETE', 'TRACE'].map((method) =>
      request(7, `${method} /graphql`, { method, path: '/graphql' }, 400, 405, 415),
    ),
    request(7, 'HEAD of an unknown path', { method: 'HEAD', path: '/api/v1/nope' }, 404),
    request(7, 'OPTIONS of an unknown path', { method: 'OPTIONS', path: '/api/v1/nope' }, 404),
    bytes(7, 'OPTIONS *', head('OPTIONS * HTTP/1.1'), 200, 204, 400, 404),
    bytes(7, 'CONNECT', head('CONNECT other.example:443 HTTP/1.1'), 405),
    bytes(7, 'BREW', head('BREW /pot HTTP/1.1'), 400),
    bytes(7, 'a method in small letters', head('get / HTTP/1.1'), 400),
    bytes(7, 'a method of 64 KB', head(`${'G'.repeat(65_536)} / HTTP/1.1`), 400, 431),
    bytes(
      8,
      'an unknown expectation',
      `${posted(POST, 'Expect: the worst', 'Content-Length: 2')}{}`,
      400,
      417,
    ),
    bytes(8, 'an upgrade to h2c', head('GET /api/v1 HTTP/1.1', 'Connection: Upgrade', 'Upgrade: h2c'), 200),
    bytes(
      8,
      'an upgrade to nonsense',
      head('GET / HTTP/1.1', 'Connection: Upgrade', 'Upgrade: \u00e9'),
      200,
      400,
    ),
    bytes(8, 'an upgrade of a POST', head(`POST ${POST} HTTP/1.1`, 'Connection: Upgrade', 'Upgrade: x'), 400),
    bytes(8, 'the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400),
    bytes(8, 'a TLS greeting', Buffer.from('16030100c8010000c403034f', 'hex'), 400, null),
    bytes(8, 'bytes of chance', Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 256)), 400),
    bytes(8, 'empty lines', '\r\n'.repeat(10_000), 400, null),
    bytes(8, 'a WebSocket without a key', head(stream, ...websocket, 'Sec-WebSocket-Version: 13'), 400),
    bytes(
      8,
      'a WebSocket with a short key',
      head(stream, ...websocket, 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: x'),
      400,
    ),
    bytes(
      8,
      'a WebSocket of version 7',
      head(stream, ...websocket, 'Sec-WebSocket-Version: 7', key),
      400,
      426,
    ),
    bytes(
      8,
      'a WebSocket by POST',
      head(stream.replace('GET', 'POST'), ...websocket, 'Sec-WebSocket-Version: 13', key),
      400,
      405,
    ),
    bytes(
      8,
      'a WebSocket where there is none',
      head('GET /api/v1/outputs HTTP/1.1', ...websocket, 'Sec-WebSocket-Version: 13', key),
      404,
    ),
    bytes(
      8,
      'a WebSocket at the health check',
      head('GET /livez HTTP/1.1', ...websocket, 'Sec-WebSocket-Version: 13', key),
      404,
    ),
  ];
}

export function badRequests(): BadInput[] {
  return [...sizes(), ...floods(), ...framing(), ...types(), ...heads(), ...methods()];
}
