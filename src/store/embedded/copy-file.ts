/** Copies an SQLite file of any kind while others work with it: for backups of store and view alike. */

import { closeSync, fsyncSync, openSync } from 'node:fs';
import { backup, DatabaseSync } from '@photostructure/sqlite';

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
      progress: ({ totalPages, remainingPages }) => {
        // A little at a time: gigabytes synced at once would hold up every commit of the node on the same disk.
        syncFile(destination);
        onProgress({ pagesDone: totalPages - remainingPages, pagesTotal: totalPages });
      },
    });
    database.exec('COMMIT');
  } finally {
    database.close();
  }
  standAlone(destination);
  syncFile(destination);
}

function syncFile(path: string): void {
  const descriptor = openSync(path, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A copy is one file: without a write-ahead log it needs no companions to be read. Who works with it makes one again. */
function standAlone(path: string): void {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA journal_mode = DELETE');
  } finally {
    database.close();
  }
}
