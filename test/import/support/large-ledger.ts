/**
 * Writes a database of 1.0.x with as many transactions as wanted, some of everything in it, straight to files: CREATEs and
 * TRANSFERs in blocks of all sizes, members that vote in different orders, invalid blocks that spend twice, blocks that a
 * minority voted for, a backlog. The same seed gives the same database.
 */

import type { MadeTransaction } from '../../../src/model/make-transaction.js';
import { SeededRandom } from '../../support/simulated-random.js';
import { create, keyPairOf, spend, to, transfer } from '../../support/transactions.js';
import { FolderWriter, LegacyDatabase } from './legacy-database.js';
import { memberNames, votesOf } from './scenes.js';

export interface LargeOptions {
  /** In valid blocks. */
  readonly transactions: number;
  readonly members: number;
  /** The largest block. */
  readonly perBlock: number;
  readonly seed: number;
}

export interface LargeLedger {
  readonly folder: string;
  readonly valid: number;
  readonly invalid: number;
  readonly undecided: number;
  /** Transactions in valid blocks. */
  readonly transactions: number;
  readonly backlog: number;
  /** The last ones, unspent, in valid blocks; alice's. */
  readonly unspent: readonly MadeTransaction[];
}

const OPEN_MAX = 2000;
const UNDECIDED = 5;
const WAITING = 10;

export function writeLargeLedger(folder: string, options: LargeOptions): LargeLedger {
  return new LargeMaker(folder, options).run();
}

class LargeMaker {
  private readonly random: SeededRandom;
  private readonly writer: FolderWriter;
  private readonly database: LegacyDatabase;
  /** Unspent outputs of alice's in valid blocks. */
  private readonly open: { readonly last: MadeTransaction; readonly assetId: string }[] = [];
  /** Ids that the present block made: what it made is not spent in it. */
  private readonly fresh = new Set<string>();
  private made = 0;
  private valid = 0;
  private invalid = 0;

  constructor(
    folder: string,
    private readonly options: LargeOptions,
  ) {
    this.random = new SeededRandom(options.seed);
    this.writer = new FolderWriter(folder);
    this.database = new LegacyDatabase(memberNames(options.members).map(keyPairOf));
  }

  run(): LargeLedger {
    const { transactions, members } = this.options;
    const majority = Math.floor(members / 2) + 1;
    while (this.made < transactions) {
      if (this.random.integer(10) === 0 && this.open.length > 1) this.addInvalid();
      this.addValid(majority + this.random.integer(members - majority + 1));
      this.flush();
    }
    for (let index = 0; index < UNDECIDED; index += 1)
      this.database.block([create().text], { votes: votesOf(majority - 1) });
    for (let index = 0; index < WAITING; index += 1) this.database.wait(create().text);
    this.flush();
    return {
      folder: this.writer.folder,
      valid: this.valid,
      invalid: this.invalid,
      undecided: UNDECIDED,
      transactions: this.made,
      // What stands in undecided blocks waits for another one.
      backlog: UNDECIDED + WAITING,
      unspent: this.open.map(({ last }) => last),
    };
  }

  private addValid(votes: number): void {
    const { perBlock, transactions, members } = this.options;
    const count = Math.min(1 + this.random.integer(perBlock), transactions - this.made);
    const before = this.open.length;
    const texts = Array.from({ length: count }, () => this.next(before));
    this.database.block(texts, { votes: votesOf(votes), by: this.random.integer(members) });
    this.made += count;
    this.valid += 1;
    this.open.splice(0, Math.max(0, this.open.length - OPEN_MAX));
  }

  /** A CREATE, or a TRANSFER of what an earlier block holds. */
  private next(before: number): string {
    if (this.random.integer(2) === 0 && before > 0) {
      const at = this.random.integer(Math.min(before, this.open.length));
      const taken = this.open[at];
      if (taken !== undefined && !this.fresh.has(taken.last.id)) {
        this.open.splice(at, 1);
        return this.transferOf(taken).text;
      }
    }
    const made = create({ metadata: { note: `número ${this.made}` } });
    this.fresh.add(made.id);
    this.open.push({ last: made, assetId: made.id });
    return made.text;
  }

  private transferOf({ last, assetId }: { last: MadeTransaction; assetId: string }): MadeTransaction {
    const moved = transfer(assetId, [spend(last, 0, 'alice')], [to('alice')], { serial: this.made });
    this.fresh.add(moved.id);
    this.open.push({ last: moved, assetId });
    return moved;
  }

  /** Two rivals in one block: everybody votes against it. */
  private addInvalid(): void {
    const [taken] = this.open;
    if (taken === undefined) return;
    const rivals = ['bob', 'carol'].map((name) =>
      transfer(taken.assetId, [spend(taken.last, 0, 'alice')], [to(name)]),
    );
    this.database.block(
      rivals.map(({ text }) => text),
      { votes: votesOf(0, this.options.members) },
    );
    this.invalid += 1;
  }

  private flush(): void {
    this.fresh.clear();
    const { documents } = this.database;
    this.writer.write(documents);
    for (const list of Object.values(documents)) list.length = 0;
  }
}
