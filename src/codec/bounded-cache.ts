/**
 * A map that forgets: two generations of at most `entriesMax` entries each. What is asked for stays; what nobody
 * asked for while a generation filled up goes. Cheaper than an exact LRU: one look-up for what is used often.
 */

/** Holds at most `2 * entriesMax` entries. Keys are kept as given: pass strings that own their memory (`ownString`). */
export class BoundedCache<K, V> {
  private young = new Map<K, V>();
  private old = new Map<K, V>();

  constructor(private readonly entriesMax: number) {}

  get(key: K): V | undefined {
    const value = this.young.get(key);
    if (value !== undefined) return value;
    const older = this.old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: K, value: V): void {
    if (this.young.size >= this.entriesMax) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, value);
  }

  get size(): number {
    return this.young.size + this.old.size;
  }
}

/**
 * The same ASCII text in memory of its own. A substring keeps the whole text it was cut from alive, so whatever
 * outlives a request must not be a substring of its body.
 */
export function ownString(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
