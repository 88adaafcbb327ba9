/** In a browser, what `src/codec/hash.ts` takes from `node:crypto`. `crypto.subtle` is missing where TLS is. */

import { sha256 } from '@noble/hashes/sha2.js';
import { sha3_256 } from '@noble/hashes/sha3.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

export function hash(algorithm: 'sha256' | 'sha3-256', data: string | Uint8Array, encoding: 'hex'): string;
export function hash(algorithm: 'sha256' | 'sha3-256', data: Uint8Array, encoding: 'buffer'): Uint8Array;
export function hash(
  algorithm: 'sha256' | 'sha3-256',
  data: string | Uint8Array,
  encoding: 'hex' | 'buffer',
): string | Uint8Array {
  const bytes = typeof data === 'string' ? utf8ToBytes(data) : data;
  const digest = algorithm === 'sha256' ? sha256(bytes) : sha3_256(bytes);
  return encoding === 'hex' ? bytesToHex(digest) : digest;
}
