/** The doors: the guard of GraphQL, query parameters, and raw bytes on real sockets in this process. */

import { connect } from 'node:net';
import { GraphQLError } from 'graphql';
import { Refusal } from '../../../rest-compat/errors.js';
import {
  booleanParameter,
  hashParameter,
  integerParameter,
  operationParameter,
  publicKeyParameter,
  Query,
  statusParameter,
} from '../../../rest-compat/parameters.js';
import { GRAPHQL } from '../../../src/config/limits.js';
import { Guard } from '../../../src/graphql/guard.js';
import { graphqlSchema } from '../../../src/graphql/schema.js';
import type { Problem } from '../../../src/model/errors.js';
import { type StartedDoor, startDoor } from '../../compat/support/door.js';
import { FakeLedger } from '../../compat/support/fake-ledger.js';
import { type GraphqlNode, startGraphqlNode } from '../../graphql/support/graphql-node.js';
import { allSaid } from '../../support/all-said.js';
import { create } from '../../support/transactions.js';
import { answered, type FuzzTarget, must } from '../target.js';

const GRAPHQL_WORDS = [
  ...[
    'query',
    'mutation',
    'subscription',
    'fragment F on ',
    'Query',
    '... on ',
    '...F',
    '@include(if: true)',
    '@skip(if: $v)',
  ],
  ...[
    '($v: Int = 100)',
    '(first: 100)',
    '(first: $v)',
    '(filter: {',
    '(id: "',
    'nodes {',
    'ledger {',
    'height',
    'transactions',
    'blocks',
  ],
  ...[
    'outputs',
    'inputs',
    'block',
    'asset',
    '__typename',
    '__schema',
    'type(name: "Query")',
    '"""',
    '#',
    'a: ',
    '{',
    '}',
    '[',
    ']',
    '!',
    '$',
  ],
];

let guard: Guard | null = null;

const graphqlGuard: FuzzTarget = {
  name: 'graphql-guard',
  seeds: () => [
    '{ ledger { height head { id } } }',
    'query Q($v: Int = 5) { transactions(first: $v, filter: {operation: CREATE}) { nodes { id outputs { amount } } } }',
    'fragment F on Query { ledger { height } } query A { ...F } mutation B { submitTransaction(input: {transaction: "x"}) { id } }',
    '{ __schema { types { name fields { name } } } } ',
    'subscription { validTransactions { cursor transaction { id } } }',
  ],
  dictionary: GRAPHQL_WORDS,
  bytesMax: 4096,
  batch: 8,
  run(input) {
    guard ??= new Guard(graphqlSchema(), GRAPHQL);
    const own = guard;
    answered(() => {
      const guarded = own.read(input.toString('utf8'));
      if (own.validated(guarded).length > 0) return;
      const { cost } = own.admit(guarded.document, null, { v: 100 });
      must(Number.isFinite(cost) && cost >= 0 && cost <= GRAPHQL.costMax, `admits a cost of ${cost}`);
    }, GraphQLError);
  },
};

const READERS: readonly ((name: string, value: string) => unknown)[] = [
  hashParameter,
  publicKeyParameter,
  booleanParameter,
  operationParameter,
  statusParameter,
  integerParameter,
];

const queryParameters: FuzzTarget = {
  name: 'query-parameters',
  seeds: () => [
    `transaction_id=${'a'.repeat(64)}&status=VALID`,
    'limit=+1_000&spent=True',
    'search=%22a%22+b&limit=%20-5%20',
    'operation=create',
  ],
  dictionary: ['&', '=', '%', '%00', '%ff', '+', '_', '1_', '__proto__', 'limit=', ' ', '\u00e9'],
  bytesMax: 2048,
  batch: 64,
  run(input) {
    const query = new Query(input.toString('latin1'));
    for (const name of ['transaction_id', 'limit', 'spent', 'operation', 'status', 'search', '__proto__']) {
      const value = query.optional(name);
      if (value === undefined) continue;
      for (const read of READERS) answered(() => read(name, value), Refusal);
      const number = answered(() => integerParameter(name, value), Refusal);
      must(number === null || Number.isSafeInteger(number), `reads ${value} as ${number}`);
    }
    answered(() => query.refuseUnknown(['limit']), Refusal);
  },
};

function mustBeNo5xx(answer: string): void {
  for (const [, status] of answer.matchAll(/HTTP\/1\.1 ([0-9]{3}) /g))
    must(Number(status) < 500 || status === '503', `answers ${status}`);
}

let door: StartedDoor | null = null;

const http: FuzzTarget = {
  name: 'http',
  seeds: () => {
    const { text } = create();
    const end = 'Host: a\r\nConnection: close\r\n';
    return [
      `GET /api/v1/statuses?transaction_id=${'a'.repeat(64)} HTTP/1.1\r\n${end}\r\n`,
      `GET /api/v1/assets?search=a%20b&limit=1 HTTP/1.1\r\nOrigin: http://x\r\n${end}\r\n`,
      `OPTIONS /api/v1/transactions HTTP/1.1\r\nAccess-Control-Request-Method: POST\r\n${end}\r\n`,
      `POST /api/v1/transactions HTTP/1.1\r\nContent-Length: ${text.length}\r\n${end}\r\n${text}`,
      `POST /api/v1/transactions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n${end}\r\n5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n`,
      `GET /api/v1/streams/valid_transactions HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nHost: a\r\n\r\n`,
    ];
  },
  dictionary: [
    ...[
      '\r\n',
      '\n',
      '\0',
      ': ',
      ' HTTP/1.1',
      'Transfer-Encoding: chunked\r\n',
      'Content-Length: 5\r\n',
      'Expect: 100-continue\r\n',
    ],
    ...[
      '%00',
      '%ff',
      '//',
      '..',
      '?',
      '&',
      '#',
      'HEAD',
      'PUT',
      'CONNECT',
      'Connection: keep-alive\r\n',
      '0\r\n\r\n',
      'Content-Encoding: gzip\r\n',
    ],
  ],
  bytesMax: 4096,
  batch: 8,
  open: async () => {
    const ledger = new FakeLedger();
    const problem = { code: 'SCHEMA_VALIDATION', message: 'refused' } as Problem;
    ledger.onSubmit = (texts) =>
      texts.map(() => ({ accepted: false, id: null, problem, retryable: false, notJson: false }));
    door = await startDoor(ledger, 64 * 1024);
  },
  close: async () => door?.server.close(),
  async run(input) {
    if (door === null) throw new Error('not open');
    mustBeNo5xx(await allSaid(door.port, input));
  },
};

let node: GraphqlNode | null = null;

const HANDSHAKE = Buffer.from(
  'GET /graphql HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
);

/** A masked text frame, the mask being zeros. */
function frame(text: string): Buffer {
  const bytes = Buffer.from(text);
  const head =
    bytes.length < 126 ? [0x81, 0x80 | bytes.length] : [0x81, 0xfe, bytes.length >> 8, bytes.length & 0xff];
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), bytes]);
}

/** Frames after the handshake; the connection is half-closed behind them. */
function answeredOnSocket(port: number, frames: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', () => undefined);
    socket.on('data', () => undefined);
    socket.once('close', () => resolve());
    socket.write(HANDSHAKE);
    socket.end(frames);
  });
}

const websocket: FuzzTarget = {
  name: 'websocket',
  seeds: () => {
    const init = frame('{"type":"connection_init"}');
    const subscribe = (query: string): Buffer =>
      frame(JSON.stringify({ id: 'a', type: 'subscribe', payload: { query } }));
    return [
      Buffer.concat([init, subscribe('{ ledger { height } }')]),
      Buffer.concat([
        init,
        subscribe('subscription { blocks { cursor } }'),
        frame('{"id":"a","type":"complete"}'),
      ]),
      Buffer.concat([init, frame('{"type":"ping"}'), Buffer.from([0x88, 0x82, 0, 0, 0, 0, 3, 0xe8])]),
    ];
  },
  dictionary: [
    '{"type":"ping"}',
    '"id":"a",',
    '"payload":{',
    '"query":"',
    Buffer.from([0x81, 0x80]),
    Buffer.from([0x89, 0x80, 0, 0, 0, 0]),
    Buffer.from([0x01, 0xfe]),
  ],
  bytesMax: 4096,
  batch: 8,
  open: async () => {
    node = await startGraphqlNode();
  },
  close: async () => node?.close(),
  async run(input) {
    if (node === null) throw new Error('not open');
    const before = node.log.length;
    await answeredOnSocket(node.port, input);
    const wrong = node.log.slice(before).find(({ level }) => level === 'error');
    must(wrong === undefined, `logs ${wrong?.event}: ${String(wrong?.fields.error)}`);
    node.log.length = 0;
  },
};

export const doorTargets: readonly FuzzTarget[] = [graphqlGuard, queryParameters, http, websocket];
