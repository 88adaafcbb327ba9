/** Key pairs that never leave this browser. The only place where the dashboard takes chance from the platform. */

import { decodeKey } from '../../codec/base58.js';
import { type KeyPair, keyPairFromSeed } from '../../codec/key-pair.js';

/** Bytes of a private key. */
const SEED_BYTES = 32;

/** A new key pair, from the browser's secure source of chance. */
export function makeKeyPair(): KeyPair {
  return keyPairFromSeed(crypto.getRandomValues(new Uint8Array(SEED_BYTES)));
}

/** The key pair of a private key in base58. Throws an Error with a sentence for anything else. */
export function importKeyPair(privateKey: string): KeyPair {
  const seed = decodeKey(privateKey.trim());
  if (seed === null) throw new Error('A private key is 32 bytes in base58: 43 or 44 letters and digits.');
  return keyPairFromSeed(seed);
}
