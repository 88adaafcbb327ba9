/**
 * Cheap readers of canonical transaction texts that were checked before: what the ledger and the view need again and
 * do not keep.
 */

import { parseJson } from '../codec/json-reader.js';
import {
  type InputShape,
  isTransactionShape,
  type TransactionShape,
  type ViolationHolder,
} from './transaction-schema.js';
import type { ConditionDetails, InputDocument, TransactionDocument } from './transaction-types.js';

/** One output as the rules of a spend need it. */
export interface ReadOutput {
  readonly amount: bigint;
  readonly conditionUri: string;
  /** As the client sent them; 1.0.1 accepts null, which reads as none. Never compared with the condition. */
  readonly publicKeys: readonly string[];
}

/** The outputs of a checked transaction, in order. Throws for a text that is not a transaction. */
export function readOutputs(text: string): ReadOutput[] {
  return outputsOf(readTransactionShape(text));
}

/** The asset that a checked transaction names: its own id for CREATE and GENESIS. Throws as `readOutputs`. */
export function readAssetId(text: string): string {
  return assetIdOf(readTransactionShape(text));
}

/** Both of the above for one reading of the text. */
export function readAssetAndOutputs(text: string): { assetId: string; outputs: ReadOutput[] } {
  const shape = readTransactionShape(text);
  return { assetId: assetIdOf(shape), outputs: outputsOf(shape) };
}

function outputsOf(shape: TransactionShape): ReadOutput[] {
  return shape.outputs.map((output) => ({
    amount: BigInt(output.amount),
    conditionUri: output.condition.uri,
    publicKeys: output.public_keys ?? [],
  }));
}

/** The document of a checked transaction. Throws for a text that is not a transaction. */
export function readTransactionDocument(text: string): TransactionDocument {
  const shape = readTransactionShape(text);
  if (!isTransactionDocument(shape)) throw new Error('the text was not checked: it has unsigned inputs');
  return shape;
}

/** The asset that a transaction names: its own id for CREATE and GENESIS. */
export function assetIdOf(shape: Pick<TransactionShape, 'id' | 'operation' | 'asset'>): string {
  const { id, operation, asset } = shape;
  return operation === 'TRANSFER' && typeof asset.id === 'string' ? asset.id : id;
}

/** Keys in the details of a condition, at every level, in order, repeats included (1.0.1: section 5.4, `owned`). */
export function detailsKeys(details: ConditionDetails): string[] {
  if (details.type === 'ed25519-sha-256') return [details.public_key];
  return details.subconditions.flatMap(detailsKeys);
}

function readTransactionShape(text: string): TransactionShape {
  const value: unknown = parseJson(text);
  const holder: ViolationHolder = { violation: null };
  if (isTransactionShape(value, holder)) return value;
  throw new Error(`the text was not checked: ${holder.violation?.message ?? 'not a transaction'}`);
}

/** What `input-rules` makes sure of, beyond the shape. */
function isTransactionDocument(shape: TransactionShape | TransactionDocument): shape is TransactionDocument {
  return shape.inputs.every((input: InputShape | InputDocument) => {
    const { owners_before: owners, fulfillment, fulfills } = input;
    return owners !== null && typeof fulfillment === 'string' && typeof fulfills?.output_index !== 'bigint';
  });
}
