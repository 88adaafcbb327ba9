/** Danger: two nodes that disagree about one signature split the federation. Method: one table and one fuzz over both implementations. */

import { createHash, randomBytes } from 'node:crypto';
import nacl from 'tweetnacl';
import {
  type Ed25519Name,
  ed25519Implementation,
  publicKeyOf,
  setEd25519Implementation,
  sign,
  verifySignature,
} from '../../../src/codec/ed25519.js';
import { seedOf } from '../../support/keys.js';
import {
  addPoints,
  encodePoint,
  IDENTITY,
  L,
  littleEndian,
  littleEndianNumber,
  multiply,
  P,
  TORSION,
  torsionedSignature,
} from './edwards.js';
import { SPECCHECK } from './speccheck.js';

const implementations: Ed25519Name[] = ['sodium-native', 'node:crypto'];
const hex = (text: string) => Buffer.from(text, 'hex');
/** The seven y of points of small order, two of them spelt twice. */
const SMALL_Y = [0n, 1n, P - 1n, P, P + 1n].map(littleEndian);
const ORDER_8 = [
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map(hex);
const SMALL_ORDER = [...SMALL_Y, ...ORDER_8].flatMap((y) => {
  const negative = Buffer.from(y);
  negative[31] = (negative[31] ?? 0) | 0x80;
  return [y, negative];
});

const message = Buffer.from('{"hello":"world"}');
const seed = seedOf('alice');
const honest = () => ({ signature: Buffer.from(sign(message, seed)), key: Buffer.from(publicKeyOf(seed)) });

function withS(signature: Uint8Array, s: bigint): Buffer {
  return Buffer.concat([signature.subarray(0, 32), littleEndian(s)]);
}

afterAll(() => setEd25519Implementation('sodium-native'));

describe.each(implementations)('%s', (name) => {
  beforeAll(() => setEd25519Implementation(name));

  test('is the one in use', () => {
    expect(ed25519Implementation()).toBe(name);
  });

  test.each(SPECCHECK)('speccheck case $number', ({ number, message: text, publicKey, signature }) => {
    expect(verifySignature(hex(text), hex(signature), hex(publicKey))).toBe(number === 3);
  });

  test('A an honest signature is accepted, over any message', () => {
    const { signature, key } = honest();
    expect(verifySignature(message, signature, key)).toBe(true);
    for (const text of ['', 'x', 'é'.repeat(5000)]) {
      const bytes = Buffer.from(text);
      expect(verifySignature(bytes, sign(bytes, seed), key)).toBe(true);
      expect(verifySignature(Buffer.concat([bytes, message]), sign(bytes, seed), key)).toBe(false);
    }
  });

  test('B S + L is refused, as is every S from L on', () => {
    const { signature, key } = honest();
    const s = littleEndianNumber(signature.subarray(32));
    for (let bad = s + L; bad < 2n ** 256n; bad += L)
      expect(verifySignature(message, withS(signature, bad), key)).toBe(false);
  });

  test('C D E F G keys of small order and keys that are no points are refused', () => {
    const { signature, key } = honest();
    const zero = new Uint8Array(64);
    const identity = Buffer.concat([littleEndian(1n), new Uint8Array(32)]);
    for (const bad of [...SMALL_ORDER, Buffer.alloc(32, 0xff), littleEndian(2n)]) {
      for (const each of [signature, zero, identity, Buffer.concat([bad, new Uint8Array(32)])]) {
        expect(verifySignature(message, each, bad)).toBe(false);
      }
    }
    for (const point of SMALL_ORDER) {
      expect(verifySignature(message, Buffer.concat([point, signature.subarray(32)]), key)).toBe(false);
    }
  });

  test('wrong lengths are false, not an error', () => {
    const { signature, key } = honest();
    expect(verifySignature(message, signature.subarray(1), key)).toBe(false);
    expect(verifySignature(message, Buffer.concat([signature, Buffer.alloc(1)]), key)).toBe(false);
    expect(verifySignature(message, signature, key.subarray(1))).toBe(false);
    expect(verifySignature(message, new Uint8Array(0), new Uint8Array(0))).toBe(false);
    expect(() => sign(message, seed.subarray(1))).toThrow(RangeError);
    expect(() => publicKeyOf(new Uint8Array(64))).toThrow(RangeError);
  });

  test('plain Uint8Arrays and parts of larger buffers will do', () => {
    const { signature, key } = honest();
    const whole = Buffer.concat([Buffer.alloc(3), key, signature, message]);
    expect(verifySignature(whole.subarray(99), whole.subarray(35, 99), whole.subarray(3, 35))).toBe(true);
    expect(verifySignature(Uint8Array.from(message), Uint8Array.from(signature), Uint8Array.from(key))).toBe(
      true,
    );
  });

  test('signs as tweetnacl does', () => {
    for (let round = 0; round < 5; round++) {
      const each = createHash('sha256').update(`seed ${round}`).digest();
      const pair = nacl.sign.keyPair.fromSeed(each);
      expect(Buffer.from(publicKeyOf(each))).toEqual(Buffer.from(pair.publicKey));
      expect(Buffer.from(sign(message, each))).toEqual(
        Buffer.from(nacl.sign.detached(message, pair.secretKey)),
      );
    }
  });
});

test('where sodium-native does not load, node:crypto takes its place', () => {
  jest.isolateModules(() => {
    jest.doMock('sodium-native', () => {
      throw new Error('no build for this platform');
    });
    const codec: typeof import('../../../src/codec/ed25519.js') = require('../../../src/codec/ed25519.js');
    expect(codec.ed25519Implementation()).toBe('node:crypto');
    expect(() => codec.setEd25519Implementation('sodium-native')).toThrow('does not load');
    const { signature, key } = honest();
    expect(codec.verifySignature(message, signature, key)).toBe(true);
  });
  jest.dontMock('sodium-native');
});

test('both accept the same signatures of everything a forger can build', () => {
  const cases: [Buffer, Buffer, Buffer][] = [];
  const points = [
    ...SMALL_ORDER,
    ...SPECCHECK.map((each) => hex(each.publicKey)),
    littleEndian(P + 3n),
    littleEndian(3n),
  ];
  for (let round = 0; round < 1500; round++) cases.push(forgery(round, points));
  const verdicts = implementations.map((name) => {
    setEd25519Implementation(name);
    return cases.map(([text, signature, key]) => verifySignature(text, signature, key));
  });
  expect(verdicts[0]).toEqual(verdicts[1]);
  const accepted = verdicts[0]?.filter(Boolean).length ?? 0;
  expect(accepted).toBeGreaterThan(100);
  expect(accepted).toBeLessThan(1400);
});

/** Message, signature, key: honest ones with parts replaced; the mix depends on `round`. */
function forgery(round: number, points: readonly Buffer[]): [Buffer, Buffer, Buffer] {
  const eachSeed = createHash('sha256')
    .update(`forger ${round % 7}`)
    .digest();
  const text = randomBytes(round % 50);
  let key: Buffer = Buffer.from(publicKeyOf(eachSeed));
  let signature: Buffer = Buffer.from(sign(text, eachSeed));
  const point = points[round % points.length] ?? key;
  switch (round % 8) {
    case 1:
      signature = withS(signature, littleEndianNumber(signature.subarray(32)) + L);
      break;
    case 2:
      key = point;
      break;
    case 3:
      signature = Buffer.concat([point, signature.subarray(32)]);
      break;
    case 4:
      key = point;
      signature = Buffer.concat([
        points[(round >> 3) % points.length] ?? key,
        littleEndian(BigInt(round % 3)),
      ]);
      break;
    case 5:
      signature[round % 64] = (signature[round % 64] ?? 0) ^ (1 << (round % 7));
      break;
    case 6:
      key[31] = (key[31] ?? 0) ^ 0x80;
      break;
    case 7:
      key[round % 32] = (key[round % 32] ?? 0) ^ 1;
      break;
  }
  return [text, signature, key];
}

test('both agree on keys and Rs of mixed order: without cofactor, one in eight passes by chance', () => {
  expect(multiply(TORSION, 8n)).toEqual(IDENTITY);
  expect(multiply(TORSION, 4n)).not.toEqual(IDENTITY);
  const orders = Array.from({ length: 8 }, (_, index) => encodePoint(multiply(TORSION, BigInt(index))));
  expect(SMALL_ORDER.map((each) => each.toString('hex'))).toEqual(
    expect.arrayContaining(orders.map((each) => each.toString('hex'))),
  );
  expect(addPoints(TORSION, IDENTITY)).toEqual(TORSION);
  const forged = Array.from({ length: 160 }, (_, index) =>
    torsionedSignature(index + 1, BigInt(index % 8), BigInt((index >> 3) % 8)),
  );
  const verdicts = implementations.map((name) => {
    setEd25519Implementation(name);
    return forged.map((each) => verifySignature(each.message, each.signature, each.publicKey));
  });
  expect(verdicts[0]).toEqual(verdicts[1]);
  forged.forEach((_, index) => {
    const plain = index % 64 === 0;
    if (plain) expect(verdicts[0]?.[index]).toBe(true);
  });
  const accepted = verdicts[0]?.filter(Boolean).length ?? 0;
  expect(accepted).toBeGreaterThan(5);
  expect(accepted).toBeLessThan(60);
});
