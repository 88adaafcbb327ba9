/**
 * Tables of the embedded store and their version. Keys of 64 hex digits are indexed by their first 48 bits as an
 * integer and compared in full on the row: entries of 13 bytes instead of 72 mean a fifth of the index pages to write
 * in every commit.
 */

/** Marks the file as this kind of store: `BCDB`. */
export const APPLICATION_ID = 0x42434442;
export const SCHEMA_VERSION = 1;

/**
 * `counters` has one row: the last position given out in the backlog, and how many blocks, votes and rejections were
 * written, so that another process can tell what a commit changed. Backlog positions are counted here because rows
 * go: a position is never used twice.
 */
export const SCHEMA = `
  CREATE TABLE counters (backlog INTEGER NOT NULL, blocks INTEGER NOT NULL, votes INTEGER NOT NULL, rejections INTEGER NOT NULL);
  INSERT INTO counters VALUES (0, 0, 0, 0);

  CREATE TABLE backlog (
    position INTEGER PRIMARY KEY,
    digest_prefix INTEGER NOT NULL,
    transaction_prefix INTEGER NOT NULL,
    accepted_at_ms INTEGER NOT NULL,
    digest TEXT NOT NULL,
    transaction_id TEXT NOT NULL,
    assignee TEXT NOT NULL,
    stamp TEXT NOT NULL,
    pack INTEGER NOT NULL,
    text_offset INTEGER NOT NULL,
    text_bytes INTEGER NOT NULL
  );
  CREATE TABLE backlog_texts (pack INTEGER PRIMARY KEY, texts BLOB NOT NULL);
  CREATE TABLE backlog_packs (pack INTEGER PRIMARY KEY, entries INTEGER NOT NULL, standing INTEGER NOT NULL);
  CREATE INDEX backlog_by_digest ON backlog (digest_prefix);
  CREATE INDEX backlog_by_transaction ON backlog (transaction_prefix);

  CREATE TABLE blocks (
    height INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    signature TEXT NOT NULL,
    parent TEXT NOT NULL,
    claim_signature TEXT NOT NULL,
    text TEXT NOT NULL
  );

  CREATE TABLE votes (
    position INTEGER PRIMARY KEY,
    block_id TEXT NOT NULL,
    node TEXT NOT NULL,
    signature TEXT NOT NULL,
    text TEXT NOT NULL
  );
  CREATE UNIQUE INDEX votes_by_key ON votes (block_id, node, signature);
  CREATE INDEX votes_in_order ON votes (block_id);

  CREATE TABLE rejections (
    position INTEGER PRIMARY KEY,
    digest_prefix INTEGER NOT NULL,
    transaction_prefix INTEGER NOT NULL,
    digest TEXT NOT NULL,
    transaction_id TEXT NOT NULL,
    text TEXT NOT NULL
  );
  CREATE INDEX rejections_by_digest ON rejections (digest_prefix);
  CREATE INDEX rejections_by_transaction ON rejections (transaction_prefix);
`;

/** The integer that a hex key is indexed by: its first 48 bits. Any other text gets some integer, always the same. */
export function keyPrefix(key: string): number {
  const prefix = Number.parseInt(key.slice(0, 12), 16);
  return Number.isNaN(prefix) ? 0 : prefix;
}
