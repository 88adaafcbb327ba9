/**
 * Point look-ups on a connection of the calling thread: prepared once, answered in microseconds, each in a read
 * transaction of its own. Nothing here grows with the ledger.
 */

import type { VoteRow } from './list-queries.js';
import { PendingRows } from './pending-rows.js';
import {
  BLOCK_COLUMNS,
  blockRow,
  foundTransaction,
  REJECTION_COLUMNS,
  TRANSACTION_COLUMNS,
  VOTE_COLUMNS,
  viewRejection,
  voteRow,
} from './rows.js';
import { HEIGHT_STATUS, ID_KIND } from './schema.js';
import { endOf, heightOf, idPrefix, POSITIONS, positionOf, SEQUENCE_END, sequenceOf } from './sequence.js';
import { bound, numberAt, type Row, type Sqlite, type Statement, textAt } from './sqlite.js';
import type { BlockRow, FoundTransaction, Spender, StandingVote, ViewReader, ViewRejection } from './view.js';

const OCCURRENCES = `
  FROM ids i JOIN transactions t ON t.sequence = i.sequence JOIN heights h ON h.height = i.sequence / ${POSITIONS}
  WHERE i.prefix = ? AND i.kind = ${ID_KIND.occurrence} AND i.sequence < ?`;

export class SqliteReader implements ViewReader {
  private readonly lastHeight: Statement;
  private readonly findValid: Statement;
  private readonly findAll: Statement;
  private readonly findSpend: Statement;
  private readonly idAt: Statement;
  private readonly findBlock: Statement;
  private readonly heightsOfId: Statement;
  private readonly transactionsAt: Statement;
  private readonly votesAt: Statement;
  private readonly findRejection: Statement;
  private readonly lastInvalid: Statement;
  private readonly positions: Statement;
  /** Transactions of the newest heights, which the index of ids does not have yet. */
  private readonly pendingIds: PendingRows;
  private last = -1;

  constructor(private readonly sqlite: Sqlite) {
    this.pendingIds = new PendingRows(sqlite, 'ids');
    this.lastHeight = sqlite.prepare('SELECT max(height) FROM heights');
    this.findValid = sqlite.prepare(
      `SELECT ${TRANSACTION_COLUMNS} ${OCCURRENCES} AND h.status = ${HEIGHT_STATUS.valid} ORDER BY i.sequence`,
    );
    this.findAll = sqlite.prepare(`SELECT ${TRANSACTION_COLUMNS} ${OCCURRENCES} ORDER BY i.sequence`);
    this.findSpend = sqlite.prepare(
      'SELECT spender, input_index FROM spends WHERE sequence = ? AND output_index = ? AND spender < ?',
    );
    this.idAt = sqlite.prepare('SELECT id FROM transactions WHERE sequence = ?');
    this.findBlock = sqlite.prepare(
      `SELECT ${BLOCK_COLUMNS} FROM heights WHERE height = ? AND status != ${HEIGHT_STATUS.passed}`,
    );
    this.heightsOfId = sqlite.prepare('SELECT height FROM block_ids WHERE prefix = ?');
    this.transactionsAt = sqlite.prepare(
      `SELECT ${TRANSACTION_COLUMNS} FROM transactions t JOIN heights h ON h.height = t.sequence / ${POSITIONS}
       WHERE t.sequence >= ? AND t.sequence < ? ORDER BY t.sequence LIMIT ?`,
    );
    this.votesAt = sqlite.prepare(
      `SELECT ${VOTE_COLUMNS} FROM votes v JOIN heights h ON h.height = v.sequence / ${POSITIONS}
       WHERE v.sequence >= ? AND v.sequence < ? ORDER BY v.sequence`,
    );
    this.findRejection = sqlite.prepare(
      `SELECT ${REJECTION_COLUMNS} FROM rejections WHERE prefix = ? AND transaction_id = ? ORDER BY position DESC LIMIT 1`,
    );
    this.lastInvalid = sqlite.prepare(
      `SELECT creator, max(height) FROM heights WHERE status = ${HEIGHT_STATUS.invalid} GROUP BY creator`,
    );
    this.positions = sqlite.prepare('SELECT rejections FROM positions');
    this.refresh();
  }

  /**
   * Takes over what was committed since. A look-up asks what is pending before it asks the table, so nothing is missed
   * when a commit comes in between and takes it from here to there.
   */
  refresh(): void {
    this.pendingIds.refresh();
    const last = this.lastHeight.get()?.[0];
    this.last = typeof last === 'number' ? last : -1;
  }

  /** After a rollback on the same connection. */
  forget(): void {
    this.pendingIds.forget();
  }

  /** As of the last `refresh`. */
  height(): number {
    return this.last;
  }

  validTransaction(id: string, asOf?: number): FoundTransaction | null {
    const prefix = idPrefix(id);
    const end = sequenceEnd(asOf);
    for (const sequence of this.pendingIds.sequencesOf(prefix, ID_KIND.occurrence)) {
      const found = sequence < end ? this.transactionAt(sequence) : null;
      if (found !== null && found.status === 'valid' && found.id === id) return found;
    }
    for (const row of this.findValid.all(prefix, end)) {
      if (textAt(row, 1) === id) return this.found(row);
    }
    return null;
  }

  occurrences(id: string, asOf?: number): FoundTransaction[] {
    const prefix = idPrefix(id);
    const end = sequenceEnd(asOf);
    const found = new Map<number, FoundTransaction>();
    for (const sequence of this.pendingIds.sequencesOf(prefix, ID_KIND.occurrence)) {
      const standing = sequence < end ? this.transactionAt(sequence) : null;
      if (standing?.id === id) found.set(sequence, standing);
    }
    for (const row of this.findAll.all(prefix, end)) {
      if (textAt(row, 1) === id) found.set(numberAt(row, 0), this.found(row));
    }
    return [...found].sort(([a], [b]) => a - b).map(([, standing]) => standing);
  }

  spender(transactionId: string, outputIndex: number, asOf?: number): Spender | null {
    const spent = this.validTransaction(transactionId, asOf);
    if (spent === null) return null;
    return this.spenderAt(sequenceOf(spent.height, spent.position), outputIndex, asOf);
  }

  /** The same by the place of the transaction, which must stand in a valid block. */
  spenderAt(sequence: number, outputIndex: number, asOf?: number): Spender | null {
    const row = this.findSpend.get(sequence, outputIndex, sequenceEnd(asOf));
    if (row === undefined) return null;
    const spender = numberAt(row, 0);
    return {
      transactionId: textAt(this.idAt.get(spender) ?? [], 0),
      inputIndex: numberAt(row, 1),
      height: heightOf(spender),
      position: positionOf(spender),
    };
  }

  /** Throws ViewUnreadable for a row that is not what was written. */
  private found(row: Row): FoundTransaction {
    const found = foundTransaction(row);
    if (found !== null) return found;
    throw this.sqlite.damaged(`the row of transaction ${textAt(row, 1)} is not what was written`);
  }

  /** Whether the output is spent, without asking by whom. */
  isSpentAt(sequence: number, outputIndex: number, asOf?: number): boolean {
    return this.findSpend.get(sequence, outputIndex, sequenceEnd(asOf)) !== undefined;
  }

  /** The transaction at a place, whatever its block's status. */
  transactionAt(sequence: number): FoundTransaction | null {
    const row = this.transactionsAt.get(sequence, sequence + 1, 1);
    return row === undefined ? null : this.found(row);
  }

  blockByHeight(height: number): BlockRow | null {
    const row = this.findBlock.get(height);
    if (row === undefined) return null;
    const block = blockRow(row);
    if (block !== null) return block;
    throw this.sqlite.damaged(`the row of height ${height} is not what was written`);
  }

  blockById(id: string): BlockRow | null {
    for (const row of this.heightsOfId.all(idPrefix(id))) {
      const block = this.blockByHeight(numberAt(row, 0));
      if (block?.id === id) return block;
    }
    return null;
  }

  blockTransactions(height: number, fromPosition: number, limit: number): FoundTransaction[] {
    const from = sequenceOf(height, fromPosition);
    return this.transactionsAt.all(from, endOf(height), limit).map((row) => this.found(row));
  }

  blockVotes(height: number): (StandingVote & { readonly late: boolean })[] {
    return this.votesAt.all(sequenceOf(height, 0), endOf(height)).map((row) => {
      const { blockId, node, signature, text, standing, late } = this.vote(row);
      return { blockId, node, signature, text, standing, late };
    });
  }

  rejection(transactionId: string): ViewRejection | null {
    const row = this.findRejection.get(idPrefix(transactionId), bound(transactionId));
    return row === undefined ? null : this.rejectionOf(row);
  }

  /** Of VOTE_COLUMNS. Throws ViewUnreadable for a row that is not what was written. */
  vote(row: Row): VoteRow {
    const vote = voteRow(row);
    if (vote !== null) return vote;
    throw this.sqlite.damaged(
      `the row of a vote at height ${heightOf(numberAt(row, 0))} is not what was written`,
    );
  }

  /** Of REJECTION_COLUMNS. Throws ViewUnreadable for a row that is not what was written. */
  rejectionOf(row: Row): ViewRejection {
    const rejection = viewRejection(row);
    if (rejection !== null) return rejection;
    throw this.sqlite.damaged(`the row of rejection ${numberAt(row, 5)} is not what was written`);
  }

  lastInvalidHeights(): readonly { readonly creator: string; readonly height: number }[] {
    return this.lastInvalid.all().map((row) => ({ creator: textAt(row, 0), height: numberAt(row, 1) }));
  }

  /** The store position up to which rejections were taken. */
  rejectionPosition(): number {
    return numberAt(this.positions.get() ?? [], 0);
  }
}

function sequenceEnd(asOf: number | undefined): number {
  return asOf === undefined ? SEQUENCE_END : endOf(asOf);
}
