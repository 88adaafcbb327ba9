/** Both transports against what clients may get wrong or try: each case a definite answer, and the next one served. */

import { connect } from 'node:net';
import { serverAudits } from 'graphql-http';
import type { JsonObject, JsonValue } from '../../src/codec/json-value.js';
import { compactJson } from '../../src/codec/json-writer.js';
import { GRAPHQL, GRAPHQL_DOOR } from '../../src/config/limits.js';
import { ERROR_CODES } from '../../src/graphql/errors.js';
import type { LedgerAccess } from '../../src/ledger/ledger.js';
import type { Runtime } from '../../src/runtime/runtime.js';
import { StoreUnavailable } from '../../src/store/store.js';
import { around } from '../../src/web/around.js';
import { create } from '../support/transactions.js';
import { ask, at, codeOf, errorsOf, query, SocketClient, send } from './support/clients.js';
import { type GraphqlNode, startGraphqlNode } from './support/graphql-node.js';

/** Unknown ids of these forms make the ledger fail in a way of their own. */
const UNAVAILABLE_ID = 'a'.repeat(64);
const BROKEN_ID = 'b'.repeat(64);
const HANGING_ID = 'c'.repeat(64);

let node: GraphqlNode;
let hangingLooks = 0;
/** Time of the sockets' bounds, moved by hand. */
let skippedMs = 0;
const due: { readonly atMs: number; readonly action: () => void }[] = [];

function failing(ledger: LedgerAccess): LedgerAccess {
  return around(ledger, {
    async look(ids) {
      if (ids.includes(UNAVAILABLE_ID)) throw new StoreUnavailable('the store is gone');
      if (ids.includes(BROKEN_ID)) throw new TypeError('secret at ledger.ts:1');
      if (!ids.includes(HANGING_ID)) return ledger.look(ids);
      hangingLooks += 1;
      return new Promise<void>(() => undefined);
    },
  });
}

/** Timers of seconds wait until the test lets time pass; short ones run. */
function withMovedClock(runtime: Runtime): Runtime {
  const nowMs = (): number => runtime.clock.monotonicMs() + skippedMs;
  return {
    ...runtime,
    clock: { nowMs: () => runtime.clock.nowMs(), monotonicMs: nowMs },
    scheduler: {
      yieldTurn: () => runtime.scheduler.yieldTurn(),
      after(delayMs, action) {
        if (delayMs < 2000) return runtime.scheduler.after(delayMs, action);
        const timer = { atMs: nowMs() + delayMs, action };
        due.push(timer);
        return { cancel: () => void due.splice(due.indexOf(timer), due.includes(timer) ? 1 : 0) };
      },
    },
  };
}

function letPass(ms: number): void {
  skippedMs += ms;
  for (const timer of due.splice(0)) {
    if (timer.atMs <= skippedMs + performance.now()) timer.action();
    else due.push(timer);
  }
}

beforeAll(async () => {
  node = await startGraphqlNode({
    wrapLedger: failing,
    wrapRuntime: withMovedClock,
    settings: { requestBytesMax: 1024 * 1024 },
  });
});
afterAll(() => node.close());

async function alive(): Promise<void> {
  expect(await ask(node.port, '{ ledger { height } }')).toBeDefined();
}

describe('GraphQL over HTTP', () => {
  test.each(
    serverAudits({ url: () => node.url, fetchFn: preflighted }).map((audit) => [audit.name, audit] as const),
  )('%s', async (_name, audit) => {
    const result = await audit.fn();
    if (result.status !== 'ok') throw new Error(`${audit.id}: ${result.reason}`);
  });

  /** What Apollo's CSRF prevention wants of a GET. */
  function preflighted(url: string, init: RequestInit = {}): Promise<Response> {
    return fetch(url, { ...init, headers: { ...init.headers, 'apollo-require-preflight': 'true' } });
  }

  test.each<
    [
      string,
      { method?: string; headers?: Record<string, string>; body?: string; path?: string },
      number,
      string,
    ]
  >([
    ['no content type', { body: '{"query":"{__typename}"}' }, 400, 'BAD_REQUEST'],
    [
      'a form',
      { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'query={__typename}' },
      400,
      'BAD_REQUEST',
    ],
    [
      'plain text',
      { headers: { 'content-type': 'text/plain' }, body: '{"query":"{__typename}"}' },
      400,
      'BAD_REQUEST',
    ],
    ['another type', { headers: { 'content-type': 'application/cbor' }, body: 'x' }, 415, 'BAD_REQUEST'],
    [
      'another encoding',
      { headers: { 'content-type': 'application/json; charset=utf-16' }, body: '{}' },
      415,
      'BAD_REQUEST',
    ],
    ['not JSON', { headers: { 'content-type': 'application/json' }, body: '{"query":' }, 400, 'BAD_REQUEST'],
    ['an empty body', { headers: { 'content-type': 'application/json' }, body: '' }, 400, 'BAD_REQUEST'],
    ['null', { headers: { 'content-type': 'application/json' }, body: 'null' }, 400, 'BAD_REQUEST'],
    [
      'a batch',
      { headers: { 'content-type': 'application/json' }, body: '[{"query":"{__typename}"}]' },
      400,
      'BAD_REQUEST',
    ],
    [
      'no query',
      { headers: { 'content-type': 'application/json' }, body: '{"variables":{}}' },
      400,
      'BAD_REQUEST',
    ],
    [
      'a float for variables',
      {
        headers: { 'content-type': 'application/json' },
        body: '{"query":"query($a:Int!){search(text:\\"\\",first:$a){__typename}}","variables":1.5}',
      },
      200,
      'BAD_USER_INPUT',
    ],
    [
      'a persisted query',
      {
        headers: { 'content-type': 'application/json' },
        body: '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}',
      },
      200,
      'PERSISTED_QUERY_NOT_SUPPORTED',
    ],
    [
      'JSON too deep',
      {
        headers: { 'content-type': 'application/json' },
        body: `{"query":"{__typename}","variables":{"a":${'['.repeat(600)}${']'.repeat(600)}}}`,
      },
      400,
      'BAD_REQUEST',
    ],
    [
      'a mutation by GET',
      {
        method: 'GET',
        headers: { 'apollo-require-preflight': 'x' },
        path: `/graphql?query=${encodeURIComponent('mutation{submitTransaction(input:{transaction:"x"}){id}}')}`,
      },
      405,
      'BAD_REQUEST',
    ],
    [
      'a GET without a header that only code can set',
      { method: 'GET', path: '/graphql?query={__typename}' },
      400,
      'BAD_REQUEST',
    ],
    [
      'PUT',
      { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{}' },
      405,
      'BAD_REQUEST',
    ],
    [
      'a subscription',
      { headers: { 'content-type': 'application/json' }, body: '{"query":"subscription{backlog{count}}"}' },
      400,
      'BAD_REQUEST',
    ],
    [
      'compression',
      { headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' }, body: 'x' },
      415,
      'BAD_REQUEST',
    ],
    [
      'too many bytes',
      { headers: { 'content-type': 'application/json' }, body: ' '.repeat(1024 * 1024 + 1) },
      413,
      'LIMIT_EXCEEDED',
    ],
  ])('%s', async (_name, raw, status, code) => {
    const answer = await send(node.port, raw);
    const { errors } = answer.json();
    expect([answer.status, codeOf((errors as JsonValue[])[0])]).toEqual([status, code]);
    expect(at(errors, 0, 'extensions', 'requestId')).toBe(answer.headers['x-request-id']);
    await alive();
  });

  test('a preflight is answered for any origin', async () => {
    const answer = await send(node.port, { method: 'OPTIONS', headers: { origin: 'https://a.example' } });
    expect(answer.status).toBe(204);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
  });
});

describe('errors', () => {
  test('an unexpected fault shows an id and nothing else, and the log has the rest', async () => {
    const { data, errors } = await query(
      node.port,
      `{ a: transaction(id: "${BROKEN_ID}") { id } ledger { height } }`,
    );
    expect(errors).toMatchObject([{ message: 'Internal server error', path: ['a'] }]);
    expect(codeOf(errors[0])).toBe('INTERNAL_SERVER_ERROR');
    expect(compactJson(errors)).not.toContain('secret');
    expect(data.ledger).toBeDefined();
    const requestId = at(errors[0], 'extensions', 'requestId');
    const line = node.log.find((each) => each.fields.requestId === requestId);
    expect(line?.fields.error).toContain('secret at ledger.ts');
  });

  test('a store that cannot be asked is no miss', async () => {
    const { data, errors } = await query(node.port, `{ transaction(id: "${UNAVAILABLE_ID}") { id } }`);
    expect(data.transaction).toBeNull();
    expect(codeOf(errors[0])).toBe('SERVICE_UNAVAILABLE');
  });

  test('a query that takes too long is ended', async () => {
    const before = hangingLooks;
    const answer = query(node.port, `{ transaction(id: "${HANGING_ID}") { id } }`);
    await until(() => hangingLooks > before);
    letPass(GRAPHQL.operationTimeoutMs + 1);
    expect(codeOf((await answer).errors[0])).toBe('TIMEOUT');
  });

  test('a client that goes away ends its query', async () => {
    const before = hangingLooks;
    const body = compactJson({ query: `{ transaction(id: "${HANGING_ID}") { id } }` });
    const socket = connect(node.port, '127.0.0.1');
    socket.write(
      `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await until(() => hangingLooks > before);
    const timers = due.length;
    socket.destroy();
    // The operation's timer goes with it.
    await until(() => due.length < timers);
  });

  /** Waits in turns of the event loop, because these have no event of their own. */
  async function until(ready: () => boolean): Promise<void> {
    while (!ready()) await new Promise((resolve) => setImmediate(resolve));
  }

  test('every code is of the closed list', () => {
    expect(new Set(ERROR_CODES).size).toBe(ERROR_CODES.length);
  });
});

describe('limits, over HTTP and WebSocket alike', () => {
  const nested = (depth: number): string =>
    `{ ledger { head { ${'transactions { nodes { block { '.repeat(depth)} id ${'} } }'.repeat(depth)} } } }`;
  const CASES: [string, string, JsonValue, string][] = [
    ['bytes', `{ __typename } # ${'x'.repeat(100_001)}`, {}, 'maxDocumentBytes'],
    ['tokens', `{ ${'a '.repeat(2001)} }`, {}, 'maxTokens'],
    ['depth', nested(5), {}, 'maxDepth'],
    [
      'aliases',
      `{ ledger { ${Array.from({ length: 31 }, (_, i) => `a${i}: height`).join(' ')} } }`,
      {},
      'maxAliases',
    ],
    ['directives', `{ ledger { height ${'@include(if: true) '.repeat(51)} } }`, {}, 'maxDirectives'],
    [
      'root fields',
      `{ ${Array.from({ length: 11 }, (_, i) => `a${i}: __typename`).join(' ')} }`,
      {},
      'maxRootFields',
    ],
    [
      'root fields in fragments',
      `query { ...A ...A } fragment A on Query { ${Array.from({ length: 6 }, (_, i) => `a${i}: __typename`).join(' ')} }`,
      {},
      'maxRootFields',
    ],
    [
      'cost of literals',
      '{ blocks(first: 100) { nodes { transactions(first: 100) { nodes { outputs { amount } } } } } }',
      {},
      'maxCost',
    ],
    [
      'cost of variables',
      'query($n: Int) { blocks(first: $n) { nodes { transactions(first: $n) { nodes { outputs { amount } } } } } }',
      { n: 100 },
      'maxCost',
    ],
    [
      'cost of defaults',
      'query($n: Int = 100) { blocks(first: $n) { nodes { transactions(first: $n) { nodes { outputs { amount } } } } } }',
      {},
      'maxCost',
    ],
    ['fragments that double', doubling(18), {}, 'maxRepeatedFields'],
    ['page size', '{ transactions(first: 101) { nodes { id } } }', {}, 'maxPageSize'],
    [
      'page size in a variable',
      'query($n: Int) { transactions(last: $n) { nodes { id } } }',
      { n: 1000 },
      'maxPageSize',
    ],
    [
      'ids',
      'query($ids: [TransactionId!]!) { transactionsById(ids: $ids) { id } }',
      { ids: Array.from({ length: 101 }, () => 'd'.repeat(64)) },
      'maxPageSize',
    ],
  ];

  /** Every fragment spreads the next one twice: 2^n fields out of a few tokens. */
  function doubling(count: number): string {
    const fragments = Array.from(
      { length: count },
      (_, index) =>
        `fragment F${index} on Ledger { ${index === count - 1 ? 'height' : `...F${index + 1} ... { ...F${index + 1} }`} }`,
    );
    return `{ ledger { ...F0 } } ${fragments.join(' ')}`;
  }

  test.each(CASES)('%s over HTTP', async (_name, source, variables, limit) => {
    const { errors, http } = await query(node.port, source, variables);
    expect(errors[0]?.extensions).toMatchObject({ code: 'LIMIT_EXCEEDED', limit });
    expect(http.status).toBe(200);
    await alive();
  });

  test.each(CASES)('%s over WebSocket', async (_name, source, variables, limit) => {
    const client = await SocketClient.open(node.port);
    client.subscribe('x', source, variables);
    await client.until(() => client.of('x').length > 0);
    const [message] = client.of('x');
    expect(at(errorsOf(message)[0], 'extensions')).toMatchObject({ code: 'LIMIT_EXCEEDED', limit });
    await client.close();
  });

  test('cyclic fragments and missing ones are refused by validation', async () => {
    for (const source of [
      '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
      '{ ...Nowhere }',
    ]) {
      const { errors } = await query(node.port, source);
      expect(codeOf(errors[0])).toBe('GRAPHQL_VALIDATION_FAILED');
    }
  });

  test('the cost stands in every answer, and the usual introspection passes', async () => {
    const { getIntrospectionQuery } = await import('graphql');
    const { extensions, errors } = await query(node.port, getIntrospectionQuery());
    expect(errors).toEqual([]);
    expect(extensions).toMatchObject({ cost: { maximum: GRAPHQL.costMax } });
    const listed = await query(node.port, '{ transactions(first: 7) { nodes { id } } }');
    expect(listed.extensions).toMatchObject({ cost: { requested: 7 } });
  });

  test('every limit is published', async () => {
    const data = await ask(
      node.port,
      '{ serviceConfig { maxDocumentBytes maxTokens maxDepth maxAliases maxRootFields maxCost defaultPageSize maxPageSize maxTransactionBytes maxTransactionsPerSubmit maxSubscriptionsPerConnection maxRequestBytes requestTimeoutMs payloadIndexes } }',
    );
    expect(data.serviceConfig).toMatchObject({
      maxDocumentBytes: 100_000,
      maxTokens: 2000,
      maxDepth: 15,
      maxAliases: 30,
      maxRootFields: 10,
      maxPageSize: 100,
      maxRequestBytes: 1024 * 1024,
    });
  });

  // Danger: validation takes time with the square of the fields that might conflict.
  test.each([
    ['one field over and over', `{ ledger { ${'height '.repeat(1900)} } }`, 'maxRepeatedFields'],
    [
      'the same in fragments',
      `{ ledger { ${'...F '.repeat(900)} } } fragment F on Ledger { height }`,
      'maxRepeatedFields',
    ],
    [
      'a wide selection',
      `{ ledger { ${Array.from({ length: 101 }, (_, i) => `x${i}`).join(' ')} } }`,
      'maxSelectionFields',
    ],
  ])('%s is refused before it is validated', async (_name, source, limit) => {
    const { errors } = await query(node.port, source);
    expect(at(errors[0], 'extensions')).toMatchObject({ code: 'LIMIT_EXCEEDED', limit });
  });
});

describe('WebSocket', () => {
  test.each<[string, (client: SocketClient) => void, number]>([
    ['subscribing before the acknowledgement', (client) => client.subscribe('a', '{ __typename }'), 4401],
    [
      'two introductions',
      (client) => [1, 2].forEach(() => void client.send({ type: 'connection_init' })),
      4429,
    ],
    ['no JSON', (client) => client.sendText('{'), 4400],
    ['no message', (client) => client.sendText('[1]'), 4400],
    ['a message of no known type', (client) => client.send({ type: 'hello' }), 4400],
    ['bytes', (client) => client.socket.send(Buffer.from([1, 2])), 4400],
    ['an inordinate id', (client) => client.subscribe('x'.repeat(10_000), '{ __typename }'), 4400],
    ['a message beyond the bound', (client) => client.sendText('x'.repeat(1024 * 1024 + 1)), 1009],
  ])('%s has a close code', async (_name, misbehave, code) => {
    const client = await SocketClient.open(node.port, { init: false });
    misbehave(client);
    expect((await client.untilClosed()).code).toBe(code);
    await alive();
  });

  test('another subprotocol, or none, is refused', async () => {
    await expect(SocketClient.open(node.port, { protocol: 'graphql-ws' })).rejects.toThrow();
  });

  test('a client that never introduces itself is closed', async () => {
    const client = await SocketClient.open(node.port, { init: false });
    letPass(GRAPHQL_DOOR.sockets.initTimeoutMs + 1);
    expect((await client.untilClosed()).code).toBe(4408);
  });

  test('an id in use closes the socket; ids like __proto__ are ids', async () => {
    const client = await SocketClient.open(node.port);
    client.subscribe('__proto__', '{ ledger { height } }');
    client.subscribe('constructor', '{ ledger { height } }');
    await client.count('__proto__', 1);
    await client.count('constructor', 1);
    client.subscribe('a', 'subscription { blocks { cursor } }');
    client.subscribe('a', 'subscription { blocks { cursor } }');
    expect((await client.untilClosed()).code).toBe(4409);
  });

  test('operations beyond the bound are refused, and finished ones make room', async () => {
    const client = await SocketClient.open(node.port);
    for (let index = 0; index <= GRAPHQL.subscriptionsPerConnectionMax; index++) {
      client.subscribe(`s${index}`, 'subscription { blocks { cursor } }');
    }
    const last = `s${GRAPHQL.subscriptionsPerConnectionMax}`;
    await client.until(() => client.of(last).length > 0);
    expect(client.of(last)[0]?.type).toBe('error');
    client.send({ id: 's0', type: 'complete' });
    client.subscribe('room', '{ ledger { height } }');
    await client.until(() => client.of('room').length > 0);
    expect(client.of('room')[0]?.type).toBe('next');
    await client.close();
  });

  test('errors have codes and request ids there too', async () => {
    const client = await SocketClient.open(node.port);
    client.subscribe('a', '{ nope }');
    client.subscribe('b', '{ ');
    client.subscribe('c', `{ transaction(id: "${BROKEN_ID}") { id } }`);
    client.subscribe('d', '{ transaction(id: "short") { id } }');
    await client.until(() => ['a', 'b', 'c', 'd'].every((id) => client.of(id).length > 0));
    const codes = ['a', 'b', 'c', 'd'].map((id) => {
      const errors = errorsOf(client.of(id)[0]);
      expect(at(errors[0], 'extensions', 'requestId')).toMatch(/^[0-9a-f]{12}-\d+$/);
      return codeOf(errors[0]);
    });
    expect(codes).toEqual([
      'GRAPHQL_VALIDATION_FAILED',
      'GRAPHQL_PARSE_FAILED',
      'INTERNAL_SERVER_ERROR',
      'GRAPHQL_VALIDATION_FAILED',
    ]);
    await client.close();
  });

  // Danger: a reader that stops fills the node's memory with events it will never take.
  test('a subscriber that does not read is closed with the cursor to resume from', async () => {
    const client = await SocketClient.open(node.port);
    const { cursor } = (await ask(node.port, '{ ledger { cursor } }')).ledger as JsonObject;
    client.subscribe(
      'slow',
      `subscription { validTransactions(after: "${cursor}") { cursor transaction { document canonical signedMessage } } }`,
    );
    const padding = 'x'.repeat(20_000);
    const many = Array.from({ length: 301 }, () => create({ metadata: { padding } }));
    await node.settle([many[0]?.text ?? '']);
    await client.count('slow', 1);
    client.socket.pause();
    for (let index = 1; index < many.length; index += 100) {
      await node.settle(many.slice(index, index + 100).map((each) => each.text));
    }
    letPass(GRAPHQL_DOOR.sockets.keepAliveMs / 2 + 1);
    letPass(GRAPHQL_DOOR.sockets.stalledMs + GRAPHQL_DOOR.sockets.keepAliveMs);
    client.socket.resume();
    const { code, reason } = await client.untilClosed();
    expect(code).toBe(4013);
    const resume = reason.split('resume after ')[1] ?? '';
    const cursors = (client_: SocketClient, id: string): unknown[] =>
      client_.data(id).map((event) => at(event, 'validTransactions', 'cursor'));
    const received = cursors(client, 'slow');
    expect(received.length).toBeLessThan(many.length);
    const again = await SocketClient.open(node.port);
    again.subscribe('rest', 'subscription($after: Cursor) { validTransactions(after: $after) { cursor } }', {
      after: resume,
    });
    await again.count('rest', many.length - received.length);
    // The events that were under way may have arrived or not, so they are sent again; none is left out.
    const sent = received.length + cursors(again, 'rest').length;
    expect(sent).toBeLessThanOrEqual(many.length + GRAPHQL_DOOR.replayRows);
    await again.until(() => new Set([...received, ...cursors(again, 'rest')]).size === many.length);
    await again.close();
  });
});
