/**
 * The newest rows of an index that are not in its table yet (see `sliced-index.ts`), as every connection reads them:
 * per height three columns of numbers in the order of the prefixes, so that finding a prefix is a binary search and
 * taking over a height is one copy.
 */

import { crc32 } from 'node:zlib';
import { numberAt, type Sqlite, type Statement } from './sqlite.js';

const NUMBER_BYTES = Float64Array.BYTES_PER_ELEMENT;

/** The sliced indexes: tables of `(prefix, kind, sequence, output_index)`. */
export type IndexName = 'ids' | 'keys';

export const PENDING_TABLES = { ids: 'pending_ids', keys: 'pending_keys' } as const;

/** A change of one row as numbers: output index, kind and whether the row goes. Kinds are below 4. */
export function changeCode(kind: number, outputIndex: number, removed: boolean): number {
  return outputIndex * 8 + kind * 2 + (removed ? 1 : 0);
}

export function kindOf(code: number): number {
  return Math.floor((code % 8) / 2);
}

export function outputIndexOf(code: number): number {
  return Math.floor(code / 8);
}

export function isRemoval(code: number): boolean {
  return code % 2 === 1;
}

/** Changes of one height, sorted by prefix and, of one prefix, in the order in which they happened. */
export interface Changes {
  readonly prefixes: Float64Array;
  readonly sequences: Float64Array;
  readonly codes: Float64Array;
}

/** The three columns, and the checksum of their bytes as one more number. */
export function encodeChanges({ prefixes, sequences, codes }: Changes): Uint8Array {
  const count = prefixes.length;
  const all = new Float64Array(3 * count + 1);
  all.set(prefixes, 0);
  all.set(sequences, count);
  all.set(codes, 2 * count);
  const bytes = new Uint8Array(all.buffer);
  all[3 * count] = crc32(bytes.subarray(0, -NUMBER_BYTES));
  return bytes;
}

/** What `encodeChanges` made and a row gave back. Throws ViewUnreadable for anything else. */
export function decodeChanges(sqlite: Sqlite, blob: unknown): Changes {
  // A copy, because a column of numbers must start at a multiple of eight.
  const bytes = new Uint8Array(blob instanceof Uint8Array ? blob : []);
  const all = new Float64Array(bytes.length % NUMBER_BYTES === 0 ? bytes.buffer : []);
  const count = (all.length - 1) / 3;
  if (!Number.isInteger(count) || all[3 * count] !== crc32(bytes.subarray(0, -NUMBER_BYTES)))
    throw sqlite.damaged('a row of pending changes is not what was written');
  return {
    prefixes: all.subarray(0, count),
    sequences: all.subarray(count, 2 * count),
    codes: all.subarray(2 * count, 3 * count),
  };
}

/** What is pending, as of the last `refresh`. */
export class PendingRows {
  private heights: { readonly height: number; readonly changes: Changes }[] = [];
  private readonly newer: Statement;
  private readonly oldest: Statement;

  constructor(
    private readonly sqlite: Sqlite,
    name: IndexName,
  ) {
    const table = PENDING_TABLES[name];
    this.newer = sqlite.prepare(`SELECT height, changes FROM ${table} WHERE height > ? ORDER BY height`);
    this.oldest = sqlite.prepare(`SELECT min(height) FROM ${table}`);
  }

  /** Takes over what was committed since. Heights that reached the table may stay one turn longer, which is harmless. */
  refresh(): void {
    const last = this.heights[this.heights.length - 1]?.height ?? -1;
    for (const row of this.newer.all(last)) {
      this.heights.push({ height: numberAt(row, 0), changes: decodeChanges(this.sqlite, row[1]) });
    }
    const oldest = this.oldest.get()?.[0];
    if (typeof oldest !== 'number') this.heights = [];
    else if ((this.heights[0]?.height ?? oldest) < oldest) {
      this.heights = this.heights.filter(({ height }) => height >= oldest);
    }
  }

  /** After a rollback: what was taken over may stand nowhere. */
  forget(): void {
    this.heights = [];
  }

  /** Sequences of rows that came, whether or not they went again; each maybe more than once, in ascending height. */
  sequencesOf(prefix: number, kind: number): number[] {
    const found: number[] = [];
    for (const { changes } of this.heights) {
      const { prefixes, sequences, codes } = changes;
      for (let place = firstPlace(prefixes, prefix); prefixes[place] === prefix; place++) {
        const code = codes[place] ?? 0;
        if (kindOf(code) === kind && !isRemoval(code)) found.push(sequences[place] ?? 0);
      }
    }
    return found;
  }
}

function firstPlace(sorted: Float64Array, wanted: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last pending change of every row that has one: over the table it says what the index holds. */
export function lastPendingChanges(
  sqlite: Sqlite,
  name: IndexName,
): Map<string, { readonly row: readonly number[]; readonly removed: boolean }> {
  const last = new Map<string, { row: readonly number[]; removed: boolean }>();
  for (const pending of sqlite.prepare(`SELECT changes FROM ${PENDING_TABLES[name]} ORDER BY height`).all()) {
    const { prefixes, sequences, codes } = decodeChanges(sqlite, pending[0]);
    prefixes.forEach((prefix, place) => {
      const code = codes[place] ?? 0;
      const row = [prefix, kindOf(code), sequences[place] ?? 0, outputIndexOf(code)];
      last.set(row.join(' '), { row, removed: isRemoval(code) });
    });
  }
  return last;
}
