/**
 * What the view takes from the text of a transaction in a valid block. The text was checked before it was decided, so
 * shapes are relied upon and nothing is checked twice.
 */

import { parseJson } from '../codec/json-reader.js';
import { JsonFloat, type JsonObject, type JsonValue } from '../codec/json-value.js';
import { detailsKeys } from '../model/outputs.js';
import type { ConditionDetails, Operation } from '../model/transaction-types.js';

export interface OutputFacts {
  readonly amount: string;
  readonly publicKeys: readonly string[];
  readonly conditionUri: string;
  readonly details: ConditionDetails;
  /** Keys in `publicKeys` that stand in the details too, each once: the owners (1.0.1: section 5.4). */
  readonly owners: readonly string[];
}

export interface SpendFacts {
  readonly transactionId: string;
  readonly outputIndex: number;
}

export interface TransactionFacts {
  readonly id: string;
  readonly operation: Operation;
  /** Its own id unless it is a TRANSFER. */
  readonly assetId: string;
  readonly ownersBefore: readonly string[];
  /** One per input; empty for CREATE and GENESIS. */
  readonly spends: readonly SpendFacts[];
  readonly outputs: readonly OutputFacts[];
  /** `asset.data`; null for a TRANSFER. */
  readonly data: JsonValue;
  readonly metadata: JsonValue;
}

/** The document as the reader gives it, after every check. */
interface Document {
  readonly id: string;
  readonly operation: Operation;
  readonly asset: { readonly id?: string; readonly data?: JsonValue };
  readonly inputs: readonly {
    readonly owners_before: readonly string[] | null;
    readonly fulfills: { readonly transaction_id: string; readonly output_index: number } | null;
  }[];
  readonly outputs: readonly {
    readonly amount: string;
    readonly public_keys: readonly string[] | null;
    readonly condition: { readonly details: ConditionDetails; readonly uri: string };
  }[];
  readonly metadata: JsonValue;
}

/** True for what every check before the view has made sure of. */
function isDocument(value: unknown): value is Document {
  if (typeof value !== 'object' || value === null) return false;
  return 'inputs' in value && 'outputs' in value && 'asset' in value;
}

/** Throws for a text that is no transaction. */
export function readFacts(text: string): TransactionFacts {
  const document: unknown = parseJson(text);
  if (!isDocument(document)) throw new Error('a text in a valid block is no transaction');
  const { id, operation, asset, inputs, outputs, metadata } = document;
  return {
    id,
    operation,
    assetId: operation === 'TRANSFER' ? (asset.id ?? id) : id,
    ownersBefore: inputs.flatMap((input) => input.owners_before ?? []),
    spends: inputs.flatMap(({ fulfills }) =>
      fulfills === null
        ? []
        : [{ transactionId: fulfills.transaction_id, outputIndex: fulfills.output_index }],
    ),
    outputs: outputs.map(({ amount, public_keys, condition }) => {
      const publicKeys = public_keys ?? [];
      const { details, uri } = condition;
      return { amount, publicKeys, conditionUri: uri, details, owners: owners(publicKeys, details) };
    }),
    data: asset.data ?? null,
    metadata,
  };
}

function owners(publicKeys: readonly string[], details: ConditionDetails): readonly string[] {
  if (details.type === 'ed25519-sha-256') {
    const key = details.public_key;
    return publicKeys.length === 1 && publicKeys[0] === key
      ? publicKeys
      : publicKeys.includes(key)
        ? [key]
        : [];
  }
  const listed = new Set(publicKeys);
  return [...new Set(detailsKeys(details))].filter((key) => listed.has(key));
}

/** Every key that stands anywhere in the transaction, each once. */
export function mentionedKeys(facts: TransactionFacts): Set<string> {
  const keys = new Set(facts.ownersBefore);
  for (const { publicKeys, details } of facts.outputs) {
    for (const key of publicKeys) keys.add(key);
    for (const key of detailsKeys(details)) keys.add(key);
  }
  return keys;
}

/** Every string value at any depth, not the keys (as MongoDB's text index `$**`). */
export function stringValues(value: JsonValue): string[] {
  const found: string[] = [];
  collectStrings(value, found);
  return found;
}

function collectStrings(value: JsonValue, found: string[]): void {
  if (typeof value === 'string') found.push(value);
  else if (Array.isArray(value)) for (const item of value) collectStrings(item, found);
  else if (isObject(value)) for (const key in value) collectStrings(value[key] ?? null, found);
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonFloat)
  );
}
