/**
 * What a failed SQLite call means for the store. Owns the only reading of SQLite's result codes in this folder.
 */

/**
 * `busy`: another process held the lock too long. `full`: no room. Both leave the file as it was and pass by
 * themselves. `broken`: the file or the disk under it cannot be relied on any more, so the node must stop.
 */
export type SqliteFailure = 'busy' | 'full' | 'broken';

const BUSY = 5;
const LOCKED = 6;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;
/** The shared-memory index could not grow: what a full disk looks like from there. Nothing was lost. */
const IOERR_SHMSIZE = 4874;

/** Null for anything that SQLite did not raise, which is a programmer's error. */
export function sqliteFailure(error: unknown): SqliteFailure | null {
  const code = extendedCode(error);
  if (code === null) return null;
  if (code === IOERR_SHMSIZE) return 'full';
  const primary = code & 0xff;
  if (primary === BUSY || primary === LOCKED) return 'busy';
  return primary === FULL ? 'full' : 'broken';
}

/**
 * A COMMIT that failed for want of room in the shared index has its frames on the disk already: this process goes on
 * without them, but a crash now would bring them back. Every other refusal for want of room wrote no commit mark.
 */
export function mayComeBack(error: unknown): boolean {
  return extendedCode(error) === IOERR_SHMSIZE;
}

/** An error, or the one that caused it, that says the disk is full. */
export function isDiskFull(error: unknown): boolean {
  if (sqliteFailure(error) === 'full') return true;
  return error instanceof Error && error.cause !== undefined && isDiskFull(error.cause);
}

/**
 * The package gives an error that comes up while rows are read SQLite's sentence (`sqlite3_errstr`), but no result code:
 * these are the sentences of what the file or the disk can do.
 */
const CODES_BY_SENTENCE: Readonly<Record<string, number>> = {
  'database is locked': BUSY,
  'database table is locked': LOCKED,
  'disk I/O error': IOERR,
  'database disk image is malformed': CORRUPT,
  'database or disk is full': FULL,
  'unable to open database file': CANTOPEN,
  'file is not a database': NOTADB,
};

/** Does not ask for a class: an error of native code may come from another realm than the caller's. */
function extendedCode(error: unknown): number | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode;
  if (!('code' in error) || error.code !== 'ERR_SQLITE_ERROR') return null;
  return CODES_BY_SENTENCE[messageOf(error)] ?? null;
}

/** The sentence of anything thrown. */
export function messageOf(error: unknown): string {
  const hasMessage = typeof error === 'object' && error !== null && 'message' in error;
  return String(hasMessage ? error.message : error);
}
