/** Small steps with files that several commands take: stable storage, names, digests. */

import { createHash } from 'node:crypto';
import { closeSync, createReadStream, existsSync, fsyncSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDatabaseFile } from '../config/database-files.js';
import type { Settings } from '../config/settings.js';
import { isDatabaseInUse } from '../store/embedded/copy-file.js';

/** What a command was asked to do would harm, or cannot be done; the message says what to do instead. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused';
}

/** Brings a file's content, or a folder's names, to stable storage. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Removes an SQLite file and its companions, the file first: SQLite ignores a log without its database. */
export function removeDatabase(path: string): void {
  for (const companion of ['', '-wal', '-shm', '-journal']) rmSync(path + companion, { force: true });
}

/** Database files of any node in the folder of the settings, without SQLite's companions. */
export function databasesIn(settings: Settings): string[] {
  const { path } = settings.database;
  if (!existsSync(path)) return [];
  const names = readdirSync(path).filter((name) => isDatabaseFile(name) && name.endsWith('.sqlite'));
  return names.map((name) => join(path, name));
}

/** Throws CommandRefused when a node works with one of the files. */
export function refuseInUse(paths: readonly string[]): void {
  const used = paths.find((path) => isDatabaseInUse(path));
  if (used !== undefined) throw new CommandRefused(`A node works with ${used}: stop it first`);
}

/** SHA-256 of a file, hex, and its length. */
export async function digestOf(path: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
