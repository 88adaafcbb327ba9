/** Blocks with their claims: written once, never changed, never deleted. The key on the height is the ledger's order. */

import type { ClaimResult, StoredBlock } from '../store.js';
import { type Connection, numberOf, type Statement, textOf } from './connection.js';
import type { Counters } from './counters.js';

/** Text that one answer carries at most, beyond its first block. */
const READ_BYTES_MAX = 32 * 1024 * 1024;

const COLUMNS = 'height, id, text, signature, parent, claim_signature';

export class BlockTable {
  private readonly findId: Statement;
  private readonly findHeight: Statement;
  private readonly insert: Statement;
  private readonly readFrom: Statement;

  constructor(
    connection: Connection,
    private readonly counters: Counters,
  ) {
    this.findId = connection.prepare(`SELECT ${COLUMNS} FROM blocks WHERE id = ?`);
    this.findHeight = connection.prepare('SELECT 1 FROM blocks WHERE height = ?');
    this.insert = connection.prepare(`INSERT INTO blocks (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`);
    this.readFrom = connection.prepare(
      `SELECT ${COLUMNS} FROM blocks WHERE height >= ? ORDER BY height LIMIT ?`,
    );
  }

  /** Compare-and-set on the height: the transaction around it holds the lock, so looking first is enough. */
  claim(block: StoredBlock): ClaimResult {
    const standing = this.byId(block.id);
    if (standing !== null) return sameBlock(standing, block) ? 'duplicate' : 'conflict';
    if (this.findHeight.get(block.height) !== undefined) return 'taken';
    const { height, id, text, signature, parent, claimSignature } = block;
    this.insert.run(height, id, text, signature, parent, claimSignature);
    this.counters.countOne('blocks');
    return 'ok';
  }

  read(fromHeight: number, limit: number): StoredBlock[] {
    const blocks: StoredBlock[] = [];
    let bytes = 0;
    for (const row of this.readFrom.iterate(fromHeight, limit)) {
      const block = blockOf(row);
      if (blocks.length > 0 && bytes + block.text.length > READ_BYTES_MAX) break;
      bytes += block.text.length;
      blocks.push(block);
    }
    return blocks;
  }

  byId(id: string): StoredBlock | null {
    const row = this.findId.get(id);
    return row === undefined ? null : blockOf(row);
  }
}

function blockOf(row: readonly unknown[]): StoredBlock {
  return {
    height: numberOf(row[0]),
    id: textOf(row[1]),
    text: textOf(row[2]),
    signature: textOf(row[3]),
    parent: textOf(row[4]),
    claimSignature: textOf(row[5]),
  };
}

function sameBlock(one: StoredBlock, other: StoredBlock): boolean {
  return (
    one.height === other.height &&
    one.id === other.id &&
    one.text === other.text &&
    one.signature === other.signature &&
    one.parent === other.parent &&
    one.claimSignature === other.claimSignature
  );
}
