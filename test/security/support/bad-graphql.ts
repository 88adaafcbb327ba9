/** Items 35 to 40: GraphQL documents and requests beyond the limits, over HTTP and WebSocket alike. */

import { parseJson } from '../../../src/codec/json-reader.js';
import type { JsonObject, JsonValue } from '../../../src/codec/json-value.js';
import { compactJson } from '../../../src/codec/json-writer.js';
import { type BadInput, codesOf, oneOf, type Target } from './target.js';

type Case = readonly [item: number, name: string, source: string, variables: JsonValue, ...codes: string[]];

const LIMIT = 'LIMIT_EXCEEDED';
const INVALID = 'GRAPHQL_VALIDATION_FAILED';
const USER = 'BAD_USER_INPUT';
const PARSE = 'GRAPHQL_PARSE_FAILED';

function times(count: number, part: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => part(index)).join(' ');
}

/** Every fragment spreads the next one twice: 2^n fields out of a few tokens. */
function doubling(count: number): string {
  const body = (index: number): string =>
    index === count - 1 ? 'height' : `...F${index + 1} ... { ...F${index + 1} }`;
  return `{ ledger { ...F0 } } ${times(count, (index) => `fragment F${index} on Ledger { ${body(index)} }`)}`;
}

const nested = (depth: number): string =>
  `{ ledger { head { ${'transactions { nodes { block { '.repeat(depth)} id ${'} } }'.repeat(depth)} } } }`;
const introspection = (depth: number): string =>
  `{ __schema { types { ${'fields { type { '.repeat(depth)} name ${'} }'.repeat(depth)} } } }`;
const lists = (first: string): string =>
  `blocks(first: ${first}) { nodes { transactions(first: ${first}) { nodes { outputs { amount } } } } }`;
const IDS = 'query($ids: [TransactionId!]!) { transactionsById(ids: $ids) { id } }';
const FOUND = 'query($i: TransactionId!) { transaction(id: $i) { id } }';
const SUBMIT = 'mutation($t: [JSON!]!) { submitTransactions(input: {transactions: $t}) { accepted } }';

const CASES: readonly Case[] = [
  [35, '100,001 characters', `{ __typename } # ${'x'.repeat(100_001)}`, {}, LIMIT],
  [35, '2,001 tokens', `{ ${'a '.repeat(2001)} }`, {}, LIMIT],
  [35, 'a string of 100 KB', `{ search(text: "${'x'.repeat(100_000)}") { __typename } }`, {}, LIMIT],
  [35, 'a number of 90,000 digits', `{ block(height: ${'9'.repeat(90_000)}) { id } }`, {}, INVALID, USER],
  [35, 'commas only', `{ ${','.repeat(90_000)} }`, {}, PARSE],
  [35, 'brackets never closed', '{'.repeat(1500), {}, PARSE, LIMIT],
  [35, 'lists never closed', `{ a(b: ${'['.repeat(1500)}`, {}, PARSE, LIMIT],
  [35, 'an unclosed string', '{ a(b: "', {}, PARSE],
  [35, 'a block string with a lone surrogate', '{ a(b: """\\ud800', {}, PARSE],
  [35, 'an empty document', '', {}, 'BAD_REQUEST', PARSE],
  [35, 'only a fragment', 'fragment F on Query { __typename }', {}, 'OPERATION_RESOLUTION_FAILURE', INVALID],
  [35, 'a schema for a query', 'type A { b: Int }', {}, 'OPERATION_RESOLUTION_FAILURE', INVALID],
  [36, 'fields 16 deep', nested(5), {}, LIMIT],
  [36, 'fields 300 deep', nested(100), {}, LIMIT],
  [36, '31 aliases', `{ ledger { ${times(31, (index) => `a${index}: height`)} } }`, {}, LIMIT],
  [36, '51 directives', `{ ledger { height ${'@include(if: true) '.repeat(51)} } }`, {}, LIMIT],
  [36, 'one directive twice', '{ ledger { height @skip(if: false) @skip(if: false) } }', {}, INVALID],
  [36, 'an unknown directive', '{ ledger @stop { height } }', {}, INVALID],
  [36, '11 root fields', `{ ${times(11, (index) => `a${index}: __typename`)} }`, {}, LIMIT],
  [
    36,
    'root fields in fragments',
    `query { ...A ...A } fragment A on Query { ${times(6, (index) => `a${index}: __typename`)} }`,
    {},
    LIMIT,
  ],
  [36, 'a fragment in itself', '{ ...A } fragment A on Query { ...A }', {}, INVALID],
  [
    36,
    'fragments in a ring',
    '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
    {},
    INVALID,
  ],
  [36, 'a fragment that is nowhere', '{ ...Nowhere }', {}, INVALID],
  [36, 'fragments that double 18 times', doubling(18), {}, LIMIT],
  [36, 'fragments that double 100 times', doubling(100), {}, LIMIT],
  [
    36,
    'fragments of a name twice',
    '{ ...A } fragment A on Query { __typename } fragment A on Query { __typename }',
    {},
    INVALID,
  ],
  [36, 'one field 1,900 times', `{ ledger { ${'height '.repeat(1900)} } }`, {}, LIMIT],
  [
    36,
    'fields that conflict',
    `{ ledger { ${times(25, (index) => `a: height b${index}: cursor a: cursor`)} } }`,
    {},
    INVALID,
    LIMIT,
  ],
  [36, 'a selection of 101 fields', `{ ledger { ${times(101, (index) => `x${index}`)} } }`, {}, LIMIT],
  [36, 'introspection nested', introspection(12), {}, LIMIT],
  [
    36,
    '200 operations',
    times(200, (index) => `query Q${index} { __typename }`),
    {},
    'OPERATION_RESOLUTION_FAILURE',
    LIMIT,
  ],
  [36, 'an object for a field', '{ ledger }', {}, INVALID],
  [36, 'fields of a number', '{ ledger { height { x } } }', {}, INVALID],
  [37, 'the cost of literals', `{ ${lists('100')} }`, {}, LIMIT],
  [37, 'the cost of variables', `query($n: Int) { ${lists('$n')} }`, { n: 100 }, LIMIT],
  [37, 'the cost of defaults', `query($n: Int = 100) { ${lists('$n')} }`, {}, LIMIT],
  [37, 'the cost in fragments', `{ ...A } fragment A on Query { ${lists('100')} }`, {}, LIMIT],
  [37, 'the cost of a float', `query($n: Int) { ${lists('$n')} }`, parseJson('{"n":100.0}'), LIMIT, USER],
  [
    37,
    'a page of 2^31',
    'query($n: Int) { transactions(first: $n) { nodes { id } } }',
    { n: 2 ** 31 },
    USER,
    LIMIT,
  ],
  [39, '101 ids', IDS, { ids: Array.from({ length: 101 }, () => 'd'.repeat(64)) }, LIMIT],
  [39, '100,000 ids', IDS, { ids: Array.from({ length: 100_000 }, () => 'd') }, LIMIT, USER],
  [39, '1,000,000 numbers for ids', IDS, { ids: Array.from({ length: 1_000_000 }, () => 1) }, LIMIT, USER],
  [39, '101 transactions', SUBMIT, { t: Array.from({ length: 101 }, () => 'x') }, LIMIT],
  [39, 'a number for a list', SUBMIT, { t: null }, USER],
  [39, 'a list for an id', FOUND, { i: ['d'.repeat(64)] }, USER],
  [39, 'an object for an id', FOUND, { i: { id: 1 } }, USER],
  [39, 'a number for an id', FOUND, { i: 5 }, USER],
  [39, 'null for an id', FOUND, { i: null }, USER],
  [39, 'no variable', FOUND, {}, USER],
  [39, 'another variable', FOUND, { j: 1 }, USER],
  [39, 'a variable that is not declared', '{ transaction(id: $i) { id } }', { i: 1 }, INVALID],
  [39, 'a variable of an unknown type', 'query($i: Nothing) { transaction(id: $i) { id } }', {}, INVALID],
  [39, 'variables of prototypes', FOUND, parseJson('{"__proto__":{"i":"x"},"constructor":{"i":1}}'), USER],
  [
    39,
    'unknown members of an input',
    'query($f: OutputFilter) { outputs(filter: $f) { nodes { amount } } }',
    { f: { __typename: 1 } },
    USER,
  ],
  [
    39,
    'an integer beyond all bounds',
    'query($h: Count!) { block(height: $h) { id } }',
    { h: 2n ** 100n },
    USER,
  ],
  [40, 'a field that is misspelt', '{ ledgre { height } }', {}, INVALID],
  [40, 'an argument that is misspelt', '{ transactions(frist: 1) { nodes { id } } }', {}, INVALID],
  [40, 'a subscription of nothing', 'subscription { nothing }', {}, INVALID, 'BAD_REQUEST'],
];

/** An answer never shows a stack or a path of the file system. */
function checkSilent(text: string): void {
  const shown = /\/(work|home|root|usr|tmp)\/|node_modules|\bat [A-Za-z.<>]+ \(|\.js:\d/.exec(text);
  if (shown !== null) throw new Error(`shows ${shown[0]} in ${text.slice(0, 300)}`);
}

function overHttp([item, name, source, variables, ...codes]: Case): BadInput {
  return {
    item,
    name: `HTTP: ${name}`,
    check: async (target) => {
      const answer = await target.query(source, variables);
      checkSilent(answer.text);
      oneOf(answer.codes[0] ?? 'no error', codes, answer.text);
      oneOf(answer.status, [200, 400]);
    },
  };
}

function overSocket([item, name, source, variables, ...codes]: Case): BadInput {
  return {
    item,
    name: `WebSocket: ${name}`,
    check: async (target) => {
      const socket = await openSocket(target);
      socket.sendText(compactJson({ id: 'x', type: 'subscribe', payload: { query: source, variables } }));
      await socket.says('"id":"x"');
      const said = socket.texts.find((text) => text.includes('"id":"x"')) ?? '{}';
      checkSilent(said);
      const { payload } = parseJson(said) as { payload: JsonValue };
      const errors = Array.isArray(payload) ? payload : ((payload as JsonObject).errors ?? []);
      oneOf(codesOf(errors)[0] ?? 'no error', codes, said);
      socket.end();
    },
  };
}

/** A WebSocket that has introduced itself. */
async function openSocket(target: Target) {
  const socket = await target.webSocket('/graphql', ['Sec-WebSocket-Protocol: graphql-transport-ws']);
  socket.sendText('{"type":"connection_init"}');
  await socket.says('connection_ack');
  return socket;
}

/** Items 38 to 40: bodies and requests that are no GraphQL request. */
function requests(): BadInput[] {
  const body = (item: number, name: string, text: string, ...wanted: readonly number[]): BadInput => ({
    item,
    name,
    check: async (target) => {
      const answer = await target.graphql(text);
      checkSilent(answer.text);
      oneOf(answer.status, wanted, answer.text);
      if (answer.codes.length === 0) throw new Error(`no error in ${answer.text}`);
    },
  });
  const get = (item: number, name: string, search: string, headers: Record<string, string>): BadInput => ({
    item,
    name,
    check: async (target) => {
      const answer = await target.exchange({ path: `/graphql?${search}`, headers });
      checkSilent(answer.body);
      oneOf(answer.status, [400, 405], answer.body);
    },
  });
  const mutation = encodeURIComponent('mutation{submitTransaction(input:{transaction:"x"}){id}}');
  const coded = { 'apollo-require-preflight': 'x' };
  const one = '{"query":"{ __typename }"}';
  return [
    body(38, 'a batch', `[${one}]`, 400),
    body(38, 'a batch of 1,000', `[${Array.from({ length: 1000 }, () => one).join(',')}]`, 400),
    body(
      38,
      'a persisted query',
      '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}',
      200,
      400,
    ),
    body(
      38,
      'a persisted query of another version',
      '{"extensions":{"persistedQuery":{"version":9}}}',
      200,
      400,
    ),
    get(38, 'a mutation by GET', `query=${mutation}`, coded),
    get(38, 'a GET that a page could make', 'query={__typename}', {}),
    get(38, 'a GET with variables that are no JSON', 'query={__typename}&variables={', coded),
    get(38, 'a GET of nothing', '', coded),
    ...[
      'null',
      '1',
      '"x"',
      'true',
      '{}',
      '{"query":null}',
      '{"query":1}',
      '{"query":["{ __typename }"]}',
      '{"query":{}}',
    ].map((text) => body(39, `the body ${text}`, text, 400)),
    ...['{"query":', '', '\u0000', '{"query":"\\ud800"}', `${one}${one}`, '{"query":NaN}'].map((text) =>
      body(39, `no JSON: ${JSON.stringify(text)}`, text, 400),
    ),
    ...['[]', '"x"', '1', 'true'].map((variables) =>
      body(39, `${variables} for variables`, `{"query":"${FOUND}","variables":${variables}}`, 200, 400),
    ),
    body(
      39,
      'variables 600 deep',
      `{"query":"{ __typename }","variables":{"a":${'['.repeat(600)}${']'.repeat(600)}}}`,
      400,
    ),
    body(
      39,
      'an operation that is not there',
      '{"query":"query A { __typename }","operationName":"B"}',
      200,
      400,
    ),
    body(39, 'a number for the operation', '{"query":"query A { __typename }","operationName":1}', 200, 400),
    body(39, 'extensions that are a list', '{"query":"{ nothing }","extensions":[1]}', 200, 400),
    body(40, 'a document of one letter', '{"query":"x"}', 200, 400),
    body(40, 'a type that does not fit', '{"query":"{ block(height: \\"x\\") { id } }"}', 200, 400),
  ];
}

export function badGraphql(): BadInput[] {
  return [
    ...CASES.map(overHttp),
    ...CASES.filter(([, , source]) => source !== '').map(overSocket),
    ...requests(),
  ];
}
