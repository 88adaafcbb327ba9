/** From Relay's arguments to pages of the view and back: bounds, cursors, what comes before and after. */

import type { LedgerOrder, Page, PageRequest, Place } from '../view/list-queries.js';
import { cursorHeight, cursorNumber, cursorPosition, decodeCursor, encodeCursor } from './cursor.js';
import { badInput, clientError, limitExceeded } from './errors.js';
import type { Scope } from './scope.js';

/** Relay's arguments, those that a list has. */
export interface PagingArgs {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

/** One page, ready to be shown. */
export interface ConnectionPage<N> {
  readonly nodes: readonly N[];
  /** One for each node. */
  readonly cursors: readonly string[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Counts the whole list; null where that would take too long. */
  readonly total: () => Promise<number | null>;
}

/** Above every number of outputs. */
const INDEX_MAX = 2 ** 31;

/** Place of a row in the list `kind`, as a cursor. */
export function placeCursor(kind: string, place: Place): string {
  return encodeCursor(kind, [place.height, place.position, place.index]);
}

function readPlace(kind: string, cursor: string | null | undefined): Place | null {
  if (cursor === null || cursor === undefined) return null;
  const [height, position, index] = decodeCursor(kind, cursor);
  return {
    height: cursorHeight(height),
    position: cursorPosition(position),
    index: cursorNumber(index, 0, INDEX_MAX),
  };
}

/** How many entries a page has. Throws for sizes that no list gives. */
export function pageSize(scope: Scope, args: PagingArgs): number {
  const { pageSizeDefault, pageSizeMax } = scope.parts.limits;
  if (args.first != null && args.last != null) throw badInput('Give `first` or `last`, not both.');
  const size = args.first ?? args.last ?? pageSizeDefault;
  if (size < 1) throw badInput('A page has at least one entry.');
  if (size > pageSizeMax) throw limitExceeded('maxPageSize', `A page has at most ${pageSizeMax} entries.`);
  return size;
}

/** The request to the view for one page of the list `kind`. */
export function pageRequest<O extends string = LedgerOrder>(
  scope: Scope,
  kind: string,
  order: O,
  args: PagingArgs,
): Omit<PageRequest, 'order'> & { readonly order: O } {
  return {
    asOf: scope.asOf,
    order,
    limit: pageSize(scope, args),
    after: readPlace(kind, args.after),
    before: readPlace(kind, args.before),
    fromEnd: args.last != null,
  };
}

/**
 * Lists in an order that changes with the ledger keep the height of their first page: its place says as of when.
 * Throws SERVICE_UNAVAILABLE when this node has not come that far yet.
 */
export function pinnedHeight(scope: Scope, after: Place | null | undefined): number {
  if (after == null) return scope.asOf;
  if (after.height > scope.asOf) {
    throw clientError(
      'SERVICE_UNAVAILABLE',
      'This node has not decided the height of that cursor yet. Try again.',
      { retryAfterSeconds: 1 },
    );
  }
  return after.height;
}

/** The page that the view gave, as a connection. `count` asks it for the number of all entries. */
export function connectionPage<T, N>(
  kind: string,
  args: PagingArgs,
  page: Page<T>,
  make: (row: T) => N,
  count: () => Promise<Page<unknown>>,
): ConnectionPage<N> {
  const backwards = args.last != null;
  return {
    nodes: page.rows.map(make),
    cursors: page.rows.map((row) => placeCursor(kind, row.place)),
    hasNextPage: backwards ? args.before != null : page.hasMore,
    hasPreviousPage: backwards ? page.hasMore : args.after != null,
    total: async () => (await count()).total,
  };
}
