/** Reads a whole list page by page, in every way a client may, and holds the ways to one another. */

import type { Page, PageRequest, Placed } from '../../../src/view/list-queries.js';

type Read<T> = (page: PageRequest) => Promise<Page<T>>;

/** The list oldest first. */
export async function wholeList<T>(read: Read<T>, asOf: number, limit: number): Promise<(T & Placed)[]> {
  const oldest = await paged(read, { asOf, order: 'OLDEST_FIRST', limit }, 'after');
  const newest = await paged(read, { asOf, order: 'NEWEST_FIRST', limit }, 'after');
  expect(newest.map(placeText).reverse()).toEqual(oldest.map(placeText));
  const fromEnd = await paged(read, { asOf, order: 'OLDEST_FIRST', limit, fromEnd: true }, 'before');
  expect(fromEnd.map(placeText)).toEqual(oldest.map(placeText));
  const counted = await read({ asOf, order: 'NEWEST_FIRST', limit, count: true });
  expect(counted.total).toBe(oldest.length);
  return oldest;
}

async function paged<T>(
  read: Read<T>,
  request: PageRequest,
  bound: 'after' | 'before',
): Promise<(T & Placed)[]> {
  const all: (T & Placed)[] = [];
  let next = request;
  for (;;) {
    const { rows, hasMore } = await read(next);
    expect(rows.length).toBeLessThanOrEqual(request.limit);
    if (bound === 'after') all.push(...rows);
    else all.unshift(...rows);
    if (!hasMore) return all;
    expect(rows).toHaveLength(request.limit);
    const edge = bound === 'after' ? rows[rows.length - 1] : rows[0];
    next = { ...request, [bound]: edge?.place };
  }
}

function placeText({ place }: Placed): string {
  return `${place.height}.${place.position}.${place.index}`;
}
