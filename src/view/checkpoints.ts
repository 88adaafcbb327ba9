/** The write-ahead log of a view: how long it is, and folding it into the file. */

import { numberAt, type Sqlite } from './sqlite.js';

/** Pages of the log that are not in the file yet; 0 in memory. */
export function walPages(sqlite: Sqlite): number {
  const [, inLog, folded] = sqlite.ask('PRAGMA wal_checkpoint(NOOP)');
  return Math.max(0, numberAt([inLog], 0) - numberAt([folded], 0));
}

/**
 * Folds what it can without waiting for anyone. A crash in the middle leaves the log whole; a full disk or a reader
 * leaves the rest for the next time.
 */
export function foldLog(sqlite: Sqlite): void {
  try {
    sqlite.exec('PRAGMA wal_checkpoint(PASSIVE)');
  } catch {
    // The log is whole; nothing depends on when it is folded.
  }
}
