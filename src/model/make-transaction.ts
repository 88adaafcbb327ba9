/**
 * Building and signing transactions as 1.0.1's drivers do (1.0.1: sections 1.4, 1.5 and 3.1). Used for the genesis
 * block and by whoever needs transactions: tests, benchmark, examples. Pure; it checks nothing that a node would.
 */

import { decodeBase58 } from '../codec/base58.js';
import { SEED_BYTES, sign } from '../codec/ed25519.js';
import { sha3Hex } from '../codec/hash.js';
import type { JsonObject, JsonValue } from '../codec/json-value.js';
import type { KeyPair } from '../codec/key-pair.js';
import { conditionFromDetails } from '../conditions/condition.js';
import { thresholdFulfillment } from '../conditions/fulfillment.js';
import type { TransactionShape } from './transaction-schema.js';
import { TransactionTexts } from './transaction-texts.js';
import type { ConditionDetails, Operation, OutputDocument, TransactionLink } from './transaction-types.js';

/** An output to make. `details` names the condition; without it, `threshold` (default: all) of `publicKeys`. */
export interface OutputPlan {
  readonly publicKeys: readonly string[];
  /** Default 1. */
  readonly amount?: bigint | number;
  readonly threshold?: number;
  readonly details?: ConditionDetails;
}

/** An output to spend, and who signs for it. */
export interface SpendPlan extends TransactionLink {
  /** The details of the output's condition. */
  readonly details: ConditionDetails;
  readonly signers: readonly KeyPair[];
}

export interface CreatePlan {
  /** Owners before; all of them sign. */
  readonly signers: readonly KeyPair[];
  /** Default: one output of amount 1 to the signers. */
  readonly outputs?: readonly OutputPlan[];
  /** `asset.data`; default null. */
  readonly data?: JsonObject | null;
  readonly metadata?: JsonObject | null;
}

export interface TransferPlan {
  readonly assetId: string;
  readonly spends: readonly SpendPlan[];
  readonly outputs: readonly OutputPlan[];
  readonly metadata?: JsonObject | null;
}

export interface MadeTransaction {
  readonly id: string;
  /** Canonical text, signed. */
  readonly text: string;
  readonly outputs: readonly OutputDocument[];
}

export function makeCreate(plan: CreatePlan): MadeTransaction {
  return makeFirst('CREATE', plan);
}

/** 1.0.1: section 3.1. */
export function makeGenesisTransaction(node: KeyPair): MadeTransaction {
  const metadata = { message: 'Hello World from the BigchainDB' };
  return makeFirst('GENESIS', { signers: [node], metadata });
}

export function makeTransfer(plan: TransferPlan): MadeTransaction {
  const { assetId, spends, outputs, metadata = null } = plan;
  const inputs = spends.map((spend) => ({
    ownersBefore: spend.signers.map((signer) => signer.publicKey),
    link: { transaction_id: spend.transaction_id, output_index: spend.output_index },
  }));
  return make({ operation: 'TRANSFER', asset: { id: assetId }, metadata, inputs, outputs }, spends);
}

/** The condition of `threshold` (default: all) of `publicKeys`; one key alone needs no threshold. */
export function detailsOf(publicKeys: readonly string[], threshold = publicKeys.length): ConditionDetails {
  const subconditions = publicKeys.map((publicKey) => ({
    type: 'ed25519-sha-256' as const,
    public_key: publicKey,
  }));
  const [only] = subconditions;
  if (only !== undefined && subconditions.length === 1) return only;
  return { type: 'threshold-sha-256', threshold, subconditions };
}

/** An input before it is signed. */
export interface UnsignedInput {
  readonly ownersBefore: readonly string[];
  readonly link: TransactionLink | null;
}

export interface UnsignedParts {
  readonly operation: Operation;
  /** `{data}` or, for a TRANSFER, `{id}`. */
  readonly asset: JsonObject;
  readonly metadata: JsonValue;
  readonly inputs: readonly UnsignedInput[];
  readonly outputs: readonly OutputPlan[];
}

/** A transaction that only lacks its signatures. */
export interface PreparedTransaction {
  /** The document with its id; every fulfillment is ''. */
  readonly document: TransactionShape;
  readonly id: string;
  /** What every owner signs. */
  readonly message: string;
}

/** Builds outputs and id. Throws `ConditionError` for keys and thresholds that make no condition. */
export function prepareTransaction(parts: UnsignedParts): PreparedTransaction {
  const { operation, asset, metadata, inputs, outputs } = parts;
  const unnamed: TransactionShape = {
    id: '',
    version: '1.0',
    operation,
    asset,
    metadata,
    inputs: inputs.map(({ ownersBefore, link }) => ({
      owners_before: ownersBefore,
      fulfillment: '',
      fulfills: link,
    })),
    outputs: outputs.map(outputDocument),
  };
  const texts = new TransactionTexts(unnamed);
  const id = sha3Hex(texts.hashed());
  return { document: { ...unnamed, id }, id, message: texts.message(id) };
}

/** Canonical text of a prepared transaction with one fulfillment for each input, in order. */
export function signedText(prepared: PreparedTransaction, fulfillments: readonly string[]): string {
  const { document, id } = prepared;
  const inputs = document.inputs.map((input, index) => ({
    ...input,
    fulfillment: fulfillments[index] ?? '',
  }));
  return new TransactionTexts({ ...document, inputs }).whole(id);
}

interface Signing {
  readonly details: ConditionDetails;
  readonly signers: readonly KeyPair[];
}

function makeFirst(operation: Operation, plan: CreatePlan): MadeTransaction {
  const owners = plan.signers.map((signer) => signer.publicKey);
  const parts: UnsignedParts = {
    operation,
    asset: { data: plan.data ?? null },
    metadata: plan.metadata ?? null,
    inputs: [{ ownersBefore: owners, link: null }],
    outputs: plan.outputs ?? [{ publicKeys: owners }],
  };
  return make(parts, [{ details: detailsOf(owners), signers: plan.signers }]);
}

function make(parts: UnsignedParts, signings: readonly Signing[]): MadeTransaction {
  const prepared = prepareTransaction(parts);
  const message = Buffer.from(prepared.message);
  const fulfillments = signings.map(({ details, signers }) => fulfillmentOf(details, message, signers));
  const text = signedText(prepared, fulfillments);
  return { id: prepared.id, text, outputs: prepared.document.outputs };
}

function outputDocument(plan: OutputPlan): OutputDocument {
  const details = plan.details ?? detailsOf(plan.publicKeys, plan.threshold);
  return {
    amount: (plan.amount ?? 1).toString(),
    condition: { details, uri: conditionFromDetails(details).uri },
    public_keys: plan.publicKeys,
  };
}

/**
 * The fulfillment of `details` for `message` by those who sign; base64url. Signers whom the condition does not name do
 * no harm; throws `FulfillmentError` when those it names are too few.
 */
export function fulfillmentOf(
  details: ConditionDetails,
  message: Uint8Array,
  signers: readonly KeyPair[],
): string {
  const signatures = new Map(signers.map((signer) => [signer.publicKey, signatureOf(message, signer)]));
  return thresholdFulfillment({ details, signatures });
}

function signatureOf(message: Uint8Array, signer: KeyPair): Uint8Array {
  const seed = decodeBase58(signer.privateKey, SEED_BYTES);
  if (seed === null) throw new RangeError('a private key is 32 bytes in base58');
  return sign(message, seed);
}
