/**
 * A quick yes for documents as drivers make them. The full rules (`transaction-schema`) are tables that can explain
 * themselves and cost three times as much; every transaction passes here first, and whatever is not plainly in order
 * goes to them. So this may say no to a right document, but never yes to a wrong one.
 */

import type { JsonObject, JsonValue } from '../codec/json-value.js';
import { isObject, keyCount } from './schema-rules.js';
import { isAmount, isConditionUri, isFulfillmentText, isHex64, isKey } from './text-patterns.js';

/** True only for a document that fits the schemas. */
export function isOrdinaryTransaction(value: JsonValue): boolean {
  if (!isObject(value) || keyCount(value) !== 7) return false;
  const { id, version, operation, asset, metadata, inputs, outputs } = value;
  if (version !== '1.0' || typeof id !== 'string' || !isHex64(id)) return false;
  if (!Array.isArray(inputs) || !Array.isArray(outputs) || asset === undefined || !isObject(asset))
    return false;
  if (metadata !== null && !(metadata !== undefined && isObject(metadata) && keyCount(metadata) > 0))
    return false;
  if (operation === 'CREATE') return isOrdinaryCreate(asset, inputs) && outputs.every(isOrdinaryOutput);
  if (operation === 'TRANSFER') return isOrdinaryTransfer(asset, inputs) && outputs.every(isOrdinaryOutput);
  return false;
}

function isOrdinaryCreate(asset: JsonObject, inputs: readonly JsonValue[]): boolean {
  const { data } = asset;
  if (keyCount(asset) !== 1 || data === undefined || (data !== null && !isObject(data))) return false;
  const [input] = inputs;
  if (inputs.length !== 1 || input === undefined || !isObject(input)) return false;
  return input.fulfills === null && isSigned(input);
}

function isOrdinaryTransfer(asset: JsonObject, inputs: readonly JsonValue[]): boolean {
  const { id } = asset;
  if (keyCount(asset) !== 1 || typeof id !== 'string' || !isHex64(id)) return false;
  return inputs.length > 0 && inputs.every(isOrdinarySpend);
}

function isOrdinarySpend(input: JsonValue): boolean {
  if (!isObject(input) || !isSigned(input)) return false;
  const { fulfills } = input;
  if (fulfills === undefined || !isObject(fulfills) || keyCount(fulfills) !== 2) return false;
  const { transaction_id: id, output_index: index } = fulfills;
  return typeof id === 'string' && isHex64(id) && typeof index === 'number' && index >= 0;
}

/** Three keys, of which `fulfills` is the caller's to look at. */
function isSigned(input: JsonObject): boolean {
  const { owners_before: owners, fulfillment, fulfills } = input;
  if (keyCount(input) !== 3 || fulfills === undefined || typeof fulfillment !== 'string') return false;
  return isFulfillmentText(fulfillment) && isKeyList(owners);
}

function isOrdinaryOutput(output: JsonValue): boolean {
  if (!isObject(output) || keyCount(output) !== 3) return false;
  const { amount, condition, public_keys: keys } = output;
  if (typeof amount !== 'string' || !isAmount(amount) || !isKeyList(keys)) return false;
  if (condition === undefined || !isObject(condition) || keyCount(condition) !== 2) return false;
  const { uri, details } = condition;
  if (typeof uri !== 'string' || !isConditionUri(uri) || details === undefined) return false;
  return isOrdinaryDetails(details);
}

/** A single key, or a threshold of single keys. */
function isOrdinaryDetails(details: JsonValue): boolean {
  if (!isObject(details)) return false;
  const { type, threshold, subconditions } = details;
  if (type === 'ed25519-sha-256') return isKeyDetails(details);
  if (type !== 'threshold-sha-256' || keyCount(details) !== 3) return false;
  if (typeof threshold !== 'number' || threshold < 1 || threshold > 100) return false;
  return Array.isArray(subconditions) && subconditions.every(isKeyDetails);
}

function isKeyDetails(details: JsonValue): boolean {
  if (!isObject(details) || keyCount(details) !== 2 || details.type !== 'ed25519-sha-256') return false;
  return typeof details.public_key === 'string' && isKey(details.public_key);
}

function isKeyList(value: JsonValue | undefined): boolean {
  if (!Array.isArray(value)) return false;
  for (const item of value) if (typeof item !== 'string' || !isKey(item)) return false;
  return true;
}
