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
import type { InputShape, TransactionShape } from './transaction-schema.js';
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
  const inputs = plan.spends.map((spend) => {
    const link = { transaction_id: spend.transaction_id, output_index: spend.output_index };
    return { link, details: spend.details, signers: spend.signers };
  });
  return make('TRANSFER', { id: plan.assetId }, plan.metadata ?? null, inputs, plan.outputs);
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

interface PlannedInput {
  readonly link: TransactionLink | null;
  readonly details: ConditionDetails;
  readonly signers: readonly KeyPair[];
}

function makeFirst(operation: Operation, plan: CreatePlan): MadeTransaction {
  const owners = plan.signers.map((signer) => signer.publicKey);
  const inputs = [{ link: null, details: detailsOf(owners), signers: plan.signers }];
  const outputs = plan.outputs ?? [{ publicKeys: owners }];
  return make(operation, { data: plan.data ?? null }, plan.metadata ?? null, inputs, outputs);
}

function make(
  operation: Operation,
  asset: JsonObject,
  metadata: JsonValue,
  inputs: readonly PlannedInput[],
  outputs: readonly OutputPlan[],
): MadeTransaction {
  const unsigned: TransactionShape = {
    id: '',
    version: '1.0',
    operation,
    asset,
    metadata,
    inputs: inputs.map((input) => inputDocument(input, '')),
    outputs: outputs.map(outputDocument),
  };
  const texts = new TransactionTexts(unsigned);
  const id = sha3Hex(texts.hashed());
  const message = Buffer.from(texts.message(id));
  const signed = inputs.map((input) =>
    inputDocument(input, fulfillmentOf(input.details, message, input.signers)),
  );
  const text = new TransactionTexts({ ...unsigned, inputs: signed }).whole(id);
  return { id, text, outputs: unsigned.outputs };
}

function inputDocument(input: PlannedInput, fulfillment: string): InputShape {
  return {
    owners_before: input.signers.map((signer) => signer.publicKey),
    fulfillment,
    fulfills: input.link,
  };
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
