/**
 * Writes a scanned ledger of 1.0.x: the record, then heights in order, each block after its votes, then the backlog, and
 * the last height at the very end. Every write is idempotent, so after a crash all of it is simply written again from
 * the first height that is missing.
 */

import type { Checker } from '../../ledger/checker.js';
import { LEDGER_LIMITS } from '../../model/check-transaction.js';
import type { Failpoints } from '../../runtime/runtime.js';
import { type LegacySource, LegacySourceUnusable } from '../../store/legacy-source.js';
import type { BacklogEntry, ClaimResult, Store } from '../../store/store.js';
import { assembleRow } from './assemble.js';
import { blocksAt, type WholeBlock } from './read-blocks.js';
import type { ImportReport } from './report.js';
import { type Scan, unplaced, votesToKeep } from './scan.js';

const ROWS_AT_ONCE = 500;
const BLOCKS_PER_READ = 64;

/** The store did not take a fact. What is there stays; the same import goes on from it. */
export class ImportInterrupted extends Error {
  override readonly name = 'ImportInterrupted';
}

export interface LegacyWriterOptions {
  readonly source: LegacySource;
  readonly store: Store;
  readonly checker: Checker;
  readonly scan: Scan;
  readonly report: ImportReport;
  /** Takes the backlog on; the stale pipeline hands it to others if need be. */
  readonly assignee: string;
  readonly onHeight: (height: number) => void;
  readonly failpoints: Failpoints;
}

export class LegacyWriter {
  private readonly lastHeight: number;

  constructor(private readonly options: LegacyWriterOptions) {
    this.lastHeight = options.scan.blocks.length - 1;
  }

  /** `unchanged`: everything stood there already. Rejects with ImportInterrupted. */
  async run(record: string): Promise<'imported' | 'unchanged'> {
    const { store, failpoints } = this.options;
    expectTaken([await store.addImport({ text: record })]);
    failpoints.hit('import.mid');
    const from = await this.firstMissing();
    if (from > this.lastHeight) return 'unchanged';
    await this.writeHeights(from, this.lastHeight - 1);
    await this.writeBacklog();
    failpoints.hit('import.mid');
    await this.writeHeights(this.lastHeight, this.lastHeight);
    return 'imported';
  }

  /** Blocks that were written at once may have left gaps. */
  private async firstMissing(): Promise<number> {
    const { store, scan } = this.options;
    for (let height = 0; height <= this.lastHeight; ) {
      const page = await store.readBlocks(height, BLOCKS_PER_READ);
      for (const block of page) {
        if (block.height !== height) return height;
        if (block.id !== scan.blocks[height]?.id)
          throw new ImportInterrupted(`height ${height} holds a block that was not imported`);
        height += 1;
        if (height > this.lastHeight) break;
      }
      if (page.length === 0) return height;
    }
    return this.lastHeight + 1;
  }

  private async writeHeights(from: number, to: number): Promise<void> {
    const { source, scan, store, onHeight, failpoints } = this.options;
    let height = from;
    let parent = scan.blocks[from - 1]?.id ?? '';
    for await (const blocks of blocksAt(source, scan.blocks.slice(from, to + 1))) {
      const placed = blocks.map((whole) => {
        const { block } = whole;
        if (block === null || block.id !== scan.blocks[height]?.id)
          throw new LegacySourceUnusable(
            'The source changed while it was read: stop every node of 1.0.x first',
          );
        const stored = unplaced(block, height, parent);
        height += 1;
        parent = stored.id;
        return stored;
      });
      // A crash here leaves votes without their block, or blocks above a gap: they are written again.
      await this.writeVotes(blocks);
      expectTaken(await Promise.all(placed.map((block) => store.claimHeight(block))));
      onHeight(height - 1);
      failpoints.hit('import.mid');
    }
  }

  private async writeVotes(blocks: readonly WholeBlock[]): Promise<void> {
    const votes = blocks.flatMap((whole) => votesToKeep(whole, () => undefined)).map(({ stored }) => stored);
    if (votes.length > 0) expectTaken(await this.options.store.addVotes(votes));
  }

  /** Rows of the backlog, and what stands in undecided blocks: those stay as they are, so it needs another block. */
  private async writeBacklog(): Promise<void> {
    const { source, scan } = this.options;
    const undecided = scan.blocks.filter(({ kind }) => kind === 'undecided');
    for await (const blocks of blocksAt(source, [...undecided, ...scan.leftOut]))
      for (const { block } of blocks)
        await this.writeRows(
          (block?.transactionTexts ?? []).map((text) => ({ text, acceptedAtMs: 0 })),
          null,
        );
    let rows: ReturnType<typeof assembleRow>[] = [];
    for await (const document of source.backlog()) {
      rows.push(assembleRow(document));
      if (rows.length < ROWS_AT_ONCE) continue;
      await this.writeRows(rows, this.options.report);
      rows = [];
    }
    await this.writeRows(rows, this.options.report);
  }

  /** `report`: told what is refused; a transaction that is no good in an undecided block is no row of anybody's. */
  private async writeRows(
    rows: readonly { readonly text: string; readonly acceptedAtMs: number }[],
    report: ImportReport | null,
  ): Promise<void> {
    const { checker, scan, assignee, store } = this.options;
    const checks = await checker.checkTransactions(
      rows.map(({ text }) => text),
      LEDGER_LIMITS,
    );
    const entries: BacklogEntry[] = [];
    checks.forEach(({ result }, index) => {
      if (!result.ok) {
        report?.refuse('backlog', result.id ?? '', `${result.problem.name}: ${result.problem.message}`);
      } else if (scan.isValid(result.transaction.id)) {
        if (report !== null) report.counts.backlogDone += 1;
      } else {
        const { id, digest, text } = result.transaction;
        const acceptedAtMs = rows[index]?.acceptedAtMs ?? 0;
        entries.push({ digest, transactionId: id, text, assignee, stamp: `import.${digest}`, acceptedAtMs });
      }
    });
    if (entries.length === 0) return;
    expectTaken(await store.addBacklog(entries));
    this.options.report.counts.backlog += entries.length;
  }
}

function expectTaken(results: readonly ClaimResult[]): void {
  const refused = results.find((result) => result !== 'ok' && result !== 'duplicate');
  if (refused !== undefined)
    throw new ImportInterrupted(`the store did not take a fact (${refused}); import again to go on`);
}
