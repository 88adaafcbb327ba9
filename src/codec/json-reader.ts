/**
 * The JSON reader. It takes exactly RFC 8259 and loses nothing: integers keep every digit, floats stay floats and
 * keep their spelling. A repeated key: the last one wins, as in 1.0.1. What canonical text cannot say is refused: NaN,
 * Infinity, floats beyond the range of doubles, lone surrogates (architecture, section 8).
 *
 * Strings of a result may share memory with the text they were read from; what outlives a request takes a copy
 * (`ownString`). The state of the one reading under way is kept in variables of this module: reading is synchronous
 * and never re-entered, and a closure or an object per reading costs a third of the speed.
 */

import { isAscii, isUtf8 } from 'node:buffer';
import { LEDGER } from '../config/limits.js';
import { ownString } from './bounded-cache.js';
import { JsonFloat, type JsonObject, type JsonValue } from './json-value.js';

/** Nesting that the reader can promise whatever the caller asks for: it calls itself once a level. */
const DEPTH_CEILING = 2000;

/** The text is not one JSON document that this reader takes. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
  constructor(
    reason: string,
    /** UTF-8 bytes before the place of the fault. */
    readonly offset: number,
    /** The document may be JSON but is nested deeper than allowed. */
    readonly tooDeep = false,
  ) {
    super(`${reason} at offset ${offset}`);
  }
}

/** UTF-8 of the document. All of its syntax is ASCII, so bytes are enough to find the way. */
let bytes: Uint8Array = Buffer.alloc(0);
/** The document as a string when it is all ASCII and offsets mean the same in both; else null. */
let ascii: string | null = null;
let at = 0;
let length = 0;
let depthLeft = 0;

/** Reads one document. `depthMax`: arrays and objects inside one another. Throws `JsonSyntaxError`. */
export function parseJson(source: string, depthMax: number = LEDGER.jsonDepthMax): JsonValue {
  const small = source.length <= SMALL_TEXT;
  const encoded = small ? scratch : Buffer.from(source, 'utf8');
  const size = small ? scratch.write(source, 0, 'utf8') : encoded.length;
  if (size === source.length) return readDocument(encoded, size, source, depthMax);
  const lone = source.search(LONE_SURROGATE);
  if (lone >= 0) throw new JsonSyntaxError('lone surrogate', Buffer.byteLength(source.slice(0, lone)));
  return readDocument(encoded, size, null, depthMax);
}

/** UTF-16 units of texts that are encoded in place; each takes at most three bytes. */
const SMALL_TEXT = 16_384;
const scratch = Buffer.alloc(3 * SMALL_TEXT);

/** As `parseJson`, of UTF-8 bytes. A byte order mark and every malformed sequence are refused. */
export function parseJsonBytes(source: Uint8Array, depthMax: number = LEDGER.jsonDepthMax): JsonValue {
  const encoded = Buffer.isBuffer(source)
    ? source
    : Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  const size = encoded.length;
  if (isAscii(encoded)) return readDocument(encoded, size, encoded.toString('latin1'), depthMax);
  if (!isUtf8(encoded)) throw new JsonSyntaxError('malformed UTF-8', 0);
  return readDocument(encoded, size, null, depthMax);
}

/** With the flag `u` a surrogate matches only when it stands alone. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

function readDocument(encoded: Buffer, size: number, text: string | null, depthMax: number): JsonValue {
  bytes = encoded;
  ascii = text;
  at = 0;
  length = size;
  depthLeft = Math.min(depthMax, DEPTH_CEILING);
  try {
    const value = readValue(nextToken());
    if (nextToken() !== END) throw fault('text after the document');
    return value;
  } finally {
    bytes = NOTHING;
    ascii = null;
  }
}

const NOTHING = Buffer.alloc(0);
const END = -1;
const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const BACKSLASH = 92;

function fault(reason: string): JsonSyntaxError {
  return at >= length
    ? new JsonSyntaxError('unexpected end of text', length)
    : new JsonSyntaxError(reason, at);
}

/** The byte at `index`, or END. */
function byteAt(index: number): number {
  return index < length ? (bytes[index] ?? END) : END;
}

/** Skips white space; the byte that follows, which is not consumed, or END. */
function nextToken(): number {
  let code = byteAt(at);
  while (code <= 32 && (code === 32 || code === 10 || code === 13 || code === 9)) code = byteAt(++at);
  return code;
}

/** The characters from `start` to `end`. */
function textBetween(start: number, end: number): string {
  if (ascii !== null) return ascii.slice(start, end);
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}

function readValue(code: number): JsonValue {
  switch (code) {
    case QUOTE:
      return readString();
    case 123:
      return readObject();
    case 91:
      return readArray();
    case 110:
      return readWord(NULL, null);
    case 116:
      return readWord(TRUE, true);
    case 102:
      return readWord(FALSE, false);
    default:
      return readNumber(code);
  }
}

const NULL = Buffer.from('null');
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');

function readWord(word: Uint8Array, value: JsonValue): JsonValue {
  for (let index = 0; index < word.length; index++) {
    if (byteAt(at + index) !== word[index]) throw fault('unexpected character');
  }
  at += word.length;
  return value;
}

function enter(): void {
  if (depthLeft === 0) throw new JsonSyntaxError('nested too deep', at, true);
  depthLeft--;
  at++;
}

/**
 * Objects made here inherit from one empty object that inherits nothing: `__proto__` and `constructor` are ordinary
 * keys in them, and unlike with `Object.create(null)` the engine keeps them in its fast form.
 */
class Bag implements JsonObject {
  [key: string]: JsonValue;
}
Reflect.deleteProperty(Bag.prototype, 'constructor');
Object.setPrototypeOf(Bag.prototype, null);

function readObject(): JsonObject {
  enter();
  const object = new Bag();
  let code = nextToken();
  if (code === 125) {
    at++;
    depthLeft++;
    return object;
  }
  for (;;) {
    if (code !== QUOTE) throw fault('a key must be a string');
    const key = readKey();
    if (nextToken() !== COLON) throw fault('expected ":"');
    at++;
    object[key] = readValue(nextToken());
    code = nextToken();
    at++;
    if (code === COMMA) code = nextToken();
    else if (code === 125) break;
    else throw misplaced('expected "," or "}"');
  }
  depthLeft++;
  return object;
}

function readArray(): JsonValue[] {
  enter();
  const array: JsonValue[] = [];
  let code = nextToken();
  if (code === 93) {
    at++;
    depthLeft++;
    return array;
  }
  for (;;) {
    array.push(readValue(code));
    code = nextToken();
    at++;
    if (code === COMMA) code = nextToken();
    else if (code === 93) break;
    else throw misplaced('expected "," or "]"');
  }
  depthLeft++;
  return array;
}

/** A fault at the character that was just consumed. */
function misplaced(reason: string): JsonSyntaxError {
  at--;
  return fault(reason);
}

const KEY_SLOTS = 512;
const KEY_LENGTH_MAX = 24;
/** Keys met before, by a hash of their bytes: most need no new string, and the engine knows them already. */
const knownKeys: { readonly text: string; readonly bytes: Uint8Array }[] = new Array(KEY_SLOTS).fill({
  text: '',
  bytes: NOTHING,
});

function readKey(): string {
  const start = at + 1;
  const source = bytes;
  const limit = length;
  let hash = 0;
  let end = start;
  for (; end < limit; end++) {
    const code = source[end] ?? 0;
    if (code === QUOTE) break;
    if (code === BACKSLASH || code < 32 || code > 126) return readString();
    hash = (hash * 31 + code) | 0;
  }
  if (end - start > KEY_LENGTH_MAX || end >= limit) return readString();
  at = end + 1;
  const slot = hash & (KEY_SLOTS - 1);
  const known = knownKeys[slot];
  if (known !== undefined && isAtPlace(known.bytes, start, end)) return known.text;
  const text = ownString(textBetween(start, end));
  knownKeys[slot] = { text, bytes: Buffer.from(text, 'latin1') };
  return text;
}

function isAtPlace(key: Uint8Array, start: number, end: number): boolean {
  if (key.length !== end - start) return false;
  const source = bytes;
  for (let index = 0; index < key.length; index++) if (source[start + index] !== key[index]) return false;
  return true;
}

function readString(): string {
  const start = at + 1;
  const source = bytes;
  const limit = length;
  for (let end = start; end < limit; end++) {
    const code = source[end] ?? 0;
    if (code > BACKSLASH) continue;
    if (code === QUOTE) {
      at = end + 1;
      return textBetween(start, end);
    }
    if (code === BACKSLASH) return readEscaped(start, end);
    if (code < 32) {
      at = end;
      throw fault('control character in a string');
    }
  }
  throw new JsonSyntaxError('unexpected end of text', length);
}

/** The rest of a string whose first backslash is at `from`. */
function readEscaped(start: number, from: number): string {
  let result = textBetween(start, from);
  at = from;
  for (;;) {
    const code = byteAt(at);
    if (code === QUOTE) {
      at++;
      return result;
    }
    if (code === BACKSLASH) {
      result += readEscape();
      continue;
    }
    if (code < 32) throw fault('control character in a string');
    const run = at;
    for (let next = code; next >= 32 && next !== QUOTE && next !== BACKSLASH; next = byteAt(at)) at++;
    result += textBetween(run, at);
  }
}

/** What stands for the letter after a backslash, by its code. */
const SHORT_ESCAPES = new Map<number, string>([
  [QUOTE, '"'],
  [BACKSLASH, '\\'],
  [47, '/'],
  [98, '\b'],
  [102, '\f'],
  [110, '\n'],
  [114, '\r'],
  [116, '\t'],
]);
const LETTER_U = 117;

function readEscape(): string {
  const letter = byteAt(at + 1);
  if (letter !== LETTER_U) {
    const short = SHORT_ESCAPES.get(letter);
    if (short === undefined) throw fault('unknown escape');
    at += 2;
    return short;
  }
  const start = at;
  const first = readFourHexDigits();
  if (first < 0xd800 || first > 0xdfff) return String.fromCharCode(first);
  const paired = first < 0xdc00 && byteAt(at) === BACKSLASH && byteAt(at + 1) === LETTER_U;
  const second = paired ? readFourHexDigits() : 0;
  if (second < 0xdc00 || second > 0xdfff) throw new JsonSyntaxError('lone surrogate', start);
  return String.fromCharCode(first, second);
}

function readFourHexDigits(): number {
  let value = 0;
  for (let index = at + 2; index < at + 6; index++) {
    const digit = hexDigit(byteAt(index));
    if (digit < 0) throw fault('an escape needs four hexadecimal digits');
    value = value * 16 + digit;
  }
  at += 6;
  return value;
}

/** -1 for anything else. */
function hexDigit(code: number): number {
  if (code >= ZERO && code <= NINE) return code - ZERO;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function readNumber(first: number): JsonValue {
  const start = at;
  if (first === MINUS) at++;
  const digitsStart = at;
  let code = byteAt(at);
  let value = 0;
  while (code >= ZERO && code <= NINE) {
    value = value * 10 + (code - ZERO);
    code = byteAt(++at);
  }
  const digits = at - digitsStart;
  if (digits === 0) throw fault('unexpected character');
  if (digits > 1 && bytes[digitsStart] === ZERO) throw new JsonSyntaxError('leading zero', digitsStart);
  if (code === DOT || code === 101 || code === 69) return readFloat(start);
  if (digits <= 15) return first === MINUS && value !== 0 ? -value : value;
  return readLongInteger(start, digits);
}

function readLongInteger(start: number, digits: number): number | bigint {
  if (digits > LEDGER.integerDigitsMax) throw new JsonSyntaxError('integer too long', start);
  const value = BigInt(textBetween(start, at));
  const near = Number(value);
  return Number.isSafeInteger(near) ? near : value;
}

/** The rest of a number whose integer part ends at `at`. */
function readFloat(start: number): JsonFloat {
  if (byteAt(at) === DOT) {
    at++;
    skipDigits();
  }
  const code = byteAt(at);
  if (code === 101 || code === 69) {
    at++;
    const sign = byteAt(at);
    if (sign === MINUS || sign === 43) at++;
    skipDigits();
  }
  const literal = textBetween(start, at);
  const value = Number(literal);
  if (!Number.isFinite(value)) throw new JsonSyntaxError('number beyond the range of doubles', start);
  return new JsonFloat(value, literal);
}

/** At least one digit. */
function skipDigits(): void {
  const from = at;
  for (let code = byteAt(at); code >= ZERO && code <= NINE; code = byteAt(at)) at++;
  if (at === from) throw fault('expected a digit');
}
