/** Small steps with files that several commands take: stable storage, names, digests. */

import { createHash } from 'node:crypto';
import { closeSync, createReadStream, existsSync, fsyncSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDatabaseFile } from '../config/database-files.js';
import type { Settings } from '../config/settings.js';
import { lockView, ViewInUse } from '../view/view-lock.js';

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

/** Runs `use` while no node can start on the views at `paths`. Throws CommandRefused when one works with any of them. */
export async function withLockedViews<T>(paths: readonly string[], use: () => Promise<T>): Promise<T> {
  const unlocks: (() => void)[] = [];
  try {
    for (const path of paths) unlocks.push(lockOne(path));
    return await use();
  } finally {
    for (const unlock of unlocks) unlock();
  }
}

function lockOne(path: string): () => void {
  try {
    return lockView(path);
  } catch (error) {
    if (error instanceof ViewInUse) throw new CommandRefused(`A node works with ${path}: stop it first`);
    throw error;
  }
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
