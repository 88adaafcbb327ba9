/**
 * Danger: a client of 1.0.1 sees another status, header, sentence or byte than it was written for.
 * Method: every recorded request of 1.0.1's web API is sent over a socket, and the answers are compared byte by byte.
 */

import type { JsonObject } from '../../src/codec/json-value.js';
import { prettyJson } from '../../src/codec/json-writer.js';
import { createDirectView, type QueryableView } from '../../src/view/direct-view.js';
import { readVector } from '../support/vector-ledger.js';
import { type StartedDoor, startDoor, vectorFakeLedger } from './support/door.js';
import { expectRecorded, recordedExchanges, requestBody } from './support/http-vectors.js';
import { exchange } from './support/raw-client.js';

let memory: StartedDoor;
let viewed: StartedDoor;
let view: QueryableView;

/** The same door before a ledger in memory, and before this node's own view of the same ledger. */
beforeAll(async () => {
  memory = await startDoor(vectorFakeLedger());
  const ledger = vectorFakeLedger();
  view = createDirectView({ path: ':memory:' });
  await view.apply(ledger.heights);
  ledger.view = view.read;
  viewed = await startDoor(ledger, undefined, view.lists);
});
afterAll(async () => {
  await Promise.all([memory.server.close(), viewed.server.close()]);
  await view.close();
});

const exchanges = recordedExchanges();

test.each(exchanges.map((each, index) => [index, each.method, each.path.slice(0, 90), each] as const))(
  '%i %s %s',
  async (_index, method, _path, recorded) => {
    for (const { port } of [memory, viewed]) {
      const { path, headers } = recorded;
      const answer = await exchange(port, { method, path, headers, body: requestBody(recorded) });
      expectRecorded(answer, recorded);
    }
  },
);

describe('transactions', () => {
  interface Case {
    readonly name: string;
    readonly request_body: string;
    readonly http: { readonly status: number; readonly location?: string; readonly body?: JsonObject };
  }
  const cases = readVector('transactions.json').cases as unknown as Case[];

  /** Where this node differs on purpose (architecture, section 10): status, and the sentence of a refusal. */
  const DIFFERENT: Record<string, readonly [number, RegExp?]> = {
    'genesis: externally submitted': [400, /^Invalid transaction \(ValidationError\): /],
    'create: condition uri does not match details, signed over recomputed uri': [
      400,
      /^Invalid transaction \(/,
    ],
    'create: fulfillment with trailing bytes after the DER value': [400, /^Invalid transaction \(/],
    'create: owners_before null': [400, /^Invalid transaction/],
    'create: public key that is not base58': [400, /^Invalid transaction/],
    'create: metadata key starting with $': [202],
    'create: metadata nested key starting with $': [202],
    'transfer: output index out of range': [400, /^Invalid transaction/],
  };

  test.each(cases.map((each) => [each.name, each] as const))('%s', async (name, recorded) => {
    const body = Buffer.from(recorded.request_body);
    const answer = await exchange(viewed.port, { method: 'POST', path: '/api/v1/transactions', body });
    const [status, sentence] = DIFFERENT[name] ?? [recorded.http.status];
    expect([answer.status, answer.body]).toEqual([status, expect.anything()]);
    if (sentence !== undefined) {
      expect(JSON.parse(answer.body)).toEqual({ message: expect.stringMatching(sentence), status });
    } else if (status === 202) {
      expect(JSON.parse(answer.body)).toEqual(JSON.parse(recorded.request_body));
      expect(answer.headers.location).toMatch(/^\.\.\/statuses\?transaction_id=[0-9a-f]{64}$/);
      if (recorded.http.location !== undefined) expect(answer.headers.location).toBe(recorded.http.location);
    } else expect(answer.body).toBe(`${prettyJson(recorded.http.body)}\n`);
  });
});
