/**
 * Ed25519 with one accept set on every platform: that of modern libsodium (architecture, section 8). What a node
 * accepts decides what blocks it votes for, so two nodes that differ here could split a federation. `sodium-native`
 * where it loads; else `node:crypto` behind a check that refuses beforehand what libsodium refuses: a public key with
 * y >= p, and a public key or an R of small order. S >= L is refused by both.
 */

import {
  createPrivateKey,
  createPublicKey,
  sign as cryptoSign,
  verify as cryptoVerify,
  type KeyObject,
} from 'node:crypto';

export type Ed25519Name = 'sodium-native' | 'node:crypto';

interface Ed25519 {
  readonly name: Ed25519Name;
  verify(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean;
  sign(message: Uint8Array, seed: Uint8Array): Uint8Array;
  publicKeyOf(seed: Uint8Array): Uint8Array;
}

export const SEED_BYTES = 32;
export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/** The part of `sodium-native` that is used; the package has no types of its own. */
interface Sodium {
  crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
  crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void;
  crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void;
}

let chosen: Ed25519 | null = null;

/** The implementation in use. */
export function ed25519Implementation(): Ed25519Name {
  return implementation().name;
}

/** Switches this thread to one implementation. Throws when `sodium-native` is asked for and does not load. */
export function setEd25519Implementation(name: Ed25519Name): void {
  if (name === 'node:crypto') {
    chosen = overNodeCrypto;
    return;
  }
  const sodium = loadSodium();
  if (sodium === null) throw new Error('sodium-native does not load on this platform');
  chosen = overSodium(sodium);
}

/** True if `signature` (64 bytes) by `publicKey` (32 bytes) fits `message`. False, never an error, for anything else. */
export function verifySignature(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES || publicKey.length !== PUBLIC_KEY_BYTES) return false;
  return implementation().verify(message, signature, publicKey);
}

/** The 64-byte signature of `message`; the same every time. Throws RangeError unless `seed` has 32 bytes. */
export function sign(message: Uint8Array, seed: Uint8Array): Uint8Array {
  checkSeed(seed);
  return implementation().sign(message, seed);
}

/** The public key, 32 bytes. Throws RangeError unless `seed` has 32 bytes. */
export function publicKeyOf(seed: Uint8Array): Uint8Array {
  checkSeed(seed);
  return implementation().publicKeyOf(seed);
}

function checkSeed(seed: Uint8Array): void {
  if (seed.length !== SEED_BYTES) throw new RangeError(`a private key has ${SEED_BYTES} bytes`);
}

function implementation(): Ed25519 {
  if (chosen === null) {
    const sodium = loadSodium();
    chosen = sodium === null ? overNodeCrypto : overSodium(sodium);
  }
  return chosen;
}

/** The native package is optional: some platforms have no build of it. */
function loadSodium(): Sodium | null {
  try {
    return require('sodium-native') as Sodium;
  } catch {
    return null;
  }
}

function overSodium(sodium: Sodium): Ed25519 {
  function keysOf(seed: Uint8Array): { publicKey: Uint8Array; secretKey: Uint8Array } {
    const publicKey = Buffer.alloc(PUBLIC_KEY_BYTES);
    const secretKey = Buffer.alloc(SEED_BYTES + PUBLIC_KEY_BYTES);
    sodium.crypto_sign_seed_keypair(publicKey, secretKey, seed);
    return { publicKey, secretKey };
  }
  return {
    name: 'sodium-native',
    verify: (message, signature, publicKey) =>
      sodium.crypto_sign_verify_detached(signature, message, publicKey),
    sign(message, seed) {
      const signature = Buffer.alloc(SIGNATURE_BYTES);
      const { secretKey } = keysOf(seed);
      sodium.crypto_sign_detached(signature, message, secretKey);
      secretKey.fill(0);
      return signature;
    },
    publicKeyOf(seed) {
      const { publicKey, secretKey } = keysOf(seed);
      secretKey.fill(0);
      return publicKey;
    },
  };
}

const overNodeCrypto: Ed25519 = {
  name: 'node:crypto',
  verify(message, signature, publicKey) {
    const y = yOf(publicKey);
    if (Buffer.compare(y, P) >= 0 || isSmallOrder(y) || isSmallOrder(yOf(signature))) return false;
    const x = Buffer.from(publicKey.buffer, publicKey.byteOffset, publicKey.length).toString('base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return cryptoVerify(null, message, key, signature);
  },
  sign: (message, seed) => cryptoSign(null, message, privateKeyObject(seed)),
  publicKeyOf(seed) {
    const { x } = createPublicKey(privateKeyObject(seed)).export({ format: 'jwk' });
    return Buffer.from(x ?? '', 'base64url');
  },
};

/** What stands before the seed in a PKCS #8 document of an Ed25519 key (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

function privateKeyObject(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
}

/** p = 2^255 - 19, big-endian. */
const P = Buffer.from('7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed', 'hex');

/**
 * The y of every encoding of a point whose order divides 8, big-endian: 0, 1, the two of order 8, p - 1, p, p + 1.
 * With either sign bit these are the 14 encodings that libsodium lists.
 */
const SMALL_ORDER_Y: readonly Buffer[] = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000001',
  '05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826',
  '7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7',
  '7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec',
  '7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed',
  '7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee',
].map((hex) => Buffer.from(hex, 'hex'));

/** The y of an encoded point, big-endian: the first 32 bytes turned round, without the sign bit. */
function yOf(point: Uint8Array): Buffer {
  const y = Buffer.from(point.subarray(0, 32)).reverse();
  y.writeUInt8(y.readUInt8(0) & 0x7f, 0);
  return y;
}

function isSmallOrder(y: Buffer): boolean {
  return SMALL_ORDER_Y.some((each) => each.equals(y));
}
