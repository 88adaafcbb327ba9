/**
 * `backup` of a node that runs or not, and `restore`. A backup is a folder: the view as of one moment, the store as of
 * a later one (so that a restored view is never ahead of its store), and a manifest with their digests, written last: a
 * folder without one is not a backup.
 */

import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { JsonSyntaxError, parseJson } from '../codec/json-reader.js';
import type { JsonObject, JsonValue } from '../codec/json-value.js';
import { prettyJson } from '../codec/json-writer.js';
import { databaseFiles } from '../config/database-files.js';
import type { Settings } from '../config/settings.js';
import type { Failpoints } from '../runtime/runtime.js';
import { copyDatabaseFile } from '../store/embedded/copy-file.js';
import { openFactsReader } from '../store/embedded/read-facts.js';
import {
  CommandRefused,
  databasesIn,
  digestOf,
  removeDatabase,
  syncPath,
  withLockedViews,
} from './folder-files.js';

const MANIFEST = 'manifest.json';
const FORMAT = 'bigchaindb-backup';
const VERSION = 1;
const VIEW_FILE = 'view.sqlite';
const STORE_FILE = 'store.sqlite';
/** What a file is called below `database.path` until all of them are there. */
const RESTORING = '-restore';

export interface BackedUpFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Manifest {
  /** Key of the node whose view it is; null for a gateway. */
  readonly publicKey: string | null;
  /** Unix milliseconds; for people. */
  readonly createdAtMs: number;
  /** The largest height of the store. */
  readonly head: number;
  readonly files: readonly BackedUpFile[];
}

export interface BackupOptions {
  readonly settings: Settings;
  readonly folder: string;
  readonly nowMs: () => number;
  readonly failpoints: Failpoints;
  /** Part of the file that is copied, 0 to 1. */
  readonly onProgress: (file: string, part: number) => void;
}

/** Rejects with CommandRefused or with what the file system says. */
export async function backup(options: BackupOptions): Promise<Manifest> {
  const { settings, folder } = options;
  const from = databaseFiles(settings);
  if (!existsSync(from.store)) throw new CommandRefused(`There is no store ${from.store} to back up`);
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new CommandRefused(`${folder} is not empty: a backup is a folder of its own`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files: BackedUpFile[] = [];
  // A crash here leaves a folder without a manifest, which `restore` refuses.
  if (existsSync(from.view)) files.push(await copied(from.view, VIEW_FILE, options));
  files.push(await copied(from.store, STORE_FILE, options));
  const manifest: Manifest = {
    publicKey: settings.keypair.public,
    createdAtMs: options.nowMs(),
    head: await headOf(join(folder, STORE_FILE)),
    files,
  };
  const written = join(folder, `${MANIFEST}-new`);
  writeFileSync(written, manifestText(manifest), { mode: 0o600 });
  syncPath(written);
  syncPath(folder);
  renameSync(written, join(folder, MANIFEST));
  syncPath(folder);
  return manifest;
}

async function copied(source: string, name: string, options: BackupOptions): Promise<BackedUpFile> {
  const target = join(options.folder, name);
  await copyDatabaseFile(source, target, ({ pagesDone, pagesTotal }) =>
    options.onProgress(name, pagesDone / pagesTotal),
  );
  chmodSync(target, 0o600);
  options.failpoints.hit('backup.mid');
  return { name, ...(await digestOf(target)) };
}

async function headOf(store: string): Promise<number> {
  const reader = openFactsReader(store, { snapshot: false });
  try {
    return await reader.head();
  } finally {
    await reader.close();
  }
}

export interface RestoreOptions {
  readonly settings: Settings;
  readonly folder: string;
  /** What stands below `database.path` may go. */
  readonly overwrite: boolean;
  readonly failpoints: Failpoints;
}

/**
 * Checks every digest before it touches anything. The view comes along when it is this node's own; any other view in
 * the folder goes, because it may be ahead of the restored store, and is derived again at the next start.
 */
export async function restore(options: RestoreOptions): Promise<Manifest> {
  const { settings, folder } = options;
  const manifest = readManifest(folder);
  for (const file of manifest.files) await checkFile(folder, file);
  mkdirSync(settings.database.path, { recursive: true, mode: 0o700 });
  const { store, view } = databaseFiles(settings);
  const views = new Set([view, ...databasesIn(settings).filter((path) => path !== store)]);
  await withLockedViews([...views], async () => putInPlace(options, manifest));
  return manifest;
}

function putInPlace(options: RestoreOptions, manifest: Manifest): void {
  const { settings, folder, overwrite, failpoints } = options;
  const standing = databasesIn(settings);
  if (standing.length > 0 && !overwrite)
    throw new CommandRefused(`${settings.database.path} holds a database already: restore -y overwrites it`);
  const target = databaseFiles(settings);
  const ownView = manifest.publicKey === settings.keypair.public && manifest.files.some(isView);
  const moves = [
    ...(ownView ? [[VIEW_FILE, target.view] as const] : []),
    [STORE_FILE, target.store] as const,
  ];
  for (const [name, path] of moves) {
    copyFileSync(join(folder, name), path + RESTORING);
    chmodSync(path + RESTORING, 0o600);
    syncPath(path + RESTORING);
  }
  // Views go first and the store comes last: a crash in between leaves no store, and restoring again is right.
  for (const path of standing.filter((each) => each !== target.store)) removeDatabase(path);
  removeDatabase(target.store);
  for (const [, path] of moves) {
    failpoints.hit('restore.mid');
    renameSync(path + RESTORING, path);
  }
  syncPath(settings.database.path);
}

function isView(file: BackedUpFile): boolean {
  return file.name === VIEW_FILE;
}

async function checkFile(folder: string, file: BackedUpFile): Promise<void> {
  const path = join(folder, file.name);
  if (!existsSync(path)) throw new CommandRefused(`${path} is missing: the backup is not whole`);
  const { bytes, sha256 } = await digestOf(path);
  if (bytes !== file.bytes || sha256 !== file.sha256)
    throw new CommandRefused(
      `${path} is not the file that was backed up: its digest differs from the manifest`,
    );
}

function manifestText(manifest: Manifest): string {
  const { publicKey, createdAtMs, head, files } = manifest;
  const createdAt = new Date(createdAtMs).toISOString();
  const document = { format: FORMAT, version: VERSION, public_key: publicKey, created_at: createdAt, head };
  return `${prettyJson({ ...document, files: files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })) })}\n`;
}

function readManifest(folder: string): Manifest {
  const path = join(folder, MANIFEST);
  if (!existsSync(path))
    throw new CommandRefused(`${folder} is no backup: it has no ${MANIFEST}, which is written last`);
  const document = parsed(readFileSync(path, 'utf8'));
  const { format, version, public_key: publicKey, created_at: createdAt, head, files } = document;
  if (format !== FORMAT || version !== VERSION)
    throw new CommandRefused(`${path} was not written by this program, or by another version of it`);
  const listed = Array.isArray(files) ? files.map(fileOf) : [];
  const known = listed.filter((file) => file !== null);
  if (
    typeof head !== 'number' ||
    known.length !== listed.length ||
    !known.some(({ name }) => name === STORE_FILE)
  )
    throw new CommandRefused(`${path} is damaged`);
  return {
    publicKey: typeof publicKey === 'string' ? publicKey : null,
    createdAtMs: typeof createdAt === 'string' ? Date.parse(createdAt) : 0,
    head,
    files: known,
  };
}

/** Null unless it names one of the two files that a backup has. */
function fileOf(value: JsonValue): BackedUpFile | null {
  if (typeof value !== 'object' || value === null || !('name' in value)) return null;
  const { name, bytes, sha256 } = value;
  if ((name !== VIEW_FILE && name !== STORE_FILE) || typeof bytes !== 'number') return null;
  return typeof sha256 === 'string' ? { name, bytes, sha256 } : null;
}

function parsed(text: string): JsonObject {
  try {
    const value = parseJson(text);
    if (typeof value === 'object' && value !== null && 'format' in value) return value;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
  }
  throw new CommandRefused(`${MANIFEST} is damaged`);
}
