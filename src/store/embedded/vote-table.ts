/** Votes: written once per (block, node, signature), never changed, never deleted (D1). */

import type { StoredVote, WriteResult } from '../store.js';
import { type Connection, type Statement, textOf } from './connection.js';
import type { Counters } from './counters.js';

export class VoteTable {
  private readonly find: Statement;
  private readonly insert: Statement;
  private readonly readOfBlock: Statement;

  constructor(
    connection: Connection,
    private readonly counters: Counters,
  ) {
    this.find = connection.prepare(
      'SELECT text FROM votes WHERE block_id = ? AND node = ? AND signature = ?',
    );
    this.insert = connection.prepare('INSERT INTO votes VALUES (?, ?, ?, ?, ?)');
    this.readOfBlock = connection.prepare(
      'SELECT block_id, node, signature, text FROM votes WHERE block_id = ? ORDER BY position LIMIT ?',
    );
  }

  add(votes: readonly StoredVote[]): WriteResult[] {
    return votes.map(({ blockId, node, signature, text }) => {
      const standing = this.find.get(blockId, node, signature);
      if (standing !== undefined) return textOf(standing[0]) === text ? 'duplicate' : 'conflict';
      this.insert.run(this.counters.countOne('votes'), blockId, node, signature, text);
      return 'ok';
    });
  }

  /** Block by block in the order asked for, each in order of insertion. */
  read(blockIds: readonly string[], limitPerBlock: number): StoredVote[] {
    const votes: StoredVote[] = [];
    for (const blockId of new Set(blockIds)) {
      for (const row of this.readOfBlock.all(blockId, limitPerBlock)) {
        votes.push({
          blockId: textOf(row[0]),
          node: textOf(row[1]),
          signature: textOf(row[2]),
          text: textOf(row[3]),
        });
      }
    }
    return votes;
  }
}
