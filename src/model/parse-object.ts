/** Reading texts that came out of a store which others write: junk is expected there and is a value, not an error. */

import { JsonSyntaxError, parseJson } from '../codec/json-reader.js';
import type { JsonObject } from '../codec/json-value.js';
import { LEDGER } from '../config/limits.js';
import { isObject } from './schema-rules.js';

/** The one JSON object that `text` is; null when it is anything else. */
export function parseObject(text: string, depthMax: number = LEDGER.jsonDepthMax): JsonObject | null {
  try {
    const value = parseJson(text, depthMax);
    return isObject(value) ? value : null;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return null;
    throw error;
  }
}
