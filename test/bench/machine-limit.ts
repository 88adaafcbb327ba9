/** The yardstick of every throughput figure: what one core of this machine can verify and do nothing else. */

import { loadSodium, SigningKey } from '../support/process-transactions.js';

const MESSAGES = 1000;
/** Bytes that a one-input CREATE signs, about. */
const MESSAGE_BYTES = 640;

/**
 * Ed25519 verifications per second, one after the other on this thread, with `sodium-native`: the median of
 * `rounds` rounds. The machine should be idle meanwhile. Null where `sodium-native` does not load.
 */
export function verificationsPerSecond(rounds = 9, roundMs = 250): number | null {
  const sodium = loadSodium();
  if (sodium === null) return null;
  const signed = Array.from({ length: MESSAGES }, (_, index) => {
    const key = SigningKey.fromText(`limit ${index}`);
    const message = Buffer.alloc(MESSAGE_BYTES, `${index} `);
    return { message, signature: key.sign(message), publicKey: key.publicBytes };
  });
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    let count = 0;
    while (performance.now() - start < roundMs) {
      for (let index = 0; index < 50; index++, count++) {
        const each = signed[count % MESSAGES];
        if (
          each === undefined ||
          !sodium.crypto_sign_verify_detached(each.signature, each.message, each.publicKey)
        )
          throw new Error('a right signature did not verify');
      }
    }
    rates.push((count * 1000) / (performance.now() - start));
  }
  return rates.sort((a, b) => a - b)[rounds >> 1] ?? null;
}
