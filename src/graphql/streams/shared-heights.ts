/**
 * The transactions of the newest valid heights, read and parsed once for all subscribers. They ask in the order in
 * which heights are decided, so a few heights are enough; a replay of older ones pages past this.
 */

import { GRAPHQL_DOOR } from '../../config/limits.js';
import type { BlockRow } from '../../view/view.js';
import { foundTransaction } from '../fields/objects.js';
import type { DoorParts } from '../options.js';
import type { Scope } from '../scope.js';
import type { Transaction } from '../types/transaction.js';

/** Transactions of one page of a block, in their order. */
export class SharedHeights {
  /** By height and first position, the latest use last. */
  private readonly pages = new Map<string, readonly Transaction[]>();
  /** The block that was asked for last. */
  private latest: { readonly height: number; readonly row: BlockRow | null } | null = null;

  /** The block at a decided height, if there is one. */
  block({ ledger }: DoorParts, height: number): BlockRow | null {
    if (this.latest?.height !== height) this.latest = { height, row: ledger.view.blockByHeight(height) };
    return this.latest.row;
  }

  /**
   * At most `GRAPHQL_DOOR.replayRows` transactions of a valid block from a position on. They carry the scope of whoever
   * asked first; a subscriber that needs its own makes it with `Transaction.in`.
   */
  read(scope: Scope, height: number, from: number): readonly Transaction[] {
    const key = `${height}:${from}`;
    const known = this.pages.get(key);
    if (known !== undefined) return known;
    const rows = scope.parts.ledger.view.blockTransactions(height, from, GRAPHQL_DOOR.replayRows);
    const read = rows.map((row) => foundTransaction(scope, row));
    this.pages.set(key, read);
    for (const oldest of this.pages.keys()) {
      if (this.pages.size <= GRAPHQL_DOOR.heightsSharedMax) break;
      this.pages.delete(oldest);
    }
    return read;
  }
}
