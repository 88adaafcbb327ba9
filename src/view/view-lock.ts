/**
 * One process writes a view. The lock is that of an empty database beside the view's file, held as long as the process
 * lives: the system releases it with the process, however that ends, so nothing is ever left to clean up.
 */

import { Sqlite } from './sqlite.js';

/** A view that another process writes: a second node with the same key pair, most likely. */
export class ViewInUse extends Error {
  override readonly name = 'ViewInUse';
}

/** What a process that is just ending may still need to let go. */
const WAIT_MS = 1000;

/** Takes the lock of the view at `path` and returns what releases it. Throws ViewInUse. */
export function lockView(path: string): () => void {
  const sqlite = new Sqlite(`${path}-lock`);
  try {
    sqlite.exec(`PRAGMA busy_timeout = ${WAIT_MS}; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE`);
  } catch (error) {
    sqlite.close();
    const why = error instanceof Error ? error.message : String(error);
    throw new ViewInUse(
      `The view ${path} is in use by another process (${why}): is a node with this key pair running already? ` +
        'Two processes with one key are never needed; stop the other one',
    );
  }
  return () => sqlite.close();
}
