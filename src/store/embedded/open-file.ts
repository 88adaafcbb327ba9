/**
 * Opens the file of an embedded store: its folder and modes, what may not hold it, whether it is ours and whole.
 * Nothing is written into a file before it is known to be a store of this kind or empty.
 */

import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Connection, LOCK_TIMEOUT_MS, numberOf, textOf } from './connection.js';
import { StoreUnreadable } from './failures.js';
import { isNetworkFileSystem } from './network-file-systems.js';
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from './schema.js';
import { messageOf, sqliteFailure } from './sqlite-failure.js';

/** A store that lives and dies with the process. */
export const IN_MEMORY = ':memory:';

/** Up to this size the whole file is checked at every start; beyond it all but the bodies of blocks. */
const WHOLE_CHECK_BYTES_MAX = 512 * 1024 * 1024;

/** Between two attempts at the log, before anything else is done in this thread. */
const LOG_PAUSE_MS = 20;

function unreadable(path: string, reason: string, options?: ErrorOptions): StoreUnreadable {
  return new StoreUnreadable(`The store ${path} cannot be used: ${reason}`, options);
}

/** Opens or creates the store at `path`; throws StoreUnreadable. */
export function openStoreFile(path: string): Connection {
  try {
    if (path !== IN_MEMORY) prepareFile(path);
    const connection = new Connection(path);
    try {
      identify(connection);
      configure(connection);
      createOrCheck(connection);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  } catch (error) {
    if (error instanceof StoreUnreadable) throw error;
    throw unreadable(path, messageOf(error), { cause: error });
  }
}

/** The folder (0700) and the file (0600: SQLite gives its companions the same mode), on stable storage by name. */
function prepareFile(path: string): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (isNetworkFileSystem(statfsSync(folder).type)) {
    throw unreadable(
      path,
      'its folder is on a network file system, where locks and shared memory cannot be relied on; use a local disk, or the mongodb store to share a ledger between machines',
    );
  }
  if (existsSync(path)) {
    // To SQLite a file of one byte is an empty one, and it would begin a new ledger there.
    if (statSync(path).size === 1) throw unreadable(path, 'it was cut off; restore a backup');
    return;
  }
  closeSync(openSync(path, 'a', 0o600));
  syncFolder(folder);
  syncFolder(dirname(folder));
}

/** Makes a new name in `folder` survive a power failure. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Reads only: a file of another program is left exactly as it is. In one transaction, because another process may be
 * creating the tables at this moment.
 */
function identify(connection: Connection): void {
  connection.exec('BEGIN');
  const applicationId = numberOf(connection.ask('PRAGMA application_id')[0]);
  const version = numberOf(connection.ask('PRAGMA user_version')[0]);
  const tables = numberOf(connection.ask('SELECT count(*) FROM sqlite_schema')[0]);
  connection.exec('COMMIT');
  const { path } = connection;
  if (applicationId === 0 && version === 0 && tables === 0) return;
  if (applicationId !== APPLICATION_ID) throw unreadable(path, 'it belongs to another program');
  if (version !== SCHEMA_VERSION) {
    throw unreadable(
      path,
      `its schema version is ${version} and this program knows ${SCHEMA_VERSION}; use the program that wrote it`,
    );
  }
}

/** Durability first: the write-ahead log is synced at every commit, on macOS through the drive's own cache. */
function configure(connection: Connection): void {
  const mode = takeLog(connection);
  if (connection.path !== IN_MEMORY && textOf(mode) !== 'wal') {
    throw unreadable(connection.path, 'its file system does not support a write-ahead log');
  }
  connection.exec(`
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA cache_size = -12288;
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA journal_size_limit = 134217728;
    PRAGMA temp_store = MEMORY;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
  `);
}

/**
 * Takes up the write-ahead log; the mode that it came to. A new file has to be had alone for it, and SQLite does not wait
 * for others that open it at the same time, so it is tried again.
 */
function takeLog(connection: Connection): unknown {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return connection.ask('PRAGMA journal_mode = WAL')[0];
    } catch (error) {
      if (sqliteFailure(error) !== 'busy' || attempt * LOG_PAUSE_MS >= LOCK_TIMEOUT_MS) throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, LOG_PAUSE_MS);
  }
}

/** A store that is there is only read, so that nobody who holds its lock keeps others from starting. */
function createOrCheck(connection: Connection): void {
  if (isEmpty(connection)) create(connection);
  else checkWhole(connection);
}

function isEmpty(connection: Connection): boolean {
  return numberOf(connection.ask('PRAGMA user_version')[0]) === 0;
}

/** Two processes may come here at once: the lock decides who creates. A crash in between leaves an empty file. */
function create(connection: Connection): void {
  connection.exec('BEGIN IMMEDIATE');
  if (isEmpty(connection)) {
    connection.exec(SCHEMA);
    connection.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION};`);
  }
  connection.exec('COMMIT');
}

/**
 * What is damaged is found here, or when it is read: every body carries its own hash or signature, which its readers
 * check. So the bodies of blocks in a large file, most of its bytes, need not hold up a start.
 */
function checkWhole(connection: Connection): void {
  const large = connection.path !== IN_MEMORY && statSync(connection.path).size > WHOLE_CHECK_BYTES_MAX;
  const checks = large ? ['backlog', 'backlog_texts', 'backlog_packs', 'rejections', 'counters'] : [null];
  for (const table of checks) {
    const pragma = table === null ? 'PRAGMA quick_check(1)' : `PRAGMA quick_check('${table}')`;
    const [report] = connection.ask(pragma);
    const finding = textOf(report).replaceAll(/\s+/g, ' ');
    if (finding !== 'ok') {
      throw unreadable(connection.path, `it is damaged (${finding}); restore a backup`);
    }
  }
}
