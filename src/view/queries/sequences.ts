/**
 * Where the rows of a list come from: sequences out of an index, in order, a chunk at a time. Sources join into one
 * another, so that a list over several indexes is still read lazily and in order.
 */

import type { IndexName } from '../pending-rows.js';
import { HEIGHT_STATUS, ID_KIND, KEY_KIND } from '../schema.js';
import { endOf, heightOf, idPrefix, keyPrefix, sequenceOf } from '../sequence.js';
import { numberAt, textAt } from '../sqlite.js';
import type { QueryContext, ScanBudget } from './query-context.js';

/** The part of the ledger that is still to be read: both ends excluded. */
export interface Range {
  readonly low: number;
  readonly high: number;
  readonly descending: boolean;
}

/**
 * The first sequences of a range in its direction, each once, at least `limit` unless there are no more. They are
 * candidates: a prefix may stand for several ids or keys.
 */
export type SequenceSource = (range: Range, limit: number) => readonly number[];

const CHUNK = 256;

/** All sequences of a source in order. */
export function* walk(source: SequenceSource, range: Range, budget: ScanBudget): Generator<number> {
  let { low, high } = range;
  const { descending } = range;
  for (;;) {
    const found = source({ low, high, descending }, CHUNK);
    budget.indexRows(found.length);
    yield* found;
    const last = found[found.length - 1];
    if (found.length < CHUNK || last === undefined) return;
    if (descending) high = last;
    else low = last;
  }
}

/** Of sequences known beforehand. */
export function listed(sequences: readonly number[]): SequenceSource {
  const sorted = [...new Set(sequences)].sort((a, b) => a - b);
  return ({ low, high, descending }, limit) => {
    const within = sorted.filter((sequence) => sequence > low && sequence < high);
    return (descending ? within.reverse() : within).slice(0, limit);
  };
}

/** What any of the sources has. */
export function union(sources: readonly SequenceSource[]): SequenceSource {
  const [only] = sources;
  if (only !== undefined && sources.length === 1) return only;
  return (range, limit) => {
    const all = new Set(sources.flatMap((source) => source(range, limit)));
    return [...all].sort((a, b) => (range.descending ? b - a : a - b)).slice(0, limit);
  };
}

/** Of one column `sequence` of a table or index that is ordered by it where `condition` holds. */
export function indexed(
  context: QueryContext,
  table: string,
  condition: string,
  values: readonly (string | number | bigint | Uint8Array | null)[] = [],
  column = 'sequence',
): SequenceSource {
  const query = (direction: string): string =>
    `SELECT DISTINCT ${column} FROM ${table} WHERE ${condition} AND ${column} > ? AND ${column} < ?
     ORDER BY ${column} ${direction} LIMIT ?`;
  return ({ low, high, descending }, limit) =>
    context
      .statement(query(descending ? 'DESC' : 'ASC'))
      .all(...values, low, high, limit)
      .map((row) => numberAt(row, 0));
}

/** What a sliced index says about a prefix, in one way: its table and what is still pending. */
function ofPrefix(context: QueryContext, name: IndexName, prefix: number, kind: number): SequenceSource {
  return union([
    indexed(context, name, 'prefix = ? AND kind = ?', [prefix, kind]),
    listed(context.pending[name].sequencesOf(prefix, kind)),
  ]);
}

type KeyKind = (typeof KEY_KIND)[keyof typeof KEY_KIND];

type IdKind = (typeof ID_KIND)[keyof typeof ID_KIND];

/** What `ids` says about a prefix, in one way. */
export function ofIdKind(context: QueryContext, prefix: number, kind: IdKind): SequenceSource {
  return ofPrefix(context, 'ids', prefix, kind);
}

/** Transactions that a key stands in, in the given ways. */
export function ofKey(context: QueryContext, key: string, kinds: readonly KeyKind[]): SequenceSource {
  const prefix = keyPrefix(key);
  return union(kinds.map((kind) => ofPrefix(context, 'keys', prefix, kind)));
}

/** The CREATE of an asset and its TRANSFERs. */
export function ofAsset(context: QueryContext, assetId: string): SequenceSource {
  const prefix = idPrefix(assetId);
  const kinds = [ID_KIND.occurrence, ID_KIND.transfer];
  return union(kinds.map((kind) => ofIdKind(context, prefix, kind)));
}

/** Places where transactions of these ids stand, in blocks of any status. */
export function ofIds(context: QueryContext, ids: readonly string[]): SequenceSource {
  return listed(
    ids.flatMap((id) =>
      context.reader.occurrences(id).map(({ height, position }) => sequenceOf(height, position)),
    ),
  );
}

export function ofBlock(context: QueryContext, blockId: string): SequenceSource {
  const block = context.reader.blockById(blockId);
  if (block === null) return listed([]);
  const { height, transactionCount } = block;
  return listed(Array.from({ length: transactionCount }, (_, position) => sequenceOf(height, position)));
}

/** CREATEs in valid blocks. */
export function creations(context: QueryContext): SequenceSource {
  return indexed(context, 'creations', '1');
}

/** Spends since a height that are looked through one by one. */
const SPENDS_SINCE_MAX = 5000;

/**
 * Transactions with outputs whose spender came after `asOf`: the indexes of unspent outputs have them no more. Null
 * when there are too many, which is so only for one who reads as of long ago.
 */
export function spentSince(context: QueryContext, asOf: number): SequenceSource | null {
  const rows = context
    .statement(`SELECT sequence FROM spends WHERE spender >= ? LIMIT ${SPENDS_SINCE_MAX + 1}`)
    .all(endOf(asOf));
  return rows.length > SPENDS_SINCE_MAX ? null : listed(rows.map((row) => numberAt(row, 0)));
}

/** A condition on whole blocks, tested before their transactions are looked at. */
export type BlockTest = (timestamp: string) => boolean;

/** Heights read at a time: few, because each may have a thousand transactions. */
const HEIGHTS_AT_A_TIME = 64;

/** Every transaction of blocks of one status. */
export function ofStatus(
  context: QueryContext,
  status: keyof typeof HEIGHT_STATUS,
  budget: ScanBudget,
  test: BlockTest = () => true,
): SequenceSource {
  return (range, limit) => {
    const found: number[] = [];
    for (const { height, count } of heightsIn(context, status, range, budget, test)) {
      addPositions(found, height, count, range);
      if (found.length >= limit) break;
    }
    return found.slice(0, limit);
  };
}

function* heightsIn(
  context: QueryContext,
  status: keyof typeof HEIGHT_STATUS,
  { low, high, descending }: Range,
  budget: ScanBudget,
  test: BlockTest,
): Generator<{ height: number; count: number }> {
  let from = Math.max(0, heightOf(low + 1));
  let to = heightOf(high);
  const statement = context.statement(
    `SELECT height, transaction_count, timestamp FROM heights WHERE status = ? AND height BETWEEN ? AND ?
     ORDER BY height ${descending ? 'DESC' : 'ASC'} LIMIT ${HEIGHTS_AT_A_TIME}`,
  );
  for (;;) {
    const rows = statement.all(HEIGHT_STATUS[status], from, to);
    budget.indexRows(rows.length);
    for (const row of rows) {
      if (test(textAt(row, 2))) yield { height: numberAt(row, 0), count: numberAt(row, 1) };
    }
    const last = rows[rows.length - 1];
    if (last === undefined || rows.length < HEIGHTS_AT_A_TIME) return;
    if (descending) to = numberAt(last, 0) - 1;
    else from = numberAt(last, 0) + 1;
  }
}

function addPositions(found: number[], height: number, count: number, range: Range): void {
  for (let step = 0; step < count; step++) {
    const sequence = sequenceOf(height, range.descending ? count - 1 - step : step);
    if (sequence > range.low && sequence < range.high) found.push(sequence);
  }
}

/** What `source` has and `without` has not; both in the same order. */
export function difference(
  source: SequenceSource,
  without: SequenceSource,
  budget: ScanBudget,
): SequenceSource {
  return (range, limit) => {
    const found: number[] = [];
    let rest = range;
    while (found.length < limit) {
      const chunk = source(rest, limit);
      budget.indexRows(chunk.length);
      const last = chunk[chunk.length - 1];
      if (last === undefined) break;
      const covered = rest.descending ? { ...rest, low: last - 1 } : { ...rest, high: last + 1 };
      const excluded = new Set(without(covered, chunk.length));
      found.push(...chunk.filter((sequence) => !excluded.has(sequence)));
      if (chunk.length < limit) break;
      rest = rest.descending ? { ...rest, high: last } : { ...rest, low: last };
    }
    return found.slice(0, limit);
  };
}
