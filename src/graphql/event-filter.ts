/** Whether a transaction is one that a subscriber or a list of undecided ones asks for; judged from its own text. */

import { detailsKeys } from '../model/outputs.js';
import type { Transaction } from './types/transaction.js';

export interface EventFilter {
  readonly operation?: string | null;
  readonly assetId?: string | null;
  readonly publicKey?: string | null;
}

export function eventMatches(transaction: Transaction, filter: EventFilter): boolean {
  const { operation, assetId, publicKey } = filter;
  if (operation != null && transaction.operation !== operation) return false;
  if (assetId != null && transaction.assetId !== assetId) return false;
  return publicKey == null || names(transaction, publicKey);
}

/** In `public_keys` or the condition of an output, or in `owners_before` of an input. */
function names(transaction: Transaction, publicKey: string): boolean {
  const { inputs, outputs } = transaction.shape;
  return (
    inputs.some((input) => input.owners_before.includes(publicKey)) ||
    outputs.some(
      (output) =>
        output.public_keys?.includes(publicKey) || detailsKeys(output.condition.details).includes(publicKey),
    )
  );
}
