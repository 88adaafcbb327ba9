/** What every query is given: the file, statements prepared once, and how much it may still read. */

import { VIEW } from '../../config/limits.js';
import { ScanLimitExceeded } from '../list-queries.js';
import { type IndexName, PendingRows } from '../pending-rows.js';
import { statusOf } from '../schema.js';
import { numberAt, type Sqlite, type Statement, textAt } from '../sqlite.js';
import type { DecidedStatus } from '../view.js';
import { SqliteReader } from '../view-reader.js';

/** Cost of a row of an index against that of a transaction that is read and taken apart. */
const INDEX_ROW_COST = 0.05;

/** Counts what one query reads; reading more than it may ends the query. */
export class ScanBudget {
  private left: number = VIEW.scanRowsMax;

  /** `advice` completes «…; » with what would narrow the query. */
  constructor(private readonly advice: string) {}

  rows(count: number): void {
    this.left -= count;
    if (this.left >= 0) return;
    throw new ScanLimitExceeded(
      `This query would read more than ${VIEW.scanRowsMax} rows that no index narrows; ${this.advice}`,
    );
  }

  indexRows(count: number): void {
    this.rows(count * INDEX_ROW_COST);
  }
}

export interface HeightFacts {
  readonly status: DecidedStatus;
  readonly timestamp: string;
}

/** Lives as long as its connection. */
export class QueryContext {
  readonly reader: SqliteReader;
  readonly pending: Readonly<Record<IndexName, PendingRows>>;
  private readonly statements = new Map<string, Statement>();

  constructor(readonly sqlite: Sqlite) {
    this.reader = new SqliteReader(sqlite);
    this.pending = { ids: new PendingRows(sqlite, 'ids'), keys: new PendingRows(sqlite, 'keys') };
  }

  /** Runs one query in one read transaction: it sees one state of the file whatever the writer does meanwhile. */
  read<T>(query: () => T): T {
    return this.sqlite.transaction('BEGIN', () => {
      this.reader.refresh();
      this.pending.ids.refresh();
      this.pending.keys.refresh();
      return query();
    });
  }

  /** The queries of this folder are few and fixed, so every one is prepared once and kept. */
  statement(sql: string): Statement {
    const known = this.statements.get(sql);
    if (known !== undefined) return known;
    const prepared = this.sqlite.prepare(sql);
    this.statements.set(sql, prepared);
    return prepared;
  }

  heightFacts(height: number): HeightFacts {
    const row = this.statement('SELECT status, timestamp FROM heights WHERE height = ?').get(height) ?? [];
    return { status: statusOf(numberAt(row, 0)), timestamp: textAt(row, 1) };
  }
}
