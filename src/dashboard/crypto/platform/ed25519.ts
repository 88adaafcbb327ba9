/**
 * In a browser, what stands in the place of `src/codec/ed25519.ts`: the same accept set, so that a browser and a node
 * never disagree about a signature. Without the cofactor, as libsodium and OpenSSL verify: the encoding of
 * S·B − h·A must be R to the byte; S < L, no key with y >= p, and neither key nor R of small order.
 */

import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';

export const SEED_BYTES = 32;
export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

const { Point } = ed25519;
/** The order of the base point. */
const L = Point.Fn.ORDER;

/** True if `signature` (64 bytes) by `publicKey` (32 bytes) fits `message`. False, never an error, for anything else. */
export function verifySignature(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES || publicKey.length !== PUBLIC_KEY_BYTES) return false;
  const r = signature.subarray(0, 32);
  const s = littleEndianNumber(signature.subarray(32));
  if (s >= L) return false;
  try {
    const key = Point.fromBytes(publicKey);
    if (key.isSmallOrder() || Point.fromBytes(r).isSmallOrder()) return false;
    const challenge = littleEndianNumber(sha512(concatBytes(r, publicKey, message))) % L;
    const expected = Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(challenge));
    return sameBytes(expected.toBytes(), r);
  } catch {
    // The key or R is no point, or not spelt in its one way.
    return false;
  }
}

/** The 64-byte signature of `message`; the same every time. Throws RangeError unless `seed` has 32 bytes. */
export function sign(message: Uint8Array, seed: Uint8Array): Uint8Array {
  checkSeed(seed);
  return ed25519.sign(message, seed);
}

/** The public key, 32 bytes. Throws RangeError unless `seed` has 32 bytes. */
export function publicKeyOf(seed: Uint8Array): Uint8Array {
  checkSeed(seed);
  return ed25519.getPublicKey(seed);
}

function checkSeed(seed: Uint8Array): void {
  if (seed.length !== SEED_BYTES) throw new RangeError(`a private key has ${SEED_BYTES} bytes`);
}

function littleEndianNumber(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index] ?? 0);
  return value;
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.every((byte, index) => byte === right[index]);
}
