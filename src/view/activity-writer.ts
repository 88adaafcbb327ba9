/**
 * Counts per slice of time for charts, at three widths. A slice is kept for twice the window that shows it, counted
 * from the newest one, so the table stays small.
 */

import { ACTIVITY } from './activity.js';
import type { Sqlite, Statement } from './sqlite.js';

interface Slice {
  transactions: number;
  blocks: number;
  rejections: number;
  waitedMs: number;
  waited: number;
}

const WIDTHS = Object.values(ACTIVITY);

export class ActivityWriter {
  /** Not written yet, by the start of the narrowest slice. */
  private readonly slices = new Map<number, Slice>();
  private readonly add: Statement;
  private readonly prune: Statement;

  constructor(sqlite: Sqlite) {
    this.add = sqlite.prepare(
      `INSERT INTO activity VALUES (?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET
         transactions = transactions + excluded.transactions, blocks = blocks + excluded.blocks,
         rejections = rejections + excluded.rejections, waited_ms = waited_ms + excluded.waited_ms,
         waited = waited + excluded.waited`,
    );
    this.prune = sqlite.prepare('DELETE FROM activity WHERE slice_ms = ? AND from_ms < ?');
  }

  /** A block decided valid or invalid; `transactions` are those that became valid with it. */
  addBlock(decidedAtMs: number, transactions: readonly { readonly acceptedAtMs: number | null }[]): void {
    const slice = this.sliceAt(decidedAtMs);
    slice.blocks += 1;
    slice.transactions += transactions.length;
    for (const { acceptedAtMs } of transactions) {
      if (acceptedAtMs === null) continue;
      slice.waited += 1;
      slice.waitedMs += Math.max(0, Math.round(decidedAtMs - acceptedAtMs));
    }
  }

  addRejection(atMs: number): void {
    this.sliceAt(atMs).rejections += 1;
  }

  /** Inside the transaction that wrote what was counted. */
  flush(): void {
    for (const [start, slice] of this.slices) {
      const { transactions, blocks, rejections, waitedMs, waited } = slice;
      for (const { sliceMs, slices } of WIDTHS) {
        const from = start - (start % sliceMs);
        this.add.run(sliceMs, from, transactions, blocks, rejections, waitedMs, waited);
        this.prune.run(sliceMs, from - 2 * slices * sliceMs);
      }
    }
    this.slices.clear();
  }

  /** After a rollback. */
  forget(): void {
    this.slices.clear();
  }

  private sliceAt(atMs: number): Slice {
    const start = Math.floor(atMs / ACTIVITY.MINUTE.sliceMs) * ACTIVITY.MINUTE.sliceMs;
    const known = this.slices.get(start);
    if (known !== undefined) return known;
    const slice: Slice = { transactions: 0, blocks: 0, rejections: 0, waitedMs: 0, waited: 0 };
    this.slices.set(start, slice);
    return slice;
  }
}
