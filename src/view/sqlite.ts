/**
 * The thin layer over SQLite: prepared statements that answer arrays, and how texts cross over. Nothing else in this
 * folder names the package.
 */

import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import { unreadable, type ViewUnreadable } from './unreadable.js';

/** What can be bound. */
export type Value = string | number | bigint | Uint8Array | null;
/** A row: columns in the order of the query. */
export type Row = readonly unknown[];

/** How long a writer waits for another process that has the same file open by mistake. */
const LOCK_TIMEOUT_MS = 5000;
/** Longer texts are bound as bytes, which is faster than measuring and copying them character by character. */
const LONG_TEXT = 4096;

/** SQLite's sentences (`sqlite3_errstr`) for a file that is not what was written; the package gives no codes for them. */
const DAMAGE: ReadonlySet<string> = new Set([
  'database disk image is malformed',
  'file is not a database',
  'disk I/O error',
]);

/** The beginnings of further ones: of tables that SQLite cannot make sense of, among them those behind the full text. */
const DAMAGE_BEGINS: readonly string[] = [
  'malformed database schema',
  'vtable constructor failed',
  'invalid fts5 file format',
  'no such table',
];

const decoder = new TextDecoder();

/** A text that may be bound: SQLite would cut one with a NUL short, so such a text and a long one travel as bytes. */
export function bound(text: string): string | Uint8Array {
  return text.length >= LONG_TEXT || text.includes('\0') ? Buffer.from(text, 'utf8') : text;
}

/** The text of a column that was written with `bound`; '' for NULL. */
export function textAt(row: Row, index: number): string {
  const column = row[index];
  if (typeof column === 'string') return column;
  return column instanceof Uint8Array ? decoder.decode(column) : '';
}

export function nullableTextAt(row: Row, index: number): string | null {
  return row[index] === null ? null : textAt(row, index);
}

/** The number of a column; 0 for NULL. */
export function numberAt(row: Row, index: number): number {
  const column = row[index];
  return typeof column === 'number' ? column : 0;
}

export function nullableNumberAt(row: Row, index: number): number | null {
  return row[index] === null ? null : numberAt(row, index);
}

/** A prepared statement. Holds its database, which would otherwise be collected while the statement is in use. */
export class Statement {
  constructor(
    private readonly statement: StatementSyncInstance,
    readonly database: DatabaseSyncInstance,
    private readonly owner: Sqlite,
  ) {
    statement.setReturnArrays(true);
  }

  /** Number of rows changed. */
  run(...values: Value[]): number {
    try {
      return this.statement.run(...values).changes;
    } catch (error) {
      throw this.owner.failure(error);
    }
  }

  get(...values: Value[]): Row | undefined {
    try {
      return this.statement.get(...values) as Row | undefined;
    } catch (error) {
      throw this.owner.failure(error);
    }
  }

  all(...values: Value[]): readonly Row[] {
    try {
      return this.statement.all(...values) as readonly Row[];
    } catch (error) {
      throw this.owner.failure(error);
    }
  }
}

/** An open database file. */
export class Sqlite {
  /** Told when a page or a row turns out not to be what was written: nothing of this file may be served any more. */
  onDamage: (error: ViewUnreadable) => void = () => undefined;
  private readonly database: DatabaseSyncInstance;

  /** A read-only one writes nothing, not even by folding the log when it closes. */
  constructor(
    readonly path: string,
    private readonly readOnly = false,
  ) {
    this.database = new DatabaseSync(path, { timeout: LOCK_TIMEOUT_MS, readOnly });
  }

  exec(sql: string): void {
    this.database.exec(sql);
  }

  prepare(sql: string): Statement {
    try {
      return new Statement(this.database.prepare(sql), this.database, this);
    } catch (error) {
      throw this.failure(error);
    }
  }

  /** What to throw for an error that SQLite raised. */
  failure(error: unknown): unknown {
    // An error of the package may come from another realm, whose `Error` is another one.
    const isObject = typeof error === 'object' && error !== null && 'message' in error;
    const message = isObject ? String(error.message) : String(error);
    const isDamage = DAMAGE.has(message) || DAMAGE_BEGINS.some((begin) => message.startsWith(begin));
    return isDamage ? this.damaged(message) : error;
  }

  /** The error for damage that a reader met; tells `onDamage`. */
  damaged(reason: string): ViewUnreadable {
    const error = unreadable(this.path, `it is damaged (${reason})`);
    this.onDamage(error);
    return error;
  }

  /** First row of a query that is asked once. */
  ask(sql: string, ...values: Value[]): Row {
    return this.prepare(sql).get(...values) ?? [];
  }

  /** Runs `work` in one transaction; nothing of it remains when it throws. */
  transaction<T>(begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: () => T): T {
    this.database.exec(begin);
    try {
      const result = work();
      this.database.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw error;
    }
  }

  /**
   * Folds the write-ahead log into the file, as far as others let it, and closes: the package cannot finalize
   * statements, so SQLite would not do it by itself. Safe to call twice.
   */
  close(): void {
    if (!this.database.isOpen) return;
    try {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      if (!this.readOnly) this.database.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE);');
    } catch {
      // The log is whole; whoever opens the file next reads through it.
    }
    this.database.close();
  }
}
