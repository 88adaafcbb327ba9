/**
 * Signed transactions for tests: CREATE, TRANSFER, divisible assets, m-of-n conditions, chains, and documents that are
 * wrong in one way and right in every other. Keys named alice, bob, … have as seed the SHA-256 of the name, as in
 * test/vectors.
 */

import { createHash } from 'node:crypto';
import { canonicalJson } from '../../src/codec/canonical-json.js';
import { sha3Hex } from '../../src/codec/hash.js';
import { parseJson } from '../../src/codec/json-reader.js';
import type { JsonObject, JsonValue } from '../../src/codec/json-value.js';
import { type KeyPair, keyPairFromSeed } from '../../src/codec/key-pair.js';
import {
  detailsOf,
  fulfillmentOf,
  type MadeTransaction,
  makeCreate,
  makeTransfer,
  type OutputPlan,
  type SpendPlan,
} from '../../src/model/make-transaction.js';
import type { ConditionDetails } from '../../src/model/transaction-types.js';

const pairs = new Map<string, KeyPair>();

/** The key pair of a name; the same in every test and in the vectors. */
export function keyPairOf(name: string): KeyPair {
  const known = pairs.get(name);
  if (known !== undefined) return known;
  const made = keyPairFromSeed(createHash('sha256').update(name).digest());
  pairs.set(name, made);
  return made;
}

export function publicKeyOf(name: string): string {
  return keyPairOf(name).publicKey;
}

/** An output of `amount` to one name, to all of several, or to `threshold` of several. */
export function to(
  names: string | readonly string[],
  amount: bigint | number = 1,
  threshold?: number,
): OutputPlan {
  const list = typeof names === 'string' ? [names] : names;
  return { publicKeys: list.map(publicKeyOf), amount, threshold };
}

export interface CreateOptions {
  /** Default alice. */
  readonly by?: string | readonly string[];
  /** Default: 1 to the signer. */
  readonly outputs?: readonly OutputPlan[];
  readonly data?: JsonObject | null;
  readonly metadata?: JsonObject | null;
}

let serial = 0;

/** A CREATE that no other call gave: without `data` it gets a number of its own. */
export function create(options: CreateOptions = {}): MadeTransaction {
  const { by = 'alice', outputs, metadata } = options;
  const data = options.data === undefined ? { serial: serial++ } : options.data;
  const signers = (typeof by === 'string' ? [by] : by).map(keyPairOf);
  return makeCreate({ signers, outputs, data, metadata });
}

/** What spends one output of `transaction`, signed by `by`. */
export function spend(
  transaction: MadeTransaction,
  outputIndex: number,
  by: string | readonly string[],
): SpendPlan {
  const output = transaction.outputs[outputIndex];
  const details =
    output?.condition.details ?? detailsOf((typeof by === 'string' ? [by] : by).map(publicKeyOf));
  const signers = (typeof by === 'string' ? [by] : by).map(keyPairOf);
  return { transaction_id: transaction.id, output_index: outputIndex, details, signers };
}

/** A TRANSFER of the given outputs; `assetId` is the id of the CREATE. */
export function transfer(
  assetId: string,
  spends: readonly SpendPlan[],
  outputs: readonly OutputPlan[],
  metadata?: JsonObject | null,
): MadeTransaction {
  return makeTransfer({ assetId, spends, outputs, metadata });
}

/** The whole of output 0 of `from`, by `by`, to `recipient`. */
export function transferTo(
  from: MadeTransaction,
  by: string,
  recipient: string,
  assetId = from.id,
  amount: bigint | number = BigInt(from.outputs[0]?.amount ?? '1'),
): MadeTransaction {
  return transfer(assetId, [spend(from, 0, by)], [to(recipient, amount)]);
}

/** A CREATE by names[0] and one TRANSFER after the other to the next name, round and round; `length` in all. */
export function chain(length: number, names: readonly string[] = ['alice', 'bob']): MadeTransaction[] {
  const nameAt = (index: number) => names[index % names.length] ?? 'alice';
  const first = create({ by: nameAt(0) });
  const made = [first];
  for (let index = 1; index < length; index++) {
    const last = made[index - 1] ?? first;
    made.push(transferTo(last, nameAt(index - 1), nameAt(index), first.id));
  }
  return made;
}

/** The document of a transaction, to change it. */
export function documentOf(transaction: { readonly text: string }): JsonObject {
  return parseJson(transaction.text) as JsonObject;
}

/** The inputs of a document, to change them. */
export function inputsOf(document: JsonObject): JsonObject[] {
  return document.inputs as JsonObject[];
}

export function outputsOf(document: JsonObject): JsonObject[] {
  return document.outputs as JsonObject[];
}

/** `document` with every fulfillment null, as it is hashed and signed. */
function unsigned(document: JsonObject): JsonObject {
  const inputs = inputsOf(document).map((input) => ({ ...input, fulfillment: null }));
  return { ...document, inputs };
}

/** Gives `document` the id of its present body. The fulfillments stay and do not fit it. */
export function withId(document: JsonObject): JsonObject {
  const { id: _, ...body } = unsigned(document);
  return { ...document, id: sha3Hex(canonicalJson(body)) };
}

/** Gives `document` the id of its present body and signs every input for the condition `details` by `by`. */
export function resigned(
  document: JsonObject,
  by: string | readonly string[] = 'alice',
  details?: ConditionDetails,
): JsonObject {
  const names = typeof by === 'string' ? [by] : by;
  const named = withId(document);
  const message = Buffer.from(canonicalJson(unsigned(named)));
  const condition = details ?? detailsOf(names.map(publicKeyOf));
  const fulfillment = fulfillmentOf(condition, message, names.map(keyPairOf));
  return { ...named, inputs: inputsOf(named).map((input) => ({ ...input, fulfillment })) };
}

/** Canonical text of any value. */
export function textOf(value: JsonValue): string {
  return canonicalJson(value);
}
