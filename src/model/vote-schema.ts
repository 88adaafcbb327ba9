/** The shape of a vote (1.0.1: section 3.3): accept and reject decisions and messages of its schema. */

import type { JsonValue } from '../codec/json-value.js';
import {
  closedObject,
  type FieldRule,
  noSchemaFits,
  notOfType,
  stringMatching,
  type Violation,
} from './schema-rules.js';
import {
  containsHex64,
  containsKey,
  containsSignature,
  containsTimestamp,
  HEX_64_PATTERN,
  KEY_PATTERN,
  SIGNATURE_PATTERN,
  TIMESTAMP_PATTERN,
} from './text-patterns.js';

/** What the schema holds against a whole vote document; null when nothing. */
export function voteViolation(value: JsonValue): Violation | null {
  return closedObject(value, VOTE_FIELDS);
}

/** What the schema holds against the signed part of a vote; null when nothing. */
export function voteContentViolation(value: JsonValue): Violation | null {
  return closedObject(value, CONTENT_FIELDS);
}

const CONTENT_FIELDS: readonly FieldRule[] = [
  { name: 'voting_for_block', required: true, rule: hex64 },
  { name: 'previous_block', required: true, rule: hex64 },
  {
    name: 'is_block_valid',
    required: true,
    rule: (value) => (typeof value === 'boolean' ? null : notOfType(value, 'boolean')),
  },
  {
    name: 'invalid_reason',
    required: true,
    rule: (value) => (value === null || typeof value === 'string' ? null : noSchemaFits(value)),
  },
  {
    name: 'timestamp',
    required: true,
    rule: (value) => stringMatching(value, containsTimestamp, TIMESTAMP_PATTERN),
  },
];

const VOTE_FIELDS: readonly FieldRule[] = [
  {
    name: 'node_pubkey',
    required: true,
    rule: (value) => stringMatching(value, containsKey, KEY_PATTERN),
  },
  {
    name: 'signature',
    required: true,
    rule: (value) => stringMatching(value, containsSignature, SIGNATURE_PATTERN),
  },
  { name: 'vote', required: true, rule: voteContentViolation },
];

function hex64(value: JsonValue): Violation | null {
  return stringMatching(value, containsHex64, HEX_64_PATTERN);
}
