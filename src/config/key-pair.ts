/** Owns making and matching this node's key pair, before any of the ledger's code is loaded (1.0.1: section 1.3). */

import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { decodeKey, encodeKey } from './key-text.js';

/** Both base58: the public key, and the 32-byte seed of the private one. */
export interface KeyPair {
  readonly public: string;
  readonly private: string;
}

/** DER of a PKCS #8 Ed25519 private key up to its 32-byte seed (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

export function generateKeyPair(): KeyPair {
  const seed = encodeKey(randomBytes(32));
  return { public: publicKeyOf(seed), private: seed };
}

/** `privateKey` must be 32 bytes in base58. */
export function publicKeyOf(privateKey: string): string {
  const seed = decodeKey(privateKey);
  if (seed === null) throw new RangeError('a private key is 32 bytes in base58');
  const key = Buffer.concat([PKCS8_HEAD, seed]);
  const { x } = createPublicKey(createPrivateKey({ key, format: 'der', type: 'pkcs8' })).export({
    format: 'jwk',
  });
  return encodeKey(Buffer.from(x ?? '', 'base64url'));
}
