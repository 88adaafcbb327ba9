/** From rows to GraphQL objects, where more than one field needs it. */

import type { TransactionState } from '../../ledger/ledger.js';
import type { FoundTransaction } from '../../view/view.js';
import type { OutputKey, Scope } from '../scope.js';
import { Output, type OutputData } from '../types/output.js';
import { Transaction } from '../types/transaction.js';

/** A row of the view. Standing in a block that is not valid says nothing about the transaction. */
export function foundTransaction(scope: Scope, found: FoundTransaction): Transaction {
  const { id, text, height, position, acceptedAtMs } = found;
  const valid = found.status === 'valid';
  return new Transaction(scope, {
    id,
    text,
    status: valid ? 'valid' : null,
    height: valid ? height : null,
    position: valid ? position : null,
    acceptedAtMs,
  });
}

/** Null for one that this node does not know, or of which it knows only that it was rejected. */
export function knownTransaction(scope: Scope, state: TransactionState | null): Transaction | null {
  if (state === null || state.text === null) return null;
  const { id, text, status, height, position, acceptedAtMs } = state;
  return new Transaction(scope, { id, text, status, height, position, acceptedAtMs });
}

/** The transaction by its id, as this node knows it. */
export async function transactionById(scope: Scope, id: string): Promise<Transaction | null> {
  return knownTransaction(scope, await scope.states.load(id));
}

/** As `transactionById`, where the ledger itself promises that there is one. */
export async function existingTransaction(scope: Scope, id: string): Promise<Transaction> {
  const transaction = await transactionById(scope, id);
  if (transaction === null) throw new Error(`transaction ${id} is named by a row of the view and not in it`);
  return transaction;
}

/** Outputs as they stand in their transaction's own text. */
export function outputsOf(transaction: Transaction): Output[] {
  return transaction.shape.outputs.map((output, index) => {
    const row: OutputData = {
      transactionId: transaction.id,
      outputIndex: index,
      assetId: transaction.assetId,
      amount: output.amount,
      publicKeys: output.public_keys ?? [],
      conditionDetails: output.condition.details,
    };
    return new Output(transaction.scope, row);
  });
}

/** The output behind a link; null when nobody here knows it. */
export async function outputByLink(scope: Scope, link: OutputKey): Promise<Output | null> {
  const row = await scope.outputs.load(link);
  if (row !== null) return new Output(scope, row);
  const transaction = await transactionById(scope, link.transactionId);
  return transaction === null ? null : (outputsOf(transaction)[link.outputIndex] ?? null);
}
