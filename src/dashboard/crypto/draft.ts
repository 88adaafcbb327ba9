/** A transaction on its way to being signed: what it says, who may sign it, and who has. Never changes. */

import { decodeBase58, decodeKey, encodeBase58 } from '../../codec/base58.js';
import {
  PUBLIC_KEY_BYTES,
  SIGNATURE_BYTES,
  sign as signBytes,
  verifySignature,
} from '../../codec/ed25519.js';
import { compactJson } from '../../codec/json-writer.js';
import type { KeyPair } from '../../codec/key-pair.js';
import { FulfillmentError, thresholdFulfillment } from '../../conditions/fulfillment.js';
import { type PreparedTransaction, signedText } from '../../model/make-transaction.js';
import { detailsKeys } from '../../model/outputs.js';
import type { ConditionDetails } from '../../model/transaction-types.js';

export interface Draft extends PreparedTransaction {
  /** For each input the condition that it has to fulfill. */
  readonly details: readonly ConditionDetails[];
  /** Signatures, 64 bytes, by public key in base58. Each verifies: all owners sign the same message. */
  readonly signatures: ReadonlyMap<string, Uint8Array>;
}

/** The draft signed by `keyPairs` too. Throws an Error naming a key that none of its inputs asks for. */
export function sign(draft: Draft, keyPairs: readonly KeyPair[]): Draft {
  const message = messageBytes(draft);
  const made = keyPairs.map(({ publicKey, privateKey }): [string, Uint8Array] => {
    const seed = decodeKey(privateKey);
    if (seed === null) throw new Error('A private key is 32 bytes in base58.');
    return [publicKey, signBytes(message, seed)];
  });
  return withSignatures(draft, made);
}

/** The draft with more signatures. Throws an Error for one that does not verify, or that no input asks for. */
export function withSignatures(draft: Draft, more: Iterable<readonly [string, Uint8Array]>): Draft {
  const message = messageBytes(draft);
  const wanted = new Set(draft.details.flatMap(detailsKeys));
  const signatures = new Map(draft.signatures);
  for (const [publicKey, signature] of more) {
    if (!wanted.has(publicKey)) throw new Error(`No input asks for the key ${publicKey}.`);
    const key = decodeKey(publicKey);
    if (key === null || !verifySignature(message, signature, key))
      throw new Error(`The signature of ${publicKey} does not fit this transaction.`);
    signatures.set(publicKey, signature);
  }
  return { ...draft, signatures };
}

/** The draft with the signatures of `other` as well. Throws an Error when `other` is another transaction. */
export function mergeSignatures(draft: Draft, other: Draft): Draft {
  if (draft.id !== other.id) throw new Error(`These are signatures for another transaction, ${other.id}.`);
  return withSignatures(draft, other.signatures);
}

/** Who could still sign, for each input that lacks signatures. Empty when the draft is complete. */
export function missing(draft: Draft): { readonly input: number; readonly publicKeys: readonly string[] }[] {
  return draft.details.flatMap((details, input) => {
    if (fulfillmentFor(draft, details) !== null) return [];
    const publicKeys = [...new Set(detailsKeys(details))].filter((key) => !draft.signatures.has(key));
    return [{ input, publicKeys }];
  });
}

/** The exact JSON text of the signed transaction; null while signatures are missing. */
export function complete(draft: Draft): string | null {
  const fulfillments: string[] = [];
  for (const details of draft.details) {
    const fulfillment = fulfillmentFor(draft, details);
    if (fulfillment === null) return null;
    fulfillments.push(fulfillment);
  }
  return signedText(draft, fulfillments);
}

/**
 * The transaction as JSON for signing elsewhere: as 1.0.1's drivers hand on what is not signed yet, with the condition
 * of an input in the place of its fulfillment, and beside it the signatures that are there.
 */
export function exportText(draft: Draft): string {
  const inputs = draft.document.inputs.map((input, index) => ({
    ...input,
    fulfillment: draft.details[index] ?? null,
  }));
  const signatures = Object.fromEntries(
    [...draft.signatures].map(([publicKey, signature]) => [publicKey, encodeBase58(signature)]),
  );
  return compactJson({ signatures, transaction: { ...draft.document, inputs } });
}

/** A signature in base58. Throws an Error with a sentence for anything else. */
export function signatureBytes(publicKey: string, text: unknown): Uint8Array {
  const bytes = typeof text === 'string' ? decodeBase58(text, SIGNATURE_BYTES) : null;
  if (bytes?.length !== SIGNATURE_BYTES || decodeBase58(publicKey, PUBLIC_KEY_BYTES) === null)
    throw new Error(`The signature of ${publicKey} is not 64 bytes in base58.`);
  return bytes;
}

function fulfillmentFor(draft: Draft, details: ConditionDetails): string | null {
  try {
    return thresholdFulfillment({ details, signatures: draft.signatures });
  } catch (error) {
    if (error instanceof FulfillmentError && error.kind === 'incomplete') return null;
    throw error;
  }
}

function messageBytes(draft: Draft): Uint8Array {
  return new TextEncoder().encode(draft.message);
}
