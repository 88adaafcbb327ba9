/**
 * Holds a view against the audit's conclusions: heights, statuses, transactions, spends, votes, rejections, and the
 * tables that answer look-ups. The view is derived, so whatever differs here is mended by `bigchaindb rebuild`, unless
 * it is the store that was changed: the view remembers what this node has seen.
 */

import { canonicalJson } from '../codec/canonical-json.js';
import type { CheckedBlock } from '../model/block-types.js';
import { parseObject } from '../model/parse-object.js';
import type { PlacedRejection } from '../store/store.js';
import { sequenceOf } from '../view/sequence.js';
import {
  type IndexTable,
  type ScannedHeight,
  type ScannedRejection,
  SUM_NAMES,
  type ViewScan,
} from '../view/view-scan.js';
import type { AuditedHeight, AuditedStatus, Invariant, Report } from './audit-types.js';
import { ExpectedIndexes, RowsDigest } from './audit-view-index.js';

const STATUS_IN_VIEW: Readonly<Record<AuditedStatus, ScannedHeight['status'] | null>> = {
  genesis: 'undecided',
  passed: 'passed',
  valid: 'valid',
  invalid: 'invalid',
  undecided: null,
  lasting: 'undecided',
};

export interface ViewComparisonOptions {
  readonly scan: ViewScan;
  /** Place of a transaction of a valid block, from the audit. */
  readonly placeOf: (transactionId: string) => number | null;
  readonly report: Report;
}

/** Takes the audited heights in order, then `finish`. The scan must be held from before `finish` on. */
export class ViewComparison {
  private readonly indexes: ExpectedIndexes;
  private readonly sums: number[] = SUM_NAMES.map(() => 0);
  private compared = -1;
  private transactionRows = 0;
  private spendRows = 0;
  private voteRows = 0;

  constructor(private readonly options: ViewComparisonOptions) {
    this.indexes = new ExpectedIndexes((sequence) => options.scan.textAt(sequence));
  }

  /** The last height that was compared. */
  get height(): number {
    return this.compared;
  }

  /** Compares one height; for heights that the view holds. */
  compare(audited: AuditedHeight): void {
    const { height } = audited;
    const scanned = this.options.scan.scanHeight(height);
    this.compared = height;
    if (scanned === null) {
      this.differs('I22', height, '', 'lacks this height');
      return;
    }
    const expected = STATUS_IN_VIEW[audited.status];
    if (scanned.status !== expected) {
      const says = `says that the height is ${scanned.status}; by the facts it is ${audited.status}`;
      this.differs('I10', height, scanned.id, says);
    }
    if (audited.checked !== null) this.compareBlock(audited, audited.checked, scanned);
    else if (scanned.id !== '' && audited.status === 'passed')
      this.differs('I7', height, scanned.id, 'holds a block where the store holds none');
    this.compareSums(scanned);
  }

  /** Compares the tables as wholes, and the rejections with those of the store. */
  async finish(
    rejections: AsyncIterable<PlacedRejection>,
    isExpected: (rejection: PlacedRejection) => boolean,
  ): Promise<void> {
    const { scan } = this.options;
    const last = scan.height();
    if (last > this.compared) {
      const held = this.compared < 0 ? 'no height' : `heights up to ${this.compared}`;
      this.differs('I7', last, '', `stands at height ${last}; the store holds ${held}`);
      return;
    }
    await this.compareRejections(rejections, isExpected);
    const counts = {
      heights: this.compared + 1,
      transactions: this.transactionRows,
      spends: this.spendRows,
      votes: this.voteRows,
    };
    for (const [table, count] of Object.entries(counts) as [keyof typeof counts, number][]) {
      const rows = scan.count(table);
      if (rows !== count) this.differs('I22', null, table, `has ${rows} rows in ${table}, not ${count}`);
    }
    for (const table of Object.keys(this.indexes.digests) as IndexTable[]) this.compareIndex(table);
  }

  private compareBlock(audited: AuditedHeight, block: CheckedBlock, scanned: ScannedHeight): void {
    const { height } = audited;
    this.indexes.addBlock(height, block.id);
    const columns: Partial<ScannedHeight> = {
      id: block.id,
      timestamp: block.timestamp,
      creator: block.creator,
      voters: canonicalJson([...block.voters]),
      signature: block.signature,
      parent: block.parent,
      claimSignature: block.claimSignature,
      transactionCount: block.transactions.length,
    };
    for (const [name, value] of Object.entries(columns)) {
      if (scanned[name as keyof ScannedHeight] !== value)
        this.differs('I7', height, block.id, `has another ${name} for this block than the store`);
    }
    this.compareTransactions(audited, block);
    this.compareSpends(audited, block);
    this.compareVotes(audited);
    this.addToSums(audited, block);
  }

  private compareTransactions({ height, status, imported }: AuditedHeight, block: CheckedBlock): void {
    const rows = this.options.scan.scanTransactions(height);
    this.transactionRows += rows.length;
    block.transactions.forEach((result, position) => {
      const id = result.ok ? result.transaction.id : (result.id ?? '');
      const text = block.transactionTexts[position] ?? '';
      const row = rows[position];
      const sequence = sequenceOf(height, position);
      this.indexes.addOccurrence(sequence, id);
      if (status === 'valid' && (result.ok || imported)) this.indexes.addValid(sequence, text);
      if (row?.position !== position || row.id !== id || row.text !== text)
        this.differs(
          'I7',
          height,
          id,
          `has another text, or none, for transaction ${position} of this block`,
        );
    });
    if (rows.length > block.transactions.length)
      this.differs('I7', height, block.id, 'has more transactions in this block than the store');
  }

  private compareSpends({ height, status, imported }: AuditedHeight, block: CheckedBlock): void {
    const rows = this.options.scan.scanSpends(height);
    this.spendRows += rows.length;
    const found = new Set(
      rows.map((row) => `${row.sequence} ${row.outputIndex} ${row.spender} ${row.inputIndex}`),
    );
    let expected = 0;
    block.transactions.forEach((result, position) => {
      const taken = result.ok || imported ? result.transaction : undefined;
      if (taken === undefined || status !== 'valid') return;
      const { id, spends } = taken;
      spends.forEach(({ transactionId, outputIndex }, inputIndex) => {
        const place = this.options.placeOf(transactionId);
        if (place === null) return;
        expected += 1;
        this.indexes.spend(place, outputIndex);
        const row = `${place} ${outputIndex} ${sequenceOf(height, position)} ${inputIndex}`;
        if (!found.has(row))
          this.differs('I1', height, id, `does not know that input ${inputIndex} spends ${transactionId}`);
      });
    });
    if (found.size > expected)
      this.differs('I1', height, block.id, 'knows spends that the block does not make');
  }

  /** What the view saw must still be in the store, to the byte. */
  private compareVotes({ height, votes, fact }: AuditedHeight): void {
    const texts = new Map(votes.map((vote) => [`${vote.node} ${vote.signature}`, vote.text]));
    const rows = this.options.scan.scanVotes(height);
    this.voteRows += rows.length;
    for (const row of rows) {
      if (!row.late) this.addSum('votes', 1);
      if (texts.get(`${row.node} ${row.signature}`) !== row.text)
        this.differs('I7', height, fact.id, `has a vote of ${row.node} that the store has not, or not so`);
    }
  }

  private addToSums({ status, imported }: AuditedHeight, block: CheckedBlock): void {
    this.addSum('blocks', 1);
    if (status === 'invalid') this.addSum('invalid_blocks', 1);
    if (status !== 'valid') return;
    this.addSum('valid_blocks', 1);
    this.addSum('transactions', block.transactions.length);
    const created = block.transactions.filter((result, position) =>
      result.ok || !imported
        ? result.transaction?.operation === 'CREATE'
        : operationIn(block.transactionTexts[position] ?? '') === 'CREATE',
    );
    this.addSum('assets', created.length);
  }

  private addSum(name: (typeof SUM_NAMES)[number], by: number): void {
    const index = SUM_NAMES.indexOf(name);
    this.sums[index] = (this.sums[index] ?? 0) + by;
  }

  private compareSums(scanned: ScannedHeight): void {
    SUM_NAMES.forEach((name, index) => {
      if (scanned.sums[index] === this.sums[index]) return;
      const counts = `counts ${scanned.sums[index]} ${name} up to this height, not ${this.sums[index]}`;
      this.differs('I22', scanned.height, scanned.id, counts);
      // Each height adds to the one below: say it once.
      this.sums[index] = scanned.sums[index] ?? 0;
    });
  }

  /** Both are in order of position. */
  private async compareRejections(
    rejections: AsyncIterable<PlacedRejection>,
    isExpected: (rejection: PlacedRejection) => boolean,
  ): Promise<void> {
    const { scan } = this.options;
    const taken = scan.rejectionPosition();
    const rows = scan.scanRejections();
    let row = rows.next();
    for await (const stored of rejections) {
      const expected = isExpected(stored);
      for (; !row.done && row.value.position < stored.position; row = rows.next())
        this.unknownRejection(row.value);
      if (!row.done && row.value.position === stored.position) {
        const { digest, text, transactionId } = row.value;
        if (digest !== stored.digest || text !== stored.text || transactionId !== stored.transactionId)
          this.differs('I7', null, digest, 'has another rejection than the store at the same position');
        row = rows.next();
      } else if (expected && stored.position <= taken) {
        this.differs('I7', null, stored.digest, `lacks a rejection of ${stored.transactionId}`);
      }
    }
    for (; !row.done; row = rows.next()) this.unknownRejection(row.value);
  }

  private unknownRejection({ digest, transactionId }: ScannedRejection): void {
    this.differs('I7', null, digest, `has a rejection of ${transactionId} that the store does not hold`);
  }

  private compareIndex(table: IndexTable): void {
    const found = new RowsDigest();
    for (const row of this.options.scan.scanIndex(table)) found.add(row);
    const expected = this.indexes.digests[table];
    if (found.equals(expected)) return;
    const rows = `${found.count} rows in ${table}, ${expected.count} are right`;
    this.differs('I22', null, table, `finds transactions by ids or keys wrongly: ${rows}, and some differ`);
  }

  private differs(invariant: Invariant, height: number | null, id: string, what: string): void {
    this.options.report({ invariant, severity: 'breach', height, id, message: `the view ${what}` });
  }
}

/** Of a transaction that 1.0.1 took and a check of today does not. */
function operationIn(text: string): unknown {
  return parseObject(text)?.operation;
}
