/**
 * Writing an index whose keys are random. Put into its table at once, every row would dirty a page of its own: at a
 * million transactions that tripled the cost of a height (measured). So a height writes its changes in one short row
 * of a pending table, and only one of 32 slices of the index, the next in turn, takes its changes of the last 32
 * heights into the table, many to a page. Readers ask both places (`pending-rows.ts`).
 *
 * A crash leaves the pending rows; they are taken in again from the start, which changes nothing where they were
 * taken in before, because the last change of a row decides and the oldest pending rows go first.
 */

import { VIEW } from '../config/limits.js';
import {
  type Changes,
  changeCode,
  decodeChanges,
  encodeChanges,
  type IndexName,
  isRemoval,
  kindOf,
  outputIndexOf,
  PENDING_TABLES,
} from './pending-rows.js';
import { PREFIX_END } from './sequence.js';
import type { Sqlite, Statement } from './sqlite.js';

/** Heights until a change is in the table. */
const SLICES = 32;
const SLICE_WIDTH = PREFIX_END / SLICES;

/** Changes as growing columns. */
class ChangeList {
  prefixes: number[] = [];
  sequences: number[] = [];
  codes: number[] = [];

  get length(): number {
    return this.prefixes.length;
  }

  push(prefix: number, sequence: number, code: number): void {
    this.prefixes.push(prefix);
    this.sequences.push(sequence);
    this.codes.push(code);
  }

  clear(): void {
    this.prefixes = [];
    this.sequences = [];
    this.codes = [];
  }

  /** Sorted by prefix, in order of time where it is the same. */
  sorted(): Changes {
    const { prefixes, sequences, codes } = this;
    const places = sortedPlaces(prefixes);
    return {
      prefixes: Float64Array.from(places, (place) => prefixes[place] ?? 0),
      sequences: Float64Array.from(places, (place) => sequences[place] ?? 0),
      codes: Float64Array.from(places, (place) => codes[place] ?? 0),
    };
  }
}

/** Places that fit beside the first 40 bits of a prefix into the 53 of a number. */
const PACKED_PLACES = 2 ** 13;
const DROPPED_BITS = 2 ** 8;

/**
 * The order of `prefixes`, by place where they are equal. A height has thousands, and plain numbers are sorted five
 * times as fast as anything with a comparison, so the first 40 bits are sorted together with the places. What is then
 * out of order by the last 8 bits is next to its place.
 */
function sortedPlaces(prefixes: readonly number[]): Uint32Array {
  const order = (a: number, b: number): number => (prefixes[a] ?? 0) - (prefixes[b] ?? 0) || a - b;
  if (prefixes.length > PACKED_PLACES) return Uint32Array.from(prefixes, (_, place) => place).sort(order);
  const packed = Float64Array.from(
    prefixes,
    (prefix, place) => Math.floor(prefix / DROPPED_BITS) * PACKED_PLACES + place,
  ).sort();
  const places = Uint32Array.from(packed, (value) => value % PACKED_PLACES);
  for (let index = 1; index < places.length; index++) {
    const place = places[index] ?? 0;
    let to = index;
    for (; to > 0 && order(places[to - 1] ?? 0, place) > 0; to--) places[to] = places[to - 1] ?? 0;
    places[to] = place;
  }
  return places;
}

export class SlicedIndex {
  /** Of the height being written. */
  private readonly current = new ChangeList();
  private readonly slices = Array.from({ length: SLICES }, () => new ChangeList());
  private waiting = 0;
  private readonly insertRow: Statement;
  private readonly deleteRow: Statement;
  private readonly insertPending: Statement;
  private readonly deletePending: Statement;
  private readonly selectPending: Statement;

  constructor(
    private readonly sqlite: Sqlite,
    name: IndexName,
  ) {
    const pending = PENDING_TABLES[name];
    this.insertRow = sqlite.prepare(`INSERT OR IGNORE INTO ${name} VALUES (?,?,?,?)`);
    this.deleteRow = sqlite.prepare(
      `DELETE FROM ${name} WHERE prefix = ? AND kind = ? AND sequence = ? AND output_index = ?`,
    );
    this.insertPending = sqlite.prepare(`INSERT INTO ${pending} VALUES (?,?)`);
    this.deletePending = sqlite.prepare(`DELETE FROM ${pending} WHERE height <= ?`);
    this.selectPending = sqlite.prepare(`SELECT changes FROM ${pending} ORDER BY height`);
    this.reload();
  }

  insert(prefix: number, kind: number, sequence: number, outputIndex: number): void {
    this.current.push(prefix, sequence, changeCode(kind, outputIndex, false));
  }

  remove(prefix: number, kind: number, sequence: number, outputIndex: number): void {
    this.current.push(prefix, sequence, changeCode(kind, outputIndex, true));
  }

  /** Ends a height: inside the transaction that writes it. */
  endHeight(height: number): void {
    if (this.current.length > 0) {
      const changes = this.current.sorted();
      this.insertPending.run(height, encodeChanges(changes));
      this.distribute(changes);
      this.current.clear();
    }
    this.takeIn(height % SLICES);
    if (this.waiting > VIEW.pendingChangesMax) {
      for (let slice = 0; slice < SLICES; slice++) this.takeIn(slice);
    }
    // Since that height every slice has had its turn.
    this.deletePending.run(height - SLICES + 1);
  }

  /** After a rollback, and at the start: memory follows what is committed. */
  reload(): void {
    this.current.clear();
    for (const slice of this.slices) slice.clear();
    this.waiting = 0;
    for (const row of this.selectPending.all()) this.distribute(decodeChanges(this.sqlite, row[0]));
  }

  private distribute({ prefixes, sequences, codes }: Changes): void {
    for (let place = 0; place < prefixes.length; place++) {
      const prefix = prefixes[place] ?? 0;
      const slice = this.slices[Math.floor(prefix / SLICE_WIDTH)];
      slice?.push(prefix, sequences[place] ?? 0, codes[place] ?? 0);
    }
    this.waiting += prefixes.length;
  }

  private takeIn(number: number): void {
    const slice = this.slices[number];
    if (slice === undefined || slice.length === 0) return;
    const { prefixes, sequences, codes } = slice.sorted();
    for (const place of lastChanges(prefixes, sequences, codes)) {
      const prefix = prefixes[place] ?? 0;
      const code = codes[place] ?? 0;
      const statement = isRemoval(code) ? this.deleteRow : this.insertRow;
      statement.run(prefix, kindOf(code), sequences[place] ?? 0, outputIndexOf(code));
    }
    this.waiting -= slice.length;
    slice.clear();
  }
}

/** Places of the changes that decide: of each row the last one. */
function* lastChanges(
  prefixes: Float64Array,
  sequences: Float64Array,
  codes: Float64Array,
): Generator<number> {
  for (let start = 0; start < prefixes.length; ) {
    let end = start + 1;
    while (prefixes[end] === prefixes[start]) end++;
    if (end === start + 1) yield start;
    else yield* lastOfPrefix(start, end, sequences, codes);
    start = end;
  }
}

function lastOfPrefix(
  start: number,
  end: number,
  sequences: Float64Array,
  codes: Float64Array,
): Iterable<number> {
  const last = new Map<string, number>();
  for (let place = start; place < end; place++) {
    const code = codes[place] ?? 0;
    last.set(`${sequences[place]} ${code - (code % 2)}`, place);
  }
  return last.values();
}
