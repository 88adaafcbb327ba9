/** The door end to end: submit, read back, follow, over HTTP and WebSocket, on a real node in memory. */

import { parseJson } from '../../src/codec/json-reader.js';
import { JsonFloat, type JsonObject, type JsonValue } from '../../src/codec/json-value.js';
import { compactJson } from '../../src/codec/json-writer.js';
import { chain, create, documentOf, resigned, textOf, transferTo } from '../support/transactions.js';
import { ask, at, codeOf, errorsOf, query, SocketClient, send } from './support/clients.js';
import { type GraphqlNode, startGraphqlNode } from './support/graphql-node.js';

let node: GraphqlNode;

beforeAll(async () => {
  node = await startGraphqlNode();
});
afterAll(() => node.close());

const SUBMIT = `mutation($transaction: JSON!) {
  submitTransaction(input: {transaction: $transaction, wait: DECIDED}) {
    id status retryable problems { code message path } transaction { id status document }
  }
}`;

describe('submitting', () => {
  test('a transaction is decided and comes back', async () => {
    const made = create();
    const data = await ask(node.port, SUBMIT, { transaction: documentOf(made) });
    expect(data.submitTransaction).toMatchObject({
      id: made.id,
      status: 'VALID',
      problems: [],
      retryable: true,
    });
    const read = await ask(
      node.port,
      `{ transaction(id: "${made.id}") { id status operation version position block { height status } } }`,
    );
    expect(read.transaction).toMatchObject({
      id: made.id,
      status: 'VALID',
      operation: 'CREATE',
      version: '1.0',
    });
    expect(at(read.transaction, 'block', 'status')).toBe('VALID');
  });

  // Danger: a problem that ends as a GraphQL error, or one bad item that takes the good ones with it.
  test('each item of a batch is answered on its own, in order, as data', async () => {
    const good = create();
    const other = create();
    const forged: JsonObject = { ...documentOf(other), metadata: { changed: true } };
    const unsigned = { ...documentOf(create()) };
    const values: JsonValue[] = [documentOf(good), forged, 'not JSON', good.text, { id: 1 }, unsigned];
    const data = await ask(
      node.port,
      `mutation($transactions: [JSON!]!) { submitTransactions(input: {transactions: $transactions}) {
        accepted refused results { id status retryable problems { code message } } } }`,
      { transactions: values },
    );
    const payload = data.submitTransactions as JsonObject;
    const results = payload.results as JsonObject[];
    const codes = results.map((each) => (each.problems as JsonObject[])[0]?.code ?? null);
    expect(codes).toEqual([null, 'INVALID_HASH', 'SCHEMA_VALIDATION', null, 'SCHEMA_VALIDATION', null]);
    expect(payload).toMatchObject({ accepted: 3, refused: 3 });
    expect(results[0]?.id).toBe(good.id);
    expect(results[3]?.id).toBe(good.id);
    expect(results[1]).toMatchObject({ status: null, retryable: false });
  });

  test('a double spend is refused with the text that REST gives', async () => {
    const first = create();
    const second = transferTo(first, 'alice', 'bob');
    await node.settle([first.text]);
    await node.settle([second.text]);
    const rival = transferTo(first, 'alice', 'carol');
    const data = await ask(node.port, SUBMIT, { transaction: documentOf(rival) });
    expect(data.submitTransaction).toMatchObject({
      id: rival.id,
      status: null,
      transaction: null,
      retryable: false,
      problems: [{ code: 'DOUBLE_SPEND', message: `input \`${first.id}\` was already spent` }],
    });
  });

  test('more than a request may hold is refused as a whole', async () => {
    const { errors } = await query(
      node.port,
      'mutation($t: [JSON!]!) { submitTransactions(input: {transactions: $t}) { accepted } }',
      { t: Array.from({ length: 101 }, () => 'x') },
    );
    expect(codeOf(errors[0])).toBe('LIMIT_EXCEEDED');
  });
});

describe('nothing is lost', () => {
  const LOSSY = '{"big":18446744073709551616,"float":1.0,"small":1e2,"text":"\\u001f\\u00e9"}';

  /** A document with numbers that JSON.parse would change, and its id. */
  function lossy(serial: number): { id: string; document: JsonObject } {
    const data: JsonObject = { ...(parseJson(LOSSY) as JsonObject), serial };
    const document = resigned({ ...documentOf(create()), asset: { data } });
    return { id: String(document.id), document };
  }

  /** GraphQL's own syntax for a JSON value. */
  function literal(value: JsonValue): string {
    if (value instanceof JsonFloat || typeof value !== 'object' || value === null) return compactJson(value);
    if (Array.isArray(value)) return `[${value.map(literal).join(',')}]`;
    return `{${Object.entries(value)
      .map(([key, each]) => `${key}:${literal(each)}`)
      .join(',')}}`;
  }

  function submitLiteral(document: JsonObject): string {
    return `mutation { submitTransaction(input: {transaction: ${literal(document)}, wait: DECIDED}) { id status } }`;
  }

  const READ = 'query($id: TransactionId!) { transaction(id: $id) { document canonical } }';
  /** Canonical: floats stay floats, their digits are those of the canonical text. */
  const KEPT = /"big":18446744073709551616,"float":1\.0,"serial":\d,"small":100\.0/;

  test.each([
    ['a variable', (document: JsonObject) => query(node.port, SUBMIT, { transaction: document })],
    ['a text', (document: JsonObject) => query(node.port, SUBMIT, { transaction: textOf(document) })],
    ['a literal', (document: JsonObject) => query(node.port, submitLiteral(document))],
  ])('over HTTP, in %s', async (_name, submit) => {
    const { id, document } = lossy(1);
    const { data, errors } = await submit(document);
    expect(errors).toEqual([]);
    expect(data.submitTransaction).toMatchObject({ id, status: 'VALID' });
    const { http } = await query(node.port, READ, { id });
    expect(http.text).toMatch(KEPT);
  });

  test.each([
    ['a variable', 'variable'],
    ['a literal', 'literal'],
  ])('over WebSocket, in %s', async (_name, way) => {
    const { id, document } = lossy(way === 'variable' ? 2 : 3);
    const client = await SocketClient.open(node.port);
    if (way === 'variable') client.subscribe('s', SUBMIT, { transaction: document });
    else client.subscribe('s', submitLiteral(document));
    const [submitted] = await client.count('s', 1);
    expect(submitted?.submitTransaction).toMatchObject({ id, status: 'VALID' });
    client.subscribe('r', READ, { id });
    await client.count('r', 1);
    expect(client.texts.find((text) => text.includes('"id":"r"'))).toMatch(KEPT);
    await client.close();
  });

  test('integers stay numbers where GraphQL wants them, also through variables', async () => {
    const data = await ask(node.port, 'query($h: Count!) { block(height: $h) { height } }', { h: 0 });
    expect(data.block).toEqual(Object.assign(Object.create(null), { height: 0 }));
    const { errors } = await query(node.port, 'query($h: Count!) { block(height: $h) { height } }', {
      h: 2n ** 60n,
    });
    expect(codeOf(errors[0])).toBe('BAD_USER_INPUT');
  });

  test('a GET reads its variables without loss too', async () => {
    const source =
      'query($d: JSON) { prepareCreate(input: {owners: ["G7J7bXF8cqSrjrxUKwcF8tCriEKC5CgyPHmtGwUi4BK3"], data: $d}) { message } }';
    const search = new URLSearchParams({ query: source, variables: `{"d":${LOSSY}}` });
    const answer = await send(node.port, {
      method: 'GET',
      path: `/graphql?${search}`,
      headers: { 'apollo-require-preflight': 'true' },
    });
    expect(answer.text).toContain('\\"big\\":18446744073709551616,\\"float\\":1.0');
  });
});

describe('subscriptions', () => {
  const VALID = `subscription($filter: TransactionEventFilter, $after: Cursor) {
    validTransactions(filter: $filter, after: $after) { cursor transaction { id } block { height id } } }`;

  function idsOf(events: readonly JsonObject[]): unknown[] {
    return events.map((event) => at(event, 'validTransactions', 'transaction', 'id'));
  }

  test('valid transactions come in order, once, and a cursor resumes without gap or repeat', async () => {
    const start = at(await ask(node.port, '{ ledger { cursor } }'), 'ledger', 'cursor');
    const made = chain(4);
    const client = await SocketClient.open(node.port);
    client.subscribe('live', VALID, { after: start });
    for (const each of made.slice(0, 2)) await node.settle([each.text]);
    const first = await client.count('live', 2);
    const cursor = at(first[0], 'validTransactions', 'cursor');
    client.subscribe('resumed', VALID, { after: cursor });
    for (const each of made.slice(2)) await node.settle([each.text]);
    expect(idsOf(await client.count('live', 4))).toEqual(made.map((each) => each.id));
    expect(idsOf(await client.count('resumed', 3))).toEqual(made.slice(1).map((each) => each.id));
    await client.close();
  });

  test('a filter leaves out everything else', async () => {
    const [first, second] = chain(2, ['dave', 'erin']);
    if (first === undefined || second === undefined) throw new Error('no chain');
    const client = await SocketClient.open(node.port);
    client.subscribe('f', VALID, { filter: { assetId: first.id, operation: 'TRANSFER' }, after: null });
    client.subscribe('all', '{ ledger { height } }');
    await client.count('all', 1);
    await node.settle([first.text, create().text]);
    await node.settle([second.text]);
    expect(idsOf(await client.count('f', 1))).toEqual([second.id]);
    await client.close();
  });

  test('a replay pages through blocks of any size', async () => {
    const start = at(await ask(node.port, '{ ledger { cursor } }'), 'ledger', 'cursor');
    const many = Array.from({ length: 250 }, () => create());
    await node.settle(many.map((each) => each.text));
    const client = await SocketClient.open(node.port);
    client.subscribe('r', VALID, { after: start });
    const ids = idsOf(await client.count('r', 250));
    expect(new Set(ids)).toEqual(new Set(many.map((each) => each.id)));
    expect(ids).toHaveLength(250);
    await client.close();
  });

  test('the status of a transaction ends with its decision', async () => {
    const made = create();
    const client = await SocketClient.open(node.port);
    const source = `subscription { transactionStatus(id: "${made.id}") { status transaction { id } } }`;
    client.subscribe('t', source);
    await node.core.access.submit([made.text]);
    await client.until(() => client.of('t').some((message) => message.type === 'complete'));
    const statuses = client.data('t').map((each) => at(each, 'transactionStatus', 'status'));
    expect(statuses[statuses.length - 1]).toBe('VALID');
    await client.close();
  });

  test('a cursor of something else is refused, and what is no cursor', async () => {
    const client = await SocketClient.open(node.port);
    client.subscribe('a', VALID, { after: Buffer.from('1.transactions.1.0.0').toString('base64url') });
    client.subscribe('b', VALID, { after: 'AAAA' });
    await client.until(() => client.of('a').length > 0 && client.of('b').length > 0);
    for (const id of ['a', 'b']) {
      expect(codeOf(errorsOf(client.of(id)[0])[0])).toBe('BAD_USER_INPUT');
    }
    await client.close();
  });
});

test('the schema is served as text', async () => {
  const answer = await send(node.port, { method: 'GET', path: '/graphql/schema.graphql' });
  expect(answer.status).toBe(200);
  expect(answer.text).toBe(node.door.sdl);
});
