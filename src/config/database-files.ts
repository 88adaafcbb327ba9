/**
 * Where the embedded store and the local view stand. One folder may serve several nodes of this machine: they share
 * the store, and each has its own view, named after its key.
 */

import { join } from 'node:path';
import type { Settings } from './settings.js';

export interface DatabaseFiles {
  /** SQLite file of the embedded store; SQLite adds companions with `-wal` and `-shm`. */
  readonly store: string;
  /** SQLite file of this node's view. */
  readonly view: string;
}

/** Enough of a key to tell the nodes of one machine apart. */
const KEY_CHARACTERS = 16;

export function databaseFiles(settings: Settings): DatabaseFiles {
  const { path, name } = settings.database;
  const owner = settings.keypair.public?.slice(0, KEY_CHARACTERS) ?? 'gateway';
  return { store: join(path, `${name}.sqlite`), view: join(path, `${name}-view-${owner}.sqlite`) };
}
