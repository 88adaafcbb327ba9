/**
 * The collections and their documents. Texts of the ledger are plain strings, so BSON never interprets a number of
 * theirs. The names differ from 1.0.1's, so a database that it left stays readable beside them. What is read back may
 * be junk that somebody wrote past this adapter: decoding never throws.
 */

import type { Collection, Db } from 'mongodb';
import { sha256Hex } from '../../codec/hash.js';
import type { PlacedEntry, PlacedRejection, StoredBlock, StoredRejection, StoredVote } from '../store.js';

export interface BacklogDocument {
  /** The entry's digest. */
  readonly _id: string;
  readonly transaction_id: string;
  readonly text: string;
  readonly assignee: string;
  readonly stamp: string;
  readonly accepted_at_ms: number;
  readonly position: number;
  /** Which open store wrote it: a process knows its own changes in the feed. */
  readonly writer: string;
}

export interface BlockDocument {
  /** The height. */
  readonly _id: number;
  readonly id: string;
  readonly text: string;
  readonly signature: string;
  readonly parent: string;
  readonly claim_signature: string;
  readonly writer: string;
}

export interface VoteDocument {
  /** SHA-256 over block id, node and signature (D1). */
  readonly _id: string;
  readonly block_id: string;
  readonly node: string;
  readonly signature: string;
  readonly text: string;
  readonly writer: string;
}

export interface RejectionDocument {
  /** SHA-256 of the text. */
  readonly _id: string;
  readonly position: number;
  readonly transaction_id: string;
  readonly text: string;
  readonly writer: string;
}

/** The one record of an import. */
export interface ImportDocument {
  readonly _id: 'import';
  readonly text: string;
}

/** The last position that any writer of the backlog has taken. */
export interface CounterDocument {
  readonly _id: 'backlog';
  readonly position: number;
}

export const NAMES = {
  backlog: 'ledger_backlog',
  blocks: 'ledger_blocks',
  votes: 'ledger_votes',
  rejections: 'ledger_rejections',
  counters: 'ledger_counters',
  imports: 'ledger_imports',
} as const;

export interface Collections {
  readonly backlog: Collection<BacklogDocument>;
  readonly blocks: Collection<BlockDocument>;
  readonly votes: Collection<VoteDocument>;
  readonly rejections: Collection<RejectionDocument>;
  readonly counters: Collection<CounterDocument>;
  readonly imports: Collection<ImportDocument>;
}

export function collectionsOf(database: Db): Collections {
  return {
    backlog: database.collection<BacklogDocument>(NAMES.backlog),
    blocks: database.collection<BlockDocument>(NAMES.blocks),
    votes: database.collection<VoteDocument>(NAMES.votes),
    rejections: database.collection<RejectionDocument>(NAMES.rejections),
    counters: database.collection<CounterDocument>(NAMES.counters),
    imports: database.collection<ImportDocument>(NAMES.imports),
  };
}

/** Makes collections and indexes that are not there. A crash in between leaves some of them; the next start goes on. */
export async function createIndexes(collections: Collections): Promise<void> {
  await collections.backlog.createIndexes([{ key: { position: 1 } }, { key: { transaction_id: 1 } }]);
  await collections.blocks.createIndexes([{ key: { id: 1 }, unique: true }]);
  await collections.votes.createIndexes([{ key: { block_id: 1 } }]);
  await collections.rejections.createIndexes([
    { key: { position: 1 }, unique: true },
    { key: { transaction_id: 1 } },
  ]);
}

export function voteKey({ blockId, node, signature }: StoredVote): string {
  return sha256Hex([blockId, node, signature].map((part) => `${part.length}:${part}`).join(''));
}

/** The key and the facts of a rejection, without its place. */
export function rejectionDocument(
  fact: StoredRejection,
  position: number,
  writer: string,
): RejectionDocument {
  return { _id: fact.digest, position, transaction_id: fact.transactionId, text: fact.text, writer };
}

/** Any BSON number as a whole number, however it was written; null for everything else. */
export function wholeNumber(value: unknown): number | null {
  if (typeof value !== 'number' && (typeof value !== 'object' || value === null)) return null;
  const number = Number(String(value));
  return Number.isSafeInteger(number) ? number : null;
}

/** Null for junk. */
export function entryOf(document: Readonly<Record<string, unknown>>): PlacedEntry | null {
  const { _id, transaction_id, text, assignee, stamp, accepted_at_ms, position } = document;
  const place = wholeNumber(position);
  const strings =
    typeof _id === 'string' &&
    typeof transaction_id === 'string' &&
    typeof text === 'string' &&
    typeof assignee === 'string' &&
    typeof stamp === 'string';
  if (!strings || place === null) return null;
  const acceptedAtMs = typeof accepted_at_ms === 'number' ? accepted_at_ms : 0;
  return { digest: _id, transactionId: transaction_id, text, assignee, stamp, acceptedAtMs, position: place };
}

/**
 * A document at a height takes that height whatever it says, so junk comes out as a block that nobody can take for
 * one. Null only for what stands at no height.
 */
export function blockOf(document: Readonly<Record<string, unknown>>): StoredBlock | null {
  const height = wholeNumber(document._id);
  if (height === null) return null;
  return {
    height,
    id: stringOf(document.id),
    text: stringOf(document.text),
    signature: stringOf(document.signature),
    parent: stringOf(document.parent),
    claimSignature: stringOf(document.claim_signature),
  };
}

/** Null for junk. */
export function voteOf(document: Readonly<Record<string, unknown>>): StoredVote | null {
  const { block_id, node, signature, text } = document;
  const strings =
    typeof block_id === 'string' &&
    typeof node === 'string' &&
    typeof signature === 'string' &&
    typeof text === 'string';
  return strings ? { blockId: block_id, node, signature, text } : null;
}

/** Null for junk. */
export function rejectionOf(document: Readonly<Record<string, unknown>>): PlacedRejection | null {
  const { _id, position, transaction_id, text } = document;
  const place = wholeNumber(position);
  if (place === null || typeof _id !== 'string') return null;
  if (typeof transaction_id !== 'string' || typeof text !== 'string') return null;
  return { digest: _id, transactionId: transaction_id, text, position: place };
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
