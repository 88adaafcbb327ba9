/**
 * From the bytes of one document to a well-formed transaction: parse, shape, id, outputs, inputs, size, and last the
 * signatures (1.0.1: sections 2.1 to 2.3). Everything that can be known without the ledger is decided here, and here
 * only are `WellFormedTransaction`s made. Checking a signature costs five times all the rest, so it is separable: who
 * has verified these very bytes before leaves it out.
 *
 * The order is 1.0.1's, with one twist: there the ledger's rules for a TRANSFER come before its signatures. So a
 * transfer whose one fault is a signature still carries its summary, for the ledger to object first.
 */

import { verifySignature } from '../codec/ed25519.js';
import { sha3Hex, sha256Hex } from '../codec/hash.js';
import { JsonSyntaxError, parseJson, parseJsonBytes } from '../codec/json-reader.js';
import type { JsonValue } from '../codec/json-value.js';
import type { FulfillmentSignature } from '../conditions/fulfillment.js';
import { LEDGER } from '../config/limits.js';
import { type Problem, problem, ValidationError } from './errors.js';
import { checkInputs } from './input-rules.js';
import { checkOutputs } from './output-rules.js';
import { assetIdOf } from './outputs.js';
import { cutText } from './python-repr.js';
import { isObject } from './schema-rules.js';
import { runSteps, type Steps } from './steps.js';
import { isHex64 } from './text-patterns.js';
import { isTransactionShape, type TransactionShape, type ViolationHolder } from './transaction-schema.js';
import { TransactionTexts } from './transaction-texts.js';
import type { CheckedText, CheckLimits, CheckResult, WellFormedTransaction } from './transaction-types.js';

/** The limits that a voter applies: equal on every node. The size bounds the number of signatures. */
export const LEDGER_LIMITS: CheckLimits = {
  transactionBytesMax: LEDGER.transactionBytesMax,
  signaturesMax: Number.POSITIVE_INFINITY,
};

export interface CheckOptions {
  readonly limits: CheckLimits;
  /** Only the block at height 0 may hold a GENESIS transaction. */
  readonly genesisAllowed: boolean;
}

/** Everything but the signatures of one transaction is right. */
export interface ReadTransaction {
  readonly ok: true;
  readonly transaction: WellFormedTransaction;
  /** What every signature signs. */
  readonly message: string;
  readonly signatures: readonly FulfillmentSignature[];
  /** An input was not signed at all. */
  readonly unsigned: boolean;
}

/** Something other than a signature is wrong. */
export interface RefusedTransaction {
  readonly ok: false;
  readonly id: string | null;
  readonly problem: Problem;
}

/** Checks one JSON text as `limits` allow, signatures included. Never throws for what the text holds. */
export function checkTransaction(source: string | Uint8Array, limits: CheckLimits): CheckedText {
  return runSteps(checkTransactionSteps(source, { limits, genesisAllowed: false }));
}

/** As `checkTransaction`, in steps of a few hundred microseconds, so that a caller can hand over the event loop between. */
export function* checkTransactionSteps(
  source: string | Uint8Array,
  options: CheckOptions,
): Steps<CheckedText> {
  let value: JsonValue;
  try {
    value = typeof source === 'string' ? parseJson(source) : parseJsonBytes(source);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return unreadable(error);
  }
  const read = readTransaction(value, options);
  if (!read.ok) return { result: read, notJson: false };
  return { result: yield* signedResult(read), notJson: false };
}

/** Everything but the signatures, of a document that is parsed. */
export function readTransaction(
  value: JsonValue,
  options: CheckOptions,
): ReadTransaction | RefusedTransaction {
  const holder: ViolationHolder = { violation: null };
  if (!isTransactionShape(value, holder)) {
    const { message = '', path = [] } = holder.violation ?? {};
    return { ok: false, id: claimedId(value), problem: problem('SCHEMA_VALIDATION', message, path) };
  }
  try {
    return readShape(value, options);
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return { ok: false, id: claimedId(value), problem: error.problem };
  }
}

/** The 64 hex digits that a document claims as its id, if it does. */
export function claimedId(value: unknown): string | null {
  // Only the reader's values come here.
  const document = value as JsonValue;
  if (!isObject(document)) return null;
  return typeof document.id === 'string' && isHex64(document.id) ? document.id : null;
}

function readShape(shape: TransactionShape, options: CheckOptions): ReadTransaction {
  const { limits, genesisAllowed } = options;
  const texts = new TransactionTexts(shape);
  const id = sha3Hex(texts.hashed());
  if (id !== shape.id) throw new ValidationError(invalidHash(shape.id));
  if (shape.operation === 'GENESIS' && !genesisAllowed)
    throw new ValidationError(
      problem('GENESIS_NOT_ALLOWED', 'A GENESIS transaction stands only in the first block of a ledger.', [
        'operation',
      ]),
    );
  const outputAmount = checkOutputs(shape.outputs);
  const { spends, signatures, unsigned } = checkInputs(shape, limits.signaturesMax);
  const text = texts.whole(id);
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.transactionBytesMax)
    throw new ValidationError(
      problem(
        'TOO_LARGE',
        `A transaction has at most ${limits.transactionBytesMax} bytes of canonical text.`,
      ),
    );
  const digest = sha256Hex(text);
  return {
    ok: true,
    transaction: {
      id,
      operation: shape.operation,
      text,
      digest,
      bytes,
      assetId: assetIdOf(shape),
      spends,
      outputAmount: outputAmount.toString(),
    },
    message: texts.message(id),
    signatures,
    unsigned,
  };
}

/** Signatures verified between two steps. */
const SIGNATURES_PER_STEP = 16;

/** The verdict on a transaction of which only the signatures are open. */
export function* signedResult(read: ReadTransaction): Steps<CheckResult> {
  const { transaction } = read;
  if (!read.unsigned && (yield* verifySignatures(read))) return { ok: true, transaction };
  const refusal = problem('INVALID_SIGNATURE', 'Transaction signature is invalid.');
  if (transaction.operation !== 'TRANSFER') return { ok: false, id: transaction.id, problem: refusal };
  return { ok: false, id: transaction.id, problem: refusal, transaction };
}

/** True when every signature verifies; stops at the first that does not. */
export function* verifySignatures(read: ReadTransaction): Steps<boolean> {
  const message = Buffer.from(read.message);
  let count = 0;
  for (const { publicKey, signature } of read.signatures) {
    if (++count % SIGNATURES_PER_STEP === 0) yield;
    if (!verifySignature(message, signature, publicKey)) return false;
  }
  return true;
}

const ID_CHARACTERS_SHOWN = 200;

/** 1.0.1's text. The schema lets an id be longer than 64 characters, so it is cut. */
function invalidHash(id: string): Problem {
  const shown = cutText(id, ID_CHARACTERS_SHOWN);
  return problem(
    'INVALID_HASH',
    `The transaction's id '${shown}' isn't equal to the hash of its body, i.e. it's not valid.`,
    ['id'],
  );
}

function unreadable(error: JsonSyntaxError): CheckedText {
  const refusal = error.tooDeep
    ? problem('TOO_LARGE', `JSON is nested at most ${LEDGER.jsonDepthMax} deep.`)
    : problem('SCHEMA_VALIDATION', `The text is not JSON: ${error.message}.`);
  return { result: { ok: false, id: null, problem: refusal }, notJson: !error.tooDeep };
}
