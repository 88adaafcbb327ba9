/** Tables of the view, their version, and the integers that stand for words in them. */

import type { DecidedStatus, StandingVote } from './view.js';

/** Marks the file as a view: `BCDV`. */
export const APPLICATION_ID = 0x42434456;
/** Grows with every change of the tables or of what is written into them. */
export const SCHEMA_VERSION = 3;

/** What a row of `ids` says about the transaction or asset whose id has this prefix. */
export const ID_KIND = {
  /** It stands at `sequence`, in a block of any status. */
  occurrence: 0,
  /** The TRANSFER at `sequence` moves this asset. Valid blocks only, like all below. */
  transfer: 1,
  /** Output `output_index` of the transaction at `sequence` holds some of this asset, unspent. */
  unspent: 2,
} as const;

/** What a row of `keys` says about the public key with this prefix; valid blocks only. */
export const KEY_KIND = {
  /** It owns output `output_index` of the transaction at `sequence` (1.0.1: section 5.4, `owned`). */
  unspent: 0,
  spent: 1,
  /** It stands in `owners_before` of the CREATE at `sequence`. */
  created: 2,
  /** It stands elsewhere in the transaction at `sequence`. */
  mentioned: 3,
} as const;

/** `heights.status`. A height that was passed over holds no block. */
export const HEIGHT_STATUS = { passed: 0, valid: 1, invalid: 2, undecided: 3 } as const;

const STATUS_WORDS: readonly DecidedStatus[] = ['undecided', 'valid', 'invalid', 'undecided'];

export function statusOf(number: number): DecidedStatus {
  return STATUS_WORDS[number] ?? 'undecided';
}

export const STANDINGS: readonly StandingVote['standing'][] = [
  'counted',
  'ineligible',
  'malformed',
  'equivocation',
];

/**
 * `heights` has a row for every decided height, those passed over too. Its columns from `transactions` on are sums up
 * to and with that height, so that counts as of a height are one look-up. `ids` and `keys` are the tables whose
 * rows go to random places, so they lag behind their `pending_` tables; all else grows at its end. `words` keeps no text, only the index. `activity` has a row per
 * slice of time and width of slices.
 */
export const SCHEMA = `
  CREATE TABLE heights (
    height INTEGER PRIMARY KEY,
    status INTEGER NOT NULL,
    decided_at_ms INTEGER NOT NULL,
    id TEXT,
    timestamp TEXT,
    creator TEXT,
    voters TEXT,
    signature TEXT,
    parent TEXT,
    claim_signature TEXT,
    invalid_reason TEXT,
    transaction_count INTEGER NOT NULL,
    transactions INTEGER NOT NULL,
    assets INTEGER NOT NULL,
    blocks INTEGER NOT NULL,
    valid_blocks INTEGER NOT NULL,
    invalid_blocks INTEGER NOT NULL,
    votes INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  );
  CREATE INDEX heights_by_status ON heights (status, height);
  CREATE INDEX heights_by_creator ON heights (creator, height);
  CREATE INDEX invalid_by_creator ON heights (creator, height) WHERE status = ${HEIGHT_STATUS.invalid};
  CREATE TABLE block_ids (prefix INTEGER, height INTEGER, PRIMARY KEY (prefix, height)) WITHOUT ROWID;

  CREATE TABLE transactions (
    sequence INTEGER PRIMARY KEY,
    accepted_at_ms INTEGER,
    id TEXT NOT NULL,
    text TEXT NOT NULL,
    checksum INTEGER NOT NULL
  );
  CREATE TABLE creations (sequence INTEGER PRIMARY KEY);
  CREATE TABLE ids (
    prefix INTEGER,
    kind INTEGER,
    sequence INTEGER,
    output_index INTEGER,
    PRIMARY KEY (prefix, kind, sequence, output_index)
  ) WITHOUT ROWID;
  CREATE TABLE keys (
    prefix INTEGER,
    kind INTEGER,
    sequence INTEGER,
    output_index INTEGER,
    PRIMARY KEY (prefix, kind, sequence, output_index)
  ) WITHOUT ROWID;
  CREATE TABLE pending_ids (height INTEGER PRIMARY KEY, changes BLOB NOT NULL);
  CREATE TABLE pending_keys (height INTEGER PRIMARY KEY, changes BLOB NOT NULL);
  CREATE TABLE spends (
    sequence INTEGER,
    output_index INTEGER,
    spender INTEGER NOT NULL,
    input_index INTEGER NOT NULL,
    PRIMARY KEY (sequence, output_index)
  ) WITHOUT ROWID;
  CREATE INDEX spends_in_order ON spends (spender);

  CREATE TABLE votes (
    sequence INTEGER PRIMARY KEY,
    standing INTEGER NOT NULL,
    late INTEGER NOT NULL,
    is_valid INTEGER,
    node_prefix INTEGER NOT NULL,
    node TEXT NOT NULL,
    signature TEXT NOT NULL,
    text TEXT NOT NULL,
    checksum INTEGER NOT NULL
  );
  CREATE INDEX votes_by_node ON votes (node_prefix);
  CREATE INDEX evidence_by_node ON votes (node_prefix) WHERE standing = ${STANDINGS.indexOf('equivocation')};

  CREATE TABLE rejections (
    position INTEGER PRIMARY KEY,
    prefix INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    transaction_id TEXT NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    node TEXT NOT NULL,
    digest TEXT NOT NULL,
    text TEXT NOT NULL,
    checksum INTEGER NOT NULL
  );
  CREATE INDEX rejections_by_transaction ON rejections (prefix);

  CREATE TABLE payload_paths (path INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE payload_values (
    path INTEGER,
    value,
    sequence INTEGER,
    PRIMARY KEY (path, value, sequence)
  ) WITHOUT ROWID;

  CREATE VIRTUAL TABLE words USING fts5 (
    asset, metadata, content = '', tokenize = 'porter unicode61 remove_diacritics 2'
  );

  CREATE TABLE activity (
    slice_ms INTEGER,
    from_ms INTEGER,
    transactions INTEGER NOT NULL,
    blocks INTEGER NOT NULL,
    rejections INTEGER NOT NULL,
    waited_ms INTEGER NOT NULL,
    waited INTEGER NOT NULL,
    PRIMARY KEY (slice_ms, from_ms)
  ) WITHOUT ROWID;

  CREATE TABLE positions (late_votes INTEGER NOT NULL, rejections INTEGER NOT NULL);
  INSERT INTO positions VALUES (0, 0);
`;
