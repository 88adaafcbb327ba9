/**
 * Where the embedded store and the local view stand below `database.path`. One folder may serve several nodes of this
 * machine: they share the store, and each has a view of its own, named after its key.
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

/** A gateway has no key to be told apart by: the port of its HTTP API stands in its file's name. */
export function databaseFiles(settings: Settings, role: 'node' | 'gateway' = 'node'): DatabaseFiles {
  const { path } = settings.database;
  const key = role === 'node' ? settings.keypair.public : null;
  const owner = key?.slice(0, KEY_CHARACTERS) ?? `gateway${settings.server.bind.port}`;
  return { store: join(path, 'store.sqlite'), view: join(path, `view-${owner}.sqlite`) };
}

/** Names of stores and views of any node in the folder, with SQLite's companions, and what a restore or import left. */
export function isDatabaseFile(name: string): boolean {
  return /^(?:store|view-[0-9A-Za-z]+)\.sqlite(?:-restore|-import)?(?:-wal|-shm|-journal|-lock|-reserve)?$/.test(
    name,
  );
}
