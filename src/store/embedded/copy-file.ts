/**
 * Copies an SQLite file of any kind while others work with it, and tells whether somebody does. Used for backups of
 * store and view alike.
 */

import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs';
import { backup, DatabaseSync } from '@photostructure/sqlite';
import { sqliteFailure } from './sqlite-failure.js';

/** Pages copied between two reports of progress. */
const PAGES_PER_STEP = 2048;

export interface CopyProgress {
  readonly pagesDone: number;
  readonly pagesTotal: number;
}

/**
 * Writes `destination`, a new file, as the database at `source` is at one moment of this call, and brings it to stable
 * storage. The copy is made in another thread. The read transaction that is held keeps the moment: without it, SQLite
 * would begin anew with every commit of a busy node. A crash leaves part of the copy.
 */
export async function copyDatabaseFile(
  source: string,
  destination: string,
  onProgress: (progress: CopyProgress) => void,
): Promise<void> {
  const database = new DatabaseSync(source, { readOnly: true, timeout: 5000 });
  try {
    database.exec('BEGIN');
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    await backup(database, destination, {
      rate: PAGES_PER_STEP,
      progress: ({ totalPages, remainingPages }) =>
        onProgress({ pagesDone: totalPages - remainingPages, pagesTotal: totalPages }),
    });
    database.exec('COMMIT');
  } finally {
    database.close();
  }
  const descriptor = openSync(destination, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * True when another connection has the database open. Every connection to a write-ahead log holds a shared lock until
 * it closes, so an exclusive one is refused as long as there is any. Folds the log when there is none.
 */
export function isDatabaseInUse(path: string): boolean {
  if (!existsSync(path)) return false;
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT;');
    return false;
  } catch (error) {
    if (sqliteFailure(error) === 'busy') return true;
    // Damaged or no database at all: nobody works with it.
    return false;
  } finally {
    database.close();
  }
}
