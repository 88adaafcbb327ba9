/** How rows of the tables become the values that the ports speak of. */

import { crc32 } from 'node:zlib';
import { parseJson } from '../codec/json-reader.js';
import type { VoteRow } from './list-queries.js';
import { STANDINGS, statusOf } from './schema.js';
import { heightOf, positionOf } from './sequence.js';
import { nullableNumberAt, nullableTextAt, numberAt, type Row, textAt } from './sqlite.js';
import type { BlockRow, FoundTransaction, ViewRejection } from './view.js';

/** Columns for `foundTransaction`; tables `transactions t` and `heights h`. */
export const TRANSACTION_COLUMNS = 't.sequence, t.id, t.text, t.accepted_at_ms, h.status, t.checksum';

/**
 * SQLite has no checksums of its own: a bit that flips within a text would be served. Under 1 µs a transaction; the hash
 * that its id is would take ten times as long, because it covers another form of the text.
 */
export function transactionChecksum(id: string, text: string): number {
  return crc32(text, crc32(id));
}

/** Null for a row that is not what was written. */
export function foundTransaction(row: Row): FoundTransaction | null {
  const sequence = numberAt(row, 0);
  const id = textAt(row, 1);
  const text = textAt(row, 2);
  if (transactionChecksum(id, text) !== numberAt(row, 5)) return null;
  return {
    id,
    text,
    height: heightOf(sequence),
    position: positionOf(sequence),
    status: statusOf(numberAt(row, 4)),
    acceptedAtMs: nullableNumberAt(row, 3),
  };
}

/** Columns for `blockRow`; table `heights`. The checksum covers those between the height and itself. */
export const BLOCK_COLUMNS =
  'height, id, timestamp, creator, voters, signature, parent, status, invalid_reason, decided_at_ms, transaction_count, checksum';

/** Of the values of a row as they are written, in the order of its columns. */
export function rowChecksum(values: readonly unknown[]): number {
  // Long texts come back as bytes.
  const plain = values.map((value, index) => (value instanceof Uint8Array ? textAt(values, index) : value));
  return crc32(plain.join('\0'));
}

/** Null for a row that is not what was written. */
export function blockRow(row: Row): BlockRow | null {
  if (rowChecksum(row.slice(1, -1)) !== row.at(-1)) return null;
  const voters = parseJson(textAt(row, 4));
  return {
    height: numberAt(row, 0),
    id: textAt(row, 1),
    timestamp: textAt(row, 2),
    creator: textAt(row, 3),
    voters: Array.isArray(voters) ? voters.filter((voter) => typeof voter === 'string') : [],
    signature: textAt(row, 5),
    parent: textAt(row, 6),
    status: statusOf(numberAt(row, 7)),
    invalidReason: nullableTextAt(row, 8),
    decidedAtMs: numberAt(row, 9),
    transactionCount: numberAt(row, 10),
  };
}

/** Columns for `voteRow`; tables `votes v` and `heights h`. The checksum covers those between the block's id and itself. */
export const VOTE_COLUMNS =
  'v.sequence, h.id, v.node, v.signature, v.text, v.standing, v.late, v.is_valid, v.checksum';

/** What the vote in a row of VOTE_COLUMNS says of its block; null when it says nothing. */
export function saidOfBlock(row: Row): boolean | null {
  const said = nullableNumberAt(row, 7);
  return said === null ? null : said === 1;
}

/** Null for a row that is not what was written. */
export function voteRow(row: Row): VoteRow | null {
  if (rowChecksum(row.slice(2, -1)) !== row.at(-1)) return null;
  return {
    height: heightOf(numberAt(row, 0)),
    blockId: textAt(row, 1),
    node: textAt(row, 2),
    signature: textAt(row, 3),
    text: textAt(row, 4),
    standing: STANDINGS[numberAt(row, 5)] ?? 'malformed',
    late: numberAt(row, 6) === 1,
  };
}

/** Columns for `viewRejection`; table `rejections`. The checksum covers the others. */
export const REJECTION_COLUMNS =
  'transaction_id, code, message, at_ms, node, position, digest, text, checksum';

/** Null for a row that is not what was written. */
export function viewRejection(row: Row): ViewRejection | null {
  if (rowChecksum(row.slice(0, -1)) !== row.at(-1)) return null;
  return {
    transactionId: textAt(row, 0),
    code: textAt(row, 1),
    message: textAt(row, 2),
    atMs: numberAt(row, 3),
    node: textAt(row, 4),
    position: numberAt(row, 5),
    digest: textAt(row, 6),
    text: textAt(row, 7),
  };
}
