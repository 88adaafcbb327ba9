/**
 * The canonical text: what is hashed and signed (1.0.1, section 1.1). No white space, keys in the order of their code
 * points, as few escapes as possible, integers with all their digits, floats as `floatText` prints them.
 */

import { floatText } from './float-text.js';
import { compareCodePoints, JsonWriteError, quoteRaw, tooDeep, WRITE_DEPTH_MAX } from './json-text.js';
import { JsonFloat, type JsonObject, type JsonValue } from './json-value.js';

/** Canonical text of `value`. Throws `JsonWriteError` (a RangeError) for what has none. */
export function canonicalJson(value: JsonValue): string {
  const writer = new Writer();
  writer.write(value, WRITE_DEPTH_MAX);
  return writer.text;
}

/** One writing: a single text that grows. */
class Writer {
  text = '';

  write(value: JsonValue, depthLeft: number): void {
    if (typeof value === 'string') this.text += quoteRaw(value);
    else if (value === null) this.text += 'null';
    else if (typeof value === 'object') this.container(value, depthLeft);
    else if (typeof value === 'number') this.text += integerText(value);
    else if (typeof value === 'boolean' || typeof value === 'bigint') this.text += String(value);
    else throw new JsonWriteError(`${typeof value} is no JSON value`);
  }

  private container(value: JsonValue[] | JsonObject | JsonFloat, depthLeft: number): void {
    if (value instanceof JsonFloat) {
      this.text += floatText(value.value);
      return;
    }
    if (depthLeft === 0) throw tooDeep();
    if (Array.isArray(value)) this.array(value, depthLeft - 1);
    else this.object(value, depthLeft - 1);
  }

  private array(array: readonly JsonValue[], depthLeft: number): void {
    this.text += '[';
    for (let index = 0; index < array.length; index++) {
      if (index > 0) this.text += ',';
      this.write(array[index] ?? null, depthLeft);
    }
    this.text += ']';
  }

  private object(object: JsonObject, depthLeft: number): void {
    const keys = Object.keys(object);
    sortKeys(keys);
    let before = '{';
    for (const key of keys) {
      const value = object[key];
      if (value === undefined) throw new JsonWriteError(`no value for the key ${key}`);
      this.text += before + quotedKey(key);
      this.write(value, depthLeft);
      before = ',';
    }
    this.text += keys.length === 0 ? '{}' : '}';
  }
}

const KEYS_REMEMBERED = 1024;
const KEY_LENGTH_MAX = 24;
const quotedKeys = new Map<string, string>();

/** A key in quotes and a colon. Documents of a ledger share most of their keys. */
function quotedKey(key: string): string {
  const known = quotedKeys.get(key);
  if (known !== undefined) return known;
  const quoted = `${quoteRaw(key)}:`;
  if (key.length > KEY_LENGTH_MAX) return quoted;
  if (quotedKeys.size >= KEYS_REMEMBERED) quotedKeys.clear();
  quotedKeys.set(key, quoted);
  return quoted;
}

/** A number that is not a safe integer could stand for several values; the reader never makes one. */
function integerText(value: number): string {
  if (!Number.isSafeInteger(value)) throw new JsonWriteError(`${value} is not a safe integer`);
  return `${value}`;
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
