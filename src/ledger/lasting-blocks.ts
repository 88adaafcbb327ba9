/**
 * Blocks that stay undecided for ever: those that 1.0.1 had left so when its ledger was imported. They are the last of
 * the imported heights, few, and never change, so they are read once from the view and kept.
 */

import { LEDGER } from '../config/limits.js';
import type { ViewReader } from '../view/view.js';
import type { ImportedHeights } from './imported-heights.js';
import type { LastingBlock } from './ledger.js';

export class LastingBlocks {
  private blocks: readonly LastingBlock[] | null = null;

  constructor(private readonly view: ViewReader) {}

  /** In order of height. Empty for a ledger that began here, and until the view holds all that was imported. */
  of(imported: ImportedHeights | null): readonly LastingBlock[] {
    if (imported === null || this.view.height() < imported.lastHeight) return [];
    this.blocks ??= this.read(imported.lastHeight);
    return this.blocks;
  }

  private read(lastHeight: number): LastingBlock[] {
    const found: LastingBlock[] = [];
    for (let height = lastHeight; height > 0; height -= 1) {
      const row = this.view.blockByHeight(height);
      if (row?.status !== 'undecided') break;
      const transactions = this.view.blockTransactions(height, 0, LEDGER.blockTransactionsMax);
      found.unshift({ height, id: row.id, transactions });
    }
    return found;
  }
}
