/**
 * Writes into the view: decided heights, late votes, rejections. Each call is one transaction, so a crash in the
 * middle leaves the view at its former height and the ledger hands the same heights over again.
 */

import { parseJson } from '../codec/json-reader.js';
import { ActivityWriter } from './activity-writer.js';
import type { LateVote, PackedHeight, PackedTransaction } from './packing.js';
import { rowChecksum } from './rows.js';
import { HEIGHT_STATUS, STANDINGS } from './schema.js';
import { idPrefix, keyPrefix, sequenceOf } from './sequence.js';
import { bound, numberAt, type Sqlite, type Statement, textAt } from './sqlite.js';
import { TransactionWriter } from './transaction-writer.js';
import type { StandingVote, ViewRejection } from './view.js';

/** Sums up to and with a height: the last six columns of `heights`. */
interface Sums {
  transactions: number;
  assets: number;
  blocks: number;
  validBlocks: number;
  invalidBlocks: number;
  votes: number;
}

/** The view was handed a height out of turn: a fault of this program. */
export class OutOfOrder extends Error {
  override readonly name = 'OutOfOrder';
}

export class ViewWriter {
  private readonly transactions: TransactionWriter;
  private readonly activity: ActivityWriter;
  private readonly lastSums: Statement;
  private readonly insertHeight: Statement;
  private readonly insertBlockId: Statement;
  private readonly insertVote: Statement;
  private readonly votesOfHeight: Statement;
  private readonly insertRejection: Statement;
  private readonly setRejectionPosition: Statement;
  private readonly addLateCount: Statement;

  constructor(
    private readonly sqlite: Sqlite,
    payloadIndexes: readonly string[],
  ) {
    this.transactions = new TransactionWriter(sqlite, payloadIndexes);
    this.activity = new ActivityWriter(sqlite);
    this.lastSums = sqlite.prepare(
      'SELECT height, transactions, assets, blocks, valid_blocks, invalid_blocks, votes FROM heights ORDER BY height DESC LIMIT 1',
    );
    this.insertHeight = sqlite.prepare('INSERT INTO heights VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)');
    this.insertBlockId = sqlite.prepare('INSERT INTO block_ids VALUES (?,?)');
    this.insertVote = sqlite.prepare('INSERT INTO votes VALUES (?,?,?,?,?,?,?,?,?)');
    this.votesOfHeight = sqlite.prepare(
      'SELECT sequence, node, signature FROM votes WHERE sequence >= ? AND sequence < ?',
    );
    this.insertRejection = sqlite.prepare('INSERT OR IGNORE INTO rejections VALUES (?,?,?,?,?,?,?,?,?,?)');
    this.setRejectionPosition = sqlite.prepare('UPDATE positions SET rejections = max(rejections, ?)');
    this.addLateCount = sqlite.prepare('UPDATE positions SET late_votes = late_votes + ?');
  }

  /** Heights are contiguous, from the last one written on. All of them or, when this throws, none. */
  apply(heights: readonly PackedHeight[]): void {
    try {
      this.sqlite.transaction('BEGIN IMMEDIATE', () => {
        for (const height of heights) this.applyOne(height);
        this.activity.flush();
      });
    } catch (error) {
      this.transactions.forget();
      this.activity.forget();
      throw error;
    }
  }

  private applyOne(packed: PackedHeight): void {
    const { height, decidedAtMs, block } = packed;
    const last = this.lastSums.get() ?? [-1, 0, 0, 0, 0, 0, 0];
    const expected = numberAt(last, 0) + 1;
    if (height !== expected) throw new OutOfOrder(`the view was given height ${height}, not ${expected}`);
    const sums: Sums = {
      transactions: numberAt(last, 1),
      assets: numberAt(last, 2),
      blocks: numberAt(last, 3),
      validBlocks: numberAt(last, 4),
      invalidBlocks: numberAt(last, 5),
      votes: numberAt(last, 6),
    };
    if (block !== null) this.applyBlock(packed, block, sums);
    else {
      const empty = [null, null, null, null, null, null, null, null];
      this.insertHeight.run(height, HEIGHT_STATUS.passed, decidedAtMs, ...empty, 0, ...sumColumns(sums), 0);
    }
    this.transactions.endHeight(height);
  }

  private applyBlock(
    { height, decidedAtMs }: PackedHeight,
    block: NonNullable<PackedHeight['block']>,
    sums: Sums,
  ): void {
    const { transactions, votes, status } = block;
    const valid = status === 'valid';
    const creations = this.applyTransactions(height, transactions, valid);
    sums.blocks += 1;
    sums.votes += votes.length;
    if (valid) {
      sums.validBlocks += 1;
      sums.transactions += transactions.length;
      sums.assets += creations;
    }
    if (status === 'invalid') sums.invalidBlocks += 1;
    if (status !== 'undecided') this.activity.addBlock(decidedAtMs, valid ? transactions : []);
    this.insertBlockId.run(idPrefix(block.id), height);
    const { id, timestamp, creator, voters, signature, parent, invalidReason } = block;
    const facts = [id, timestamp, creator, voters, signature, parent, HEIGHT_STATUS[status], invalidReason];
    const checksum = rowChecksum([...facts, decidedAtMs, transactions.length]);
    this.insertHeight.run(
      height,
      HEIGHT_STATUS[status],
      decidedAtMs,
      bound(block.id),
      bound(block.timestamp),
      bound(block.creator),
      bound(block.voters),
      bound(block.signature),
      bound(block.parent),
      bound(block.claimSignature),
      block.invalidReason === null ? null : bound(block.invalidReason),
      transactions.length,
      ...sumColumns(sums),
      checksum,
    );
    for (const [index, vote] of votes.entries()) this.writeVote(sequenceOf(height, index), vote, false);
  }

  /** Number of CREATEs among those of a valid block. */
  private applyTransactions(
    height: number,
    transactions: readonly PackedTransaction[],
    valid: boolean,
  ): number {
    let creations = 0;
    for (let position = 0; position < transactions.length; position++) {
      const transaction = transactions[position];
      if (transaction === undefined) continue;
      const sequence = sequenceOf(height, position);
      this.transactions.writeOccurrence(sequence, transaction);
      if (valid && this.transactions.writeValid(sequence, transaction) === 'CREATE') creations += 1;
    }
    return creations;
  }

  private writeVote(sequence: number, vote: StandingVote, late: boolean): void {
    const { node, signature, text, standing } = vote;
    const said = isBlockValid(text);
    const isValid = said === null ? null : Number(said);
    const place = STANDINGS.indexOf(standing);
    const isLate = late ? 1 : 0;
    this.insertVote.run(
      sequence,
      place,
      isLate,
      isValid,
      keyPrefix(node),
      bound(node),
      bound(signature),
      bound(text),
      rowChecksum([node, signature, text, place, isLate, isValid]),
    );
  }

  /** A vote that is there already is left as it is, so repeating one is harmless. */
  addLateVotes(votes: readonly LateVote[]): void {
    this.sqlite.transaction('BEGIN IMMEDIATE', () => {
      let added = 0;
      for (const vote of votes) {
        const start = sequenceOf(vote.height, 0);
        const known = this.votesOfHeight.all(start, sequenceOf(vote.height + 1, 0));
        if (known.some((row) => textAt(row, 1) === vote.node && textAt(row, 2) === vote.signature)) continue;
        const last = known.reduce((most, row) => Math.max(most, numberAt(row, 0)), start - 1);
        this.writeVote(last + 1, vote, true);
        added += 1;
      }
      this.addLateCount.run(added);
    });
  }

  /** One that is there already is left as it is: a position of the store never means anything else. */
  addRejections(rejections: readonly ViewRejection[], upToPosition: number): void {
    this.sqlite.transaction('BEGIN IMMEDIATE', () => {
      for (const rejection of rejections) {
        const { position, transactionId, atMs, code, message, node, digest, text } = rejection;
        const added = this.insertRejection.run(
          position,
          idPrefix(transactionId),
          atMs,
          bound(transactionId),
          bound(code),
          bound(message),
          bound(node),
          bound(digest),
          bound(text),
          rowChecksum([transactionId, code, message, atMs, node, position, digest, text]),
        );
        if (added > 0) this.activity.addRejection(atMs);
      }
      this.activity.flush();
      this.setRejectionPosition.run(upToPosition);
    });
  }
}

function sumColumns(sums: Sums): number[] {
  const { transactions, assets, blocks, validBlocks, invalidBlocks, votes } = sums;
  return [transactions, assets, blocks, validBlocks, invalidBlocks, votes];
}

/** What the vote says; null when it does not say it in the shape of 1.0.1's schema. */
function isBlockValid(text: string): boolean | null {
  const document = parseJson(text);
  if (typeof document !== 'object' || document === null || !('vote' in document)) return null;
  const { vote } = document;
  if (typeof vote !== 'object' || vote === null || !('is_block_valid' in vote)) return null;
  return typeof vote.is_block_valid === 'boolean' ? vote.is_block_valid : null;
}
