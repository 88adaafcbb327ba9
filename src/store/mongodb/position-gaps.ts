/**
 * Positions of the backlog that were taken but not seen yet. Writers take their positions from one counter before
 * they insert, so an entry may appear below others that were read already; a sweep that only looked forward would
 * skip it. Readers come back to these gaps until whoever took them must be done. Deleted entries leave gaps as well,
 * which are forgotten the same way. When there are too many gaps the lowest are forgotten: the sweep that starts from
 * the beginning now and then covers them.
 */

import { MONGODB } from '../../config/limits.js';
import type { Clock } from '../../runtime/runtime.js';

/** Positions from `first` to `last`. */
export interface Gap {
  readonly first: number;
  readonly last: number;
}

export class PositionGaps {
  private gaps: Gap[] = [];
  /** The last position taken as of a time; what was taken long enough ago is settled. */
  private readonly taken: { readonly atMs: number; readonly position: number }[] = [];

  constructor(private readonly clock: Clock) {}

  /** Gaps that may still be filled, up to `position`. */
  upTo(position: number): Gap[] {
    const settled = this.settled();
    this.gaps = this.gaps.filter((gap) => gap.last > settled);
    return this.gaps.filter((gap) => gap.first <= position);
  }

  /** Notes the last position that any writer has taken by now. */
  noteTaken(position: number): void {
    const atMs = this.clock.monotonicMs();
    const newest = this.taken[this.taken.length - 1];
    if (newest !== undefined && atMs - newest.atMs < MONGODB.positionSettledMs / 20) return;
    this.taken.push({ atMs, position });
  }

  /** Notes what a read of everything from `from` to `to` has found, in order. */
  noteRead(from: number, to: number, found: readonly number[]): void {
    const settled = this.settled();
    const kept = this.gaps.flatMap((gap) => cut(gap, from, to));
    let next = Math.max(from, settled + 1);
    for (const position of found) {
      if (position > next) kept.push({ first: next, last: position - 1 });
      next = Math.max(next, position + 1);
    }
    if (next <= to) kept.push({ first: next, last: to });
    kept.sort((left, right) => left.first - right.first);
    this.gaps = kept.slice(-MONGODB.positionGapsMax);
  }

  private settled(): number {
    const before = this.clock.monotonicMs() - MONGODB.positionSettledMs;
    let settled = this.taken[0];
    if (settled === undefined || settled.atMs > before) return 0;
    for (let next = this.taken[1]; next !== undefined && next.atMs <= before; next = this.taken[1]) {
      this.taken.shift();
      settled = next;
    }
    return settled.position;
  }
}

/** What of the gap lies outside `from` to `to`. */
function cut(gap: Gap, from: number, to: number): Gap[] {
  const below = { first: gap.first, last: Math.min(gap.last, from - 1) };
  const above = { first: Math.max(gap.first, to + 1), last: gap.last };
  return [below, above].filter(({ first, last }) => first <= last);
}
