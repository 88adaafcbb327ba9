/** Building CREATE and TRANSFER transactions in the browser, as 1.0.1's drivers do (1.0.1: sections 1.4 and 1.5). */

import { decodeKey } from '../../codec/base58.js';
import type { JsonObject, JsonValue } from '../../codec/json-value.js';
import { ConditionError, conditionFromDetails } from '../../conditions/condition.js';
import { LEDGER } from '../../config/limits.js';
import { detailsOf, prepareTransaction, type UnsignedParts } from '../../model/make-transaction.js';
import { detailsKeys } from '../../model/outputs.js';
import { isObject } from '../../model/schema-rules.js';
import { isTransactionShape, type ViolationHolder } from '../../model/transaction-schema.js';
import type { ConditionDetails } from '../../model/transaction-types.js';
import type { Draft } from './draft.js';

/** An output to make: `threshold` of `publicKeys` may spend it. */
export interface OutputPlan {
  /** A decimal integer of 1 to 9 · 10^18. */
  readonly amount: string;
  readonly publicKeys: readonly string[];
  readonly threshold: number;
}

/** An output to spend. */
export interface SpendPlan {
  readonly transactionId: string;
  readonly outputIndex: number;
  /** Details of the output's condition. */
  readonly details: JsonValue;
  readonly amount: string;
}

export interface CreatePlan {
  /** All of them sign. */
  readonly owners: readonly string[];
  readonly outputs: readonly OutputPlan[];
  /** An object or null. */
  readonly data: JsonValue;
  readonly metadata: JsonValue;
}

export interface TransferPlan {
  readonly assetId: string;
  readonly spends: readonly SpendPlan[];
  readonly outputs: readonly OutputPlan[];
  readonly metadata: JsonValue;
}

/** A CREATE that nobody has signed yet. Throws an Error with a sentence for the person who filled in the form. */
export function makeCreate(plan: CreatePlan): Draft {
  const { owners, outputs, data, metadata } = plan;
  if (owners.length === 0) throw new Error('An asset needs at least one owner who signs for it.');
  const details = condition(detailsOf(owners.map(publicKey)), 'The owners');
  return draft(
    { operation: 'CREATE', asset: { data: objectOrNull(data, 'The asset') }, metadata, outputs },
    [{ ownersBefore: owners, link: null }],
    [details],
  );
}

/** A TRANSFER that nobody has signed yet. Throws as `makeCreate`, also when the amounts differ. */
export function makeTransfer(plan: TransferPlan): Draft {
  const { assetId, spends, outputs, metadata } = plan;
  if (spends.length === 0) throw new Error('A transfer spends at least one output.');
  const spent = sum(spends.map((spend) => spend.amount));
  const made = sum(outputs.map((output) => output.amount));
  if (spent !== made)
    throw new Error(`The inputs hold ${spent} in all and the outputs ${made}: they must be equal.`);
  const details = spends.map((spend) => condition(spend.details, 'The condition of an input'));
  const inputs = spends.map((spend, index) => ({
    ownersBefore: [...new Set(keysOf(details[index]))],
    link: { transaction_id: spend.transactionId, output_index: spend.outputIndex },
  }));
  return draft({ operation: 'TRANSFER', asset: { id: assetId }, metadata, outputs }, inputs, details);
}

interface Content {
  readonly operation: 'CREATE' | 'TRANSFER';
  readonly asset: JsonObject;
  readonly metadata: JsonValue;
  readonly outputs: readonly OutputPlan[];
}

function draft(
  content: Content,
  inputs: UnsignedParts['inputs'],
  details: readonly ConditionDetails[],
): Draft {
  const { operation, asset, metadata, outputs } = content;
  if (outputs.length === 0) throw new Error('A transaction needs at least one output.');
  const prepared = prepareTransaction({
    operation,
    asset,
    metadata: nothingAsNull(objectOrNull(metadata, 'The metadata')),
    inputs,
    outputs: outputs.map(output),
  });
  const holder: ViolationHolder = { violation: null };
  // An input without its signatures stands as its condition, as in what is exported.
  const signable = prepared.document.inputs.map((input, index) => ({
    ...input,
    fulfillment: details[index],
  }));
  if (!isTransactionShape({ ...prepared.document, inputs: signable }, holder))
    throw new Error(
      `No ledger takes this transaction: ${holder.violation?.message ?? 'its shape is wrong'}.`,
    );
  return { ...prepared, details, signatures: new Map() };
}

function output({ amount, publicKeys, threshold }: OutputPlan): UnsignedParts['outputs'][number] {
  if (publicKeys.length === 0) throw new Error('An output needs at least one owner.');
  if (new Set(publicKeys).size !== publicKeys.length)
    throw new Error('An owner is named twice in one output.');
  const details = condition(detailsOf(publicKeys.map(publicKey), threshold), 'An output');
  return { publicKeys, amount: amountOf(amount), details };
}

function publicKey(text: string): string {
  if (decodeKey(text) === null) throw new Error(`${text === '' ? 'An empty text' : text} is no public key.`);
  return text;
}

function amountOf(text: string): bigint {
  const amount = /^[0-9]{1,19}$/.test(text) ? BigInt(text) : 0n;
  if (amount < 1n || amount > LEDGER.amountMax)
    throw new Error(`An amount is an integer of 1 to ${LEDGER.amountMax}.`);
  return amount;
}

function sum(amounts: readonly string[]): bigint {
  return amounts.reduce((total, amount) => total + amountOf(amount), 0n);
}

function keysOf(details: ConditionDetails | undefined): string[] {
  return details === undefined ? [] : detailsKeys(details);
}

function objectOrNull(value: JsonValue, what: string): JsonObject | null {
  if (value === null || isObject(value)) return value;
  throw new Error(`${what} must be a JSON object or empty.`);
}

/** 1.0.1: section 2.1: metadata are null or not empty. */
function nothingAsNull(value: JsonObject | null): JsonObject | null {
  return value === null || Object.keys(value).length === 0 ? null : value;
}

function condition(details: unknown, what: string): ConditionDetails {
  try {
    conditionFromDetails(details);
    return details as ConditionDetails;
  } catch (error) {
    if (error instanceof ConditionError) throw new Error(`${what} cannot be used: ${error.message}.`);
    throw error;
  }
}
