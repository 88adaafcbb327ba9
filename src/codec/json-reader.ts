/**
 * The JSON reader. It takes exactly RFC 8259 and loses nothing: integers keep every digit, floats stay floats and
 * keep their spelling. A repeated key: the last one wins, as in 1.0.1. What canonical text cannot say is refused: NaN,
 * Infinity, floats beyond the range of doubles, lone surrogates (architecture, section 8).
 *
 * Strings of a result may share memory with the text they were read from; what outlives a request takes a copy
 * (`ownString`).
 */

import { isAscii, isUtf8 } from 'node:buffer';
import { LEDGER } from '../config/limits.js';
import { KEY_LENGTH_MAX, knownKey, newObject } from './json-objects.js';
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

/** Reads one document. `depthMax`: arrays and objects inside one another. Throws `JsonSyntaxError`. */
export function parseJson(source: string, depthMax: number = LEDGER.jsonDepthMax): JsonValue {
  const small = source.length <= SMALL_TEXT;
  const encoded = small ? scratch : Buffer.from(source, 'utf8');
  const length = small ? scratch.write(source, 0, 'utf8') : encoded.length;
  if (length === source.length) return new Reader(encoded, length, source, depthMax).document();
  const lone = source.search(LONE_SURROGATE);
  if (lone >= 0) throw new JsonSyntaxError('lone surrogate', Buffer.byteLength(source.slice(0, lone)));
  return new Reader(encoded, length, null, depthMax).document();
}

/** Which objects remember the text they were read from: those so many levels deep, the outermost being 1. */
export interface SourceDepths {
  readonly from: number;
  readonly to: number;
}

const sources = new WeakMap<JsonObject, string>();

/**
 * The exact text that an object was read from, where `parseJsonBytes` was told to remember it; else null. Whoever
 * changes the object must not ask. It spares writing a large object again only to read it in another thread.
 */
export function sourceText(value: JsonObject): string | null {
  return sources.get(value) ?? null;
}

/** As `parseJson`, of UTF-8 bytes. A byte order mark and every malformed sequence are refused. */
export function parseJsonBytes(
  source: Uint8Array,
  depthMax: number = LEDGER.jsonDepthMax,
  remember: SourceDepths | null = null,
): JsonValue {
  const encoded = Buffer.isBuffer(source)
    ? source
    : Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  if (isAscii(encoded)) {
    return new Reader(encoded, encoded.length, encoded.toString('latin1'), depthMax, remember).document();
  }
  if (!isUtf8(encoded)) throw new JsonSyntaxError('malformed UTF-8', 0);
  return new Reader(encoded, encoded.length, null, depthMax, remember).document();
}

/** UTF-16 units of texts that are encoded in place; each takes at most three bytes. */
const SMALL_TEXT = 16_384;
const scratch = Buffer.alloc(3 * SMALL_TEXT);
/** With the flag `u` a surrogate matches only when it stands alone. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

const NULL = Buffer.from('null');
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
/** What stands for the letter after a backslash, by its code. */
const SHORT_ESCAPES = new Map<number, string>([
  [34, '"'],
  [92, '\\'],
  [47, '/'],
  [98, '\b'],
  [102, '\f'],
  [110, '\n'],
  [114, '\r'],
  [116, '\t'],
]);

/**
 * One reading. All of JSON's syntax is ASCII, so the bytes of the UTF-8 text are enough to find the way. Character
 * codes stand as numbers: a constant of the module costs a load and a check at every use, and these loops see every
 * byte that a client sends.
 */
class Reader {
  private at = 0;
  /** Objects with so many levels left inside them remember their text; none by default. */
  private readonly rememberBelow: number = -1;
  private readonly rememberAbove: number = 0;

  /** `ascii`: the document as a string when offsets mean the same in it, that is when it is all ASCII; else null. */
  constructor(
    private readonly bytes: Buffer,
    private readonly length: number,
    private readonly ascii: string | null,
    private depthLeft: number,
    remember: SourceDepths | null = null,
  ) {
    this.depthLeft = Math.min(depthLeft, DEPTH_CEILING);
    if (remember === null) return;
    this.rememberBelow = this.depthLeft - remember.from;
    this.rememberAbove = this.depthLeft - remember.to;
  }

  document(): JsonValue {
    const value = this.value(this.token());
    if (this.token() !== -1) throw this.fault('text after the document');
    return value;
  }

  private fault(reason: string): JsonSyntaxError {
    return this.at >= this.length
      ? new JsonSyntaxError('unexpected end of text', this.length)
      : new JsonSyntaxError(reason, this.at);
  }

  /** The byte at `index`, or -1 after the end. */
  private byteAt(index: number): number {
    return index < this.length ? (this.bytes[index] ?? -1) : -1;
  }

  /** Skips space, tab, line feed and carriage return; what follows is not consumed. */
  private token(): number {
    let code = this.byteAt(this.at);
    while (code === 32 || code === 10 || code === 13 || code === 9) code = this.byteAt(++this.at);
    return code;
  }

  private textBetween(start: number, end: number): string {
    return this.ascii !== null ? this.ascii.slice(start, end) : this.bytes.toString('utf8', start, end);
  }

  private value(code: number): JsonValue {
    switch (code) {
      case 34:
        return this.string();
      case 123:
        return this.object();
      case 91:
        return this.array();
      case 110:
        return this.word(NULL, null);
      case 116:
        return this.word(TRUE, true);
      case 102:
        return this.word(FALSE, false);
      default:
        return this.number(code);
    }
  }

  private word(word: Buffer, value: JsonValue): JsonValue {
    for (let index = 0; index < word.length; index++) {
      if (this.byteAt(this.at + index) !== word[index]) throw this.fault('unexpected character');
    }
    this.at += word.length;
    return value;
  }

  private enter(): void {
    if (this.depthLeft === 0) throw new JsonSyntaxError('nested too deep', this.at, true);
    this.depthLeft--;
    this.at++;
  }

  private leave(): void {
    this.depthLeft++;
    this.at++;
  }

  private object(): JsonObject {
    const start = this.at;
    this.enter();
    const object = newObject();
    let code = this.token();
    if (code !== 125) {
      for (;;) {
        if (code !== 34) throw this.fault('a key must be a string');
        const key = this.key();
        if (this.token() !== 58) throw this.fault('expected ":"');
        this.at++;
        object[key] = this.value(this.token());
        code = this.token();
        if (code !== 44) break;
        this.at++;
        code = this.token();
      }
      if (code !== 125) throw this.fault('expected "," or "}"');
    }
    const remembered = this.depthLeft <= this.rememberBelow && this.depthLeft >= this.rememberAbove;
    this.leave();
    if (remembered) sources.set(object, this.textBetween(start, this.at));
    return object;
  }

  private array(): JsonValue[] {
    this.enter();
    const array: JsonValue[] = [];
    let code = this.token();
    if (code !== 93) {
      for (;;) {
        array.push(this.value(code));
        code = this.token();
        if (code !== 44) break;
        this.at++;
        code = this.token();
      }
      if (code !== 93) throw this.fault('expected "," or "]"');
    }
    this.leave();
    return array;
  }

  private key(): string {
    const { bytes, length } = this;
    const start = this.at + 1;
    let hash = 0;
    let end = start;
    for (; end < length; end++) {
      const code = bytes[end] ?? 0;
      if (code === 34) break;
      if (code === 92 || code < 32 || code > 126) return this.string();
      hash = (hash * 31 + code) | 0;
    }
    if (end - start > KEY_LENGTH_MAX || end >= length) return this.string();
    this.at = end + 1;
    return knownKey(bytes, start, end, hash);
  }

  private string(): string {
    const { bytes, length } = this;
    const start = this.at + 1;
    for (let end = start; end < length; end++) {
      const code = bytes[end] ?? 0;
      if (code === 34) {
        this.at = end + 1;
        return this.textBetween(start, end);
      }
      if (code === 92) return this.escapedString(start, end);
      if (code < 32) {
        this.at = end;
        throw this.fault('control character in a string');
      }
    }
    throw new JsonSyntaxError('unexpected end of text', length);
  }

  /** The rest of a string whose first backslash is at `from`. */
  private escapedString(start: number, from: number): string {
    let result = this.textBetween(start, from);
    this.at = from;
    for (;;) {
      const code = this.byteAt(this.at);
      if (code === 34) {
        this.at++;
        return result;
      }
      if (code === 92) {
        result += this.escape();
        continue;
      }
      if (code < 32) throw this.fault('control character in a string');
      const run = this.at;
      for (let next = code; next >= 32 && next !== 34 && next !== 92; ) next = this.byteAt(++this.at);
      result += this.textBetween(run, this.at);
    }
  }

  private escape(): string {
    const letter = this.byteAt(this.at + 1);
    if (letter !== 117) {
      const short = SHORT_ESCAPES.get(letter);
      if (short === undefined) throw this.fault('unknown escape');
      this.at += 2;
      return short;
    }
    const start = this.at;
    const first = this.fourHexDigits();
    if (first < 0xd800 || first > 0xdfff) return String.fromCharCode(first);
    const paired = first < 0xdc00 && this.byteAt(this.at) === 92 && this.byteAt(this.at + 1) === 117;
    const second = paired ? this.fourHexDigits() : 0;
    if (second < 0xdc00 || second > 0xdfff) throw new JsonSyntaxError('lone surrogate', start);
    return String.fromCharCode(first, second);
  }

  private fourHexDigits(): number {
    let value = 0;
    for (let index = this.at + 2; index < this.at + 6; index++) {
      const digit = hexDigit(this.byteAt(index));
      if (digit < 0) throw this.fault('an escape needs four hexadecimal digits');
      value = value * 16 + digit;
    }
    this.at += 6;
    return value;
  }

  private number(first: number): JsonValue {
    const start = this.at;
    if (first === 45) this.at++;
    const digitsStart = this.at;
    let code = this.byteAt(digitsStart);
    let value = 0;
    while (code >= 48 && code <= 57) {
      value = value * 10 + (code - 48);
      code = this.byteAt(++this.at);
    }
    const digits = this.at - digitsStart;
    if (digits === 0) throw this.fault('unexpected character');
    if (digits > 1 && this.bytes[digitsStart] === 48) throw new JsonSyntaxError('leading zero', digitsStart);
    if (code === 46 || code === 101 || code === 69) return this.float(start);
    if (digits <= 15) return first === 45 && value !== 0 ? -value : value;
    return this.longInteger(start, digits);
  }

  private longInteger(start: number, digits: number): number | bigint {
    if (digits > LEDGER.integerDigitsMax) throw new JsonSyntaxError('integer too long', start);
    const value = BigInt(this.textBetween(start, this.at));
    const near = Number(value);
    return Number.isSafeInteger(near) ? near : value;
  }

  /** The rest of a number whose integer part has been read. */
  private float(start: number): JsonFloat {
    if (this.byteAt(this.at) === 46) {
      this.at++;
      this.digits();
    }
    const code = this.byteAt(this.at);
    if (code === 101 || code === 69) {
      this.at++;
      const sign = this.byteAt(this.at);
      if (sign === 43 || sign === 45) this.at++;
      this.digits();
    }
    const literal = this.textBetween(start, this.at);
    const value = Number(literal);
    if (!Number.isFinite(value)) throw new JsonSyntaxError('number beyond the range of doubles', start);
    return new JsonFloat(value, literal);
  }

  /** At least one digit. */
  private digits(): void {
    const from = this.at;
    for (let code = this.byteAt(from); code >= 48 && code <= 57; ) code = this.byteAt(++this.at);
    if (this.at === from) throw this.fault('expected a digit');
  }
}

/** -1 for anything else. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
