/**
 * The rules of a TRANSFER against the ledger, 1.0.1 section 2.4, in its order: for each input (a) it exists, (b) in a
 * valid block, (c) it is not spent by another transaction, (d) the output index exists; then no input twice, one
 * asset, the sums, the conditions. A pure function of what `rules` answers; CREATE needs no ledger.
 */

import { type Problem, problem } from '../model/errors.js';
import type { ReadOutput } from '../model/outputs.js';
import type { Spend, WellFormedTransaction } from '../model/transaction-types.js';
import type { SpendableOutputs } from './ledger-state.js';
import { linkKey } from './pending-heights.js';

/** What the rules may ask. Each caller decides what it counts as known and as spent. */
export interface LedgerQuestions {
  /** Outputs and asset of a transaction in a valid block; `pending` = known, but not in a valid block; null = unknown. */
  outputsOf(transactionId: string): SpendableOutputs | 'pending' | null;
  /** A transaction other than `byId` that spends this output; null when none does. */
  otherSpender(transactionId: string, outputIndex: number, byId: string): string | null;
}

/** Returns the first rule that `transaction` breaks, or null. */
export function validateTransfer(
  transaction: WellFormedTransaction,
  questions: LedgerQuestions,
): Problem | null {
  if (transaction.operation !== 'TRANSFER') return null;
  const spent: ReadOutput[] = [];
  const assets = new Set<string>();
  for (const spend of transaction.spends) {
    const found = findInput(transaction, spend, questions);
    if ('problem' in found) return found.problem;
    spent.push(found.output);
    assets.add(found.assetId);
  }
  return (
    spendsTwice(transaction) ??
    assetMismatch(transaction, assets) ??
    amountMismatch(transaction, spent) ??
    conditionMismatch(transaction, spent)
  );
}

type FoundInput = { readonly output: ReadOutput; readonly assetId: string } | { readonly problem: Problem };

function findInput(transaction: WellFormedTransaction, spend: Spend, questions: LedgerQuestions): FoundInput {
  const id = spend.transactionId;
  const found = questions.outputsOf(id);
  if (found === null) return { problem: problem('INPUT_DOES_NOT_EXIST', `input \`${id}\` doesn't exist`) };
  if (found === 'pending') {
    return {
      problem: problem('TRANSACTION_NOT_IN_VALID_BLOCK', `input \`${id}\` does not exist in a valid block`),
    };
  }
  if (questions.otherSpender(id, spend.outputIndex, transaction.id) !== null) {
    return { problem: problem('DOUBLE_SPEND', `input \`${id}\` was already spent`) };
  }
  const output = found.outputs[spend.outputIndex];
  if (output === undefined) {
    const message = `input \`${id}\` has no output ${spend.outputIndex}`;
    return { problem: problem('INPUT_DOES_NOT_EXIST', message) };
  }
  return { output, assetId: found.assetId };
}

function spendsTwice(transaction: WellFormedTransaction): Problem | null {
  const links = new Set(transaction.spends.map((spend) => linkKey(spend.transactionId, spend.outputIndex)));
  if (links.size === transaction.spends.length) return null;
  return problem('DOUBLE_SPEND', `tx "${transaction.id}" spends inputs twice`);
}

function assetMismatch(transaction: WellFormedTransaction, assets: ReadonlySet<string>): Problem | null {
  if (assets.size > 1) {
    const message = 'All inputs of all transactions passed need to have the same asset id';
    return problem('ASSET_ID_MISMATCH', message);
  }
  if (assets.has(transaction.assetId)) return null;
  const message = 'The asset id of the input does not match the asset id of the transaction';
  return problem('ASSET_ID_MISMATCH', message);
}

function amountMismatch(transaction: WellFormedTransaction, spent: readonly ReadOutput[]): Problem | null {
  const inputs = spent.reduce((sum, output) => sum + output.amount, 0n);
  const outputs = BigInt(transaction.outputAmount);
  if (inputs === outputs) return null;
  const message = `The amount used in the inputs \`${inputs}\` needs to be same as the amount used in the outputs \`${outputs}\``;
  return problem('AMOUNT_ERROR', message);
}

function conditionMismatch(transaction: WellFormedTransaction, spent: readonly ReadOutput[]): Problem | null {
  const satisfied = transaction.spends.every(
    (spend, index) => spent[index]?.conditionUri === spend.conditionUri,
  );
  return satisfied ? null : problem('INVALID_SIGNATURE', 'Transaction signature is invalid.');
}
