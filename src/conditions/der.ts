/**
 * The little of DER that crypto-conditions need: tag, definite length, content. Reading is strict where a deviation
 * could not be re-encoded, and takes note of the deviations that 1.0.1's decoder lets pass and rewrites.
 */

/** The bytes are not what they should be, not even read generously. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

/** One element: its tag and where its content lies. */
export interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/** Reads elements of one buffer. */
export class DerReader {
  /** Everything read so far stood in its one DER form. */
  canonical = true;

  constructor(readonly bytes: Buffer) {}

  /** The element at `at`, which must end at or before `limit`. */
  element(at: number, limit: number): Element {
    if (at + 2 > limit) throw new DerError('element cut short');
    const tag = this.bytes.readUInt8(at);
    const first = this.bytes.readUInt8(at + 1);
    if (first < 0x80) return this.bounded(tag, at + 2, first, limit);
    const lengthBytes = first - 0x80;
    // 0x80 is the indefinite form; four bytes already exceed every document.
    if (lengthBytes === 0 || lengthBytes > 4 || at + 2 + lengthBytes > limit) {
      throw new DerError('length that cannot be read');
    }
    const length = this.bytes.readUIntBE(at + 2, lengthBytes);
    if (length < 0x80 || length < 2 ** (8 * (lengthBytes - 1))) this.canonical = false;
    return this.bounded(tag, at + 2 + lengthBytes, length, limit);
  }

  /** As `element`, with the tag given. */
  expect(tag: number, at: number, limit: number): Element {
    const element = this.element(at, limit);
    if (element.tag !== tag) throw new DerError(`tag ${element.tag} instead of ${tag}`);
    return element;
  }

  /** Content of an element as an integer of 0 to 2^32 - 1. */
  unsigned(element: Element): number {
    const length = element.end - element.start;
    if (length === 0 || this.bytes.readUInt8(element.start) >= 0x80) {
      throw new DerError('integer that is empty or negative');
    }
    let start = element.start;
    while (start < element.end - 1 && this.bytes[start] === 0) start++;
    if (element.end - start > 4) throw new DerError('integer beyond 32 bits');
    const value = this.bytes.readUIntBE(start, element.end - start);
    if (length !== unsignedBytes(value)) this.canonical = false;
    return value;
  }

  /** The elements of a SET OF; notes a wrong order. */
  members(set: Element): Element[] {
    const members: Element[] = [];
    let previousAt = set.start;
    for (let at = set.start; at < set.end; ) {
      const member = this.element(at, set.end);
      const sorted = this.bytes.compare(this.bytes, at, member.end, previousAt, at) <= 0;
      if (!sorted && members.length > 0) this.canonical = false;
      members.push(member);
      previousAt = at;
      at = member.end;
    }
    return members;
  }

  private bounded(tag: number, start: number, length: number, limit: number): Element {
    if (start + length > limit) throw new DerError('content cut short');
    return { tag, start, end: start + length };
  }
}

/** An element of `tag` around `parts`. */
export function encode(tag: number, parts: readonly Uint8Array[]): Buffer {
  let length = 0;
  for (const part of parts) length += part.length;
  return Buffer.concat([header(tag, length), ...parts]);
}

/** An element of `tag` around `members` as SET OF: sorted by their bytes. */
export function encodeSet(tag: number, members: readonly Uint8Array[]): Buffer {
  return encode(tag, [...members].sort(Buffer.compare));
}

/** An integer of 0 to 2^32 - 1 under `tag`. */
export function encodeUnsigned(tag: number, value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32BE(value, 1);
  return encode(tag, [bytes.subarray(bytes.length - unsignedBytes(value))]);
}

/** Bytes of an integer that is not negative: its highest bit must be clear. */
function unsignedBytes(value: number): number {
  return Math.floor((32 - Math.clz32(value)) / 8) + 1;
}

function header(tag: number, length: number): Buffer {
  if (length < 0x80) return Buffer.from([tag, length]);
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Buffer.from([tag, 0x80 + digits.length, ...digits]);
}
