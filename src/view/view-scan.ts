/**
 * Reads a view row by row for `verify`, height by height and table by table, beside the node that writes it. Only
 * reads; what the rows ought to be is for the caller to say. `hold` keeps one moment, so that tables and heights fit.
 */

import { openViewReadOnly } from './open-file.js';
import { lastPendingChanges } from './pending-rows.js';
import { HEIGHT_STATUS, STANDINGS } from './schema.js';
import { POSITIONS, sequenceOf } from './sequence.js';
import { nullableNumberAt, numberAt, type Row, type Sqlite, type Statement, textAt } from './sqlite.js';
import type { StandingVote } from './view.js';

/** A row of `heights`, as it stands. */
export interface ScannedHeight {
  readonly height: number;
  readonly status: keyof typeof HEIGHT_STATUS | 'unknown';
  readonly id: string;
  readonly timestamp: string;
  readonly creator: string;
  /** Canonical JSON. */
  readonly voters: string;
  readonly signature: string;
  readonly parent: string;
  readonly claimSignature: string;
  readonly transactionCount: number;
  /** Sums up to and with this height, in the order of `SUM_NAMES`. */
  readonly sums: readonly number[];
}

export const SUM_NAMES = [
  'transactions',
  'assets',
  'blocks',
  'valid_blocks',
  'invalid_blocks',
  'votes',
] as const;

export interface ScannedTransaction {
  readonly position: number;
  readonly id: string;
  readonly text: string;
}

export interface ScannedSpend {
  readonly sequence: number;
  readonly outputIndex: number;
  readonly spender: number;
  readonly inputIndex: number;
}

export interface ScannedVote {
  readonly node: string;
  readonly signature: string;
  readonly text: string;
  readonly standing: StandingVote['standing'];
  readonly late: boolean;
}

export interface ScannedRejection {
  readonly position: number;
  readonly transactionId: string;
  readonly digest: string;
  readonly text: string;
}

/** Tables whose rows are four numbers, or fewer. */
export type IndexTable = 'ids' | 'keys' | 'creations' | 'block_ids';
const INDEX_COLUMNS: Readonly<Record<IndexTable, readonly string[]>> = {
  ids: ['prefix', 'kind', 'sequence', 'output_index'],
  keys: ['prefix', 'kind', 'sequence', 'output_index'],
  creations: ['sequence'],
  block_ids: ['prefix', 'height'],
};
const ROWS_PER_PAGE = 5000;

export class ViewScan {
  private readonly sqlite: Sqlite;
  private readonly lastHeight: Statement;
  private readonly heightRow: Statement;
  private readonly transactionRows: Statement;
  private readonly transactionText: Statement;
  private readonly spendRows: Statement;
  private readonly voteRows: Statement;
  private readonly rejectionRows: Statement;

  /** Throws ViewUnreadable. */
  constructor(path: string) {
    const sqlite = openViewReadOnly(path);
    this.sqlite = sqlite;
    this.lastHeight = sqlite.prepare('SELECT max(height) FROM heights');
    this.heightRow = sqlite.prepare(
      `SELECT status, id, timestamp, creator, voters, signature, parent, claim_signature, transaction_count,
         ${SUM_NAMES.join(', ')} FROM heights WHERE height = ?`,
    );
    const sequences = 'sequence >= ? AND sequence < ? ORDER BY sequence';
    this.transactionRows = sqlite.prepare(`SELECT sequence, id, text FROM transactions WHERE ${sequences}`);
    this.transactionText = sqlite.prepare('SELECT text FROM transactions WHERE sequence = ?');
    this.spendRows = sqlite.prepare(
      'SELECT sequence, output_index, spender, input_index FROM spends WHERE spender >= ? AND spender < ?',
    );
    this.voteRows = sqlite.prepare(
      `SELECT node, signature, text, standing, late FROM votes WHERE ${sequences}`,
    );
    this.rejectionRows = sqlite.prepare(
      'SELECT position, transaction_id, digest, text FROM rejections WHERE position > ? ORDER BY position LIMIT ?',
    );
  }

  /** The last height committed; -1 when the view is empty. */
  height(): number {
    const height = this.lastHeight.get()?.[0];
    return typeof height === 'number' ? height : -1;
  }

  /** From now on every answer is as of one moment, and the node's log grows until `close`. */
  hold(): void {
    this.sqlite.exec('BEGIN');
    this.lastHeight.get();
  }

  scanHeight(height: number): ScannedHeight | null {
    const row = this.heightRow.get(height);
    if (row === undefined) return null;
    return {
      height,
      status: statusWord(row[0]),
      id: textAt(row, 1),
      timestamp: textAt(row, 2),
      creator: textAt(row, 3),
      voters: textAt(row, 4),
      signature: textAt(row, 5),
      parent: textAt(row, 6),
      claimSignature: textAt(row, 7),
      transactionCount: numberAt(row, 8),
      sums: SUM_NAMES.map((_, index) => numberAt(row, 9 + index)),
    };
  }

  scanTransactions(height: number): ScannedTransaction[] {
    return this.transactionRows.all(...rangeOf(height)).map((row) => ({
      position: numberAt(row, 0) % POSITIONS,
      id: textAt(row, 1),
      text: textAt(row, 2),
    }));
  }

  /** Text of the transaction at a place. */
  textAt(sequence: number): string | null {
    const row = this.transactionText.get(sequence);
    return row === undefined ? null : textAt(row, 0);
  }

  /** What the transactions of a height spend. */
  scanSpends(height: number): ScannedSpend[] {
    return this.spendRows.all(...rangeOf(height)).map((row) => ({
      sequence: numberAt(row, 0),
      outputIndex: numberAt(row, 1),
      spender: numberAt(row, 2),
      inputIndex: numberAt(row, 3),
    }));
  }

  scanVotes(height: number): ScannedVote[] {
    return this.voteRows.all(...rangeOf(height)).map((row) => ({
      node: textAt(row, 0),
      signature: textAt(row, 1),
      text: textAt(row, 2),
      standing: STANDINGS[numberAt(row, 3)] ?? 'malformed',
      late: numberAt(row, 4) === 1,
    }));
  }

  /** In order of position. */
  *scanRejections(): Generator<ScannedRejection> {
    for (let after = -1; ; ) {
      const page = this.rejectionRows.all(after, ROWS_PER_PAGE);
      for (const row of page) {
        after = numberAt(row, 0);
        yield {
          position: after,
          transactionId: textAt(row, 1),
          digest: textAt(row, 2),
          text: textAt(row, 3),
        };
      }
      if (page.length < ROWS_PER_PAGE) return;
    }
  }

  /** The store position up to which rejections were taken. */
  rejectionPosition(): number {
    return numberAt(this.sqlite.ask('SELECT rejections FROM positions'), 0);
  }

  /** Rows of one of the small tables, all of them, as lists of numbers; those still pending are taken as in it. */
  *scanIndex(table: IndexTable): Generator<readonly number[]> {
    if (table !== 'ids' && table !== 'keys') {
      yield* this.scanTable(table);
      return;
    }
    const pending = lastPendingChanges(this.sqlite, table);
    for (const row of this.scanTable(table)) {
      if (!pending.has(row.join(' '))) yield row;
    }
    for (const { row, removed } of pending.values()) {
      if (!removed) yield row;
    }
  }

  private *scanTable(table: IndexTable): Generator<readonly number[]> {
    const columns = INDEX_COLUMNS[table];
    const list = columns.join(', ');
    const marks = columns.map(() => '?').join(', ');
    const select = this.sqlite.prepare(
      `SELECT ${list} FROM ${table} WHERE (${list}) > (${marks}) ORDER BY ${list} LIMIT ${ROWS_PER_PAGE}`,
    );
    let after: readonly number[] = columns.map(() => -1);
    for (;;) {
      const page: readonly Row[] = select.all(...after);
      for (const row of page) {
        after = columns.map((_, index) => numberAt(row, index));
        yield after;
      }
      if (page.length < ROWS_PER_PAGE) return;
    }
  }

  /** Number of rows of a table. */
  count(table: IndexTable | 'heights' | 'transactions' | 'spends' | 'votes'): number {
    return numberAt(this.sqlite.ask(`SELECT count(*) FROM ${table}`), 0);
  }

  close(): void {
    this.sqlite.close();
  }
}

function rangeOf(height: number): [number, number] {
  return [sequenceOf(height, 0), sequenceOf(height + 1, 0)];
}

function statusWord(column: unknown): ScannedHeight['status'] {
  const number = nullableNumberAt([column], 0);
  for (const word of ['passed', 'valid', 'invalid', 'undecided'] as const)
    if (HEIGHT_STATUS[word] === number) return word;
  return 'unknown';
}
