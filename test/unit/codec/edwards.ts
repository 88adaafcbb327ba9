/** The curve of Ed25519 in plain integers: slow, but able to build what an honest signer never would. */

import { createHash } from 'node:crypto';

export const P = 2n ** 255n - 19n;
/** Order of the base point. */
export const L = 2n ** 252n + 27742317777372353535851937790883648493n;

/** Affine coordinates. */
export interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

const D = mod(-121665n * inverse(121666n));
export const IDENTITY: Point = { x: 0n, y: 1n };

function mod(a: bigint, modulus = P): bigint {
  const rest = a % modulus;
  return rest < 0n ? rest + modulus : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = mod(base);
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
}

function inverse(a: bigint): bigint {
  return power(a, P - 2n);
}

/** x = X/Z, y = Y/Z: sums without divisions. */
interface Projective {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
}

function addProjective(p: Projective, q: Projective): Projective {
  const a = mod(p.z * q.z);
  const b = mod(a * a);
  const c = mod(p.x * q.x);
  const d = mod(p.y * q.y);
  const e = mod(D * c * d);
  const f = mod(b - e);
  const g = mod(b + e);
  return { x: mod(a * f * ((p.x + p.y) * (q.x + q.y) - c - d)), y: mod(a * g * (d + c)), z: mod(f * g) };
}

function affine({ x, y, z }: Projective): Point {
  const scale = inverse(z);
  return { x: mod(x * scale), y: mod(y * scale) };
}

export function addPoints(a: Point, b: Point): Point {
  return affine(addProjective({ ...a, z: 1n }, { ...b, z: 1n }));
}

export function multiply(point: Point, factor: bigint): Point {
  let result: Projective = { ...IDENTITY, z: 1n };
  let double: Projective = { ...point, z: 1n };
  for (let left = factor; left > 0n; left >>= 1n) {
    if (left & 1n) result = addProjective(result, double);
    double = addProjective(double, double);
  }
  return affine(result);
}

/** The point with this y and an even or odd x. */
export function pointOfY(y: bigint, odd: boolean): Point {
  const squared = mod((y * y - 1n) * inverse(D * y * y + 1n));
  let x = power(squared, (P + 3n) / 8n);
  if (mod(x * x) !== squared) x = mod(x * power(2n, (P - 1n) / 4n));
  if (mod(x * x) !== squared) throw new RangeError('no point has this y');
  return { x: (x & 1n) === (odd ? 1n : 0n) ? x : mod(-x), y };
}

export const BASE = pointOfY(mod(4n * inverse(5n)), false);
/** Of order 8. */
export const TORSION = pointOfY(
  littleEndianNumber(Buffer.from('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', 'hex')),
  false,
);

/** 32 bytes. */
export function littleEndian(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse();
}

export function littleEndianNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

export function encodePoint({ x, y }: Point): Buffer {
  const bytes = littleEndian(y);
  bytes.writeUInt8(bytes.readUInt8(31) | (x & 1n ? 0x80 : 0), 31);
  return bytes;
}

export interface ForgedSignature {
  readonly message: Buffer;
  readonly publicKey: Buffer;
  readonly signature: Buffer;
}

/**
 * A signature whose key and R each carry a point of small order: k·(torsion of the key) must cancel that of R, or a
 * verifier without cofactor refuses it. `seed` drives everything.
 */
export function torsionedSignature(seed: number, keyTorsion: bigint, rTorsion: bigint): ForgedSignature {
  const secret = BigInt(seed) * 0x9e3779b97f4a7c15f39cc0605cedc835n + 8n;
  const nonce = BigInt(seed) * 0xc2b2ae3d27d4eb4f165667b19e3779f9n + 9n;
  const message = Buffer.from(`message ${seed}`);
  const publicKey = encodePoint(addPoints(multiply(BASE, secret), multiply(TORSION, keyTorsion)));
  const r = encodePoint(addPoints(multiply(BASE, nonce), multiply(TORSION, rTorsion)));
  const k = littleEndianNumber(createHash('sha512').update(r).update(publicKey).update(message).digest()) % L;
  return { message, publicKey, signature: Buffer.concat([r, littleEndian((nonce + k * secret) % L)]) };
}
