/**
 * The canonical text: what is hashed and signed (1.0.1, section 1.1). No white space, keys in the order of their code
 * points, as few escapes as possible, integers with all their digits, floats as `floatText` prints them.
 */

import { floatText } from './float-text.js';
import { compareCodePoints, JsonWriteError, quoteRaw, tooDeep, WRITE_DEPTH_MAX } from './json-text.js';
import { JsonFloat, type JsonObject, type JsonValue } from './json-value.js';

/** Canonical text of `value`. Throws `JsonWriteError` (a RangeError) for what has none. */
export function canonicalJson(value: JsonValue): string {
  return write(value, WRITE_DEPTH_MAX);
}

function write(value: JsonValue, depthLeft: number): string {
  if (typeof value === 'string') return quoteRaw(value);
  if (typeof value === 'number') return integerText(value);
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof JsonFloat) return floatText(value.value);
  if (depthLeft === 0) throw tooDeep();
  return Array.isArray(value) ? writeArray(value, depthLeft - 1) : writeObject(value, depthLeft - 1);
}

/** A number that is not a safe integer could stand for several values; the reader never makes one. */
function integerText(value: number): string {
  if (!Number.isSafeInteger(value)) throw new JsonWriteError(`${value} is not a safe integer`);
  return `${value}`;
}

function writeArray(array: readonly JsonValue[], depthLeft: number): string {
  let text = '[';
  let separator = '';
  for (const item of array) {
    text += separator + write(item, depthLeft);
    separator = ',';
  }
  return `${text}]`;
}

function writeObject(object: JsonObject, depthLeft: number): string {
  const keys = Object.keys(object);
  sortKeys(keys);
  let text = '{';
  let separator = '';
  for (const key of keys) {
    const value = object[key];
    if (value === undefined) throw new JsonWriteError(`no value for the key ${key}`);
    text += `${separator}${quoteRaw(key)}:${write(value, depthLeft)}`;
    separator = ',';
  }
  return `${text}}`;
}

const INSERTION_SORT_MAX = 12;

/** Sorts in place. Keys mostly come sorted, or nearly so and few. */
function sortKeys(keys: string[]): void {
  if (keys.length > INSERTION_SORT_MAX) {
    keys.sort(compareCodePoints);
    return;
  }
  for (let index = 1; index < keys.length; index++) {
    const key = keys[index] ?? '';
    let place = index;
    for (; place > 0; place--) {
      const before = keys[place - 1] ?? '';
      if (compareCodePoints(before, key) <= 0) break;
      keys[place] = before;
    }
    keys[place] = key;
  }
}
