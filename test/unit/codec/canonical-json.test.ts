/** Danger: one byte off, and every id and signature of the old network is worthless. Method: 1.0.1's own output, then properties. */

import fc from 'fast-check';
import { canonicalJson } from '../../../src/codec/canonical-json.js';
import { sha3Hex } from '../../../src/codec/hash.js';
import { parseJson } from '../../../src/codec/json-reader.js';
import { compareCodePoints, JsonWriteError } from '../../../src/codec/json-text.js';
import { JsonFloat, type JsonValue } from '../../../src/codec/json-value.js';
import { readVectors } from './vectors.js';

interface Vector {
  readonly name: string;
  readonly json_text: string;
  readonly canonical: string;
  readonly canonical_utf8_hex: string;
  readonly sha3_256: string;
}
const serialization = readVectors<{
  vectors: Vector[];
  plain_sha3_256: { utf8: string; sha3_256: string }[];
  failures: { name: string; json_text?: string }[];
}>('serialization');

describe('vectors of 1.0.1', () => {
  test.each(serialization.vectors.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    const text = canonicalJson(parseJson(vector.json_text));
    expect(text).toBe(vector.canonical);
    expect(Buffer.from(text, 'utf8').toString('hex')).toBe(vector.canonical_utf8_hex);
    expect(sha3Hex(text)).toBe(vector.sha3_256);
    expect(canonicalJson(parseJson(text))).toBe(text);
  });

  // Deviation: 1.0.1 read these and failed later with a 500.
  test.each(serialization.failures.filter((failure) => failure.json_text !== undefined))(
    'refused: $name',
    (failure) => {
      expect(() => parseJson(failure.json_text ?? '')).toThrow();
    },
  );

  test.each(serialization.plain_sha3_256)('SHA3-256 of $utf8', ({ utf8, sha3_256 }) => {
    expect(sha3Hex(utf8)).toBe(sha3_256);
  });

  interface DocExamples {
    readonly transactions: { name: string; transaction: never; hashed_text: string; signed_text: string }[];
    readonly block: { hashed_and_signed_text: string; block: { id: string } };
    readonly vote: { vote: { vote: never }; signed_text: string };
  }

  test('the documented transactions, block and vote', () => {
    const { transactions, block, vote } = readVectors<DocExamples>('doc-examples');
    for (const { transaction, hashed_text, signed_text } of transactions) {
      const document = parseJson(JSON.stringify(transaction)) as Record<string, JsonValue>;
      const inputs = document.inputs as Record<string, JsonValue>[];
      for (const input of inputs) input.fulfillment = null;
      expect(canonicalJson(document)).toBe(signed_text);
      const id = document.id;
      delete document.id;
      expect(canonicalJson(document)).toBe(hashed_text);
      expect(sha3Hex(hashed_text)).toBe(id);
    }
    expect(sha3Hex(block.hashed_and_signed_text)).toBe(block.block.id);
    expect(canonicalJson(parseJson(block.hashed_and_signed_text))).toBe(block.hashed_and_signed_text);
    expect(canonicalJson(vote.vote.vote)).toBe(vote.signed_text);
  });
});

describe('properties', () => {
  const value: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<JsonValue>(null, true, false, 0, -1, '', 'é', '🍺', '\u0000\u001f"\\'),
      fc.string({ unit: 'binary' }),
      fc.maxSafeInteger(),
      fc.bigInt(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => new JsonFloat(x)),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string({ unit: 'binary' }), tie('value'), { maxKeys: 15 }),
    ),
  })).value;

  test('reading and writing again changes nothing', () => {
    fc.assert(
      fc.property(value, (any) => {
        const text = canonicalJson(any);
        expect(canonicalJson(parseJson(text))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test('the order of insertion does not matter; keys stand in the order of their UTF-8 bytes', () => {
    const unit = fc.constantFrom(
      'a',
      'b',
      '0',
      '\u007f',
      'é',
      '\ud7ff',
      '\ue000',
      '\uffff',
      '🍺',
      '\u{10ffff}',
      '',
    );
    const key = fc.array(unit, { maxLength: 3 }).map((units) => units.join(''));
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (keys, chance) => {
        const shuffled = keys
          .map((each) => [chance.next().value ?? 0, each] as const)
          .sort((a, b) => a[0] - b[0]);
        const text = canonicalJson(Object.fromEntries(shuffled.map(([, each]) => [each, 1])));
        const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(text).toBe(`{${sorted.map((each) => `${JSON.stringify(each)}:1`).join(',')}}`);
        expect([...keys].sort(compareCodePoints)).toEqual(sorted);
      }),
      { numRuns: 500 },
    );
  });

  test('agrees with JSON.stringify where the two rules are the same', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (strings) => {
        expect(canonicalJson(strings)).toBe(JSON.stringify(strings));
      }),
    );
  });
});

describe('what has no canonical text', () => {
  test.each<[string, JsonValue]>([
    ['a number that is no integer', 1.5],
    ['an integer that could be another', 2 ** 53],
    ['NaN', Number.NaN],
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate in a key', { '\udc00x': 1 }],
    ['an infinite float', new JsonFloat(Number.POSITIVE_INFINITY)],
    ['a missing value', { a: undefined as never }],
    ['a function', [(() => 1) as never]],
  ])('%s', (_, value) => {
    expect(() => canonicalJson(value)).toThrow(RangeError);
  });

  test('nesting beyond the guard is the declared error, not a stack overflow', () => {
    let deep: JsonValue = 1;
    for (let depth = 0; depth < 100_000; depth++) deep = depth % 2 === 0 ? [deep] : { a: deep };
    expect(() => canonicalJson(deep)).toThrow(JsonWriteError);
    expect(() => canonicalJson(parseJson('['.repeat(512) + ']'.repeat(512)))).not.toThrow();
  });
});

test('the spelling of a float does not reach the canonical text', () => {
  expect(canonicalJson([new JsonFloat(100, '1e2'), new JsonFloat(100, '100.00'), new JsonFloat(100)])).toBe(
    '[100.0,100.0,100.0]',
  );
});

test('more keys than are remembered, and longer ones', () => {
  const keys = Array.from({ length: 3000 }, (_, index) => `k${'x'.repeat(index % 40)}${index}`);
  const sorted = [...keys].sort();
  for (const _ of [1, 2]) {
    const text = canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])));
    expect(text).toBe(`{${sorted.map((key) => `"${key}":0`).join(',')}}`);
  }
});
