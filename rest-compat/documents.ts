/**
 * Transactions, blocks and votes as 1.0.1 shows them: its order of keys, from the canonical texts this node keeps.
 * Inside `asset.data` and `metadata` keys stay in canonical order, because only canonical text is kept.
 */

import { type ObjectOrder, type Order, spacedText } from './json-text.js';

const FULFILLS: ObjectOrder = { keys: ['transaction_id', 'output_index'] };
const INPUT: ObjectOrder = { keys: ['owners_before', 'fulfills', 'fulfillment'], of: { fulfills: FULFILLS } };

const SUBCONDITIONS: Record<string, Order> = {};
const DETAILS: ObjectOrder = {
  keys: ['type', 'public_key', 'threshold', 'subconditions'],
  of: SUBCONDITIONS,
};
SUBCONDITIONS.subconditions = { items: DETAILS };

const CONDITION: ObjectOrder = { keys: ['details', 'uri'], of: { details: DETAILS } };
const OUTPUT: ObjectOrder = { keys: ['public_keys', 'condition', 'amount'], of: { condition: CONDITION } };
const PARTS = { inputs: { items: INPUT }, outputs: { items: OUTPUT } };

const TRANSACTION: ObjectOrder = {
  keys: ['inputs', 'outputs', 'operation', 'metadata', 'asset', 'version', 'id'],
  of: PARTS,
};

/** 1.0.1 stores blocks without the assets they create and puts them back, last, when it shows a block. */
const CREATE_IN_BLOCK: ObjectOrder = {
  keys: ['inputs', 'outputs', 'operation', 'metadata', 'version', 'id', 'asset'],
  of: PARTS,
};

const VOTE: ObjectOrder = {
  keys: ['node_pubkey', 'signature', 'vote'],
  of: {
    vote: {
      keys: ['voting_for_block', 'previous_block', 'is_block_valid', 'invalid_reason', 'timestamp'],
    },
  },
};

/** A transaction from its canonical text, as `GET transactions/{id}` and the list show it. */
export function transactionText(canonical: string): string {
  return spacedText(canonical, TRANSACTION);
}

/** A transaction from its canonical text, as it stands in a shown block. */
export function transactionInBlockText(canonical: string): string {
  return spacedText(canonical, transferredAsset(canonical) === null ? CREATE_IN_BLOCK : TRANSACTION);
}

/** A vote from its canonical text. */
export function voteText(canonical: string): string {
  return spacedText(canonical, VOTE);
}

const TRANSFER_START = '{"asset":{"id":"';

/**
 * The asset a TRANSFER names, null for CREATE and GENESIS. The canonical text of a well-formed transaction starts
 * with its asset, which is exactly `{id}` for a TRANSFER and exactly `{data}` otherwise (1.0.1: section 2.2).
 */
export function transferredAsset(canonical: string): string | null {
  if (!canonical.startsWith(TRANSFER_START)) return null;
  return canonical.slice(TRANSFER_START.length, TRANSFER_START.length + 64);
}
