/**
 * The texts of the backlog, many to a row ("pack"): dense pages when they are written, whole chains of pages freed at
 * once when they go. One row each would take twice the pages in the log, and dearer ones.
 *
 * A pack is never changed. It goes when its last entry goes, or when so few are left that they are moved to a new
 * one: an entry that waits long does not hold hundreds of others' bytes.
 */

import { type Connection, numberOf, type Statement, textOf } from './connection.js';
import { TextPacker } from './text-scratch.js';

/** Where a text stands. `pack` is the position of its first entry, so it is never used twice. */
export interface TextPlace {
  readonly pack: number;
  readonly offset: number;
  readonly bytes: number;
}

/** A pack is closed when it has this many bytes; one text may be larger. */
const PACK_BYTES = 128 * 1024;
/** A pack is emptied into another when less than this part of its entries is left. */
const SPARSE_PART = 1 / 8;

const decoder = new TextDecoder();

export class BacklogTexts {
  private readonly insert: Statement;
  private readonly select: Statement;
  private readonly delete: Statement;
  private readonly selectCounts: Statement;
  private readonly insertCounts: Statement;
  private readonly updateCounts: Statement;
  private readonly deleteCounts: Statement;
  private readonly packer = new TextPacker();
  /** The pack that is being filled; it reaches the table with `flush`. */
  private open: { pack: number; entries: number } | null = null;
  private lastRead: { pack: number; bytes: Uint8Array } | null = null;

  constructor(connection: Connection) {
    this.insert = connection.prepare('INSERT INTO backlog_texts VALUES (?, ?)');
    this.select = connection.prepare('SELECT texts FROM backlog_texts WHERE pack = ?');
    this.delete = connection.prepare('DELETE FROM backlog_texts WHERE pack = ?');
    this.selectCounts = connection.prepare('SELECT entries, standing FROM backlog_packs WHERE pack = ?');
    this.insertCounts = connection.prepare('INSERT INTO backlog_packs VALUES (?, ?, ?)');
    this.updateCounts = connection.prepare('UPDATE backlog_packs SET standing = ? WHERE pack = ?');
    this.deleteCounts = connection.prepare('DELETE FROM backlog_packs WHERE pack = ?');
  }

  /** Puts the text of the entry at `position` into the open pack. */
  add(text: string, position: number): TextPlace {
    if (this.open === null) this.open = { pack: position, entries: 0 };
    this.open.entries += 1;
    const { pack } = this.open;
    const offset = this.packer.length;
    const bytes = this.packer.append(text);
    if (this.packer.length >= PACK_BYTES) this.flush();
    return { pack, offset, bytes };
  }

  /** Writes the open pack; before any other look at the backlog and before COMMIT. */
  flush(): void {
    if (this.open === null) return;
    const { pack, entries } = this.open;
    this.open = null;
    this.insert.run(pack, this.packer.take());
    this.insertCounts.run(pack, entries, entries);
  }

  /** After a transaction that was rolled back, or before a new one: nothing is open and nothing is remembered. */
  forget(): void {
    this.open = null;
    this.packer.take();
    this.lastRead = null;
  }

  read(place: TextPlace): string {
    const bytes = this.readPack(place.pack);
    return decoder.decode(bytes.subarray(place.offset, place.offset + place.bytes));
  }

  /** Takes note that entries of `pack` are gone; true when the rest should move to a new pack. */
  release(pack: number, gone: number): boolean {
    const [entries, standing] = this.selectCounts.get(pack) ?? [];
    const left = numberOf(standing) - gone;
    if (left <= 0) {
      this.drop(pack);
      return false;
    }
    this.updateCounts.run(left, pack);
    return left < numberOf(entries) * SPARSE_PART;
  }

  drop(pack: number): void {
    this.delete.run(pack);
    this.deleteCounts.run(pack);
  }

  private readPack(pack: number): Uint8Array {
    if (this.lastRead?.pack === pack) return this.lastRead.bytes;
    const column = this.select.get(pack)?.[0];
    const bytes = column instanceof Uint8Array ? column : Buffer.from(textOf(column), 'utf8');
    this.lastRead = { pack, bytes };
    return bytes;
  }
}
