/**
 * Query parameters as 1.0.1 reads them (Flask-RESTful's reqparse): which are required, what each must look like, in
 * which order they are complained about, and the exact sentences. Unknown parameters are refused by strict routes only.
 */

import { pythonRepr } from '../src/model/python-repr.js';
import { parameterRefusal, textRefusal } from './errors.js';

const MISSING = 'Missing required parameter in the JSON body or the post body or the query string';

/** The parsed query of one request. A repeated parameter counts once: its first value (1.0.1: section 6.1). */
export class Query {
  private readonly values = new Map<string, string>();

  /** `text` is what follows the question mark, still encoded. */
  constructor(text: string) {
    if (text === '') return;
    for (const [name, value] of new URLSearchParams(text)) {
      if (!this.values.has(name)) this.values.set(name, value);
    }
  }

  optional(name: string): string | undefined {
    return this.values.get(name);
  }

  /** The value, which may be empty; refused with 400 when the parameter is not there. */
  required(name: string): string {
    const value = this.values.get(name);
    if (value === undefined) throw parameterRefusal(name, MISSING);
    return value;
  }

  /** For strict routes, after the declared parameters were read. */
  refuseUnknown(known: readonly string[]): void {
    const unknown = [...this.values.keys()].filter((name) => !known.includes(name));
    if (unknown.length > 0) throw textRefusal(`Unknown arguments: ${unknown.join(', ')}`);
  }
}

const HASH = /^[a-fA-F0-9]{64}$/;
const KEY = /^[1-9a-zA-Z]{43,44}$/;
const NOT_BASE58 = /[Il0O]/;
const INTEGER = /^\s*[+-]?[0-9]+(_[0-9]+)*\s*$/;

/** Could this be the id of a transaction or block at all? Ids are compared with regard to case. */
export function isId(text: string): boolean {
  return ID.test(text);
}

const ID = /^[0-9a-f]{64}$/;

export function hashParameter(name: string, value: string): string {
  if (!HASH.test(value)) throw parameterRefusal(name, 'Invalid hash');
  return value.toLowerCase();
}

export function publicKeyParameter(name: string, value: string): string {
  if (!KEY.test(value) || NOT_BASE58.test(value)) {
    throw parameterRefusal(name, 'Invalid base58 ed25519 key');
  }
  return value;
}

/** Any case: the Python driver sends `True`. The sentence says otherwise (sic). */
export function booleanParameter(name: string, value: string): boolean {
  const lower = value.toLowerCase();
  if (lower !== 'true' && lower !== 'false') {
    throw parameterRefusal(name, 'Boolean value must be "true" or "false" (lowercase)');
  }
  return lower === 'true';
}

/** The sentence lacks its last quote in 1.0.1 too. GENESIS is refused. */
export function operationParameter(name: string, value: string): 'CREATE' | 'TRANSFER' {
  const upper = value.toUpperCase();
  if (upper !== 'CREATE' && upper !== 'TRANSFER') {
    throw parameterRefusal(name, 'Operation must be "CREATE" or "TRANSFER');
  }
  return upper;
}

const STATUSES = ['valid', 'invalid', 'undecided'] as const;
export type BlockStatus = (typeof STATUSES)[number];

export function statusParameter(name: string, value: string): BlockStatus {
  const lower = value.toLowerCase();
  const status = STATUSES.find((each) => each === lower);
  if (status === undefined) throw parameterRefusal(name, `${lower} is not a valid choice`);
  return status;
}

/** Python's `int()`: blanks around and single underscores between digits pass; values beyond 2^53 are cut to it. */
export function integerParameter(name: string, value: string): number {
  if (!INTEGER.test(value)) {
    throw parameterRefusal(name, `invalid literal for int() with base 10: ${pythonRepr(value)}`);
  }
  const number = Number(value.replaceAll('_', ''));
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, number));
}
