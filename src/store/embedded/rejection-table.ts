/** Rejections: the remembered refusals, written once per digest, never changed, never deleted (D4). */

import type { PlacedRejection, StoredRejection, WriteResult } from '../store.js';
import { type Connection, numberOf, type Statement, textOf } from './connection.js';
import type { Counters } from './counters.js';
import { keyPrefix } from './schema.js';

const COLUMNS = 'position, digest, transaction_id, text';

export class RejectionTable {
  private readonly find: Statement;
  private readonly insert: Statement;
  private readonly readAfter: Statement;
  private readonly readByTransaction: Statement;

  constructor(
    connection: Connection,
    private readonly counters: Counters,
  ) {
    this.find = connection.prepare(
      'SELECT transaction_id, text FROM rejections WHERE digest_prefix = ? AND digest = ?',
    );
    this.insert = connection.prepare('INSERT INTO rejections VALUES (?, ?, ?, ?, ?, ?)');
    this.readAfter = connection.prepare(
      `SELECT ${COLUMNS} FROM rejections WHERE position > ? ORDER BY position LIMIT ?`,
    );
    this.readByTransaction = connection.prepare(
      `SELECT ${COLUMNS} FROM rejections WHERE transaction_prefix = ? AND transaction_id = ? ORDER BY position`,
    );
  }

  add(rejections: readonly StoredRejection[]): WriteResult[] {
    return rejections.map(({ digest, transactionId, text }) => {
      const prefix = keyPrefix(digest);
      const standing = this.find.get(prefix, digest);
      if (standing !== undefined) {
        const equal = textOf(standing[0]) === transactionId && textOf(standing[1]) === text;
        return equal ? 'duplicate' : 'conflict';
      }
      const position = this.counters.countOne('rejections');
      this.insert.run(position, prefix, keyPrefix(transactionId), digest, transactionId, text);
      return 'ok';
    });
  }

  read(afterPosition: number, limit: number): PlacedRejection[] {
    return this.readAfter.all(afterPosition, limit).map(rejectionOf);
  }

  byTransaction(transactionIds: readonly string[]): PlacedRejection[] {
    return [...new Set(transactionIds)].flatMap((id) =>
      this.readByTransaction.all(keyPrefix(id), id).map(rejectionOf),
    );
  }
}

function rejectionOf(row: readonly unknown[]): PlacedRejection {
  return {
    position: numberOf(row[0]),
    digest: textOf(row[1]),
    transactionId: textOf(row[2]),
    text: textOf(row[3]),
  };
}
