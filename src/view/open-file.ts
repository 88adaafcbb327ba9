/**
 * Opens the file of a view. Nothing is written into a file before it is known to be a view or empty. A view that
 * cannot be used is never repaired: it is derived, so it is derived again.
 */

import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { VIEW } from '../config/limits.js';
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from './schema.js';
import { numberAt, Sqlite } from './sqlite.js';
import { unreadable, ViewUnreadable } from './unreadable.js';

/** A view that lives and dies with its connection. */
export const IN_MEMORY = ':memory:';

/** Opens or creates the view at `path` for writing; throws ViewUnreadable. */
export function openViewFile(path: string): Sqlite {
  return opened(path, (sqlite) => {
    const empty = identify(sqlite);
    configure(sqlite, VIEW.writeCacheBytes);
    if (empty) create(sqlite);
    else sqlite.ask('SELECT max(height) FROM heights');
  });
}

/** Opens a view that is there already, for reading only; throws ViewUnreadable. */
export function openViewForReading(path: string): Sqlite {
  return opened(path, (sqlite) => {
    if (identify(sqlite)) throw unreadable(path, 'it is empty');
    configure(sqlite, VIEW.readCacheBytes);
    sqlite.exec('PRAGMA query_only = ON');
  });
}

/**
 * Opens a view that is there already through a connection that writes nothing at all, beside the node whose view it is;
 * throws ViewUnreadable.
 */
export function openViewReadOnly(path: string): Sqlite {
  if (!existsSync(path)) throw unreadable(path, 'there is no such file');
  return opened(
    path,
    (sqlite) => {
      if (identify(sqlite)) throw unreadable(path, 'it is empty');
      sqlite.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;');
    },
    true,
  );
}

function opened(path: string, prepare: (sqlite: Sqlite) => void, readOnly = false): Sqlite {
  try {
    if (path !== IN_MEMORY && !existsSync(path)) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      closeSync(openSync(path, 'a', 0o600));
    }
    const sqlite = new Sqlite(path, readOnly);
    try {
      prepare(sqlite);
      return sqlite;
    } catch (error) {
      sqlite.close();
      throw error;
    }
  } catch (error) {
    if (error instanceof ViewUnreadable) throw error;
    throw unreadable(path, error instanceof Error ? error.message : String(error));
  }
}

/** Reads only. True when the file holds nothing yet. */
function identify(sqlite: Sqlite): boolean {
  const application = numberAt(sqlite.ask('PRAGMA application_id'), 0);
  const version = numberAt(sqlite.ask('PRAGMA user_version'), 0);
  const tables = numberAt(sqlite.ask('SELECT count(*) FROM sqlite_schema'), 0);
  if (application === 0 && version === 0 && tables === 0) return true;
  if (application !== APPLICATION_ID) throw unreadable(sqlite.path, 'it belongs to another program');
  if (version !== SCHEMA_VERSION) {
    throw unreadable(
      sqlite.path,
      `it has version ${version} and this program reads version ${SCHEMA_VERSION}`,
    );
  }
  return false;
}

/**
 * Not synced at every commit: what a power failure takes from the end of the log is derived again. Checkpoints are
 * run by whoever owns the connection, at a time of its choice.
 */
function configure(sqlite: Sqlite, cacheBytes: number): void {
  sqlite.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA cache_size = ${-cacheBytes / 1024};
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA journal_size_limit = 134217728;
    PRAGMA temp_store = MEMORY;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
  `);
}

function create(sqlite: Sqlite): void {
  // A crash here leaves an empty file; the next start creates the tables.
  sqlite.transaction('BEGIN IMMEDIATE', () => {
    sqlite.exec(SCHEMA);
    sqlite.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION};`);
  });
}
