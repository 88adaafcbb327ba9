/**
 * The transactions of valid blocks, their outputs and who spent them, as the audit needs them: 56 bytes a transaction
 * and 44 an output, so about 100 MB for a million transactions with one output each. A ledger of hundreds of millions
 * needs a machine with that memory to be audited whole.
 */

import { sha256 } from '../codec/hash.js';
import { AmountColumn, HashColumn, IdTable, wideColumn, wordColumn } from './audit-columns.js';

/** No asset, no spender. */
const NONE = 0xffff_ffff;
const POSITIONS = 2 ** 20;
const TWO_TO_64 = 2n ** 64n;

export interface NewOutput {
  readonly amount: bigint;
  readonly conditionUri: string;
}

export interface NewTransaction {
  readonly id: string;
  /** Its own id for a CREATE. */
  readonly assetId: string;
  readonly height: number;
  /** In its block; below 2^20. */
  readonly position: number;
  readonly outputs: readonly NewOutput[];
}

/** Indexes of transactions and of outputs are in the order in which they were added; -1 = none. */
export class AuditedOutputs {
  private readonly ids = new IdTable();
  private readonly assets = wordColumn();
  private readonly places = wideColumn();
  private readonly firstOutputs = wordColumn();
  private readonly amounts = new AmountColumn();
  private readonly conditions = new HashColumn();
  private readonly spenders = wordColumn();
  private unspentCount = 0;

  get transactions(): number {
    return this.ids.length;
  }

  get outputs(): number {
    return this.amounts.length;
  }

  get unspent(): number {
    return this.unspentCount;
  }

  find(transactionId: string): number {
    return this.ids.find(transactionId);
  }

  idAt(transaction: number): string {
    return this.ids.idAt(transaction);
  }

  /** height * 2^20 + position. */
  placeAt(transaction: number): number {
    return this.places.at(transaction);
  }

  heightAt(transaction: number): number {
    return Math.floor(this.places.at(transaction) / POSITIONS);
  }

  /** Adds a transaction that is not there yet; its index. */
  add(made: NewTransaction): number {
    const asset = made.assetId === made.id ? this.ids.length : this.ids.find(made.assetId);
    const index = this.ids.add(made.id);
    this.assets.push(asset < 0 ? NONE : asset);
    this.places.push(made.height * POSITIONS + made.position);
    this.firstOutputs.push(this.amounts.length);
    for (const { amount, conditionUri } of made.outputs) {
      this.amounts.push(amount);
      this.conditions.push(conditionWords(conditionUri));
      this.spenders.push(NONE);
    }
    this.unspentCount += made.outputs.length;
    return index;
  }

  /** The transaction that made the asset of `transaction`. */
  assetAt(transaction: number): number {
    const asset = this.assets.at(transaction);
    return asset === NONE ? -1 : asset;
  }

  /** Output number `outputIndex` of `transaction`. */
  output(transaction: number, outputIndex: number): number {
    const next = transaction + 1 < this.ids.length ? this.firstOutputs.at(transaction + 1) : this.outputs;
    const output = this.firstOutputs.at(transaction) + outputIndex;
    return outputIndex >= 0 && output < next ? output : -1;
  }

  amountAt(output: number): bigint {
    return this.amounts.at(output);
  }

  /** True when `conditionUri` is that of the output. */
  isConditionAt(output: number, conditionUri: string): boolean {
    return this.conditions.equals(output, conditionWords(conditionUri));
  }

  /** The transaction that spent the output. */
  spenderAt(output: number): number {
    const spender = this.spenders.at(output);
    return spender === NONE ? -1 : spender;
  }

  spend(output: number, spender: number): void {
    if (this.spenders.at(output) === NONE) this.unspentCount -= 1;
    this.spenders.set(output, spender);
  }

  /** For each asset whose unspent outputs do not add up to those of its CREATE: its id, and how much there is too much. */
  *imbalances(): Generator<{ readonly assetId: string; readonly excess: bigint }> {
    // Sums may exceed 64 bits, so each is kept as a rest and a number of overflows.
    const rests = new BigInt64Array(this.transactions);
    const overflows = new Map<number, bigint>();
    const addTo = (asset: number, amount: bigint): void => {
      const sum = (rests[asset] ?? 0n) + amount;
      const rest = BigInt.asIntN(64, sum);
      rests[asset] = rest;
      if (rest !== sum) overflows.set(asset, (overflows.get(asset) ?? 0n) + (sum - rest) / TWO_TO_64);
    };
    for (let transaction = 0; transaction < this.transactions; transaction++) {
      const asset = this.assetAt(transaction);
      if (asset < 0) continue;
      for (let index = 0; ; index++) {
        const output = this.output(transaction, index);
        if (output < 0) break;
        if (this.spenderAt(output) < 0) addTo(asset, this.amountAt(output));
        if (asset === transaction) addTo(asset, -this.amountAt(output));
      }
    }
    for (let asset = 0; asset < rests.length; asset++) {
      const excess = (rests[asset] ?? 0n) + (overflows.get(asset) ?? 0n) * TWO_TO_64;
      if (excess !== 0n) yield { assetId: this.ids.idAt(asset), excess };
    }
  }
}

/** Conditions are kept as the SHA-256 of their URI. */
function conditionWords(uri: string): number[] {
  const bytes = Buffer.from(sha256(Buffer.from(uri, 'utf8')));
  const words: number[] = [];
  for (let at = 0; at < bytes.length; at += 4) words.push(bytes.readUInt32LE(at));
  return words;
}
