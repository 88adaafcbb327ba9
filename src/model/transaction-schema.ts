/**
 * The shape of a transaction (1.0.1: sections 2.1 and 2.2), by hand: 1.0.1's accept and reject decisions and, for a
 * rejection, the message it gave. When several things are wrong 1.0.1 leaves open which one is reported; here it is
 * the first in the order of its schema files: the common schema, then that of the operation.
 */

import type { JsonObject, JsonValue } from '../codec/json-value.js';
import { isConditionDetails } from './details-schema.js';
import { isOrdinaryTransaction } from './ordinary-transaction.js';
import { pythonRepr } from './python-repr.js';
import {
  arrayOf,
  closedObject,
  type FieldRule,
  isObject,
  missingProperty,
  noSchemaFits,
  notOfType,
  stringMatching,
  unexpectedProperties,
  type Violation,
  within,
} from './schema-rules.js';
import {
  AMOUNT_PATTERN,
  CONDITION_URI_PATTERN,
  containsHex64,
  containsKey,
  HEX_64_PATTERN,
  isAmount,
  isConditionUri,
  isFulfillmentText,
  isVersion,
  VERSION_PATTERN,
} from './text-patterns.js';
import type { ConditionDetails, Operation, OutputDocument } from './transaction-types.js';

/** An input as the schema admits it: wider than what can be accepted in the end. */
export interface InputShape {
  readonly owners_before: readonly string[] | null;
  /** A details object is an unsigned input. */
  readonly fulfillment: string | (JsonObject & ConditionDetails);
  readonly fulfills: { readonly transaction_id: string; readonly output_index: number | bigint } | null;
}

/** A document that passed the schemas. */
export interface TransactionShape {
  readonly id: string;
  readonly version: string;
  readonly operation: Operation;
  readonly asset: JsonObject;
  readonly metadata: JsonValue;
  readonly inputs: readonly InputShape[];
  readonly outputs: readonly OutputDocument[];
}

/** Where `isTransactionShape` leaves what it found wrong. */
export interface ViolationHolder {
  violation: Violation | null;
}

/** True when `value` has the shape of a transaction; otherwise the first violation is left in `holder`. */
export function isTransactionShape(value: unknown, holder: ViolationHolder): value is TransactionShape {
  // The reader's values are the only ones that come here; the wide parameter lets the compiler narrow to the shape.
  const document = value as JsonValue;
  holder.violation = isOrdinaryTransaction(document) ? null : transactionViolation(document);
  return holder.violation === null;
}

const OPERATIONS: readonly string[] = ['CREATE', 'TRANSFER', 'GENESIS'];

/** What the schemas hold against `value`; null when nothing. */
export function transactionViolation(value: JsonValue): Violation | null {
  const violation = closedObject(value, TRANSACTION_FIELDS);
  if (violation !== null || !isObject(value)) return violation;
  return value.operation === 'TRANSFER' ? transferViolation(value) : createViolation(value);
}

const TRANSACTION_FIELDS: readonly FieldRule[] = [
  { name: 'id', required: true, rule: hex64 },
  { name: 'inputs', required: true, rule: (value) => arrayOf(value, inputViolation) },
  { name: 'operation', required: true, rule: operationViolation },
  { name: 'outputs', required: true, rule: (value) => arrayOf(value, outputViolation) },
  { name: 'metadata', required: true, rule: metadataViolation },
  { name: 'asset', required: true, rule: (value) => closedObject(value, ASSET_FIELDS) },
  {
    name: 'version',
    required: true,
    rule: (value) => stringMatching(value, isVersion, VERSION_PATTERN),
  },
];

const ASSET_FIELDS: readonly FieldRule[] = [
  { name: 'id', required: false, rule: hex64 },
  {
    name: 'data',
    required: false,
    rule: (value) => (value === null || isObject(value) ? null : noSchemaFits(value)),
  },
];

const INPUT_FIELDS: readonly FieldRule[] = [
  { name: 'owners_before', required: true, rule: keyList },
  { name: 'fulfillment', required: true, rule: fulfillmentViolation },
  { name: 'fulfills', required: false, rule: fulfillsViolation },
];

const OUTPUT_FIELDS: readonly FieldRule[] = [
  { name: 'amount', required: true, rule: (value) => stringMatching(value, isAmount, AMOUNT_PATTERN) },
  { name: 'condition', required: true, rule: (value) => closedObject(value, CONDITION_FIELDS) },
  { name: 'public_keys', required: true, rule: keyList },
];

const CONDITION_FIELDS: readonly FieldRule[] = [
  {
    name: 'details',
    required: true,
    rule: (value) => (isConditionDetails(value) ? null : noSchemaFits(value)),
  },
  {
    name: 'uri',
    required: true,
    rule: (value) => stringMatching(value, isConditionUri, CONDITION_URI_PATTERN),
  },
];

function inputViolation(value: JsonValue): Violation | null {
  return closedObject(value, INPUT_FIELDS);
}

function outputViolation(value: JsonValue): Violation | null {
  return closedObject(value, OUTPUT_FIELDS);
}

function hex64(value: JsonValue): Violation | null {
  return stringMatching(value, containsHex64, HEX_64_PATTERN);
}

function operationViolation(value: JsonValue): Violation | null {
  if (typeof value !== 'string') return notOfType(value, 'string');
  if (OPERATIONS.includes(value)) return null;
  return { message: `${pythonRepr(value)} is not one of ${pythonRepr([...OPERATIONS])}`, path: [] };
}

/** null, or an object that is not empty. */
function metadataViolation(value: JsonValue): Violation | null {
  if (value === null) return null;
  if (isObject(value)) {
    for (const _ in value) return null;
  }
  return noSchemaFits(value);
}

/** null, or an array of key strings. */
function keyList(value: JsonValue): Violation | null {
  if (value === null) return null;
  if (!Array.isArray(value)) return noSchemaFits(value);
  for (const item of value) {
    if (typeof item !== 'string' || !containsKey(item)) return noSchemaFits(value);
  }
  return null;
}

function fulfillmentViolation(value: JsonValue): Violation | null {
  const fits = typeof value === 'string' ? isFulfillmentText(value) : isConditionDetails(value);
  return fits ? null : noSchemaFits(value);
}

/** null, or `{transaction_id, output_index}`; 1.0.1's validator reads integers below 2^64 only. */
function fulfillsViolation(value: JsonValue): Violation | null {
  if (value === null) return null;
  const fits = isObject(value) && isTransactionLink(value);
  return fits ? null : noSchemaFits(value);
}

const OUTPUT_INDEX_LIMIT = 2n ** 64n;

function isTransactionLink(value: JsonObject): boolean {
  const { transaction_id: id, output_index: index } = value;
  if (typeof id !== 'string' || !containsHex64(id)) return false;
  if (typeof index !== 'number' && typeof index !== 'bigint') return false;
  if (index < 0 || index >= OUTPUT_INDEX_LIMIT) return false;
  for (const key in value) {
    if (key !== 'transaction_id' && key !== 'output_index') return false;
  }
  return true;
}

/** CREATE and GENESIS: the asset is exactly `{data}`; one input, whose `fulfills` is present and null. */
function createViolation(value: JsonObject): Violation | null {
  return (
    assetViolation(value, 'data', 'id') ??
    inputCountViolation(value, 1) ??
    linkViolation(value, (fulfills) => (fulfills === null ? null : notOfType(fulfills, 'null')))
  );
}

/** TRANSFER: the asset is exactly `{id}`; at least one input, each with a `fulfills` object. */
function transferViolation(value: JsonObject): Violation | null {
  return (
    assetViolation(value, 'id', 'data') ??
    inputCountViolation(value, Number.POSITIVE_INFINITY) ??
    linkViolation(value, (fulfills) => (fulfills === null ? notOfType(fulfills, 'object') : null))
  );
}

function assetViolation(value: JsonObject, only: string, unexpected: string): Violation | null {
  const asset = value.asset;
  if (asset === undefined || !isObject(asset)) return null;
  if (asset[unexpected] !== undefined) return within(unexpectedProperties([unexpected]), 'asset');
  return asset[only] === undefined ? within(missingProperty(only), 'asset') : null;
}

function inputCountViolation(value: JsonObject, most: number): Violation | null {
  const inputs = value.inputs;
  if (!Array.isArray(inputs)) return null;
  if (inputs.length >= 1 && inputs.length <= most) return null;
  const verdict = inputs.length === 0 ? 'is too short' : 'is too long';
  return { message: `${pythonRepr(inputs)} ${verdict}`, path: ['inputs'] };
}

function linkViolation(value: JsonObject, rule: (fulfills: JsonValue) => Violation | null): Violation | null {
  const inputs = value.inputs;
  if (!Array.isArray(inputs)) return null;
  for (let index = 0; index < inputs.length; index++) {
    const input = inputs[index];
    if (input === undefined || !isObject(input)) continue;
    if (input.fulfills === undefined) return within(missingProperty('fulfills'), 'inputs', index);
    const violation = rule(input.fulfills);
    if (violation !== null) return within(violation, 'inputs', index, 'fulfills');
  }
  return null;
}
