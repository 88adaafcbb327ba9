/** What runs without Apollo is answered as Apollo answers it: status, headers and body, whatever the outcome. */

import { compactJson } from '../../src/codec/json-writer.js';
import { StoreUnavailable } from '../../src/store/store.js';
import { around } from '../../src/web/around.js';
import { create } from '../support/transactions.js';
import { postText } from './support/clients.js';
import { type GraphqlNode, startGraphqlNode } from './support/graphql-node.js';

const UNAVAILABLE_ID = 'a'.repeat(64);
const BROKEN_ID = 'b'.repeat(64);
/** The same preference in words that only Apollo negotiates. */
const ACCEPTS = {
  'application/json': ['application/json', 'application/json;q=0.9'],
  'application/graphql-response+json': [
    'application/graphql-response+json',
    'application/graphql-response+json;q=0.9',
  ],
} as const;

let node: GraphqlNode;
let id: string;

beforeAll(async () => {
  node = await startGraphqlNode({
    wrapLedger: (ledger) =>
      around(ledger, {
        async look(ids) {
          if (ids.includes(UNAVAILABLE_ID)) throw new StoreUnavailable('the store is gone');
          if (ids.includes(BROKEN_ID)) throw new TypeError('secret at ledger.ts:1');
          return ledger.look(ids);
        },
      }),
  });
  const made = create();
  await node.settle([made.text]);
  id = made.id;
});

afterAll(() => node.close());

const BY_ID = 'query ($id: TransactionId!) { transaction(id: $id) { id status document } }';

describe.each(Object.keys(ACCEPTS) as (keyof typeof ACCEPTS)[])('as %s', (type) => {
  it.each([
    ['data', { query: '{ serviceConfig { maxCost } ledger { role } }' }],
    ['a variable', { query: BY_ID, variables: { id: 'found' } }],
    ['variables that are null', { query: '{ __typename }', variables: null, operationName: null }],
    [
      'an operation by its name',
      { query: 'query A { __typename } query B { ledger { role } }', operationName: 'B' },
    ],
    ['a miss', { query: BY_ID, variables: { id: 'c'.repeat(64) } }],
    ['a store that cannot be asked', { query: BY_ID, variables: { id: UNAVAILABLE_ID } }],
    ['a fault', { query: BY_ID, variables: { id: BROKEN_ID } }],
    ['a page beyond the limit', { query: '{ transactions(first: 101) { nodes { id } } }' }],
    ['arguments that exclude each other', { query: '{ transactions(first: 1, last: 1) { nodes { id } } }' }],
    ['a part that fails', { query: `{ ledger { role } transaction(id: "${BROKEN_ID}") { id } }` }],
    ['a wrong variable', { query: BY_ID, variables: { id: 'nothing' } }],
    ['a missing variable', { query: BY_ID }],
    ['no such operation', { query: 'query A { __typename }', operationName: 'B' }],
    ['a document that is not valid', { query: '{ nothing }' }],
    ['a document that cannot be parsed', { query: '{' }],
    ['an empty query', { query: '' }],
    ['a subscription', { query: 'subscription { backlog { count } }' }],
    ['extensions', { query: '{ __typename }', extensions: {} }],
    ['variables in a text', { query: '{ __typename }', variables: '{}' }],
    [
      'a refused submission',
      { query: 'mutation { submitTransaction(input: {transaction: "{}"}) { problems { code } } }' },
    ],
  ] as const)('%s', async (_name, request) => {
    const body = compactJson(request).replace('"found"', `"${id}"`);
    const [plain, negotiated] = ACCEPTS[type];
    const direct = await postText(node.port, body, { accept: plain });
    const apollo = await postText(node.port, body, { accept: negotiated });
    expect(comparable(direct)).toEqual(comparable(apollo));
    expect(direct.headers['content-type']).toBe(`${type}; charset=utf-8`);
  });
});

/** Without what differs from request to request. */
function comparable({ status, headers, text }: Awaited<ReturnType<typeof postText>>) {
  const { date: _date, 'x-request-id': requestId, 'content-length': _length, ...rest } = headers;
  return { status, headers: rest, text: text.replaceAll(String(requestId), 'request') };
}
