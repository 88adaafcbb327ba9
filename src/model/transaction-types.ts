/** Types of 1.0.1's transaction documents and of what a check makes of them. Documents keep 1.0.1's snake_case. */

import type { JsonObject, JsonValue } from '../codec/json-value.js';
import type { Problem } from './errors.js';

export type Operation = 'CREATE' | 'TRANSFER' | 'GENESIS';

export interface TransactionLink {
  readonly transaction_id: string;
  readonly output_index: number;
}

export type ConditionDetails =
  | { readonly type: 'ed25519-sha-256'; readonly public_key: string }
  | {
      readonly type: 'threshold-sha-256';
      readonly threshold: number;
      readonly subconditions: readonly ConditionDetails[];
    };

export interface OutputDocument {
  readonly amount: string;
  readonly condition: { readonly details: ConditionDetails; readonly uri: string };
  /** 1.0.1 accepts null. */
  readonly public_keys: readonly string[] | null;
}

export interface InputDocument {
  readonly owners_before: readonly string[];
  readonly fulfillment: string;
  readonly fulfills: TransactionLink | null;
}

export interface TransactionDocument {
  readonly id: string;
  readonly version: string;
  readonly operation: Operation;
  readonly asset: JsonObject;
  readonly metadata: JsonValue;
  readonly inputs: readonly InputDocument[];
  readonly outputs: readonly OutputDocument[];
}

/** One input of a TRANSFER, as the rules against the ledger need it. */
export interface Spend {
  readonly transactionId: string;
  readonly outputIndex: number;
  /** Condition URI computed from the input's fulfillment; must equal that of the output it spends. */
  readonly conditionUri: string;
}

/**
 * A transaction whose shape, id, canonical form and signatures are right: everything that can be known without the
 * ledger. Only `model/check-transaction` makes one. It is small on purpose: it crosses threads in batches.
 */
export interface WellFormedTransaction {
  readonly id: string;
  readonly operation: Operation;
  /** Canonical text of the whole document, fulfillments included. */
  readonly text: string;
  /** SHA-256, hex, of the UTF-8 bytes of `text`. */
  readonly digest: string;
  /** UTF-8 bytes of `text`. */
  readonly bytes: number;
  /** The asset it names: its own id for CREATE and GENESIS. */
  readonly assetId: string;
  /** One per input for TRANSFER; empty for CREATE and GENESIS. */
  readonly spends: readonly Spend[];
  /** Sum of all output amounts, decimal. */
  readonly outputAmount: string;
}

/** What a check makes of one text. `id` is what the document claims, when it could be read and is 64 hex digits. */
export type CheckResult =
  | { readonly ok: true; readonly transaction: WellFormedTransaction }
  | {
      readonly ok: false;
      readonly id: string | null;
      readonly problem: Problem;
      /**
       * Only for a TRANSFER whose one fault is its signatures: 1.0.1 reports what the ledger holds against it first
       * (1.0.1: section 2.4), so its summary goes along. It must not be stored.
       */
      readonly transaction?: WellFormedTransaction;
    };

/** A transaction's check. `notJson`: the bytes are not one JSON document in UTF-8 (REST answers another body for it). */
export interface CheckedText {
  readonly result: CheckResult;
  readonly notJson: boolean;
}

/** How large a transaction may be: a door's settings, or the rules of the ledger for what is read back. */
export interface CheckLimits {
  /** UTF-8 bytes of one canonical text. */
  readonly transactionBytesMax: number;
  /** Ed25519 signatures in one transaction. */
  readonly signaturesMax: number;
}
