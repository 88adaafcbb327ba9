/** Reading whole lists page by page: the 1.0.1 API has no cursors, so a list is as long as it is. */

import { REST } from '../src/config/limits.js';
import type { ListQueries, Page, PageRequest, Place } from '../src/view/list-queries.js';

/** What the 1.0.1 API asks of the view. */
export type RestLists = Pick<ListQueries, 'transactions' | 'outputs' | 'searchAssets' | 'searchMetadata'>;

/**
 * Every row in order of decision, as of one height. One page is in memory at a time: some rows at first, then as many
 * as make about `pageBytes` by the size of those before.
 */
export async function* allPages<T>(
  asOf: number,
  bytesOf: (row: T) => number,
  read: (page: PageRequest) => Promise<Page<T>>,
): AsyncGenerator<readonly T[], void, void> {
  let after: Place | null = null;
  let limit: number = REST.rowsInFirstPage;
  for (;;) {
    const page: Page<T> = await read({ asOf, order: 'OLDEST_FIRST', limit, after });
    if (page.rows.length > 0) yield page.rows;
    const last = page.rows.at(-1);
    if (last === undefined || !page.hasMore) return;
    after = last.place;
    const bytes = page.rows.reduce((sum, row) => sum + bytesOf(row), 0);
    const fitting = Math.floor((REST.pageBytes * page.rows.length) / Math.max(1, bytes));
    limit = Math.max(1, Math.min(REST.rowsPerPage, fitting));
  }
}

/** One JSON list of pages of items, in pieces. */
export async function* listPieces(
  pages: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
): AsyncGenerator<string, void, void> {
  let separator = '[';
  for await (const items of pages) {
    if (items.length === 0) continue;
    yield separator + items.join(', ');
    separator = ', ';
  }
  yield separator === '[' ? '[]\n' : ']\n';
}
