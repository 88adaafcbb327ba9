/**
 * Documents of `mongoexport`: extended JSON in its old form (v1) and in both of its new ones (v2, relaxed and canonical).
 * What it says about numbers is turned into the numbers; 1.0.x could store no key that begins with `$` (1.0.1: section
 * 2.7), so nothing else is meant by one.
 */

import { parseJson } from '../../codec/json-reader.js';
import { JsonFloat, type JsonObject, type JsonValue } from '../../codec/json-value.js';

/** A document that no 1.0.x could have stored. */
export class NotLegacyDocument extends Error {
  override readonly name = 'NotLegacyDocument';
}

/** Deeper than 1.0.x could store: MongoDB ends at 100 levels. */
const DEPTH_MAX = 200;

/** Reads one line; without its `_id`. Throws JsonSyntaxError or NotLegacyDocument. */
export function parseExtendedJson(line: string): JsonObject {
  const value = plain(parseJson(line, DEPTH_MAX));
  if (!isObject(value)) throw new NotLegacyDocument('it is no object');
  delete value._id;
  return value;
}

function plain(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const keys = Object.keys(value);
  const [first] = keys;
  if (keys.length === 1 && first?.startsWith('$')) return wrapped(first, value[first] ?? null);
  // The reader's own objects: nobody else holds them.
  for (const key of keys) value[key] = plain(value[key] ?? null);
  return value;
}

/** `{"$numberLong": "5"}` and its like. */
function wrapped(name: string, value: JsonValue): JsonValue {
  if (name === '$oid' && typeof value === 'string') return value;
  if (name === '$numberInt' || name === '$numberLong') return integer(value);
  if (name === '$numberDouble') return double(value);
  throw new NotLegacyDocument(`it holds a ${name}, which 1.0.x never stored`);
}

function integer(value: JsonValue): JsonValue {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value !== 'string' || !/^-?[0-9]{1,19}$/.test(value))
    throw new NotLegacyDocument('it holds an integer that is none');
  const number = BigInt(value);
  return Number.isSafeInteger(Number(number)) ? Number(number) : number;
}

function double(value: JsonValue): JsonValue {
  if (value instanceof JsonFloat) return value;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  if (!Number.isFinite(number)) throw new NotLegacyDocument('it holds a number without a finite value');
  return new JsonFloat(number);
}

function isObject(value: JsonValue): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonFloat)
  );
}
