/**
 * The part of Node's `Buffer` that `src/codec`, `src/conditions` and `src/model` use, over the browser's own bytes and
 * texts. The build puts it in the place of the global in those folders, so that a browser judges a transaction by the
 * very code of the node.
 */

type Encoding = 'utf8' | 'latin1' | 'base64url';

const encoder = new TextEncoder();
/** As Node decodes: a byte order mark is a character like any other. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
/** Characters that one call can be given as arguments. */
const CHARACTERS_PER_CALL = 8192;

/** The one type of constructor that is needed here: its several ones cannot be inherited together. */
const Base: new (
  source: number | ArrayLike<number> | ArrayBuffer,
  offset?: number,
  length?: number,
) => Uint8Array<ArrayBuffer> = Uint8Array;

class Bytes extends Base {
  override toString(encoding: Encoding = 'utf8', start = 0, end = this.length): string {
    const part = this.subarray(start, end);
    if (encoding === 'utf8') return decoder.decode(part);
    return encoding === 'latin1' ? latin1Text(part) : base64UrlText(part);
  }

  /** Writes UTF-8 from `offset` on, as many whole characters as fit; the number of bytes written. */
  write(text: string, offset: number): number {
    return encoder.encodeInto(text, this.subarray(offset)).written;
  }

  readUInt8(at: number): number {
    const byte = this[at];
    if (byte === undefined) throw new RangeError(`no byte at ${at}`);
    return byte;
  }

  writeUInt8(value: number, at: number): number {
    if (at >= this.length) throw new RangeError(`no byte at ${at}`);
    this[at] = value;
    return at + 1;
  }

  /** Up to six bytes, big-endian. */
  readUIntBE(at: number, length: number): number {
    let value = 0;
    for (let index = at; index < at + length; index++) value = value * 256 + this.readUInt8(index);
    return value;
  }

  writeUInt32BE(value: number, at: number): number {
    new DataView(this.buffer, this.byteOffset, this.length).setUint32(at, value);
    return at + 4;
  }

  /** -1, 0 or 1: how a part of these bytes compares with a part of `target`. */
  compare(target: Uint8Array, targetStart: number, targetEnd: number, start: number, end: number): number {
    return compareBytes(this.subarray(start, end), target.subarray(targetStart, targetEnd));
  }
}

export const Buffer = {
  alloc: (length: number): Bytes => new Bytes(length),
  from: fromAny,
  concat: concatenated,
  compare: compareBytes,
  byteLength: (text: string): number => encoder.encode(text).length,
  isBuffer: (value: unknown): value is Bytes => value instanceof Bytes,
};

function fromAny(
  source: string | ArrayBuffer | ArrayLike<number>,
  encodingOrOffset: Encoding | number = 'utf8',
  length?: number,
): Bytes {
  if (source instanceof ArrayBuffer) {
    const offset = typeof encodingOrOffset === 'number' ? encodingOrOffset : 0;
    return new Bytes(source, offset, length ?? source.byteLength - offset);
  }
  if (typeof source !== 'string') return new Bytes(source);
  if (encodingOrOffset === 'latin1') return latin1Bytes(source);
  return encodingOrOffset === 'base64url' ? base64UrlBytes(source) : new Bytes(encoder.encode(source));
}

function concatenated(parts: readonly Uint8Array[]): Bytes {
  const whole = new Bytes(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return Math.sign(left.length - right.length);
}

function latin1Text(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHARACTERS_PER_CALL)
    text += String.fromCharCode(...bytes.subarray(at, at + CHARACTERS_PER_CALL));
  return text;
}

function latin1Bytes(text: string): Bytes {
  const bytes = new Bytes(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function base64UrlText(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    for (bits += 8; bits >= 6; bits -= 6) text += ALPHABET.charAt((held >> (bits - 6)) & 63);
  }
  return bits === 0 ? text : text + ALPHABET.charAt((held << (6 - bits)) & 63);
}

/** Foreign characters are skipped, as Node does; who must not have them compares the spelling. */
function base64UrlBytes(text: string): Bytes {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const character of text) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) continue;
    held = ((held << 6) | digit) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
  }
  return new Bytes(bytes);
}
