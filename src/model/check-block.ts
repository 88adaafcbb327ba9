/**
 * What a block's own bytes say, before the ledger and the federation are asked (1.0.1: section 3.2; architecture,
 * section 4, rule 2). The bytes come from a store that other members write, so nothing in them is trusted and nothing
 * in them may throw. A pure function of the stored block: every node must come to the same result.
 */

import { canonicalJson } from '../codec/canonical-json.js';
import { sha3Hex } from '../codec/hash.js';
import type { JsonObject, JsonValue } from '../codec/json-value.js';
import { verifyText } from '../codec/key-pair.js';
import { LEDGER } from '../config/limits.js';
import { blockText, claimVerifies, isClaimed } from './block.js';
import type { CheckedBlock } from './block-types.js';
import {
  claimedId,
  LEDGER_LIMITS,
  type ReadTransaction,
  readTransaction,
  signedResult,
} from './check-transaction.js';
import { parseObject } from './parse-object.js';
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

/**
 * Checks a block at once. Null when it holds no block by its own bytes. One without a claim may be of 1.0.x: whether its
 * height is an imported one is for the caller to ask (`isClaimed`).
 */
export function checkBlock(stored: BlockToCheck, known: KnownDigests): CheckedBlock | null {
  return runSteps(checkBlockSteps(stored, known));
}

/** As `checkBlock`, stopping between transactions and between signatures. */
export function* checkBlockSteps(stored: BlockToCheck, known: KnownDigests): Steps<CheckedBlock | null> {
  if (isTooLarge(stored.text) || sha3Hex(stored.text) !== stored.id) return null;
  const block = readBlock(stored.text);
  if (block === null) return null;
  const claim = { blockId: stored.id, height: stored.height, parent: stored.parent };
  if (isClaimed(stored) && !claimVerifies(claim, stored.claimSignature, block.creator)) return null;
  yield;
  const countProblem = tooMany(block.transactions);
  const checks = countProblem === null ? yield* checkAll(block.transactions, stored.height, known) : [];
  const transactionTexts = checks.map((check) => check.text);
  const canonical =
    countProblem === null ? canonicalOf(block, transactionTexts) : canonicalJson(block.document);
  if (canonical !== stored.text) return null;
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
    transactions: checks.map((check) => check.result),
    transactionTexts,
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

/** A text beyond the limit is not read: that bounds what a member can make the others do. */
function isTooLarge(text: string): boolean {
  return text.length > LEDGER.blockBytesMax || Buffer.byteLength(text) > LEDGER.blockBytesMax;
}

function readBlock(text: string): ReadBlock | null {
  const document = parseObject(text, LEDGER.jsonDepthMax + BLOCK_DEPTH);
  if (document === null) return null;
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

/** One transaction of a block, checked, and its own canonical text. */
interface PlacedCheck {
  readonly text: string;
  readonly result: CheckResult;
}

/** Each is finished before the next is begun: what lives no longer than one transaction costs no collector. */
function* checkAll(values: readonly JsonValue[], height: number, known: KnownDigests): Steps<PlacedCheck[]> {
  const options = { limits: LEDGER_LIMITS, genesisAllowed: height === 0 };
  const checks: PlacedCheck[] = [];
  for (const value of values) {
    const read = readTransaction(value, options);
    if (!read.ok) checks.push({ text: canonicalJson(value), result: read });
    else checks.push({ text: read.transaction.text, result: yield* judged(read, known) });
    yield;
  }
  return checks;
}

function* judged(read: ReadTransaction, known: KnownDigests): Steps<CheckResult> {
  const { transaction } = read;
  return known.has(transaction.digest) ? { ok: true, transaction } : yield* signedResult(read);
}

/** The id must be the hash of the canonical text (1.0.1: section 1.4), so the stored text must be that very text. */
function canonicalOf(block: ReadBlock, transactionTexts: readonly string[]): string {
  const { document, creator, voters, timestamp } = block;
  if (timestamp === null || !hasBlockKeys(document) || !Array.isArray(document.transactions))
    return canonicalJson(document);
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
