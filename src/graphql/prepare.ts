/**
 * Preparing and assembling transactions for clients without a driver. Nothing here has an effect, and nothing here
 * ever sees a private key: clients sign the message themselves.
 */

import { decodeBase58 } from '../codec/base58.js';
import { SIGNATURE_BYTES } from '../codec/ed25519.js';
import { sha3Hex } from '../codec/hash.js';
import { parseJson } from '../codec/json-reader.js';
import { JsonFloat, type JsonObject, type JsonValue } from '../codec/json-value.js';
import { compactJson } from '../codec/json-writer.js';
import { verifyText } from '../codec/key-pair.js';
import { ConditionError, conditionFromDetails } from '../conditions/condition.js';
import { FulfillmentError, thresholdFulfillment } from '../conditions/fulfillment.js';
import { LEDGER } from '../config/limits.js';
import { detailsOf, type OutputPlan, prepareTransaction } from '../model/make-transaction.js';
import { detailsKeys } from '../model/outputs.js';
import {
  isTransactionShape,
  type TransactionShape,
  type ViolationHolder,
} from '../model/transaction-schema.js';
import { TransactionTexts } from '../model/transaction-texts.js';
import type { ConditionDetails, TransactionLink } from '../model/transaction-types.js';
import { badInput, limitExceeded } from './errors.js';
import { outputByLink } from './fields/objects.js';
import type { OutputKey, Scope } from './scope.js';
import type { OutputData } from './types/output.js';
import {
  AssembledTransaction,
  type PrepareCreateInput,
  PreparedTransaction,
  type PrepareOutputInput,
  type PrepareTransferInput,
  RequiredSigner,
  type SignatureInput,
} from './types/preparation.js';

type PlannedOutput = OutputPlan & { readonly amount: bigint };

interface PlannedInput {
  readonly ownersBefore: readonly string[];
  readonly fulfills: TransactionLink | null;
  readonly details: ConditionDetails;
}

/** Throws BAD_USER_INPUT for what could never be a transaction. */
export function prepareCreate(input: PrepareCreateInput): PreparedTransaction {
  const { owners, outputs, data, metadata } = input;
  const asset = { data: objectOrNull(data, 'data') };
  const planned = [{ ownersBefore: owners, fulfills: null, details: conditionDetails(owners, null) }];
  const made = (outputs ?? [{ publicKeys: owners }]).map(outputPlan);
  return prepared('CREATE', asset, metadata, planned, made);
}

/** Throws BAD_USER_INPUT for outputs that cannot be spent together, or sums that differ. */
export async function prepareTransfer(
  scope: Scope,
  input: PrepareTransferInput,
): Promise<PreparedTransaction> {
  const { spends, outputs, metadata } = input;
  if (spends.length === 0) throw badInput('A TRANSFER spends at least one output.');
  checkLength(scope, spends.length);
  const spent = await spentOutputs(scope, spends);
  const assets = new Set(spent.map((output) => output.assetId));
  const [assetId] = assets;
  if (assets.size !== 1 || assetId === undefined)
    throw badInput('The outputs to spend belong to different assets.');
  const made = outputs.map(outputPlan);
  const before = sumOf(spent);
  const after = sumOf(made);
  if (before !== after) throw badInput(`What is spent is ${before}, what is made is ${after}.`);
  const planned = spent.map((output) => ({
    ownersBefore: output.publicKeys,
    fulfills: { transaction_id: output.transactionId, output_index: output.outputIndex },
    details: output.conditionDetails,
  }));
  return prepared('TRANSFER', { id: assetId }, metadata, planned, made);
}

/** Puts signatures into a prepared transaction. Throws BAD_USER_INPUT for a signature that does not verify. */
export async function assembleTransaction(
  scope: Scope,
  transaction: JsonValue,
  signatures: readonly SignatureInput[],
): Promise<AssembledTransaction> {
  checkLength(scope, signatures.length);
  const shape = readUnsigned(transaction);
  checkLength(scope, shape.inputs.length);
  const texts = new TransactionTexts(shape);
  const id = sha3Hex(texts.hashed());
  const message = texts.message(id);
  for (const { input, publicKey, signature } of signatures) {
    if (shape.inputs[input] === undefined) throw badInput(`There is no input ${input}.`);
    if (!verifyText(message, signature, publicKey)) {
      throw badInput(`The signature of ${publicKey} for input ${input} does not fit the message.`);
    }
  }
  const missing: RequiredSigner[] = [];
  const details = await inputDetails(scope, shape);
  const inputs = shape.inputs.map((input, index) => {
    const given = new Map<string, Uint8Array>();
    for (const each of signatures) {
      const bytes = decodeBase58(each.signature, SIGNATURE_BYTES);
      if (each.input === index && bytes !== null) given.set(each.publicKey, bytes);
    }
    const condition = details[index];
    const fulfillment =
      given.size === 0 || condition === undefined ? earlier(input.fulfillment) : fulfilled(condition, given);
    if (fulfillment === null && condition !== undefined) missing.push(signerOf(index, condition, given));
    return { ...input, fulfillment };
  });
  const document = parseJson(compactJson({ ...shape, id, inputs }));
  return new AssembledTransaction(document, missing);
}

/** A text means: signed before. */
function earlier(fulfillment: unknown): string | null {
  return typeof fulfillment === 'string' && fulfillment !== '' ? fulfillment : null;
}

function fulfilled(details: ConditionDetails, signatures: ReadonlyMap<string, Uint8Array>): string | null {
  try {
    return thresholdFulfillment({ details, signatures });
  } catch (error) {
    if (error instanceof FulfillmentError) return null;
    throw error;
  }
}

/** The conditions that the inputs have to fulfill. For a CREATE: a signature of every owner. */
export async function inputDetails(scope: Scope, shape: TransactionShape): Promise<ConditionDetails[]> {
  if (shape.operation !== 'TRANSFER') {
    return shape.inputs.map((input) => conditionDetails(input.owners_before ?? [], null));
  }
  const links = shape.inputs.map(({ fulfills }) => {
    if (fulfills === null) throw badInput('Every input of a TRANSFER names the output that it spends.');
    return { transactionId: fulfills.transaction_id, outputIndex: Number(fulfills.output_index) };
  });
  return (await spentOutputs(scope, links)).map((output) => output.conditionDetails);
}

async function spentOutputs(scope: Scope, links: readonly OutputKey[]): Promise<OutputData[]> {
  const ids = [...new Set(links.map((link) => link.transactionId))];
  const { found } = await scope.findWithLook(ids, async (at) => {
    const outputs = await Promise.all(links.map((link) => outputByLink(at, link)));
    return outputs.every((output) => output !== null) ? outputs.map((output) => output.row) : null;
  });
  if (found === null) throw badInput('At least one of the outputs to spend does not exist.');
  return found;
}

function prepared(
  operation: 'CREATE' | 'TRANSFER',
  asset: JsonObject,
  metadata: JsonValue | undefined,
  inputs: readonly PlannedInput[],
  outputs: readonly OutputPlan[],
): PreparedTransaction {
  const { id, message } = prepareTransaction({
    operation,
    asset,
    metadata: objectOrNull(metadata, 'metadata'),
    inputs: inputs.map(({ ownersBefore, fulfills }) => ({ ownersBefore, link: fulfills })),
    outputs,
  });
  const signers = inputs.map(({ details }, index) => signerOf(index, details, new Map()));
  // The message is the document with every fulfillment null.
  return new PreparedTransaction({ transaction: parseJson(message), id, message, signers });
}

function signerOf(
  index: number,
  details: ConditionDetails,
  given: ReadonlyMap<string, unknown>,
): RequiredSigner {
  const keys = [...new Set(detailsKeys(details))];
  const open = keys.filter((key) => !given.has(key));
  const threshold = details.type === 'threshold-sha-256' ? details.threshold : 1;
  return new RequiredSigner(index, open, Math.max(1, threshold - (keys.length - open.length)));
}

/** Throws BAD_USER_INPUT for an amount or a threshold that no output has. */
function outputPlan(plan: Pick<PrepareOutputInput, 'publicKeys' | 'threshold' | 'amount'>): PlannedOutput {
  const { publicKeys } = plan;
  const amount = BigInt(plan.amount ?? '1');
  if (amount > LEDGER.amountMax) throw badInput(`An output holds at most ${LEDGER.amountMax} shares.`);
  return { publicKeys, amount, details: conditionDetails(publicKeys, plan.threshold ?? null) };
}

/** Throws BAD_USER_INPUT for a threshold that no condition has. */
function conditionDetails(publicKeys: readonly string[], threshold: number | null): ConditionDetails {
  if (publicKeys.length === 0) throw badInput('There must be at least one owner.');
  const needed = threshold ?? publicKeys.length;
  if (needed < 1 || needed > publicKeys.length) {
    throw badInput(`Of ${publicKeys.length} owners ${needed} cannot be asked to sign.`);
  }
  const details = detailsOf(publicKeys, needed);
  try {
    conditionFromDetails(details);
    return details;
  } catch (error) {
    if (error instanceof ConditionError) throw badInput(`These owners make no condition: ${error.message}.`);
    throw error;
  }
}

/** A transaction whose fulfillments may be null. Throws BAD_USER_INPUT for anything else. */
export function readUnsigned(value: JsonValue): TransactionShape {
  const document = typeof value === 'string' ? parseText(value) : value;
  const holder: ViolationHolder = { violation: null };
  const filled = withFulfillments(document);
  if (isTransactionShape(filled, holder)) return filled;
  throw badInput(`This is no transaction: ${holder.violation?.message ?? 'it has not the shape of one'}`);
}

function parseText(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    throw badInput('The text of the transaction is not JSON.');
  }
}

/** Null stands for a signature that is still missing; the schema knows only texts. */
function withFulfillments(document: JsonValue): JsonValue {
  if (!isObject(document) || !Array.isArray(document.inputs)) return document;
  const inputs = document.inputs.map((input) =>
    isObject(input) && input.fulfillment === null ? { ...input, fulfillment: '' } : input,
  );
  return { ...document, inputs };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonFloat)
  );
}

function objectOrNull(value: JsonValue | undefined, name: string): JsonObject | null {
  if (value === null || value === undefined) return null;
  if (!isObject(value)) throw badInput(`\`${name}\` is an object or null.`);
  if (name === 'metadata' && Object.keys(value).length === 0)
    throw badInput('`metadata` is not empty, or null.');
  return value;
}

function sumOf(outputs: readonly { readonly amount: string | bigint }[]): bigint {
  return outputs.reduce((sum, output) => sum + BigInt(output.amount), 0n);
}

/** Every signature is verified on the thread that answers everybody. */
function checkLength(scope: Scope, length: number): void {
  const { pageSizeMax } = scope.parts.limits;
  if (length > pageSizeMax) throw limitExceeded('maxPageSize', `At most ${pageSizeMax} are taken at a time.`);
}
