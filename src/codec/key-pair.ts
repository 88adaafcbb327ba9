/** Key pairs and signatures in the base58 spelling of 1.0.1's documents (1.0.1, section 1.3). */

import { decodeBase58, decodeKey, encodeBase58 } from './base58.js';
import { publicKeyOf, SEED_BYTES, SIGNATURE_BYTES, sign, verifySignature } from './ed25519.js';

/** Both base58; `privateKey` is the 32-byte seed. */
export interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** The key pair of a 32-byte seed. Throws RangeError for any other length. */
export function keyPairFromSeed(seed: Uint8Array): KeyPair {
  return { publicKey: encodeBase58(publicKeyOf(seed)), privateKey: encodeBase58(seed) };
}

/** Base58 signature of the UTF-8 bytes of `text`. Throws RangeError when `privateKey` is no base58 seed. */
export function signText(text: string, privateKey: string): string {
  const seed = decodeBase58(privateKey, SEED_BYTES);
  if (seed === null || seed.length !== SEED_BYTES) {
    throw new RangeError('a private key is 32 bytes in base58');
  }
  return encodeBase58(sign(Buffer.from(text, 'utf8'), seed));
}

/** Whether a base58 signature by a base58 key fits the UTF-8 bytes of `text`. False for anything malformed. */
export function verifyText(text: string, signature: string, publicKey: string): boolean {
  const key = decodeKey(publicKey);
  const signatureBytes = decodeBase58(signature, SIGNATURE_BYTES);
  if (key === null || signatureBytes === null) return false;
  return verifySignature(Buffer.from(text, 'utf8'), signatureBytes, key);
}
