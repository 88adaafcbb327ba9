/** Numbers of answers: what GraphQL calls Float comes from the lossless reader as a float or as an integer. */

import { JsonFloat } from '../../codec/json-value.js';

/** NaN for what is no number. */
export function plainNumber(value: unknown): number {
  if (value instanceof JsonFloat) return value.value;
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN;
}
