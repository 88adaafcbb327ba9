/** Pages of a list by place in the ledger: the same for every kind of row. */

import { VIEW } from '../../config/limits.js';
import { type Page, type PageRequest, type Place, type Placed, ScanLimitExceeded } from '../list-queries.js';
import { endOf, sequenceOf } from '../sequence.js';
import type { ScanBudget } from './query-context.js';
import { type Range, type SequenceSource, walk } from './sequences.js';

export interface List<T> {
  readonly sequences: SequenceSource;
  /** Rows of one sequence that belong to the list, in ascending order of their places. */
  rowsAt(sequence: number): readonly (T & Placed)[];
  readonly budget: ScanBudget;
  /** For counting, which must not eat what reading the page may read. */
  newBudget(): ScanBudget;
  /** The length of the whole list where it is known without counting. */
  readonly total?: number | null;
}

export function readPage<T>(list: List<T>, page: PageRequest): Page<T> {
  const limit = pageLimit(page.limit);
  const oldestFirst = page.order === 'OLDEST_FIRST';
  const descending = oldestFirst === (page.fromEnd === true);
  const lowest = (oldestFirst ? page.after : page.before) ?? null;
  const highest = (oldestFirst ? page.before : page.after) ?? null;
  const range: Range = {
    low: lowest === null ? -1 : sequenceOf(lowest.height, lowest.position) - 1,
    high: Math.min(
      endOf(page.asOf),
      highest === null ? endOf(page.asOf) : sequenceOf(highest.height, highest.position) + 1,
    ),
    descending,
  };
  const rows: (T & Placed)[] = [];
  for (const row of rowsIn(list, range)) {
    if (lowest !== null && comparePlaces(row.place, lowest) <= 0) continue;
    if (highest !== null && comparePlaces(row.place, highest) >= 0) continue;
    rows.push(row);
    if (rows.length > limit) break;
  }
  const hasMore = rows.length > limit;
  if (hasMore) rows.pop();
  if (page.fromEnd === true) rows.reverse();
  return { rows, hasMore, total: page.count === true ? countRows(list, page.asOf) : null };
}

export function pageLimit(limit: number): number {
  return Math.max(1, Math.min(VIEW.pageRowsMax, Math.floor(limit)));
}

function* rowsIn<T>(list: List<T>, range: Range): Generator<T & Placed> {
  for (const sequence of walk(list.sequences, range, list.budget)) {
    list.budget.rows(1);
    const rows = list.rowsAt(sequence);
    yield* range.descending ? [...rows].reverse() : rows;
  }
}

/** Null beyond `VIEW.countMax`, or where counting would read too much. */
function countRows<T>(list: List<T>, asOf: number): number | null {
  if (list.total !== undefined) return list.total;
  const counted = { ...list, rowsAt: list.rowsAt.bind(list), budget: list.newBudget() };
  let total = 0;
  try {
    for (const _ of rowsIn(counted, { low: -1, high: endOf(asOf), descending: true })) {
      total += 1;
      if (total > VIEW.countMax) return null;
    }
  } catch (error) {
    if (error instanceof ScanLimitExceeded) return null;
    throw error;
  }
  return total;
}

function comparePlaces(a: Place, b: Place): number {
  return a.height - b.height || a.position - b.position || a.index - b.index;
}

/** A page of a list that is whole in memory, made as of a height; places count from 0. */
export function pageOfRanked<T extends object>(
  ranked: readonly T[],
  request: {
    readonly asOf: number;
    readonly limit: number;
    readonly after?: Place | null;
    readonly before?: Place | null;
    readonly fromEnd?: boolean;
    readonly count?: boolean;
  },
): Page<T> {
  const limit = pageLimit(request.limit);
  const start = (request.after?.position ?? -1) + 1;
  const end = Math.min(ranked.length, request.before?.position ?? ranked.length);
  const from = request.fromEnd === true ? Math.max(start, end - limit) : start;
  const to = request.fromEnd === true ? end : Math.min(end, start + limit);
  const rows = ranked
    .slice(from, to)
    .map((row, index) => ({ ...row, place: { height: request.asOf, position: from + index, index: 0 } }));
  const hasMore = request.fromEnd === true ? from > start : to < end;
  return { rows, hasMore, total: request.count === true ? ranked.length : null };
}
