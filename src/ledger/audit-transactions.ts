/**
 * The transactions of a valid block against everything valid below, from their documents: no output spent twice, none
 * from nowhere, nothing made or lost on the way (1.0.1: section 2.4). Shares no line with `validate-transaction.ts`,
 * which it is the second opinion of.
 */

import { LEDGER } from '../config/limits.js';
import type { CheckedBlock } from '../model/block-types.js';
import { assetIdOf, readTransactionDocument } from '../model/outputs.js';
import type { CheckResult, TransactionDocument } from '../model/transaction-types.js';
import type { AuditedOutputs, NewOutput } from './audit-outputs.js';
import type { Invariant, Report } from './audit-types.js';

export interface TransactionAuditOptions {
  readonly report: Report;
  /** The block was judged by 1.0.1, which took a few things that are refused today: told as evidence. */
  readonly imported: boolean;
}

/** Examines every transaction of a block decided valid, reports breaches, and takes them into `ledger`. */
export function auditTransactions(
  block: CheckedBlock,
  ledger: AuditedOutputs,
  { report, imported }: TransactionAuditOptions,
): void {
  block.transactions.forEach((result, position) => {
    const text = block.transactionTexts[position] ?? '';
    const id = result.ok ? result.transaction.id : (result.id ?? '');
    const breach = (invariant: Invariant, message: string): void =>
      report({ invariant, severity: 'breach', height: block.height, id, message });
    if (!result.ok) {
      const invariant = invariantOf(result.problem.code);
      const message = `${result.problem.name}: ${result.problem.message}`;
      const severity = imported ? 'evidence' : 'breach';
      report({ invariant, severity, height: block.height, id, message });
    }
    const document = documentOf(text);
    if (document === null) return;
    if (document.operation === 'GENESIS') {
      breach('I8', 'a GENESIS transaction above height 0');
      return;
    }
    const twice = ledger.find(document.id);
    if (twice >= 0) {
      breach('I2', `it stands in a valid block at height ${ledger.heightAt(twice)} already`);
      return;
    }
    const conditionUris = conditionUrisOf(result);
    const place = { height: block.height, position };
    new TransactionAudit(ledger, place, document, conditionUris, breach).run();
  });
}

/** Null for what is no transaction at all, which the check has said already. */
function documentOf(text: string): TransactionDocument | null {
  try {
    const document = readTransactionDocument(text);
    return /^[0-9a-f]{64}$/.test(document.id) ? document : null;
  } catch {
    return null;
  }
}

/** What each fulfillment fulfills, computed by the document model. */
function conditionUrisOf(result: CheckResult): readonly string[] {
  return result.transaction?.spends.map((spend) => spend.conditionUri) ?? [];
}

function invariantOf(code: string): Invariant {
  return code === 'AMOUNT_ERROR' ? 'I3' : 'I8';
}

class TransactionAudit {
  private readonly index: number;
  private readonly outputs: readonly NewOutput[];

  constructor(
    private readonly ledger: AuditedOutputs,
    place: { readonly height: number; readonly position: number },
    private readonly document: TransactionDocument,
    private readonly conditionUris: readonly string[],
    private readonly breach: (invariant: Invariant, message: string) => void,
  ) {
    this.outputs = document.outputs.map(({ amount, condition }) => ({
      amount: BigInt(amount),
      conditionUri: condition.uri,
    }));
    const outputs = this.outputs.map((output) => ({ ...output, amount: BigInt.asUintN(64, output.amount) }));
    this.index = ledger.add({ id: document.id, assetId: assetIdOf(document), ...place, outputs });
  }

  run(): void {
    for (const { amount } of this.outputs) {
      if (amount < 1n || amount > LEDGER.amountMax)
        this.breach('I3', `an amount of ${amount} is not 1 to ${LEDGER.amountMax}`);
    }
    if (this.document.operation === 'TRANSFER') this.runTransfer();
  }

  private runTransfer(): void {
    let spent = 0n;
    this.document.inputs.forEach((input, inputIndex) => {
      if (input.fulfills === null) {
        this.breach('I5', `input ${inputIndex} spends nothing`);
        return;
      }
      const { transaction_id: id, output_index: outputIndex } = input.fulfills;
      spent += this.spend(id, outputIndex, inputIndex);
    });
    const made = this.outputs.reduce((sum, { amount }) => sum + amount, 0n);
    if (spent !== made) this.breach('I3', `its inputs hold ${spent}, its outputs ${made}`);
  }

  /** Examines one input and marks what it spends; the amount spent. */
  private spend(id: string, outputIndex: number, inputIndex: number): bigint {
    const { ledger } = this;
    const from = ledger.find(id);
    const output = from < 0 || from === this.index ? -1 : ledger.output(from, outputIndex);
    if (output < 0) {
      this.breach('I5', `input ${inputIndex} spends ${id}:${outputIndex}, which no valid block below holds`);
      return 0n;
    }
    const asset = ledger.assetAt(this.index);
    if (asset < 0 || ledger.assetAt(from) !== asset)
      this.breach('I4', `input ${inputIndex} belongs to another asset than ${assetIdOf(this.document)}`);
    const spender = ledger.spenderAt(output);
    if (spender === this.index) this.breach('I4', `${id}:${outputIndex} stands twice among its inputs`);
    else if (spender >= 0)
      this.breach('I1', `${id}:${outputIndex} was spent by ${ledger.idAt(spender)} already`);
    const uri = this.conditionUris[inputIndex];
    if (uri === undefined || !ledger.isConditionAt(output, uri))
      this.breach('I5', `input ${inputIndex} does not fulfill the condition of ${id}:${outputIndex}`);
    if (spender < 0) ledger.spend(output, this.index);
    return ledger.amountAt(output);
  }
}
