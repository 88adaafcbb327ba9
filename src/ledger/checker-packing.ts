/**
 * How checks cross threads: as two flat lists, one of strings and one of numbers, because objects cost several times
 * as much to copy. Both sides write and read in the same order; nothing here is ever stored.
 */

import { blockHead } from '../model/block.js';
import type { CheckedBlock } from '../model/block-types.js';
import type { Problem } from '../model/errors.js';
import type {
  CheckedText,
  CheckLimits,
  CheckResult,
  Operation,
  Spend,
  WellFormedTransaction,
} from '../model/transaction-types.js';
import type { StoredBlock } from '../store/store.js';

/** What crosses. */
export interface Packed {
  readonly strings: string[];
  readonly numbers: number[];
}

const OPERATIONS: readonly Operation[] = ['CREATE', 'TRANSFER', 'GENESIS'];
const DIGEST_CHARACTERS = 64;

class Writer implements Packed {
  readonly strings: string[] = [];
  readonly numbers: number[] = [];

  /** A copy without methods, which is what threads can pass to each other. */
  packed(): Packed {
    return { strings: this.strings, numbers: this.numbers };
  }
}

class Reader {
  private stringAt = 0;
  private numberAt = 0;

  constructor(private readonly packed: Packed) {}

  string(): string {
    const value = this.packed.strings[this.stringAt++];
    if (value === undefined) throw new Error('packed checks end early');
    return value;
  }

  number(): number {
    const value = this.packed.numbers[this.numberAt++];
    if (value === undefined) throw new Error('packed checks end early');
    return value;
  }

  flag(): boolean {
    return this.number() === 1;
  }
}

/** Texts to check. Bytes travel as a string of one character each: the cheapest copy, and no shared memory. */
export function packTexts(texts: readonly (string | Uint8Array)[], limits: CheckLimits): Packed {
  const writer = new Writer();
  writer.numbers.push(limits.transactionBytesMax, limits.signaturesMax, texts.length);
  for (const text of texts) {
    writer.numbers.push(typeof text === 'string' ? 0 : 1);
    writer.strings.push(typeof text === 'string' ? text : latin1(text));
  }
  return writer.packed();
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

export function unpackTexts(packed: Packed): { texts: (string | Uint8Array)[]; limits: CheckLimits } {
  const reader = new Reader(packed);
  const limits = { transactionBytesMax: reader.number(), signaturesMax: reader.number() };
  const texts = Array.from({ length: reader.number() }, () => {
    const isBytes = reader.flag();
    return isBytes ? Buffer.from(reader.string(), 'latin1') : reader.string();
  });
  return { texts, limits };
}

export function packChecks(checks: readonly CheckedText[]): Packed {
  const writer = new Writer();
  for (const { result, notJson } of checks) {
    writer.numbers.push(notJson ? 1 : 0);
    writeResult(writer, result, false);
  }
  return writer.packed();
}

export function unpackChecks(packed: Packed, count: number): CheckedText[] {
  const reader = new Reader(packed);
  return Array.from({ length: count }, () => {
    const notJson = reader.flag();
    return { notJson, result: readResult(reader, null) };
  });
}

/** A block to check, and the digests of what was verified before. */
export function packBlock(block: StoredBlock, known: readonly string[]): Packed {
  const { height, id, text, signature, parent, claimSignature } = block;
  return { strings: [id, text, signature, parent, claimSignature, known.join('')], numbers: [height] };
}

export function unpackBlock(packed: Packed): { block: StoredBlock; known: Set<string> } {
  const reader = new Reader(packed);
  const block = {
    height: reader.number(),
    id: reader.string(),
    text: reader.string(),
    signature: reader.string(),
    parent: reader.string(),
    claimSignature: reader.string(),
  };
  const joined = reader.string();
  const known = new Set<string>();
  for (let at = 0; at < joined.length; at += DIGEST_CHARACTERS)
    known.add(joined.slice(at, at + DIGEST_CHARACTERS));
  return { block, known };
}

/** Null when it holds no block. The texts of its transactions are places in the block's own text, where they can be. */
export function packCheckedBlock(block: CheckedBlock | null): Packed | null {
  if (block === null) return null;
  const { timestamp, creator, voters, signatureValid, shapeProblem, transactions, transactionTexts } = block;
  const writer = new Writer();
  const head = blockHead({ nodePubkey: creator, timestamp });
  const inPlace = block.text.startsWith(head);
  writer.strings.push(timestamp, creator, ...voters);
  if (shapeProblem !== null) writer.strings.push(shapeProblem);
  writer.numbers.push(
    voters.length,
    shapeProblem === null ? 0 : 1,
    signatureValid ? 1 : 0,
    transactions.length,
    inPlace ? head.length : 0,
  );
  transactions.forEach((result, index) => {
    const text = transactionTexts[index] ?? '';
    if (inPlace) writer.numbers.push(text.length);
    else writer.strings.push(text);
    writeResult(writer, result, true);
  });
  return writer.packed();
}

export function unpackCheckedBlock(packed: Packed, stored: StoredBlock): CheckedBlock {
  const reader = new Reader(packed);
  const timestamp = reader.string();
  const creator = reader.string();
  const voters = Array.from({ length: reader.number() }, () => reader.string());
  const shapeProblem = reader.flag() ? reader.string() : null;
  const signatureValid = reader.flag();
  const count = reader.number();
  let at = reader.number();
  const inPlace = at > 0;
  const transactions: CheckResult[] = [];
  const transactionTexts: string[] = [];
  for (let index = 0; index < count; index++) {
    const length = inPlace ? reader.number() : 0;
    const text = inPlace ? stored.text.slice(at, at + length) : reader.string();
    at += length + 1;
    transactionTexts.push(text);
    transactions.push(readResult(reader, text));
  }
  const { height, id, text, signature, parent, claimSignature } = stored;
  return {
    height,
    id,
    text,
    signature,
    parent,
    claimSignature,
    timestamp,
    creator,
    voters,
    signatureValid,
    shapeProblem,
    transactions,
    transactionTexts,
  };
}

const REFUSED = 0;
const OK = 1;
/** Refused, with the summary that the ledger's rules need. */
const REFUSED_WITH_SUMMARY = 2;

function writeResult(writer: Writer, result: CheckResult, textIsKnown: boolean): void {
  if (result.ok) {
    writer.numbers.push(OK);
    writeTransaction(writer, result.transaction, textIsKnown);
    return;
  }
  const { transaction } = result;
  writer.numbers.push(transaction === undefined ? REFUSED : REFUSED_WITH_SUMMARY, result.id === null ? 0 : 1);
  if (result.id !== null) writer.strings.push(result.id);
  writeProblem(writer, result.problem);
  if (transaction !== undefined) writeTransaction(writer, transaction, textIsKnown);
}

function readResult(reader: Reader, knownText: string | null): CheckResult {
  const kind = reader.number();
  if (kind === OK) return { ok: true, transaction: readTransaction(reader, knownText) };
  const id = reader.flag() ? reader.string() : null;
  const problem = readProblem(reader);
  if (kind !== REFUSED_WITH_SUMMARY) return { ok: false, id, problem };
  return { ok: false, id, problem, transaction: readTransaction(reader, knownText) };
}

function writeTransaction(writer: Writer, transaction: WellFormedTransaction, textIsKnown: boolean): void {
  const { id, operation, text, digest, bytes, assetId, spends, outputAmount } = transaction;
  writer.strings.push(id, digest, assetId === id ? '' : assetId, outputAmount);
  if (!textIsKnown) writer.strings.push(text);
  writer.numbers.push(OPERATIONS.indexOf(operation), bytes, spends.length);
  for (const spend of spends) {
    writer.strings.push(spend.transactionId, spend.conditionUri);
    writer.numbers.push(spend.outputIndex);
  }
}

function readTransaction(reader: Reader, knownText: string | null): WellFormedTransaction {
  const id = reader.string();
  const digest = reader.string();
  const assetId = reader.string();
  const outputAmount = reader.string();
  const text = knownText ?? reader.string();
  const operation = OPERATIONS[reader.number()] ?? 'CREATE';
  const bytes = reader.number();
  const count = reader.number();
  const spends: Spend[] = [];
  for (let index = 0; index < count; index++) {
    const transactionId = reader.string();
    const conditionUri = reader.string();
    spends.push({ transactionId, outputIndex: reader.number(), conditionUri });
  }
  return { id, operation, text, digest, bytes, assetId: assetId === '' ? id : assetId, spends, outputAmount };
}

function writeProblem(writer: Writer, problem: Problem): void {
  const path = problem.path ?? [];
  writer.strings.push(problem.code, problem.name, problem.message, ...path);
  writer.numbers.push(problem.path === undefined ? -1 : path.length);
}

function readProblem(reader: Reader): Problem {
  // The other thread runs the same code, so the code is one of `ProblemCode`.
  const code = reader.string() as Problem['code'];
  const name = reader.string();
  const message = reader.string();
  const length = reader.number();
  if (length < 0) return { code, name, message };
  return { code, name, message, path: Array.from({ length }, () => reader.string()) };
}
