/** The hashes of the ledger: SHA3-256 for ids and texts (1.0.1, section 1.3), SHA-256 for conditions and digests. */

import { hash } from 'node:crypto';

/** SHA3-256 (FIPS 202) as 64 lower-case hex digits; of a string, its UTF-8 bytes. */
export function sha3Hex(data: string | Uint8Array): string {
  return hash('sha3-256', data, 'hex');
}

/** SHA-256 as 64 lower-case hex digits; of a string, its UTF-8 bytes. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** SHA-256, 32 bytes. */
export function sha256(data: Uint8Array): Uint8Array {
  return hash('sha256', data, 'buffer');
}
