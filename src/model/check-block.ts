/**
 * What a block's own bytes say, before the ledger and the federation are asked (1.0.1: section 3.2; architecture,
 * section 4, rule 2). The bytes come from a store that other members write, so nothing in them is trusted and nothing
 * in them may throw. A pure function of the stored block: every node must come to the same result.
 */

import { canonicalJson } from '../codec/canonical-json.js';
import { sha3Hex } from '../codec/hash.js';
import { JsonSyntaxError, parseJson } from '../codec/json-reader.js';
import type { JsonObject, JsonValue } from '../codec/json-value.js';
import { verifyText } from '../codec/key-pair.js';
import { LEDGER } from '../config/limits.js';
import { blockText, claimVerifies } from './block.js';
import type { CheckedBlock } from './block-types.js';
import {
  claimedId,
  LEDGER_LIMITS,
  type ReadTransaction,
  readTransaction,
  signedResult,
} from './check-transaction.js';
import { isObject } from './schema-rules.js';
import { runSteps, type Steps } from './steps.js';
import type { CheckResult } from './transaction-types.js';

/** A block with its claim, as the store holds it. */
export interface BlockToCheck {
  readonly height: number;
  readonly id: string;
  readonly text: string;
  readonly signature: string;
  readonly parent: string;
  readonly claimSignature: string;
}

/** Digests of transactions whose signatures were verified before. */
export interface KnownDigests {
  has(digest: string): boolean;
}

/** More than any federation has; a longer list is nobody's federation, so the document holds no block. */
const VOTERS_MAX = 1000;

/** Nesting around a transaction inside a block's text: the block and the list. */
const BLOCK_DEPTH = 2;

/** Checks a block at once. Null when it holds no block by its own bytes. */
export function checkBlock(stored: BlockToCheck, known: KnownDigests): CheckedBlock | null {
  return runSteps(checkBlockSteps(stored, known));
}

/** As `checkBlock`, stopping between transactions and between signatures. */
export function* checkBlockSteps(stored: BlockToCheck, known: KnownDigests): Steps<CheckedBlock | null> {
  const block = readBlock(stored.text);
  if (block === null || sha3Hex(stored.text) !== stored.id) return null;
  const claim = { blockId: stored.id, height: stored.height, parent: stored.parent };
  if (!claimVerifies(claim, stored.claimSignature, block.creator)) return null;
  yield;
  const countProblem = tooMany(block.transactions);
  const reads = countProblem === null ? yield* readAll(block.transactions, stored.height) : [];
  const canonical = countProblem === null ? canonicalOf(block, reads) : canonicalJson(block.document);
  if (canonical !== stored.text) return null;
  const transactions: CheckResult[] = [];
  for (const { read } of reads) {
    transactions.push(yield* judged(read, known));
    yield;
  }
  return {
    height: stored.height,
    id: stored.id,
    text: stored.text,
    signature: stored.signature,
    parent: stored.parent,
    claimSignature: stored.claimSignature,
    timestamp: block.timestamp ?? '',
    creator: block.creator,
    voters: block.voters,
    signatureValid: verifyText(stored.text, stored.signature, block.creator),
    shapeProblem: shapeProblem(block),
    transactions,
    transactionTexts: reads.map((read) => read.text),
  };
}

/** The members that a document needs to hold a block at all; the rest may be wrong and is then voted on. */
interface ReadBlock {
  readonly document: JsonObject;
  readonly creator: string;
  readonly voters: readonly string[];
  readonly timestamp: string | null;
  readonly transactions: readonly JsonValue[];
}

function readBlock(text: string): ReadBlock | null {
  // A text beyond the limit is not read: that bounds what a member can make the others do.
  if (text.length > LEDGER.blockBytesMax || Buffer.byteLength(text) > LEDGER.blockBytesMax) return null;
  const document = parsed(text);
  if (document === null || !isObject(document)) return null;
  const { node_pubkey: creator, voters, timestamp, transactions } = document;
  if (typeof creator !== 'string' || !isStringList(voters) || voters.length > VOTERS_MAX) return null;
  return {
    document,
    creator,
    voters,
    timestamp: typeof timestamp === 'string' ? timestamp : null,
    transactions: Array.isArray(transactions) ? transactions : [],
  };
}

/** One transaction of a block: its own text, and all but its signatures checked. */
interface PlacedRead {
  readonly text: string;
  readonly read: ReturnType<typeof readTransaction>;
}

function* readAll(values: readonly JsonValue[], height: number): Steps<PlacedRead[]> {
  const options = { limits: LEDGER_LIMITS, genesisAllowed: height === 0 };
  const reads: PlacedRead[] = [];
  for (const value of values) {
    const read = readTransaction(value, options);
    reads.push({ read, text: read.ok ? read.transaction.text : canonicalJson(value) });
    yield;
  }
  return reads;
}

function* judged(read: PlacedRead['read'], known: KnownDigests): Steps<CheckResult> {
  if (!read.ok) return read;
  if (isKnown(read, known)) return { ok: true, transaction: read.transaction };
  return yield* signedResult(read);
}

function isKnown(read: ReadTransaction, known: KnownDigests): boolean {
  return known.has(read.transaction.digest);
}

/** The id must be the hash of the canonical text (1.0.1: section 1.4), so the stored text must be that very text. */
function canonicalOf(block: ReadBlock, reads: readonly PlacedRead[]): string {
  const { document, creator, voters, timestamp } = block;
  if (timestamp === null || !hasBlockKeys(document) || !Array.isArray(document.transactions))
    return canonicalJson(document);
  const transactionTexts = reads.map((read) => read.text);
  return blockText({ nodePubkey: creator, timestamp, transactionTexts, voters });
}

/** Beyond the count they are not even read: twelve million bytes hold millions of things that are no transactions. */
function tooMany(transactions: readonly JsonValue[]): string | null {
  if (transactions.length <= LEDGER.blockTransactionsMax) return null;
  return `A block has at most ${LEDGER.blockTransactionsMax} transactions.`;
}

/** 1.0.1: section 3.2, steps 4 and after, and the limits that 1.0.1 kept only when it made a block. */
function shapeProblem(block: ReadBlock): string | null {
  const { document, timestamp, transactions } = block;
  if (!hasBlockKeys(document)) return 'A block has exactly timestamp, transactions, node_pubkey and voters.';
  if (timestamp === null) return 'The timestamp of a block is a string.';
  if (!Array.isArray(document.transactions)) return 'The transactions of a block are a list.';
  if (transactions.length === 0) return 'Empty block creation is not allowed';
  const countProblem = tooMany(transactions);
  if (countProblem !== null) return countProblem;
  const ids = transactions.map(claimedId).filter((id) => id !== null);
  if (new Set(ids).size !== ids.length) return 'Block has duplicate transaction';
  return null;
}

const BLOCK_KEYS = new Set(['node_pubkey', 'timestamp', 'transactions', 'voters']);

function hasBlockKeys(document: JsonObject): boolean {
  const keys = Object.keys(document);
  return keys.length === BLOCK_KEYS.size && keys.every((key) => BLOCK_KEYS.has(key));
}

function isStringList(value: JsonValue | undefined): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function parsed(text: string): JsonValue {
  try {
    return parseJson(text, LEDGER.jsonDepthMax + BLOCK_DEPTH);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return null;
    throw error;
  }
}
