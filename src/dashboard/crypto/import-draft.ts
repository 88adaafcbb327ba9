/** Reading drafts that others exported, and transactions that others signed. */

import { encodeBase58 } from '../../codec/base58.js';
import { JsonSyntaxError } from '../../codec/json-reader.js';
import type { JsonObject, JsonValue } from '../../codec/json-value.js';
import { conditionFromDetails } from '../../conditions/condition.js';
import { type Fulfillment, FulfillmentError, parseFulfillment } from '../../conditions/fulfillment.js';
import { detailsOf } from '../../model/make-transaction.js';
import { isObject } from '../../model/schema-rules.js';
import {
  type InputShape,
  isTransactionShape,
  type TransactionShape,
  type ViolationHolder,
} from '../../model/transaction-schema.js';
import type { ConditionDetails } from '../../model/transaction-types.js';
import { checkTransaction } from './check-transaction.js';
import { type Draft, signatureBytes, withSignatures } from './draft.js';
import { readJson } from './read-json.js';

type Signatures = [string, Uint8Array][];

/**
 * Reads what `exportText` wrote, or a bare transaction in 1.0.1's unsigned or signed form. `known` is a draft of the
 * same transaction: it tells the conditions of inputs that are signed already. Throws an Error with a sentence.
 */
export function importText(text: string, known: Draft | null = null): Draft {
  const value = parsed(text);
  const exported = value.transaction !== undefined;
  const document = exported ? value.transaction : value;
  const shape = transactionIn(document);
  const { canonical: _, computedId, signedMessage } = checkTransaction(document ?? null);
  if (shape.id !== computedId) throw new Error('The id of the transaction is not the hash of its body.');
  if (known !== null && known.id !== computedId)
    throw new Error(`This is another transaction, ${computedId}.`);
  const signatures: Signatures = exported ? listedSignatures(value.signatures) : [];
  const details = shape.inputs.map((input, index) =>
    typeof input.fulfillment === 'string'
      ? fromFulfillment(input, input.fulfillment, known?.details[index] ?? null, signatures)
      : condition(input.fulfillment),
  );
  const inputs = shape.inputs.map((input) => ({ ...input, fulfillment: '' }));
  const prepared = { document: { ...shape, inputs }, id: computedId, message: signedMessage };
  return withSignatures({ ...prepared, details, signatures: new Map() }, signatures);
}

function parsed(text: string): JsonObject {
  try {
    const value = readJson(text);
    if (isObject(value)) return value;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
  }
  throw new Error('This is not a transaction in JSON.');
}

function transactionIn(document: JsonValue | undefined): TransactionShape {
  const holder: ViolationHolder = { violation: null };
  const shape: unknown = document;
  if (document !== undefined && isTransactionShape(shape, holder)) return shape;
  throw new Error(`This is not a transaction: ${holder.violation?.message ?? 'nothing is there'}.`);
}

function listedSignatures(listed: JsonValue | undefined): Signatures {
  if (listed === undefined) return [];
  if (!isObject(listed)) throw new Error('`signatures` must be an object of signatures by public key.');
  return Object.entries(listed).map(([publicKey, text]) => [publicKey, signatureBytes(publicKey, text)]);
}

/** The condition of a signed input; its signatures are added to `signatures`. */
function fromFulfillment(
  input: InputShape,
  text: string,
  known: ConditionDetails | null,
  signatures: Signatures,
): ConditionDetails {
  const { conditionUri, signatures: found } = readFulfillment(text);
  for (const { publicKey, signature } of found) signatures.push([encodeBase58(publicKey), signature]);
  const candidates = [
    known,
    detailsOf(input.owners_before ?? []),
    ...found.map(({ publicKey }) => single(publicKey)),
  ];
  for (const details of candidates)
    if (details !== null && conditionFromDetails(details).uri === conditionUri) return details;
  throw new Error(
    'An input is signed for a condition that is not known here: open the draft that it was made from.',
  );
}

function readFulfillment(text: string): Fulfillment {
  try {
    return parseFulfillment(text);
  } catch (error) {
    if (error instanceof FulfillmentError) throw new Error(`A signature cannot be read: ${error.message}.`);
    throw error;
  }
}

function single(publicKey: Uint8Array): ConditionDetails {
  return { type: 'ed25519-sha-256', public_key: encodeBase58(publicKey) };
}

/** Throws `ConditionError`, whose message is a sentence. */
function condition(details: ConditionDetails): ConditionDetails {
  conditionFromDetails(details);
  return details;
}
