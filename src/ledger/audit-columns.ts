/**
 * Compact tables for the audit: columns of numbers in pieces, so that growing copies nothing, and a table of 32-byte
 * ids that costs 40 bytes an entry where a Map of hex strings costs 150.
 */

const CHUNK = 2 ** 16;
/** 32 bytes as words of 32 bits. */
const WORDS = 8;
/** Slots are at most this full. */
const LOAD_MAX = 0.6;
const FIRST_SLOTS = 1024;

type Cells = Uint32Array | Float64Array;

/** A growing list of numbers; `make` says how wide each is. */
export class NumberColumn {
  private readonly chunks: Cells[] = [];
  private count = 0;

  constructor(private readonly make: (length: number) => Cells) {}

  get length(): number {
    return this.count;
  }

  push(value: number): void {
    const at = this.count++;
    let chunk = this.chunks[Math.floor(at / CHUNK)];
    if (chunk === undefined) {
      chunk = this.make(CHUNK);
      this.chunks.push(chunk);
    }
    chunk[at % CHUNK] = value;
  }

  at(index: number): number {
    return this.chunks[Math.floor(index / CHUNK)]?.[index % CHUNK] ?? 0;
  }

  set(index: number, value: number): void {
    const chunk = this.chunks[Math.floor(index / CHUNK)];
    if (chunk !== undefined) chunk[index % CHUNK] = value;
  }
}

/** 32-bit numbers. */
export function wordColumn(): NumberColumn {
  return new NumberColumn((length) => new Uint32Array(length));
}

/** Whole numbers up to 2^53. */
export function wideColumn(): NumberColumn {
  return new NumberColumn((length) => new Float64Array(length));
}

/** A growing list of amounts: whole numbers below 2^64. */
export class AmountColumn {
  private readonly chunks: BigUint64Array[] = [];
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(value: bigint): void {
    const at = this.count++;
    let chunk = this.chunks[Math.floor(at / CHUNK)];
    if (chunk === undefined) {
      chunk = new BigUint64Array(CHUNK);
      this.chunks.push(chunk);
    }
    chunk[at % CHUNK] = value;
  }

  at(index: number): bigint {
    return this.chunks[Math.floor(index / CHUNK)]?.[index % CHUNK] ?? 0n;
  }
}

/** A growing list of 32-byte values. */
export class HashColumn {
  private readonly words = wordColumn();

  get length(): number {
    return this.words.length / WORDS;
  }

  push(words: readonly number[]): void {
    for (let index = 0; index < WORDS; index++) this.words.push(words[index] ?? 0);
  }

  equals(index: number, words: readonly number[]): boolean {
    for (let word = 0; word < WORDS; word++) {
      if (this.words.at(index * WORDS + word) !== words[word]) return false;
    }
    return true;
  }

  hexAt(index: number): string {
    let hex = '';
    for (let word = 0; word < WORDS; word++) {
      hex += this.words
        .at(index * WORDS + word)
        .toString(16)
        .padStart(8, '0');
    }
    return hex;
  }

  /** The first 32 bits. */
  headAt(index: number): number {
    return this.words.at(index * WORDS);
  }
}

/** 64 hex digits as eight words; null for any other text. */
export function wordsOfHex(hex: string): number[] | null {
  if (!/^[0-9a-f]{64}$/.test(hex)) return null;
  const words: number[] = [];
  for (let at = 0; at < 64; at += 8) words.push(Number.parseInt(hex.slice(at, at + 8), 16));
  return words;
}

/** Ids by the order in which they were added, found again by their value: open addressing over a HashColumn. */
export class IdTable {
  private readonly ids = new HashColumn();
  /** Index + 1; 0 = free. */
  private slots = new Uint32Array(FIRST_SLOTS);

  get length(): number {
    return this.ids.length;
  }

  /** Index of `id`, or -1. */
  find(id: string): number {
    const words = wordsOfHex(id);
    return words === null ? -1 : (this.slots[this.slotOf(words)] ?? 0) - 1;
  }

  /** Adds an id that is not there; its index. Throws RangeError for what is not 64 hex digits. */
  add(id: string): number {
    const words = wordsOfHex(id);
    if (words === null) throw new RangeError('an id has 64 hex digits');
    if (this.ids.length + 1 > this.slots.length * LOAD_MAX) this.grow();
    const index = this.ids.length;
    this.ids.push(words);
    this.slots[this.slotOf(words)] = index + 1;
    return index;
  }

  idAt(index: number): string {
    return this.ids.hexAt(index);
  }

  /** The slot that holds `words`, or the free one where they belong. */
  private slotOf(words: readonly number[]): number {
    const mask = this.slots.length - 1;
    let slot = (words[0] ?? 0) & mask;
    for (;;) {
      const entry = this.slots[slot] ?? 0;
      if (entry === 0 || this.ids.equals(entry - 1, words)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private grow(): void {
    const slots = new Uint32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    for (let index = 0; index < this.ids.length; index++) {
      let slot = this.ids.headAt(index) & mask;
      while ((slots[slot] ?? 0) !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
    this.slots = slots;
  }
}
