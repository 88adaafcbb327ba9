/**
 * Base58 of 32-byte keys for the settings alone, which are read before `codec` is loaded and may not depend on it.
 * Plain big-integer arithmetic: it runs a few times at the start.
 */

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const KEY_BYTES = 32;
const KEY_CHARACTERS_MAX = 44;

/** `bytes` must be 32. */
export function encodeKey(bytes: Uint8Array): string {
  let rest = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (; rest > 0n; rest /= 58n) text = ALPHABET.charAt(Number(rest % 58n)) + text;
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return '1'.repeat(zeros === -1 ? bytes.length : zeros) + text;
}

/** The 32 bytes, or null when the text is not base58 of exactly 32 bytes. */
export function decodeKey(text: string): Buffer | null {
  if (text.length === 0 || text.length > KEY_CHARACTERS_MAX) return null;
  let value = 0n;
  for (const character of text) {
    const digit = ALPHABET.indexOf(character);
    if (digit === -1) return null;
    value = value * 58n + BigInt(digit);
  }
  const hex = value === 0n ? '' : value.toString(16);
  const significant = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const zeros = text.length - text.replace(/^1+/, '').length;
  const bytes = Buffer.concat([Buffer.alloc(zeros), significant]);
  return bytes.length === KEY_BYTES ? bytes : null;
}
