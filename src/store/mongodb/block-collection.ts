/** Blocks with their claims: inserted once under two unique keys, height and id; never changed, never deleted. */

import type { ClientSession } from 'mongodb';
import { MONGODB } from '../../config/limits.js';
import type { ClaimResult, StoredBlock } from '../store.js';
import { StoreUnavailable } from '../store.js';
import { type Connection, READ, WRITE } from './connection.js';
import { type BlockDocument, blockOf } from './documents.js';
import { readUpTo } from './read-up-to.js';

export class BlockCollection {
  constructor(private readonly connection: Connection) {}

  /**
   * One insert, confirmed by a majority. A crash during it leaves the block or nothing; whoever reads the height next
   * finds out which.
   */
  async claim(block: StoredBlock): Promise<ClaimResult> {
    const document: BlockDocument = {
      _id: block.height,
      id: block.id,
      text: block.text,
      signature: block.signature,
      parent: block.parent,
      claim_signature: block.claimSignature,
      writer: this.connection.writer,
    };
    const [result] = await this.connection.bulk(1, true, () =>
      this.connection.collections.blocks.insertMany([document], { ...WRITE, ordered: true }),
    );
    if (result === 'done') return 'ok';
    return result === 'exists' ? this.compare(block) : (result ?? 'unknown');
  }

  /** Why the insert was refused, from a read that sees what it was refused for. */
  private async compare(block: StoredBlock): Promise<ClaimResult> {
    try {
      const standing = await this.connection.fresh((session) =>
        this.connection.collections.blocks
          .find({ $or: [{ id: block.id }, { _id: block.height }] }, { ...READ, session })
          .toArray(),
      );
      const blocks = standing.flatMap((document) => blockOf(document) ?? []);
      const sameId = blocks.find(({ id }) => id === block.id);
      if (sameId !== undefined) return isEqual(sameId, block) ? 'duplicate' : 'conflict';
      return blocks.length > 0 ? 'taken' : 'unknown';
    } catch (error) {
      if (error instanceof StoreUnavailable) return 'unknown';
      throw error;
    }
  }

  read(fromHeight: number, limit: number): Promise<StoredBlock[]> {
    return this.connection.fresh((session) => this.readIn(session, fromHeight, limit));
  }

  private async readIn(session: ClientSession, fromHeight: number, limit: number): Promise<StoredBlock[]> {
    const cursor = this.connection.collections.blocks
      .find({ _id: { $gte: fromHeight } }, { ...READ, session })
      .sort({ _id: 1 })
      .limit(limit);
    const { items } = await readUpTo(cursor, MONGODB.blocksReadBytes, textBytes);
    return items.flatMap((document) => blockOf(document) ?? []);
  }

  readById(id: string): Promise<StoredBlock | null> {
    return this.connection.read(async () => {
      const document = await this.connection.collections.blocks.findOne({ id }, READ);
      return document === null ? null : blockOf(document);
    });
  }
}

function isEqual(standing: StoredBlock, block: StoredBlock): boolean {
  return (
    standing.height === block.height &&
    standing.text === block.text &&
    standing.signature === block.signature &&
    standing.parent === block.parent &&
    standing.claimSignature === block.claimSignature
  );
}

function textBytes({ text }: BlockDocument): number {
  return typeof text === 'string' ? Buffer.byteLength(text) : 0;
}
