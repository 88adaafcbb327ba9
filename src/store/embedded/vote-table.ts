/** Votes: written once per (block, node, signature), never changed, never deleted (D1). */

import type { PlacedVote, StoredVote, WriteResult } from '../store.js';
import { type Connection, numberOf, type Statement, textOf } from './connection.js';
import type { Counters } from './counters.js';
import type { VoteQuery } from './vote-query.js';

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
      'SELECT block_id, node, signature, substr(text, 1, 16385), position FROM votes WHERE block_id = ? AND position > ? ORDER BY position LIMIT ?',
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

  /** Block by block in the order asked for, each in order of insertion. One writer at a time, so positions only grow. */
  read({ blockIds, limitPerBlock, after }: VoteQuery): PlacedVote[] {
    const votes: PlacedVote[] = [];
    for (const blockId of new Set(blockIds)) {
      for (const row of this.readOfBlock.all(blockId, after?.get(blockId) ?? 0, limitPerBlock)) {
        votes.push({
          blockId: textOf(row[0]),
          node: textOf(row[1]),
          signature: textOf(row[2]),
          text: textOf(row[3]),
          position: numberOf(row[4]),
        });
      }
    }
    return votes;
  }
}
