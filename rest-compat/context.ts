/** What every resource is given. */

import type { LedgerAccess } from '../src/ledger/ledger.js';
import type { Cors } from '../src/runtime/cors.js';
import type { Runtime } from '../src/runtime/runtime.js';
import type { Answer, StreamedAnswer } from './answers.js';
import type { RestLists } from './lists.js';
import type { Query } from './parameters.js';

export interface RestSettings {
  /** Longest body of a POST, in bytes. */
  readonly requestBytesMax: number;
  /** What `/` and `/api/v1` advertise, from `wsserver.*`. */
  readonly streamUrl: string;
  /** `server.cors_origins`; any when left out. */
  readonly cors?: Cors;
}

export interface RestContext {
  readonly ledger: LedgerAccess;
  readonly lists: RestLists;
  readonly runtime: Runtime;
  readonly settings: RestSettings;
}

/** A GET of a resource: its part of the path (decoded; '' for a list) and its query. */
export type Resource = (
  context: RestContext,
  id: string,
  query: Query,
) => Answer | StreamedAnswer | Promise<Answer | StreamedAnswer>;

/** The found value, or what a fresh look at the store finds: 1.0.1's clients give up at the first miss. */
export async function findWithLook<T>(
  ledger: LedgerAccess,
  transactionIds: readonly string[],
  find: () => T | null,
): Promise<T | null> {
  const known = find();
  if (known !== null) return known;
  await ledger.look(transactionIds);
  return find();
}
