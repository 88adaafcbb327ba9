/**
 * Texts as UTF-8 bytes on their way into SQLite. Binding a long string makes V8 measure and copy it character by
 * character, twenty times slower than writing it into a buffer that is there already.
 */

/** Kept between uses; a larger text gets a buffer of its own. */
const KEPT_BYTES = 4 * 1024 * 1024;
/** UTF-8 bytes of one UTF-16 unit, at most. */
const UNIT_BYTES_MAX = 3;

const kept = Buffer.allocUnsafeSlow(KEPT_BYTES);

/** The bytes of `text`, valid until the next call: SQLite copies what is bound. */
export function scratchBytes(text: string): Uint8Array {
  const bytesMax = text.length * UNIT_BYTES_MAX;
  const buffer = bytesMax <= KEPT_BYTES ? kept : Buffer.allocUnsafeSlow(bytesMax);
  return buffer.subarray(0, buffer.write(text, 'utf8'));
}

/** Texts one after the other in one buffer that grows up to the largest batch it ever held, `bytesMax` and one text. */
export class TextPacker {
  private buffer = Buffer.allocUnsafeSlow(KEPT_BYTES / 16);
  private end = 0;

  /** Bytes so far. */
  get length(): number {
    return this.end;
  }

  /** Appends and returns how many bytes it took. */
  append(text: string): number {
    this.makeRoom(text.length * UNIT_BYTES_MAX);
    const bytes = this.buffer.write(text, this.end, 'utf8');
    this.end += bytes;
    return bytes;
  }

  /** Everything appended, valid until the next `append`; the packer is empty then. */
  take(): Uint8Array {
    const bytes = this.buffer.subarray(0, this.end);
    this.end = 0;
    return bytes;
  }

  private makeRoom(bytesMax: number): void {
    if (this.end + bytesMax <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.end + bytesMax));
    this.buffer.copy(larger, 0, 0, this.end);
    this.buffer = larger;
  }
}
