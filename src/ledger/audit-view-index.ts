/**
 * What the small tables of a view ought to hold, as a digest that does not depend on the order of rows: rows come and
 * go with every transaction, and a million of them are compared without being kept.
 */

import { ID_KIND, KEY_KIND } from '../view/schema.js';
import { idPrefix, keyPrefix } from '../view/sequence.js';
import { mentionedKeys, readFacts, type TransactionFacts } from '../view/transaction-facts.js';
import type { IndexTable } from '../view/view-scan.js';

/** A sum over rows: equal sets of rows give equal digests, different ones practically never. */
export class RowsDigest {
  private rows = 0;
  private low = 0;
  private high = 0;

  get count(): number {
    return this.rows;
  }

  add(row: readonly number[]): void {
    this.change(row, 1);
  }

  remove(row: readonly number[]): void {
    this.change(row, -1);
  }

  equals(other: RowsDigest): boolean {
    return this.rows === other.rows && this.low === other.low && this.high === other.high;
  }

  private change(row: readonly number[], sign: 1 | -1): void {
    let low = 0x9e37_79b9;
    let high = 0x85eb_ca6b;
    for (const value of row) {
      const rest = value % 2 ** 32;
      low = mixed(mixed(low ^ rest) ^ Math.floor(value / 2 ** 32));
      high = mixed(mixed(high + rest) ^ low);
    }
    this.rows += sign;
    this.low = (this.low + sign * low) | 0;
    this.high = (this.high + sign * high) | 0;
  }
}

/** Spreads every bit over 32 (the finisher of MurmurHash3). */
function mixed(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
  return bits ^ (bits >>> 16);
}

/** Owners of the outputs of recent transactions; most spends are of recent outputs. */
const RECENT_MAX = 10_000;

export class ExpectedIndexes {
  readonly digests: Readonly<Record<IndexTable, RowsDigest>> = {
    ids: new RowsDigest(),
    keys: new RowsDigest(),
    creations: new RowsDigest(),
    block_ids: new RowsDigest(),
  };
  private readonly recent = new Map<number, TransactionFacts>();

  /** `textAt`: the text of the transaction of a valid block at a place. */
  constructor(private readonly textAt: (sequence: number) => string | null) {}

  addBlock(height: number, blockId: string): void {
    this.digests.block_ids.add([idPrefix(blockId), height]);
  }

  /** A transaction in a block of any status. */
  addOccurrence(sequence: number, id: string): void {
    this.digests.ids.add([idPrefix(id), ID_KIND.occurrence, sequence, 0]);
  }

  /** A transaction in a valid block; its spends come with `spend`. */
  addValid(sequence: number, text: string): void {
    const { ids, keys, creations } = this.digests;
    const facts = readFacts(text);
    const asset = idPrefix(facts.assetId);
    if (facts.operation === 'CREATE') creations.add([sequence]);
    else ids.add([asset, ID_KIND.transfer, sequence, 0]);
    const indexed = new Set<number>();
    facts.outputs.forEach((output, index) => {
      ids.add([asset, ID_KIND.unspent, sequence, index]);
      for (const owner of prefixes(output.owners)) {
        keys.add([owner, KEY_KIND.unspent, sequence, index]);
        indexed.add(owner);
      }
    });
    const created = facts.operation === 'CREATE' ? prefixes(facts.ownersBefore) : [];
    for (const owner of created) keys.add([owner, KEY_KIND.created, sequence, 0]);
    for (const owner of created) indexed.add(owner);
    for (const key of prefixes(mentionedKeys(facts))) {
      if (!indexed.has(key)) keys.add([key, KEY_KIND.mentioned, sequence, 0]);
    }
    this.remember(sequence, facts);
  }

  /** An output of the transaction at `sequence` is spent. */
  spend(sequence: number, outputIndex: number): void {
    const facts = this.factsAt(sequence);
    const output = facts?.outputs[outputIndex];
    if (facts === null || output === undefined) return;
    const { ids, keys } = this.digests;
    ids.remove([idPrefix(facts.assetId), ID_KIND.unspent, sequence, outputIndex]);
    for (const owner of prefixes(output.owners)) {
      keys.remove([owner, KEY_KIND.unspent, sequence, outputIndex]);
      keys.add([owner, KEY_KIND.spent, sequence, outputIndex]);
    }
  }

  private factsAt(sequence: number): TransactionFacts | null {
    const known = this.recent.get(sequence);
    if (known !== undefined) return known;
    const text = this.textAt(sequence);
    if (text === null) return null;
    const facts = readFacts(text);
    this.remember(sequence, facts);
    return facts;
  }

  private remember(sequence: number, facts: TransactionFacts): void {
    if (this.recent.size >= RECENT_MAX) this.recent.clear();
    this.recent.set(sequence, facts);
  }
}

/** Each once: two keys may share a prefix, and a table holds a row once. */
function prefixes(keys: Iterable<string>): Set<number> {
  return new Set([...keys].map(keyPrefix));
}
