/** A file of lines of which single ones are read again later, by the byte at which they begin. */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { IdTable, wideColumn, wordColumn } from '../../ledger/audit-columns.js';
import { LegacySourceUnusable } from '../../store/legacy-source.js';

const READ_BYTES = 1024 * 1024;
/** Most lines are shorter. */
const LINE_BYTES = 4 * 1024;
/** A document of 16 MiB, MongoDB's largest, as text. */
const LINE_BYTES_MAX = 128 * 1024 * 1024;
const LINE_FEED = 10;

export interface Line {
  /** The byte at which it begins. */
  readonly offset: number;
  /** From 1 on. */
  readonly number: number;
  readonly text: string;
}

export class LineFile {
  private readonly file: number;
  private readonly bytes: number;

  /** Throws LegacySourceUnusable for a file that cannot be opened. */
  constructor(readonly path: string) {
    try {
      this.file = openSync(path, 'r');
      this.bytes = fstatSync(this.file).size;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new LegacySourceUnusable(`Cannot read ${path}: ${why}`);
    }
  }

  /** Every line that is not blank. Throws LegacySourceUnusable for one that is too long to be a document. */
  *lines(): Generator<Line> {
    let number = 0;
    for (let offset = 0; offset < this.bytes; ) {
      const page = this.read(offset, READ_BYTES);
      const end = page.lastIndexOf(LINE_FEED) + 1;
      // The last line may lack its line feed; a long one may not end within the page.
      const whole = end > 0 ? page.subarray(0, end) : this.lineBytesAt(offset);
      for (let start = 0; start < whole.length; ) {
        const feed = whole.indexOf(LINE_FEED, start);
        const stop = feed < 0 ? whole.length : feed;
        number += 1;
        const text = whole.toString('utf8', start, stop).trim();
        if (text !== '') yield { offset: offset + start, number, text };
        start = stop + 1;
      }
      offset += whole.length;
    }
  }

  /** The line that begins there. */
  lineAt(offset: number): string {
    return this.lineBytesAt(offset).toString('utf8').trim();
  }

  close(): void {
    closeSync(this.file);
  }

  /** With its line feed, if it has one. */
  private lineBytesAt(offset: number): Buffer {
    for (let length = LINE_BYTES; length <= LINE_BYTES_MAX; length *= 4) {
      const page = this.read(offset, length);
      const feed = page.indexOf(LINE_FEED);
      if (feed >= 0) return page.subarray(0, feed + 1);
      if (offset + page.length >= this.bytes) return page;
    }
    throw new LegacySourceUnusable(`${this.path} is no file of mongoexport: a line does not end`);
  }

  private read(offset: number, length: number): Buffer {
    const page = Buffer.allocUnsafe(Math.max(0, Math.min(length, this.bytes - offset)));
    const count = readSync(this.file, page, 0, page.length, offset);
    if (count !== page.length)
      throw new LegacySourceUnusable(`${this.path} became shorter while it was read`);
    return page;
  }
}

const NONE = 0xffff_ffff;

/** Which lines concern an id: about 60 bytes a line. Ids that are no 64 hex digits concern nobody. */
export class OffsetIndex {
  private readonly ids = new IdTable();
  /** By id: its last line. By line: the one before it with the same id. */
  private readonly last = wordColumn();
  private readonly before = wordColumn();
  private readonly offsets = wideColumn();

  add(id: string, offset: number): void {
    if (!/^[0-9a-f]{64}$/.test(id)) return;
    const known = this.ids.find(id);
    const line = this.offsets.length;
    this.offsets.push(offset);
    if (known < 0) {
      this.ids.add(id);
      this.last.push(line);
      this.before.push(NONE);
      return;
    }
    this.before.push(this.last.at(known));
    this.last.set(known, line);
  }

  /** In the order in which they were added. */
  offsetsOf(id: string): number[] {
    const known = this.ids.find(id);
    const found: number[] = [];
    for (let line = known < 0 ? NONE : this.last.at(known); line !== NONE; line = this.before.at(line))
      found.unshift(this.offsets.at(line));
    return found;
  }
}
