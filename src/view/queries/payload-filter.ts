/**
 * Payload filters: checked and made fit to travel between threads, and held against a payload. Semantics: see
 * `PayloadFilter` in `list-queries.ts`.
 */

import { canonicalJson } from '../../codec/canonical-json.js';
import { parseJson } from '../../codec/json-reader.js';
import { compareCodePoints } from '../../codec/json-text.js';
import { JsonFloat, type JsonValue } from '../../codec/json-value.js';
import { VIEW } from '../../config/limits.js';
import { FilterInvalid, type PayloadFilter } from '../list-queries.js';
import { valueAt } from '../payload-values.js';
import { isObject } from '../transaction-facts.js';

const COMPARISONS = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'contains'] as const;
export type Comparison = (typeof COMPARISONS)[number] | 'in' | 'prefix' | 'exists';

/** A checked filter. `operand` is canonical JSON: a JsonFloat would lose its class between threads. */
export type ReadyFilter =
  | { readonly kind: 'and' | 'or'; readonly of: readonly ReadyFilter[] }
  | { readonly kind: 'not'; readonly of: readonly [ReadyFilter] }
  | {
      readonly kind: 'condition';
      readonly path: readonly string[];
      readonly comparison: Comparison;
      readonly operand: string;
    };

/** Throws FilterInvalid: not exactly one operator, too many conditions, too deep. */
export function readyFilter(filter: PayloadFilter): ReadyFilter {
  const count = { conditions: 0 };
  return ready(filter, 1, count);
}

function ready(filter: PayloadFilter, depth: number, count: { conditions: number }): ReadyFilter {
  if (depth > VIEW.filterDepthMax) {
    throw new FilterInvalid(`A payload filter nests at most ${VIEW.filterDepthMax} deep.`);
  }
  const operators = operatorsOf(filter);
  const [operator] = operators;
  if (operator === undefined || operators.length > 1) {
    throw new FilterInvalid(
      `A payload filter has exactly one operator; this one has ${operators.join(', ') || 'none'}.`,
    );
  }
  if ('nested' in operator) {
    const of = operator.nested.map((inner) => ready(inner, depth + 1, count));
    const [first] = of;
    if (operator.name !== 'not') return { kind: operator.name, of };
    if (first === undefined) throw new FilterInvalid('A payload filter `not` takes one filter.');
    return { kind: 'not', of: [first] };
  }
  count.conditions += 1;
  if (count.conditions > VIEW.filterConditionsMax) {
    throw new FilterInvalid(`A payload filter has at most ${VIEW.filterConditionsMax} conditions.`);
  }
  return {
    kind: 'condition',
    path: [...(filter.path ?? [])],
    comparison: operator.name,
    operand: canonicalJson(operator.operand),
  };
}

interface Nested {
  readonly name: 'and' | 'or' | 'not';
  readonly nested: readonly PayloadFilter[];
  toString(): string;
}
interface Compared {
  readonly name: Comparison;
  readonly operand: JsonValue;
  toString(): string;
}

function operatorsOf(filter: PayloadFilter): (Nested | Compared)[] {
  const found: (Nested | Compared)[] = [];
  const add = (operator: { name: Comparison; operand: JsonValue } | Omit<Nested, 'toString'>): void => {
    found.push({ ...operator, toString: () => operator.name });
  };
  for (const name of COMPARISONS) {
    const operand = filter[name];
    if (operand !== undefined) add({ name, operand });
  }
  if (filter.in !== undefined) add({ name: 'in', operand: [...filter.in] });
  if (filter.prefix !== undefined) add({ name: 'prefix', operand: filter.prefix });
  if (filter.exists !== undefined) add({ name: 'exists', operand: filter.exists });
  if (filter.and !== undefined) add({ name: 'and', nested: filter.and });
  if (filter.or !== undefined) add({ name: 'or', nested: filter.or });
  if (filter.not !== undefined) add({ name: 'not', nested: [filter.not] });
  return found;
}

/** Tells whether a payload matches. */
export type PayloadTest = (payload: JsonValue) => boolean;

export function payloadTest(filter: ReadyFilter): PayloadTest {
  if (filter.kind === 'condition') {
    const { path, comparison } = filter;
    const operand = parseJson(filter.operand);
    return (payload) => holds(comparison, valueAt(payload, path), operand);
  }
  const tests = filter.of.map(payloadTest);
  if (filter.kind === 'and') return (payload) => tests.every((test) => test(payload));
  if (filter.kind === 'or') return (payload) => tests.some((test) => test(payload));
  return (payload) => !tests.some((test) => test(payload));
}

function holds(comparison: Comparison, value: JsonValue | undefined, operand: JsonValue): boolean {
  if (comparison === 'exists') return (value !== undefined) === operand;
  if (comparison === 'ne') return value === undefined || !sameJson(value, operand);
  if (value === undefined) return false;
  switch (comparison) {
    case 'eq':
      return sameJson(value, operand);
    case 'in':
      return Array.isArray(operand) && operand.some((each) => sameJson(value, each));
    case 'prefix':
      return typeof value === 'string' && typeof operand === 'string' && value.startsWith(operand);
    case 'contains':
      return containsJson(value, operand);
    default:
      return ordered(comparison, compareJson(value, operand));
  }
}

function ordered(comparison: 'lt' | 'lte' | 'gt' | 'gte', order: number | null): boolean {
  if (order === null) return false;
  if (comparison === 'lt') return order < 0;
  if (comparison === 'lte') return order <= 0;
  return comparison === 'gt' ? order > 0 : order >= 0;
}

/** JavaScript compares numbers with bigints exactly. */
function numeric(value: JsonValue): number | bigint | null {
  if (value instanceof JsonFloat) return value.value;
  return typeof value === 'number' || typeof value === 'bigint' ? value : null;
}

/** Null for values that have no order. */
function compareJson(a: JsonValue, b: JsonValue): number | null {
  if (typeof a === 'string' && typeof b === 'string') return compareCodePoints(a, b);
  const left = numeric(a);
  const right = numeric(b);
  if (left === null || right === null) return null;
  return left < right ? -1 : left > right ? 1 : 0;
}

export function sameJson(a: JsonValue, b: JsonValue): boolean {
  if (a === b) return true;
  if (compareJson(a, b) === 0) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameJson(item, b[index] ?? null));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => hasMember(b, key, a[key] ?? null));
}

function containsJson(value: JsonValue, part: JsonValue): boolean {
  if (Array.isArray(value)) return value.some((item) => sameJson(item, part));
  if (typeof value === 'string') return typeof part === 'string' && value.includes(part);
  if (!isObject(value) || !isObject(part)) return false;
  return Object.entries(part).every(([key, wanted]) => hasMember(value, key, wanted));
}

function hasMember(object: { readonly [key: string]: JsonValue }, key: string, wanted: JsonValue): boolean {
  const member = object[key];
  return member !== undefined && sameJson(member, wanted);
}
