/**
 * Documents of 1.0.x as the texts that were hashed and signed (1.0.1: sections 1.4 and 1.6): blocks get the assets of
 * their CREATE and GENESIS transactions back, votes are put into canonical form.
 */

import { canonicalJson } from '../../codec/canonical-json.js';
import { JsonFloat, type JsonObject, type JsonValue } from '../../codec/json-value.js';
import { blockText } from '../../model/block.js';
import type { StoredVote } from '../../store/store.js';

/** A block as it was made, or as near to it as its document goes. */
export interface AssembledBlock {
  readonly id: string;
  readonly signature: string;
  /** Canonical text of `block`; its hash is the id, if nothing is missing. */
  readonly text: string;
  /** Canonical texts of its transactions, in order. */
  readonly transactionTexts: readonly string[];
  /** It holds nothing but a GENESIS transaction. */
  readonly genesis: boolean;
  /** The first transaction whose asset is not in the database. */
  readonly lacksAsset: string | null;
}

/** Ids of the transactions of a block whose assets are stored apart. */
export function assetIdsOf(document: JsonObject): string[] {
  return transactionsOf(document).flatMap(({ id, operation }) =>
    isCreation(operation) && typeof id === 'string' ? [id] : [],
  );
}

/** `assets`: by transaction id. Null when the document is no block at all. */
export function assembleBlock(
  document: JsonObject,
  assets: ReadonlyMap<string, JsonObject>,
): AssembledBlock | null {
  const { block, id, signature } = document;
  if (!isObject(block) || typeof id !== 'string') return null;
  const stored = transactionsOf(document);
  const whole = stored.map((transaction) => withAsset(transaction, assets));
  const transactionTexts = whole.map((transaction) => canonicalJson(transaction));
  const lacking = whole.find(({ operation, asset }) => isCreation(operation) && asset === null);
  return {
    id,
    signature: typeof signature === 'string' ? signature : '',
    text: textOf(block, whole, transactionTexts),
    transactionTexts,
    genesis: stored.length === 1 && stored[0]?.operation === 'GENESIS',
    lacksAsset: lacking === undefined ? null : String(lacking.id),
  };
}

const BLOCK_KEYS = 4;

/** The text of an ordinary block is a join of those of its transactions. */
function textOf(block: JsonObject, transactions: JsonObject[], transactionTexts: readonly string[]): string {
  const { node_pubkey: nodePubkey, timestamp, transactions: stored, voters } = block;
  if (!Array.isArray(stored)) return canonicalJson(block);
  const ordinary =
    Object.keys(block).length === BLOCK_KEYS &&
    stored.length === transactions.length &&
    typeof nodePubkey === 'string' &&
    typeof timestamp === 'string' &&
    Array.isArray(voters) &&
    voters.every((voter) => typeof voter === 'string');
  if (!ordinary) return canonicalJson({ ...block, transactions });
  return blockText({ nodePubkey, timestamp, transactionTexts, voters });
}

/** Null for what is no vote about anything. */
export function assembleVote(document: JsonObject): StoredVote | null {
  const { node_pubkey: node, signature, vote } = document;
  if (typeof node !== 'string' || typeof signature !== 'string' || !isObject(vote)) return null;
  const blockId = vote.voting_for_block;
  if (typeof blockId !== 'string') return null;
  return { blockId, node, signature, text: canonicalJson(document) };
}

/** A row of the backlog: the transaction, and what 1.0.1 noted beside it. */
export interface AssembledRow {
  readonly text: string;
  /** Unix milliseconds; 0 when it does not say. */
  readonly acceptedAtMs: number;
}

export function assembleRow(document: JsonObject): AssembledRow {
  const { assignee: _assignee, assignment_timestamp: seconds, ...transaction } = document;
  const value = seconds instanceof JsonFloat ? seconds.value : seconds;
  const acceptedAtMs = typeof value === 'number' && value > 0 ? Math.round(value * 1000) : 0;
  return { text: canonicalJson(transaction), acceptedAtMs };
}

/** A transaction without its asset has none when the database lost it (1.0.1: section 3.2). */
function withAsset(transaction: JsonObject, assets: ReadonlyMap<string, JsonObject>): JsonObject {
  const { id, operation } = transaction;
  if (!isCreation(operation)) return transaction;
  const stored = typeof id === 'string' ? assets.get(id) : undefined;
  if (stored === undefined) return { ...transaction, asset: null };
  const { id: _id, ...asset } = stored;
  return { ...transaction, asset };
}

function isCreation(operation: JsonValue | undefined): boolean {
  return operation === 'CREATE' || operation === 'GENESIS';
}

/** What is no object among them is left out: such a block has another id anyway. */
function transactionsOf({ block }: JsonObject): JsonObject[] {
  const transactions = isObject(block) ? block.transactions : null;
  return Array.isArray(transactions) ? transactions.filter(isObject) : [];
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonFloat)
  );
}
