/** Danger: two spellings of one key, or a megabyte of base58 that takes minutes. Method: 1.0.1's rows, bs58 as second opinion, floods. */

import fc from 'fast-check';
import { decodeBase58, decodeKey, encodeBase58 } from '../../../src/codec/base58.js';
import { readVectors } from './vectors.js';

interface Oracle {
  encode(bytes: Uint8Array): string;
  decodeUnsafe(text: string): Uint8Array | undefined;
}
const oracle: Oracle = require('bs58').default;

const vectors = readVectors<{
  base58_encode: { hex: string; base58: string }[];
  base58_decode: { base58: string; hex?: string; exception?: string }[];
  keys: { name: string; private_key: string; public_key: string }[];
}>('crypto-conditions');

test.each(vectors.base58_encode)('1.0.1: $hex is $base58', ({ hex, base58 }) => {
  expect(encodeBase58(Buffer.from(hex, 'hex'))).toBe(base58);
  expect(decodeBase58(base58, 64)).toEqual(Uint8Array.from(Buffer.from(hex, 'hex')));
});

test.each(vectors.base58_decode)('1.0.1: "$base58"', ({ base58, hex }) => {
  const bytes = decodeBase58(base58, 64);
  expect(bytes === null ? undefined : Buffer.from(bytes).toString('hex')).toBe(hex);
});

test('agrees with bs58 on bytes of every length', () => {
  const bytes = fc
    .tuple(fc.nat(8), fc.uint8Array({ maxLength: 80 }))
    .map(([zeros, rest]) => Uint8Array.from([...new Array(zeros).fill(0), ...rest]));
  fc.assert(
    fc.property(bytes, (each) => {
      const text = encodeBase58(each);
      expect(text).toBe(oracle.encode(each));
      expect(decodeBase58(text, each.length)).toEqual(each);
      if (each.length > 0) expect(decodeBase58(text, each.length - 1)).toBeNull();
    }),
    { numRuns: 2000 },
  );
  for (const fill of [0, 1, 255]) {
    for (let length = 0; length < 100; length++) {
      const each = new Uint8Array(length).fill(fill);
      expect(encodeBase58(each)).toBe(oracle.encode(each));
      expect(decodeBase58(encodeBase58(each), length)).toEqual(each);
    }
  }
});

test('agrees with bs58 on any text, and no two texts give the same bytes', () => {
  const unit = fc.constantFrom(...'123abcXYZz1110OIl^ é\u0000\u0131');
  fc.assert(
    fc.property(
      fc.array(unit, { maxLength: 60 }).map((units) => units.join('')),
      (text) => {
        const bytes = decodeBase58(text, 60);
        expect(bytes ?? undefined).toEqual(oracle.decodeUnsafe(text));
        if (bytes !== null) expect(encodeBase58(bytes)).toBe(text);
      },
    ),
    { numRuns: 2000 },
  );
});

test('the length is looked at before any work is done', () => {
  const start = process.hrtime.bigint();
  for (const unit of ['z', '1', '0', 'é']) expect(decodeBase58(unit.repeat(1_000_000), 64)).toBeNull();
  for (const unit of ['z', '1']) expect(decodeKey(unit.repeat(1_000_000))).toBeNull();
  expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(100);
  expect(decodeBase58('z'.repeat(44), 32)).toBeNull();
  expect(decodeBase58(encodeBase58(new Uint8Array(64).fill(255)), 64)).toHaveLength(64);
});

describe('keys', () => {
  test.each(vectors.keys)('$name', ({ private_key, public_key }) => {
    for (const text of [private_key, public_key]) {
      expect(decodeKey(text)).toHaveLength(32);
      expect(encodeBase58(decodeKey(text) ?? new Uint8Array())).toBe(text);
      expect(decodeKey(text)).toBe(decodeKey(text));
    }
  });

  const [key = ''] = vectors.keys.map((each) => each.public_key);
  test.each([
    '',
    '1',
    key.slice(3),
    `1${key}`,
    `${key}1`,
    ` ${key}`,
    `${key}\n`,
    `0${key.slice(1)}`,
    '1'.repeat(31),
    '1'.repeat(33),
    'z'.repeat(44),
    '^'.repeat(43),
  ])('refuses %j', (text) => {
    expect(decodeKey(text)).toBeNull();
  });

  test('32 zero bytes are a key of 32 ones', () => {
    expect(decodeKey('1'.repeat(32))).toEqual(new Uint8Array(32));
  });
});
