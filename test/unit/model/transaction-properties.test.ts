/**
 * Danger: two readings of one transaction differ: by the order of keys, by white space, by who made it, or after it
 * went through a text. Method: random documents; the fast assembly of texts against the plain canonical writer.
 */

import fc from 'fast-check';
import { canonicalJson } from '../../../src/codec/canonical-json.js';
import { sha3Hex, sha256Hex } from '../../../src/codec/hash.js';
import { parseJson } from '../../../src/codec/json-reader.js';
import type { JsonObject, JsonValue } from '../../../src/codec/json-value.js';
import { checkTransaction, LEDGER_LIMITS } from '../../../src/model/check-transaction.js';
import { detailsOf } from '../../../src/model/make-transaction.js';
import { isOrdinaryTransaction } from '../../../src/model/ordinary-transaction.js';
import {
  detailsKeys,
  readAssetAndOutputs,
  readAssetId,
  readOutputs,
  readTransactionDocument,
} from '../../../src/model/outputs.js';
import { transactionViolation } from '../../../src/model/transaction-schema.js';
import {
  create,
  documentOf,
  inputsOf,
  publicKeyOf,
  spend,
  to,
  transfer,
  transferTo,
} from '../../support/transactions.js';

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin'];

const payload = fc
  .dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 3 }))
  .map((value) => parseJson(JSON.stringify(value)) as JsonObject);

const output = fc
  .record({
    names: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 }),
    share: fc.double({ min: 0, max: 0.999, noNaN: true }),
    amount: fc.bigInt({ min: 1n, max: 9_000_000_000_000_000_000n }),
  })
  .map(({ names, share, amount }) => to(names, amount, 1 + Math.floor(share * names.length)));

const plan = fc.record({
  data: payload,
  metadata: fc.option(payload.filter((value) => Object.keys(value).length > 0)),
  by: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 }),
  outputs: fc.array(output, { minLength: 1, maxLength: 4 }),
});

/** The same value, written with keys in reverse order and with white space. */
function spelledOtherwise(value: JsonValue): string {
  if (Array.isArray(value)) return `[ ${value.map(spelledOtherwise).join(' , ')} ]`;
  if (typeof value !== 'object' || value === null || !isPlain(value)) return canonicalJson(value);
  const members = Object.entries(value).reverse();
  return `{\n${members.map(([key, each]) => `${JSON.stringify(key)} : ${spelledOtherwise(each)}`).join(',\t')} }`;
}

function isPlain(value: object): value is JsonObject {
  return value.constructor?.name !== 'JsonFloat';
}

test('what is made is accepted, in whatever spelling, with the same texts', () => {
  fc.assert(
    fc.property(plan, (options) => {
      const made = create(options);
      const document = documentOf(made);
      expect(canonicalJson(document)).toBe(made.text);
      const { result } = checkTransaction(made.text, LEDGER_LIMITS);
      expect(result).toMatchObject({
        ok: true,
        transaction: { id: made.id, text: made.text, digest: sha256Hex(made.text) },
      });
      expect(checkTransaction(spelledOtherwise(document), LEDGER_LIMITS).result).toEqual(result);
      const { id: _, ...body } = document;
      const inputs = inputsOf(document).map((each) => ({ ...each, fulfillment: null }));
      expect(sha3Hex(canonicalJson({ ...body, inputs }))).toBe(made.id);
    }),
    { numRuns: 150 },
  );
});

test('m-of-n outputs are spent by any m of their n, and by no fewer', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(NAMES, { minLength: 2 }), fc.nat(), (names, chance) => {
      const threshold = 1 + (chance % names.length);
      const made = create({ by: 'alice', outputs: [to(names, 5, threshold)] });
      const enough = names.slice(names.length - threshold);
      const spent = transfer(made.id, [spend(made, 0, enough)], [to('bob', 5)]);
      expect(checkTransaction(spent.text, LEDGER_LIMITS).result).toMatchObject({
        ok: true,
        transaction: { spends: [{ conditionUri: made.outputs[0]?.condition.uri }] },
      });
      if (threshold > 1) {
        const tooFew = enough.slice(1);
        expect(() => transfer(made.id, [spend(made, 0, tooFew)], [to('bob', 5)])).toThrow();
      }
    }),
    { numRuns: 60 },
  );
});

test('no change of a byte passes under the same id', () => {
  const made = create({ data: { text: 'unchanged' }, metadata: { note: 'the same' } });
  fc.assert(
    fc.property(fc.nat(made.text.length - 1), fc.constantFrom(...'0aZ{}[]",:x'), (at, character) => {
      const changed = made.text.slice(0, at) + character + made.text.slice(at + 1);
      if (changed === made.text) return;
      const { result } = checkTransaction(changed, LEDGER_LIMITS);
      // owners_before of a CREATE are hashed too: nothing of the document is outside the id but the fulfillments.
      expect(result.ok).toBe(false);
    }),
    { numRuns: 400 },
  );
});

test('random JSON never throws and is never accepted', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(checkTransaction(JSON.stringify(value), LEDGER_LIMITS).result.ok).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test('random bytes never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(checkTransaction(bytes, LEDGER_LIMITS).result.ok).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test('the quick yes is never a wrong one, and is given to what drivers make', () => {
  const documents = [
    documentOf(create({ outputs: [to(NAMES, 3, 2)] })),
    documentOf(transferTo(create(), 'alice', 'bob')),
  ];
  for (const document of documents) expect(isOrdinaryTransaction(document)).toBe(true);
  const places = documents.flatMap((document) => placesOf(document).map((place) => ({ document, place })));
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom<JsonValue>('', '1', -1, 'a'.repeat(64), publicKeyOf('bob'), [], {}, null, true),
  );
  fc.assert(
    fc.property(fc.constantFrom(...places), value, fc.boolean(), ({ document, place }, by, extra) => {
      const changed = parseJson(JSON.stringify(replaced(document, extra ? [...place, 'extra'] : place, by)));
      if (isOrdinaryTransaction(changed)) expect(transactionViolation(changed)).toBeNull();
    }),
    { numRuns: 3000 },
  );
});

test('a document with one member replaced by anything never throws', () => {
  const documents = [documentOf(create()), documentOf(create({ outputs: [to(NAMES, 3, 2)] }))];
  const places = documents.flatMap((document) => placesOf(document).map((place) => ({ document, place })));
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 2 }), ({ document, place }, value) => {
      const { result } = checkTransaction(JSON.stringify(replaced(document, place, value)), LEDGER_LIMITS);
      if (result.ok) return;
      expect(result.problem.message.length).toBeLessThan(20_000);
    }),
    { numRuns: 600 },
  );
});

type Place = readonly (string | number)[];

function placesOf(value: JsonValue, at: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [at];
  const entries = Array.isArray(value)
    ? value.map((each, index) => [index, each] as const)
    : Object.entries(value);
  return [at, ...entries.flatMap(([key, each]) => placesOf(each, [...at, key]))];
}

function replaced(value: JsonValue, place: Place, by: unknown): unknown {
  const [first, ...rest] = place;
  if (first === undefined) return by;
  const holder = typeof value === 'object' && value !== null ? (value as JsonObject) : {};
  const copy = Array.isArray(value) ? [...value] : { ...holder };
  return Object.assign(copy, { [first]: replaced(holder[first] ?? null, rest, by) });
}

test('readers of checked texts', () => {
  const made = create({ outputs: [to('alice', 7), to(['alice', 'bob'], 2n ** 62n)] });
  expect(readOutputs(made.text)).toEqual([
    { amount: 7n, conditionUri: made.outputs[0]?.condition.uri, publicKeys: [publicKeyOf('alice')] },
    {
      amount: 2n ** 62n,
      conditionUri: made.outputs[1]?.condition.uri,
      publicKeys: [publicKeyOf('alice'), publicKeyOf('bob')],
    },
  ]);
  expect(readAssetId(made.text)).toBe(made.id);
  const spent = transfer(made.id, [spend(made, 0, 'alice')], [to('carol', 7)]);
  expect(readAssetAndOutputs(spent.text)).toMatchObject({ assetId: made.id, outputs: [{ amount: 7n }] });
  expect(readTransactionDocument(spent.text)).toMatchObject({
    id: spent.id,
    inputs: [{ fulfills: { transaction_id: made.id, output_index: 0 } }],
  });
  expect(() => readOutputs('{}')).toThrow(/was not checked/);
  const names = ['alice', 'bob', 'alice'].map(publicKeyOf);
  expect(detailsKeys(detailsOf(names, 2))).toEqual(names);
});
