/**
 * One SQLite connection and its statements, typed. Owns how values cross into SQLite and back; the tables know SQL,
 * nothing above them does.
 */

import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import { scratchBytes } from './text-scratch.js';

export type SqlValue = string | number | Uint8Array;
/** A column as it comes back: also what a stranger's hand may have put there. */
export type Column = unknown;

/** How long a call waits for the lock of another process. */
export const LOCK_TIMEOUT_MS = 5000;

const decoder = new TextDecoder();

/** From here on the detour over a buffer is cheaper than binding a string. */
const LONG_TEXT_LENGTH = 4096;

/**
 * SQLite's C interface ends a text at its first NUL when it is read, so texts with one are kept as blobs of the same
 * UTF-8 bytes, and so are long ones. A given text always takes the same form, so keys still compare.
 */
function bind(value: string): SqlValue {
  if (value.length >= LONG_TEXT_LENGTH) return scratchBytes(value);
  return value.includes('\0') ? Buffer.from(value, 'utf8') : value;
}

/** In place: the array is the caller's rest parameter. At most one value of a statement may be a long text. */
function bindAll(values: SqlValue[]): void {
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (typeof value === 'string') values[index] = bind(value);
  }
}

/** Text of a column; '' for what is no text, which no check of a reader lets pass. */
export function textOf(column: Column): string {
  if (typeof column === 'string') return column;
  return column instanceof Uint8Array ? decoder.decode(column) : '';
}

/** Number of a column; 0 for what is none. */
export function numberOf(column: Column): number {
  return typeof column === 'number' ? column : 0;
}

/** A prepared statement. Holds its database: SQLite's object would be collected from under it otherwise. */
export class Statement {
  constructor(
    private readonly statement: StatementSyncInstance,
    readonly database: DatabaseSyncInstance,
  ) {
    statement.setReturnArrays(true);
  }

  /** Number of rows changed. */
  run(...values: SqlValue[]): number {
    bindAll(values);
    return this.statement.run(...values).changes;
  }

  /** First row, as its columns in order; undefined when there is none. */
  get(...values: SqlValue[]): readonly Column[] | undefined {
    bindAll(values);
    return this.statement.get(...values) as readonly Column[] | undefined;
  }

  all(...values: SqlValue[]): readonly (readonly Column[])[] {
    bindAll(values);
    return this.statement.all(...values) as readonly (readonly Column[])[];
  }

  /** Rows one by one, for results that are cut by their size. */
  iterate(...values: SqlValue[]): IterableIterator<readonly Column[]> {
    bindAll(values);
    return this.statement.iterate(...values) as IterableIterator<readonly Column[]>;
  }
}

export class Connection {
  private readonly database: DatabaseSyncInstance;

  /** Read-only connections write nothing, take no lock that a writer waits for, and fold no log. */
  constructor(
    readonly path: string,
    private readonly readOnly = false,
  ) {
    this.database = new DatabaseSync(path, { timeout: LOCK_TIMEOUT_MS, readOnly });
  }

  get inTransaction(): boolean {
    return this.database.isTransaction;
  }

  exec(sql: string): void {
    this.database.exec(sql);
  }

  prepare(sql: string): Statement {
    return new Statement(this.database.prepare(sql), this.database);
  }

  /** Columns of the first row of a pragma or query that is asked once. */
  ask(sql: string): readonly Column[] {
    return this.prepare(sql).get() ?? [];
  }

  /**
   * Folds the write-ahead log into the file, as far as other processes let it, and closes. SQLite would do so by
   * itself were it not for the statements: the package cannot finalize them, so what is below lives on until they are
   * collected, and must hold no lock then. Safe to call twice.
   */
  close(): void {
    if (!this.database.isOpen) return;
    try {
      if (this.inTransaction) this.exec('ROLLBACK');
      if (!this.readOnly) this.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE);');
    } catch {
      // A log that could not be folded is whole: whoever opens the file next reads through it.
    }
    this.database.close();
  }
}
