/**
 * Base58 with Bitcoin's alphabet and no checksum (1.0.1, section 1.3). The work grows with the square of the length,
 * so every length is checked before any work is done.
 */

import { BOUNDS } from '../config/limits.js';
import { BoundedCache, ownString } from './bounded-cache.js';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const ONE = 49;
/** Three digits are handled at a step: 58^3 * 2^32 < 2^53, so plain numbers stay exact. */
const DIGITS_PER_STEP = 3;
/** At most: three for each step, and every second step frees a word. */
const DIGITS_PER_WORD = 6;
const WORD = 2 ** 32;
/** Digits that one byte takes: log(256) / log(58), rounded up. */
const DIGITS_PER_BYTE = 1.365_658_237_31;
const FOREIGN = 255;

const DIGIT_OF = new Uint8Array(128).fill(FOREIGN);
for (let digit = 0; digit < ALPHABET.length; digit++) DIGIT_OF[ALPHABET.charCodeAt(digit)] = digit;
const CODE_OF = Buffer.from(ALPHABET, 'latin1');

/** Base58 of `bytes`; each leading zero byte becomes a leading `1`. Meant for short values: quadratic. */
export function encodeBase58(bytes: Uint8Array): string {
  let zeros = 0;
  while (zeros < bytes.length && bytes[zeros] === 0) zeros++;
  const words = wordsOf(bytes);
  const text = Buffer.alloc(zeros + words.length * DIGITS_PER_WORD);
  let start = text.length;
  let first = 0;
  while (first < words.length) {
    let remainder = 0;
    for (let index = first; index < words.length; index++) {
      const value = remainder * 4_294_967_296 + (words[index] ?? 0);
      const quotient = Math.floor(value / 195_112);
      words[index] = quotient;
      remainder = value - quotient * 195_112;
    }
    if (words[first] === 0) first++;
    text[--start] = CODE_OF[remainder % 58] ?? 0;
    text[--start] = CODE_OF[Math.floor(remainder / 58) % 58] ?? 0;
    text[--start] = CODE_OF[Math.floor(remainder / 3364)] ?? 0;
  }
  while (text[start] === ONE) start++;
  start -= zeros;
  text.fill(ONE, start, start + zeros);
  return text.toString('latin1', start);
}

/** The bytes as a big-endian number in words of 32 bits. */
function wordsOf(bytes: Uint8Array): Float64Array {
  const words = new Float64Array((bytes.length + 3) >> 2);
  const head = words.length * 4 - bytes.length;
  let at = head;
  let word = 0;
  for (const byte of bytes) {
    word = word * 256 + byte;
    if ((at & 3) === 3) {
      words[at >> 2] = word;
      word = 0;
    }
    at++;
  }
  return words;
}

/** The bytes that `text` stands for; null if it holds a foreign character or more than `bytesMax` bytes. */
export function decodeBase58(text: string, bytesMax: number): Uint8Array | null {
  if (text.length > Math.ceil(bytesMax * DIGITS_PER_BYTE)) return null;
  let zeros = 0;
  while (zeros < text.length && text.charCodeAt(zeros) === 49) zeros++;
  const words: number[] = [];
  for (let at = zeros; at < text.length; ) {
    const end = Math.min(text.length, at + DIGITS_PER_STEP);
    let carry = 0;
    let factor = 1;
    for (; at < end; at++) {
      const digit = DIGIT_OF[text.charCodeAt(at)] ?? FOREIGN;
      if (digit === FOREIGN) return null;
      carry = carry * 58 + digit;
      factor *= 58;
    }
    for (let index = 0; index < words.length; index++) {
      const value = (words[index] ?? 0) * factor + carry;
      carry = Math.floor(value / WORD);
      words[index] = value - carry * WORD;
    }
    if (carry > 0) words.push(carry);
  }
  return bytesOf(words, zeros, bytesMax);
}

/** `zeros` zero bytes, then the little-endian `words` as a big-endian number. */
function bytesOf(words: readonly number[], zeros: number, bytesMax: number): Uint8Array | null {
  let significant = words.length * 4;
  const top = words[words.length - 1] ?? 0;
  if (words.length > 0) significant -= Math.clz32(top) >> 3;
  if (zeros + significant > bytesMax) return null;
  const bytes = new Uint8Array(zeros + significant);
  for (let fromEnd = 0; fromEnd < significant; fromEnd++) {
    bytes[bytes.length - 1 - fromEnd] = (words[fromEnd >> 2] ?? 0) >>> ((fromEnd & 3) * 8);
  }
  return bytes;
}

const keys = new BoundedCache<string, Uint8Array>(BOUNDS.keysCachedMax);

/** The 32 bytes of an Ed25519 key; null unless `text` is their one base58 spelling. Shared: never write to it. */
export function decodeKey(text: string): Uint8Array | null {
  const known = keys.get(text);
  if (known !== undefined) return known;
  const bytes = decodeBase58(text, 32);
  if (bytes === null || bytes.length !== 32) return null;
  keys.set(ownString(text), bytes);
  return bytes;
}
