/** What the JSON reader builds objects of: objects that inherit nothing, and keys that are made once. */

import type { JsonObject, JsonValue } from './json-value.js';

/**
 * Objects made here inherit from one empty object that inherits nothing: `__proto__` and `constructor` are ordinary
 * keys in them, and unlike with `Object.create(null)` the engine keeps them in its fast form.
 */
class Bag implements JsonObject {
  [key: string]: JsonValue;
}
Reflect.deleteProperty(Bag.prototype, 'constructor');
Object.setPrototypeOf(Bag.prototype, null);

/** An empty object without `toString` and the like. */
export function newObject(): JsonObject {
  return new Bag();
}

interface KnownKey {
  readonly text: string;
  readonly bytes: Buffer;
}

const SLOTS = 1024;
/** Keys met before, one for each slot: most keys need no new string, and the engine knows them already. */
const knownKeys: KnownKey[] = new Array(SLOTS).fill({ text: '', bytes: Buffer.alloc(0) });

/** Longer keys are not remembered. */
export const KEY_LENGTH_MAX = 24;

/** The key whose ASCII characters stand from `start` to `end`; `hash` is any function of them. */
export function knownKey(bytes: Buffer, start: number, end: number, hash: number): string {
  const slot = (hash ^ (hash >>> 10)) & (SLOTS - 1);
  const known = knownKeys[slot];
  if (known !== undefined && standsAt(known.bytes, bytes, start, end)) return known.text;
  const text = bytes.toString('latin1', start, end);
  knownKeys[slot] = { text, bytes: Buffer.from(text, 'latin1') };
  return text;
}

function standsAt(key: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (key.length !== end - start) return false;
  for (let index = 0; index < key.length; index++) if (bytes[start + index] !== key[index]) return false;
  return true;
}
