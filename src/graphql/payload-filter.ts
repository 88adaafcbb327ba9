/** Bounds a payload filter before it reaches the view: its size, its depth, and one operator at a time. */

import { GRAPHQL_DOOR } from '../config/limits.js';
import type { PayloadFilter as ViewFilter } from '../view/list-queries.js';
import { badInput } from './errors.js';
import type { PayloadFilter } from './types/filters.js';

const OPERATORS = [
  'eq',
  'ne',
  'in',
  'lt',
  'lte',
  'gt',
  'gte',
  'prefix',
  'contains',
  'exists',
  'and',
  'or',
  'not',
] as const;
/** Operators for which null is a value to compare with. */
const TAKE_NULL: ReadonlySet<string> = new Set(['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'contains']);

/** The filter as the view takes it; null for none. Throws BAD_USER_INPUT. */
export function payloadFilter(filter: PayloadFilter | null | undefined): ViewFilter | null {
  if (filter === null || filter === undefined) return null;
  const counter = { left: GRAPHQL_DOOR.filterConditionsMax };
  return convert(filter, GRAPHQL_DOOR.filterDepthMax, counter);
}

function convert(filter: PayloadFilter, depthLeft: number, counter: { left: number }): ViewFilter {
  if (depthLeft === 0) throw badInput(`Payload filters nest at most ${GRAPHQL_DOOR.filterDepthMax} deep.`);
  counter.left -= 1;
  if (counter.left < 0) {
    throw badInput(`A payload filter has at most ${GRAPHQL_DOOR.filterConditionsMax} conditions.`);
  }
  const given = OPERATORS.filter((name) => isGiven(filter, name));
  const [operator] = given;
  if (operator === undefined || given.length > 1) {
    throw badInput(`A payload condition has exactly one operator of ${OPERATORS.join(', ')}.`);
  }
  const inner = (each: PayloadFilter): ViewFilter => convert(each, depthLeft - 1, counter);
  if (operator === 'and' || operator === 'or') return { [operator]: (filter[operator] ?? []).map(inner) };
  if (operator === 'not') return filter.not == null ? {} : { not: inner(filter.not) };
  return { path: filter.path ?? [], [operator]: filter[operator] };
}

function isGiven(filter: PayloadFilter, name: (typeof OPERATORS)[number]): boolean {
  const value = filter[name];
  return value !== undefined && (value !== null || TAKE_NULL.has(name));
}
