/** Reads a cursor until an answer is large enough. */

import type { FindCursor } from 'mongodb';

export interface ReadPart<T> {
  readonly items: T[];
  /** The cursor had nothing more. */
  readonly complete: boolean;
}

/** Ends after the item with which `bytesMax` is reached; at least one item, if there is one. Closes the cursor. */
export async function readUpTo<T>(
  cursor: FindCursor<T>,
  bytesMax: number,
  bytesOf: (item: T) => number,
): Promise<ReadPart<T>> {
  const items: T[] = [];
  let bytes = 0;
  try {
    for (let item = await cursor.next(); item !== null; item = await cursor.next()) {
      items.push(item);
      bytes += bytesOf(item);
      if (bytes >= bytesMax) return { items, complete: false };
    }
    return { items, complete: true };
  } finally {
    await cursor.close();
  }
}
