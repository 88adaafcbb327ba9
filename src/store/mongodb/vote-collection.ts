/** Votes: inserted once per block, node and signature (D1); never changed, never deleted. */

import type { ClientSession } from 'mongodb';
import { MONGODB } from '../../config/limits.js';
import type { PlacedVote, StoredVote, VotesAfter, WriteResult } from '../store.js';
import { type Connection, READ, WRITE } from './connection.js';
import { type VoteDocument, voteKey, voteOf } from './documents.js';
import { type StandingFact, writeOnce } from './write-once.js';

/** Positions of votes are rounded down to multiples of it. */
const POSITION_STEP = 100;

export class VoteCollection {
  constructor(private readonly connection: Connection) {}

  /** A crash during it leaves some of the votes; the vote pipeline finds its own in the store and adds the rest. */
  async add(votes: readonly StoredVote[]): Promise<WriteResult[]> {
    const results: WriteResult[] = [];
    for (let start = 0; start < votes.length; start += MONGODB.batchMax)
      results.push(...(await this.addBatch(votes.slice(start, start + MONGODB.batchMax))));
    return results;
  }

  private addBatch(votes: readonly StoredVote[]): Promise<WriteResult[]> {
    const { writer, collections } = this.connection;
    const documents = votes.map(
      (vote): VoteDocument => ({
        _id: voteKey(vote),
        block_id: vote.blockId,
        node: vote.node,
        signature: vote.signature,
        text: vote.text,
        writer,
      }),
    );
    return writeOnce(this.connection, {
      items: documents,
      insert: (some) => collections.votes.insertMany([...some], { ...WRITE, ordered: false }),
      find: (keys, session) =>
        collections.votes.find({ _id: { $in: [...keys] } }, { ...READ, session }).toArray(),
      isEqual: (standing, vote) => holds(standing, vote),
    });
  }

  /**
   * In order of insertion: the index is by block alone, and MongoDB keeps equal keys in the order of their records. A
   * block at a time, so that a flood about one of them leaves room for the others.
   */
  async read(
    blockIds: readonly string[],
    limitPerBlock: number,
    after: VotesAfter = new Map(),
  ): Promise<PlacedVote[]> {
    if (blockIds.length === 0) return [];
    return this.connection.fresh(async (session) => {
      const votes: PlacedVote[] = [];
      for (const blockId of new Set(blockIds))
        votes.push(...(await this.readOf(session, blockId, limitPerBlock, after.get(blockId) ?? 0)));
      return votes;
    });
  }

  /**
   * A position is 1 more than the number of documents before the vote, rounded down: members apply what was written
   * together in parallel, so the order of the newest may still change when another becomes the primary.
   */
  private async readOf(
    session: ClientSession,
    blockId: string,
    limit: number,
    after: number,
  ): Promise<PlacedVote[]> {
    const votes: PlacedVote[] = [];
    const step = Math.min(POSITION_STEP, limit);
    let ordinal = Math.max(0, after - 1);
    const cursor = this.connection.collections.votes
      .find({ block_id: blockId }, { ...READ, session })
      .skip(ordinal);
    try {
      for (
        let next = await cursor.next();
        next !== null && votes.length < limit;
        next = await cursor.next()
      ) {
        ordinal += 1;
        const vote = voteOf(next);
        if (vote !== null) votes.push({ ...vote, position: ordinal - (ordinal % step) + 1 });
      }
      return votes;
    } finally {
      await cursor.close();
    }
  }
}

function holds(standing: StandingFact, vote: VoteDocument): boolean {
  return (
    standing.block_id === vote.block_id &&
    standing.node === vote.node &&
    standing.signature === vote.signature &&
    standing.text === vote.text
  );
}
