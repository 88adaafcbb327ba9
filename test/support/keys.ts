/** Named keys for tests, those of the vectors: the seed is the SHA-256 of the name. */

import { sha256 } from '../../src/codec/hash.js';
import { type KeyPair, keyPairFromSeed } from '../../src/codec/key-pair.js';

const known = new Map<string, KeyPair>();

/** The 32-byte seed of `name`. */
export function seedOf(name: string): Uint8Array {
  return sha256(Buffer.from(name, 'utf8'));
}

/** The key pair of `name`; the same every time. */
export function keyPairOf(name: string): KeyPair {
  const found = known.get(name);
  if (found !== undefined) return found;
  const made = keyPairFromSeed(seedOf(name));
  known.set(name, made);
  return made;
}

/** Public key of `name`, base58. */
export function publicKeyOfName(name: string): string {
  return keyPairOf(name).publicKey;
}
