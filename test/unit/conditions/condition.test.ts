/** Danger: another URI than 1.0.1's, work that explodes with nesting, details that mean two things. Method: 1.0.1's own, five-bells as oracle, hostile shapes. */

import fc from 'fast-check';
import { decodeBase58, encodeBase58 } from '../../../src/codec/base58.js';
import { JsonFloat } from '../../../src/codec/json-value.js';
import {
  Condition,
  ConditionError,
  conditionFromDetails,
  ed25519Condition,
  thresholdCondition,
} from '../../../src/conditions/condition.js';
import { readVectors } from '../codec/vectors.js';
import {
  type Details,
  detailsArbitrary,
  keyDetails,
  oracleOf,
  rawKey,
  thresholdDetails,
} from './random-details.js';

interface ConditionVector {
  readonly name: string;
  readonly details: Details;
  readonly uri?: string;
  readonly cost: number;
  readonly type_id: number;
  readonly subtypes: string[];
  readonly fingerprint_sha256_hex: string;
  readonly condition_der_hex: string;
  readonly exception?: string;
}
const { conditions, depth_limit } = readVectors<{
  conditions: ConditionVector[];
  depth_limit: { nested_thresholds: number; parse: string }[];
}>('crypto-conditions');

function refusal(details: unknown): ConditionError {
  try {
    conditionFromDetails(details);
  } catch (error) {
    if (error instanceof ConditionError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(details)?.slice(0, 100)}`);
}

function nested(depth: number): Details {
  let details = keyDetails('alice');
  for (let level = 0; level < depth; level++) details = thresholdDetails(1, [details]);
  return details;
}

describe('vectors of 1.0.1', () => {
  test.each(conditions.filter((each) => each.uri !== undefined))('$name', (vector) => {
    const condition = conditionFromDetails(vector.details);
    expect(condition.uri).toBe(vector.uri);
    expect(condition.cost).toBe(vector.cost);
    expect(condition.typeId).toBe(vector.type_id);
    expect(condition.type).toBe(vector.details.type);
    expect(condition.subtypes).toBe(vector.subtypes.length === 0 ? 0 : 1 << 4);
    expect(Buffer.from(condition.fingerprint).toString('hex')).toBe(vector.fingerprint_sha256_hex);
    expect(Buffer.from(condition.encoded).toString('hex')).toBe(vector.condition_der_hex);
  });

  test.each<[string, string]>([
    ['threshold larger than the number of subconditions', 'threshold'],
    ['unknown type', 'malformed'],
    ['short key', 'key'],
  ])('%s', (name, kind) => {
    const vector = conditions.find((each) => each.name === name);
    expect(vector?.exception).toBeDefined();
    expect(refusal(vector?.details).kind).toBe(kind);
  });

  test.each(depth_limit)(
    '$nested_thresholds thresholds around a key: $parse',
    ({ nested_thresholds, parse }) => {
      if (parse === 'ok') expect(conditionFromDetails(nested(nested_thresholds)).uri).toMatch(/^ni:/);
      else expect(refusal(nested(nested_thresholds)).kind).toBe('too-deep');
    },
  );
});

describe('nesting', () => {
  test('99 thresholds are taken, 100 are not', () => {
    expect(conditionFromDetails(nested(99)).cost).toBe(131_072 + 99 * 1024);
    expect(refusal(nested(100)).kind).toBe('too-deep');
  });

  test('is looked at before anything else', () => {
    let details: Details | { type: string } = { type: 'nonsense' };
    for (let level = 0; level < 100; level++) details = thresholdDetails(0, [details as Details]);
    expect(refusal(details).kind).toBe('too-deep');
    expect(refusal(thresholdDetails(1, [keyDetails('alice'), nested(99)])).kind).toBe('too-deep');
    expect(refusal({ subconditions: [nested(99)] }).kind).toBe('too-deep');
  });

  test('a hundred thousand deep neither overflows the stack nor takes long', () => {
    const start = process.hrtime.bigint();
    expect(refusal(nested(100_000)).kind).toBe('too-deep');
    expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(2000);
  });

  test('work grows with the size: two branches on each of 99 levels, eleven thousand keys side by side', () => {
    const start = process.hrtime.bigint();
    let ladder = keyDetails('alice');
    for (let level = 0; level < 99; level++) ladder = thresholdDetails(1, [ladder, keyDetails('bob')]);
    expect(conditionFromDetails(ladder).cost).toBe(131_072 + 99 * 2048);
    const wide = thresholdDetails(100, new Array(11_000).fill(keyDetails('carol')));
    expect(conditionFromDetails(wide).cost).toBe(100 * 131_072 + 11_000 * 1024);
    expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(3000);
  });
});

describe('shape', () => {
  const key = keyDetails('alice');
  const publicKey = key.type === 'ed25519-sha-256' ? key.public_key : '';
  const pair = [key, keyDetails('bob')];
  const bytes = decodeBase58(publicKey, 32) ?? new Uint8Array();

  test.each<[string, unknown]>([
    ['null', null],
    ['a string', 'ed25519-sha-256'],
    ['an array', [key]],
    ['a float', new JsonFloat(1)],
    ['undefined', undefined],
    ['nothing', {}],
    ['no type', { public_key: publicKey }],
    ['no key', { type: 'ed25519-sha-256' }],
    ['a key that is no string', { type: 'ed25519-sha-256', public_key: 1 }],
    ['another key beside it', { ...key, signature: null }],
    ['subconditions of a key', { ...key, subconditions: [] }],
    ['no subconditions', { type: 'threshold-sha-256', threshold: 1 }],
    ['subconditions that are no list', { type: 'threshold-sha-256', threshold: 1, subconditions: {} }],
    ['no threshold', { type: 'threshold-sha-256', subconditions: pair }],
    ['a threshold in words', { type: 'threshold-sha-256', threshold: '1', subconditions: pair }],
    [
      'a float as threshold',
      { type: 'threshold-sha-256', threshold: new JsonFloat(1, '1.0'), subconditions: pair },
    ],
    ['a huge threshold', { type: 'threshold-sha-256', threshold: 10n ** 30n, subconditions: pair }],
    ['something extra', { type: 'threshold-sha-256', threshold: 1, subconditions: pair, x: 1 }],
    ['a bad one among good ones', thresholdDetails(1, [...pair, null as never])],
    ['a type in capitals', { ...key, type: 'ED25519-SHA-256' }],
    ['a type of Object', { type: 'constructor' }],
  ])('malformed: %s', (_, details) => {
    expect(refusal(details).kind).toBe('malformed');
  });

  test.each([0, -1, 3, 101, 1000])('threshold %d of 2', (threshold) => {
    expect(refusal(thresholdDetails(threshold, pair)).kind).toBe('threshold');
  });

  test('threshold 1 of none, and 101 of 101', () => {
    expect(refusal(thresholdDetails(1, [])).kind).toBe('threshold');
    const many: Details[] = new Array(101).fill(key);
    expect(refusal(thresholdDetails(101, many)).kind).toBe('threshold');
    expect(conditionFromDetails(thresholdDetails(100, many)).cost).toBe(100 * 131_072 + 101 * 1024);
  });

  test.each([
    '',
    publicKey.slice(4),
    `1${publicKey}`,
    ` ${publicKey}`,
    `${publicKey}\n`,
    `0${publicKey.slice(1)}`,
    'z'.repeat(1_000_000),
    encodeBase58(bytes.subarray(1)),
    encodeBase58(Uint8Array.from([...bytes, 1])),
  ])('key: %.50j', (public_key) => {
    expect(refusal({ type: 'ed25519-sha-256', public_key }).kind).toBe('key');
  });
});

test('five-bells makes the same of 300 random nested thresholds', () => {
  fc.assert(
    fc.property(detailsArbitrary(3), (details) => {
      const condition = conditionFromDetails(details);
      const oracle = oracleOf(details, new Map());
      expect(condition.uri).toBe(oracle.getConditionUri());
      expect(condition.cost).toBe(oracle.getCondition().getCost());
      expect(Buffer.from(condition.encoded)).toEqual(oracle.getCondition().serializeBinary());
    }),
    { numRuns: 300 },
  );
});

test('the order of subconditions does not matter, their number does', () => {
  fc.assert(
    fc.property(detailsArbitrary(2), (details) => {
      if (details.type !== 'threshold-sha-256') return;
      const { threshold, subconditions } = details;
      const { uri } = conditionFromDetails(details);
      expect(conditionFromDetails(thresholdDetails(threshold, [...subconditions].reverse())).uri).toBe(uri);
      const repeated = thresholdDetails(threshold, [...subconditions, ...subconditions.slice(0, 1)]);
      expect(conditionFromDetails(repeated).uri).not.toBe(uri);
    }),
  );
});

test('a key is hashed once, and keys that nobody asks for are forgotten', () => {
  const details = keyDetails('alice');
  expect(conditionFromDetails(details)).toBe(conditionFromDetails({ ...details }));
  const key = details.type === 'ed25519-sha-256' ? rawKey(details.public_key) : new Uint8Array();
  expect(ed25519Condition(Uint8Array.from(key))).toBe(conditionFromDetails(details));
  const { uri } = conditionFromDetails(details);
  for (let index = 0; index < 40_000; index++) {
    ed25519Condition(
      Buffer.from(
        [...Buffer.alloc(28), index >> 24, index >> 16, index >> 8, index].map((each) => each & 255),
      ),
    );
  }
  expect(conditionFromDetails(details).uri).toBe(uri);
});

test('a cost beyond 32 bits is refused before it can wrap', () => {
  const dear = new Condition(4, new Uint8Array(32), 2 ** 32 - 1, 0);
  expect(() => thresholdCondition(1, [dear])).toThrow(ConditionError);
  const dearest = new Condition(4, new Uint8Array(32), 2 ** 32 - 1 - 1024, 0);
  expect(thresholdCondition(1, [dearest]).cost).toBe(2 ** 32 - 1);
  expect(() => thresholdCondition(2, [dearest, dearest])).toThrow(ConditionError);
});
