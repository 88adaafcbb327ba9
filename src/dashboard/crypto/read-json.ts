/** The ledger's JSON without loss: integers of any size, floats with their spelling, canonical texts. */

import { canonicalJson } from '../../codec/canonical-json.js';
import { parseJson } from '../../codec/json-reader.js';
import type { JsonValue } from '../../codec/json-value.js';
import { LEDGER } from '../../config/limits.js';

/** Levels that an answer of GraphQL may put around a document. */
const AROUND_DOCUMENT = 64;

/** Reads one JSON text, a document of any depth that the ledger takes, or an answer that holds such. Throws `JsonSyntaxError`. */
export function readJson(text: string): JsonValue {
  return parseJson(text, LEDGER.jsonDepthMax + AROUND_DOCUMENT);
}

/** The canonical text of `value`, which is what is hashed and signed. Throws RangeError for what has none. */
export function canonicalText(value: JsonValue): string {
  return canonicalJson(value);
}
