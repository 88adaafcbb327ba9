/** The shape of condition details (1.0.1: section 2.1): Ed25519 or a threshold of further details. */

import type { JsonObject, JsonValue } from '../codec/json-value.js';
import { isObject, keyCount } from './schema-rules.js';
import { containsKey } from './text-patterns.js';
import type { ConditionDetails } from './transaction-types.js';

/**
 * True for `{type, public_key}` and `{type, threshold, subconditions}` with nothing else, at every level. The list of
 * subconditions may be empty and smaller than the threshold, as in 1.0.1; what that means is not a matter of shape.
 * Recurses as deep as the document is nested, which the JSON reader bounds.
 */
export function isConditionDetails(value: JsonValue): value is JsonObject & ConditionDetails {
  if (!isObject(value)) return false;
  if (value.type === 'ed25519-sha-256') return isEd25519Details(value);
  if (value.type === 'threshold-sha-256') return isThresholdDetails(value);
  return false;
}

function isEd25519Details(value: JsonObject): boolean {
  const key = value.public_key;
  return typeof key === 'string' && keyCount(value) === 2 && containsKey(key);
}

function isThresholdDetails(value: JsonObject): boolean {
  const { threshold, subconditions } = value;
  if (typeof threshold !== 'number' || threshold < 1 || threshold > 100) return false;
  if (!Array.isArray(subconditions) || keyCount(value) !== 3) return false;
  return subconditions.every(isConditionDetails);
}
