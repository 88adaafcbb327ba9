/**
 * Transactions judged slowly: form, id, signatures, and the rules of a TRANSFER against everything valid below it. A
 * second opinion on what the node's own validation says (1.0.1: sections 1.4, 1.5, 2.4).
 */

import {
  canonical,
  fulfillmentOf,
  isObject,
  isSigned,
  type Json,
  type JsonObject,
  objectOf,
  satisfies,
  sha3,
} from './documents.js';

export interface SlowOutput {
  readonly amount: bigint;
  readonly details: Json;
  readonly publicKeys: readonly string[];
}

/** A transaction whose form, id and signatures are right. */
export interface SlowTransaction {
  readonly id: string;
  readonly operation: string;
  readonly assetId: string;
  /** Null for a CREATE. */
  readonly spends: readonly { readonly link: string; readonly fulfillment: string }[];
  readonly outputs: readonly SlowOutput[];
}

const AMOUNT_MAX = 9_000_000_000_000_000_000n;
const KEYS = 'asset,id,inputs,metadata,operation,outputs,version';

/** The transaction, or what is wrong with it by itself. */
export function readTransaction(value: Json): SlowTransaction | string {
  if (!isObject(value) || Object.keys(value).sort().join() !== KEYS) return 'it has not the members of one';
  const { id, operation, asset, inputs, outputs } = value;
  if (typeof id !== 'string' || id !== idOf(value)) return 'its id is not its hash';
  if (operation !== 'CREATE' && operation !== 'TRANSFER' && operation !== 'GENESIS')
    return `its operation is ${String(operation)}`;
  if (!Array.isArray(inputs) || inputs.length === 0) return 'it has no inputs';
  if (!Array.isArray(outputs) || outputs.length === 0) return 'it has no outputs';
  const read = outputs.map(readOutput);
  if (read.some((output) => output === null)) return 'an output is none';
  const spends = readInputs(value, inputs, operation === 'TRANSFER');
  if (typeof spends === 'string') return spends;
  const assetId = operation === 'TRANSFER' && isObject(asset) ? asset.id : id;
  if (typeof assetId !== 'string') return 'it names no asset';
  return { id, operation, assetId, spends, outputs: read.flatMap((output) => output ?? []) };
}

function withoutFulfillments(document: JsonObject): JsonObject {
  const inputs = Array.isArray(document.inputs) ? document.inputs : [];
  return {
    ...document,
    inputs: inputs.map((input) => (isObject(input) ? { ...input, fulfillment: null } : input)),
  };
}

/** Whether the text is an object whose id is the hash of the rest, and this one: no other text stands for the transaction. */
export function isTextOf(id: string, text: string): boolean {
  const document = objectOf(text);
  return document !== null && document.id === id && idOf(document) === id;
}

function idOf(document: JsonObject): string {
  const { id: _, ...body } = withoutFulfillments(document);
  return sha3(canonical(body));
}

function readOutput(output: Json): SlowOutput | null {
  if (!isObject(output) || !isObject(output.condition)) return null;
  const { amount, public_keys: publicKeys } = output;
  if (typeof amount !== 'string' || !/^[1-9]\d{0,18}$/.test(amount)) return null;
  if (!Array.isArray(publicKeys) || BigInt(amount) > AMOUNT_MAX) return null;
  return {
    amount: BigInt(amount),
    details: output.condition.details ?? null,
    publicKeys: publicKeys.map(String),
  };
}

function readInputs(document: JsonObject, inputs: readonly Json[], isTransfer: boolean) {
  const message = canonical(withoutFulfillments(document));
  const spends: { link: string; fulfillment: string }[] = [];
  for (const input of inputs) {
    if (!isObject(input) || typeof input.fulfillment !== 'string') return 'an input is none';
    const fulfillment = fulfillmentOf(input.fulfillment);
    if (fulfillment === null || !isSigned(fulfillment, message)) return 'an input is not signed';
    const { fulfills } = input;
    if (isObject(fulfills) !== isTransfer) return 'an input spends what it must not, or nothing';
    if (isObject(fulfills))
      spends.push({
        link: `${String(fulfills.transaction_id)}:${String(fulfills.output_index)}`,
        fulfillment: input.fulfillment,
      });
  }
  return spends;
}

/** What the rules ask of everything valid below. */
export interface SlowState {
  readonly outputs: ReadonlyMap<string, SlowOutput & { readonly assetId: string }>;
  readonly spentBy: ReadonlyMap<string, string>;
}

/** The rule that a TRANSFER breaks against the state below it; null when it breaks none. */
export function brokenRule(transaction: SlowTransaction, state: SlowState): string | null {
  if (transaction.operation !== 'TRANSFER') return null;
  const links = transaction.spends.map(({ link }) => link);
  if (new Set(links).size !== links.length) return 'I4: it spends one output twice';
  let sum = 0n;
  for (const { link, fulfillment } of transaction.spends) {
    const output = state.outputs.get(link);
    if (output === undefined) return `I5: ${link} does not exist in a valid block`;
    const spender = state.spentBy.get(link);
    if (spender !== undefined) return `I1: ${link} is spent by ${spender}`;
    if (output.assetId !== transaction.assetId) return `I4: ${link} belongs to another asset`;
    const read = fulfillmentOf(fulfillment);
    if (read === null || !satisfies(read, output.details)) return `I5: ${link} is not its signers'`;
    sum += output.amount;
  }
  const made = transaction.outputs.reduce((total, output) => total + output.amount, 0n);
  return sum === made ? null : `I3: it makes ${made} of ${sum}`;
}
