/** The parts of a transaction's own document, and whether what a page shows is what the document says. */

import type { JsonObject, JsonValue } from '../../codec/json-value.js';
import { canonicalText } from '../crypto/read-json.js';
import type { WholeTransactionFragment } from '../generated/operations.js';

/** The member of an object; null where there is none. */
export function member(value: JsonValue | undefined, key: string): JsonValue {
  return isObject(value) ? (value[key] ?? null) : null;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The canonical text whose SHA3-256 is the id: no id, no fulfillments. Empty for what is no transaction. */
export function hashedText(document: JsonValue): string {
  if (!isObject(document)) return '';
  const { id: _, ...body } = document;
  const inputs = Array.isArray(document.inputs) ? document.inputs : [];
  const unsigned = inputs.map((input) => (isObject(input) ? { ...input, fulfillment: null } : input));
  return canonicalText({ ...body, inputs: unsigned });
}

/** What differs between the fields that the page shows and the document that is checked; empty when nothing does. */
export function differences(id: string, transaction: WholeTransactionFragment): string[] {
  const { document } = transaction;
  const found: string[] = [];
  if (transaction.id !== id || member(document, 'id') !== id) found.push('the id');
  if (member(document, 'operation') !== transaction.operation) found.push('the operation');
  const assetId = transaction.operation === 'TRANSFER' ? member(member(document, 'asset'), 'id') : id;
  if (assetId !== transaction.asset.id) found.push('the asset');
  if (!sameLists(member(document, 'outputs'), transaction.outputs, sameOutput)) found.push('an output');
  if (!sameLists(member(document, 'inputs'), transaction.inputs, sameInput)) found.push('an input');
  return found;
}

function sameLists<T>(
  written: JsonValue,
  shown: readonly T[],
  same: (written: JsonValue, shown: T) => boolean,
): boolean {
  if (!Array.isArray(written) || written.length !== shown.length) return false;
  return shown.every((each, index) => same(written[index] ?? null, each));
}

function sameOutput(written: JsonValue, shown: WholeTransactionFragment['outputs'][number]): boolean {
  const details = member(member(written, 'condition'), 'details');
  return (
    member(written, 'amount') === shown.amount &&
    sameKeys(member(written, 'public_keys'), shown.publicKeys) &&
    canonicalText(details) === canonicalText(shown.condition.details)
  );
}

function sameInput(written: JsonValue, shown: WholeTransactionFragment['inputs'][number]): boolean {
  const fulfills = member(written, 'fulfills');
  return (
    sameKeys(member(written, 'owners_before'), shown.ownersBefore) &&
    (member(fulfills, 'transaction_id') ?? null) === (shown.fulfills?.transactionId ?? null) &&
    (member(fulfills, 'output_index') ?? null) === (shown.fulfills?.outputIndex ?? null)
  );
}

function sameKeys(written: JsonValue, shown: readonly string[]): boolean {
  if (written === null) return shown.length === 0;
  return (
    Array.isArray(written) && written.length === shown.length && written.every((key, i) => key === shown[i])
  );
}
