/** Facts that are written once: a key that is taken holds equal bytes (`duplicate`) or others (`conflict`). */

import type { ClientSession } from 'mongodb';
import { StoreUnavailable, type WriteResult } from '../store.js';
import type { Connection } from './connection.js';

/** A document as it came back, whoever wrote it. */
export type StandingFact = Readonly<Record<string, unknown>>;

export interface OnceOptions<D extends { readonly _id: string }> {
  readonly items: readonly D[];
  /** One unordered insert. */
  insert(items: readonly D[]): Promise<unknown>;
  find(keys: readonly string[], session: ClientSession): Promise<readonly StandingFact[]>;
  isEqual(standing: StandingFact, item: D): boolean;
}

/** One result per item. `duplicate` only after a fresh read at majority has returned the equal bytes. */
export async function writeOnce<D extends { readonly _id: string }>(
  connection: Connection,
  options: OnceOptions<D>,
): Promise<WriteResult[]> {
  const { items, isEqual } = options;
  if (items.length === 0) return [];
  const inserted = await connection.bulk(items.length, false, () => options.insert(items));
  const taken = items.filter((_, index) => inserted[index] === 'exists').map(({ _id }) => _id);
  const standing = await readStanding(connection, taken, options.find);
  return items.map((item, index): WriteResult => {
    const result = inserted[index] ?? 'unknown';
    if (result === 'done') return 'ok';
    if (result !== 'exists') return result;
    const there = standing.get(item._id);
    if (there === undefined) return 'unknown';
    return isEqual(there, item) ? 'duplicate' : 'conflict';
  });
}

/** What stands under these keys; nothing when the servers do not tell. */
async function readStanding(
  connection: Connection,
  keys: readonly string[],
  find: (keys: readonly string[], session: ClientSession) => Promise<readonly StandingFact[]>,
): Promise<Map<string, StandingFact>> {
  if (keys.length === 0) return new Map();
  try {
    const found = await connection.fresh((session) => find(keys, session));
    return new Map(found.map((document) => [String(document._id), document]));
  } catch (error) {
    if (error instanceof StoreUnavailable) return new Map();
    throw error;
  }
}
