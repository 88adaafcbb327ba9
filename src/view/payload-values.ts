/**
 * Indexed paths into asset data and metadata, declared by a setting such as `metadata.order.id`: how a path is
 * written, what value it leads to, and the form in which a value stands in the index.
 */

import { JsonFloat, type JsonValue } from '../codec/json-value.js';
import type { Value } from './sqlite.js';
import { isObject, type TransactionFacts } from './transaction-facts.js';

/** A path of the setting, taken apart. */
export interface PayloadPath {
  readonly root: 'asset' | 'metadata';
  readonly steps: readonly string[];
}

const ROOTS: Readonly<Record<string, PayloadPath['root']>> = {
  asset: 'asset',
  'asset.data': 'asset',
  metadata: 'metadata',
};

/** Reads `asset.type`, `asset.data.type` (the same) or `metadata.order.id`; null for anything else. */
export function readPayloadPath(name: string): PayloadPath | null {
  const [first = '', ...rest] = name.split('.');
  const root = ROOTS[first];
  if (root === undefined) return null;
  const steps = first === 'asset' && rest[0] === 'data' ? rest.slice(1) : rest;
  return steps.length === 0 || steps.includes('') ? null : { root, steps };
}

const NOT_AN_INDEX = /^(?!(?:0|[1-9][0-9]{0,8})$)/;

/** What `steps` lead to: through objects by key, through arrays by decimal index; undefined where nothing stands. */
export function valueAt(root: JsonValue, steps: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const step of steps) {
    if (Array.isArray(value)) value = NOT_AN_INDEX.test(step) ? undefined : value[Number(step)];
    else if (isObject(value)) value = value[step];
    else return undefined;
  }
  return value;
}

export function payloadOf(facts: TransactionFacts, root: PayloadPath['root']): JsonValue {
  return root === 'asset' ? facts.data : facts.metadata;
}

/** Code points of a string that stand in the index; longer ones are compared in full on the row. */
const INDEXED_CHARACTERS = 64;

const BOOLEANS = { false: Uint8Array.of(1), true: Uint8Array.of(2) };
const NULL_VALUE = Uint8Array.of(0);

/**
 * The form in which a value stands in the index, undefined for arrays and objects, which do not. SQLite orders numbers
 * by value and texts by their bytes, which is by code points. Rounding of large numbers and the cutting of long texts
 * keep the order, so the index narrows and the row decides.
 */
export function indexedForm(value: JsonValue | undefined): Value | undefined {
  if (typeof value === 'string') return cut(value);
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return clamped(Number(value));
  if (value instanceof JsonFloat) return clamped(value.value);
  if (typeof value === 'boolean') return value ? BOOLEANS.true : BOOLEANS.false;
  return value === null ? NULL_VALUE : undefined;
}

/** Cut between characters, and before a NUL, at which SQLite would end the text. */
function cut(text: string): string {
  const [upToNul = ''] = text.split('\0', 1);
  return upToNul.length <= INDEXED_CHARACTERS
    ? upToNul
    : Array.from(upToNul.slice(0, 2 * INDEXED_CHARACTERS))
        .slice(0, INDEXED_CHARACTERS)
        .join('');
}

/** Digits of an integer may exceed the range of doubles. */
function clamped(value: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
}
