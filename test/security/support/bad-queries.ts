/** Items 32 to 34: query parameters and arguments that try to mean something to a database, or to cost too much. */

import type { JsonValue } from '../../../src/codec/json-value.js';
import { create } from '../../support/transactions.js';
import { type BadInput, oneOf } from './target.js';

const ID = create().id;
const KEY = '4K9sWUMFwTgaDGPfdynrbxWqWS6sWmKbZoTjxLtVUibD';

function get(item: number, path: string, ...wanted: readonly number[]): BadInput {
  return {
    item,
    name: `GET ${path.slice(0, 90)}`,
    check: async (target) => {
      const answer = await target.exchange({ path });
      oneOf(answer.status, wanted, answer.body);
    },
  };
}

/** A GraphQL query that is refused with one of `codes`; null = it is answered, with nothing. */
function query(
  item: number,
  name: string,
  source: string,
  variables: JsonValue,
  ...codes: readonly (string | null)[]
): BadInput {
  return {
    item,
    name: `GraphQL: ${name}`,
    check: async (target) => {
      const answer = await target.query(source, variables);
      oneOf(answer.codes[0] ?? null, codes, answer.text);
    },
  };
}

/** Item 32. */
function operators(): BadInput[] {
  const ids = ['[$ne]=1', '[]=1', '[$gt]=', '.$where=1', '%5B%24ne%5D=1'];
  return [
    ...ids.map((suffix) => get(32, `/api/v1/statuses?transaction_id${suffix}`, 400)),
    ...ids.map((suffix) => get(32, `/api/v1/outputs?public_key${suffix}`, 400)),
    ...ids.map((suffix) => get(32, `/api/v1/transactions?asset_id${suffix}`, 400)),
    ...[
      '{"$ne":1}',
      '%7B%22%24gt%22%3A%22%22%7D',
      "'%20OR%201=1--",
      '1;DROP%20TABLE%20ids',
      '%27',
      '%00',
      '*',
    ].flatMap((value) => [
      get(32, `/api/v1/statuses?transaction_id=${value}`, 404),
      get(32, `/api/v1/statuses?block_id=${value}`, 404),
      get(32, `/api/v1/outputs?public_key=${value}`, 400),
      get(32, `/api/v1/transactions?asset_id=${value}`, 400),
      get(32, `/api/v1/votes?block_id=${value}`, 200),
      get(32, `/api/v1/blocks?transaction_id=${value}`, 200),
      get(32, `/api/v1/transactions/${value}`, 404),
      get(32, `/api/v1/blocks/${value}`, 404),
    ]),
    query(
      32,
      'an operator for an id',
      'query($i: TransactionId!) { transaction(id: $i) { id } }',
      { i: { $ne: 1 } },
      'BAD_USER_INPUT',
    ),
    query(
      32,
      'an operator for a key',
      'query($k: PublicKey!) { account(publicKey: $k) { publicKey } }',
      { k: { $gt: '' } },
      'BAD_USER_INPUT',
    ),
    query(
      32,
      'operators in a filter',
      'query($f: TransactionFilter) { transactions(filter: $f) { nodes { id } } }',
      { f: { $where: 'sleep(1)' } },
      'BAD_USER_INPUT',
    ),
    query(
      32,
      'a filter path of operators',
      'query($f: PayloadFilter) { transactions(filter: {asset: $f}) { nodes { id } } }',
      { f: { path: ['$where', '__proto__', "'; DROP TABLE ids"], eq: { $ne: null } } },
      null,
      'BAD_USER_INPUT',
    ),
  ];
}

const SEARCHES = [
  '"',
  '"unclosed',
  '"""',
  'NEAR(a b, 1000000)',
  'a AND',
  'OR',
  'NOT NOT',
  'a*b*c*',
  '^a',
  'words:a',
  '{a b}: c',
  '-',
  '--',
  '-"',
  '(((((((',
  ')',
  '\0',
  '\u{1F37A}',
  '%',
  '{"$regex":".*"}',
  'a OR b AND NOT c NEAR d',
  '+',
  '\\',
  "'",
];

/** Item 33. */
function searches(): BadInput[] {
  const limit = 15_000;
  return [
    ...SEARCHES.map((text) => get(33, `/api/v1/assets?search=${encodeURIComponent(text)}`, 200)),
    ...SEARCHES.slice(0, 10).map((text) =>
      get(33, `/api/v1/metadata?search=${encodeURIComponent(text)}`, 200),
    ),
    get(33, '/api/v1/assets?search=', 400),
    get(33, '/api/v1/assets', 400),
    get(33, `/api/v1/assets?search=${'a'.repeat(limit)}`, 200),
    get(33, `/api/v1/assets?search=${'a+'.repeat(limit / 2)}`, 200),
    get(33, `/api/v1/assets?search=${'-"a'.repeat(limit / 3)}`, 200),
    get(33, `/api/v1/assets?search=${'a'.repeat(1_000_000)}`, 431),
    ...SEARCHES.map((text) =>
      query(
        33,
        `the search ${JSON.stringify(text)}`,
        'query($t: String!) { search(text: $t) { __typename } }',
        { t: text },
        null,
      ),
    ),
    query(
      33,
      'a search of a megabyte',
      'query($t: String!) { search(text: $t) { __typename } }',
      { t: 'a '.repeat(500_000) },
      'BAD_USER_INPUT',
      'LIMIT_EXCEEDED',
    ),
  ];
}

/** Texts of 10,000 characters on which a pattern that goes back and forth would not end. */
const ADVERSARIAL = [
  '1'.repeat(10_000),
  `${'a'.repeat(9999)}!`,
  ' '.repeat(10_000),
  '_'.repeat(10_000),
  `${'1_'.repeat(5000)}x`,
];

/** Items 33 and 34. */
function values(): BadInput[] {
  const page = 'query($n: Int, $a: Cursor) { transactions(first: $n, after: $a) { nodes { id } } }';
  const blockCursor = Buffer.from('1.blocks.1.0.0').toString('base64url');
  return [
    ...ADVERSARIAL.flatMap((text) => [
      get(33, `/api/v1/assets?search=a&limit=${encodeURIComponent(text).slice(0, 15_000)}`, 200, 400),
      get(33, `/api/v1/outputs?public_key=${encodeURIComponent(text).slice(0, 15_000)}`, 400),
      get(33, `/api/v1/transactions?asset_id=${encodeURIComponent(text).slice(0, 15_000)}`, 400),
    ]),
    ...['-1', '0', '1000000000', '99999999999999999999', '+1', '1_000'].map((limit) =>
      get(34, `/api/v1/assets?search=a&limit=${limit}`, 200, 400),
    ),
    ...['1.5', '1e3', 'x', '', '0x10', '\u0661', '__1', 'NaN'].map((limit) =>
      get(34, `/api/v1/assets?search=a&limit=${encodeURIComponent(limit)}`, 400),
    ),
    get(34, `/api/v1/outputs?public_key=${KEY}&spent=maybe`, 400),
    get(34, `/api/v1/outputs?public_key=${KEY}x`, 400),
    get(34, `/api/v1/outputs?public_key=${'I'.repeat(44)}`, 400),
    get(34, '/api/v1/outputs', 400),
    get(34, `/api/v1/transactions?asset_id=${ID}&operation=GENESIS`, 400),
    get(34, `/api/v1/transactions?asset_id=${ID}&operation=DROP`, 400),
    get(34, `/api/v1/transactions?asset_id=${ID}&last_tx=2`, 400),
    get(34, `/api/v1/transactions?asset_id=${ID}x`, 400),
    get(34, '/api/v1/transactions', 400),
    get(34, '/api/v1/blocks', 400),
    get(34, `/api/v1/blocks?transaction_id=${ID}&status=maybe`, 400),
    get(34, `/api/v1/blocks?transaction_id=${ID}&unknown=1`, 400),
    get(34, '/api/v1/votes', 400),
    get(34, '/api/v1/statuses', 400),
    get(34, `/api/v1/statuses?transaction_id=${ID}&block_id=${ID}`, 400),
    get(34, `/api/v1/transactions/${ID}x`, 404),
    get(34, `/api/v1/blocks/${'f'.repeat(64)}`, 404),
    ...[-1, 0, 101, 1_000_000_000].map((n) =>
      query(34, `a page of ${n}`, page, { n }, 'BAD_USER_INPUT', 'LIMIT_EXCEEDED'),
    ),
    ...[
      '',
      'x',
      'AAAA',
      '!',
      blockCursor,
      'a'.repeat(10_000),
      Buffer.from('1.transactions.-1.0.0').toString('base64url'),
    ].map((a) => query(34, `the cursor ${a.slice(0, 30)}`, page, { a }, 'BAD_USER_INPUT')),
    query(34, 'first and last', '{ transactions(first: 1, last: 1) { nodes { id } } }', {}, 'BAD_USER_INPUT'),
    query(
      34,
      'a height below zero',
      '{ block(height: -1) { id } }',
      {},
      'GRAPHQL_VALIDATION_FAILED',
      'BAD_USER_INPUT',
    ),
    query(34, 'neither height nor id', '{ block { id } }', {}, 'BAD_USER_INPUT'),
    query(34, 'a short id', '{ transaction(id: "abc") { id } }', {}, 'GRAPHQL_VALIDATION_FAILED'),
    query(
      34,
      'an amount of letters',
      '{ outputs(filter: {minimumAmount: "x"}) { nodes { amount } } }',
      {},
      'GRAPHQL_VALIDATION_FAILED',
    ),
    query(
      34,
      'a filter nested too deep',
      `{ transactions(filter: {asset: ${'{not: '.repeat(20)}{exists: true}${'}'.repeat(20)}}) { nodes { id } } }`,
      {},
      'BAD_USER_INPUT',
      'LIMIT_EXCEEDED',
    ),
  ];
}

export function badQueries(): BadInput[] {
  return [...operators(), ...searches(), ...values()];
}
