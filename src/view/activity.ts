/** Counts per slice of time, as `activity` in the doors shows them. */

import type { ActivityPoint, ActivityWindow } from './list-queries.js';
import { numberAt, type Sqlite } from './sqlite.js';

/** How wide the slices of a window are, and how many there are. */
export const ACTIVITY: Readonly<
  Record<ActivityWindow, { readonly sliceMs: number; readonly slices: number }>
> = {
  MINUTE: { sliceMs: 1000, slices: 60 },
  HOUR: { sliceMs: 60_000, slices: 60 },
  DAY: { sliceMs: 900_000, slices: 96 },
};

/** Oldest first; the last slice is the one that holds `nowMs`. */
export function readActivity(sqlite: Sqlite, window: ActivityWindow, nowMs: number): ActivityPoint[] {
  const { sliceMs, slices } = ACTIVITY[window];
  const last = Math.floor(nowMs / sliceMs) * sliceMs;
  const first = last - (slices - 1) * sliceMs;
  const points = new Map<number, ActivityPoint>();
  const rows = sqlite
    .prepare(
      `SELECT from_ms, transactions, blocks, rejections, waited_ms, waited FROM activity
       WHERE slice_ms = ? AND from_ms BETWEEN ? AND ?`,
    )
    .all(sliceMs, first, last);
  for (const row of rows) {
    const waited = numberAt(row, 5);
    points.set(numberAt(row, 0), {
      fromMs: numberAt(row, 0),
      transactions: numberAt(row, 1),
      blocks: numberAt(row, 2),
      rejections: numberAt(row, 3),
      acceptedToValidMs: waited === 0 ? null : numberAt(row, 4) / waited,
    });
  }
  return Array.from({ length: slices }, (_, index) => {
    const fromMs = first + index * sliceMs;
    const idle = { fromMs, transactions: 0, blocks: 0, rejections: 0, acceptedToValidMs: null };
    return points.get(fromMs) ?? idle;
  });
}
