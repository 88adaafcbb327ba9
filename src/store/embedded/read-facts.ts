/**
 * Reads all facts of an embedded store through a read-only connection of its own, whether a node works with the file
 * or not. `snapshot`: everything as of one moment; the writer's log cannot be folded meanwhile and grows with what is
 * written. Without it each page is read as of its own moment, which facts that are never changed bear well.
 */

import { existsSync } from 'node:fs';
import type { FactsReader, StrayVotes, VotedBlock } from '../facts-reader.js';
import type { PlacedEntry, PlacedRejection, StoredImport, StoredVote } from '../store.js';
import { Connection, numberOf, type Statement, textOf } from './connection.js';
import { Facts } from './facts.js';
import { StoreUnreadable } from './failures.js';
import { unpackEntries } from './packing.js';
import { APPLICATION_ID, SCHEMA_VERSION } from './schema.js';
import { messageOf } from './sqlite-failure.js';

/** Blocks, and bytes of text, in one page; a page of at least one block. */
const BLOCKS_PER_PAGE = 64;
const ROWS_PER_PAGE = 1000;

/** Throws StoreUnreadable when there is no such file or it is no store of this version. */
export function openFactsReader(path: string, options: { readonly snapshot: boolean }): FactsReader {
  if (!existsSync(path)) throw new StoreUnreadable(`There is no store ${path}`);
  let connection: Connection | null = null;
  try {
    connection = new Connection(path, true);
    identify(connection);
    return new EmbeddedFactsReader(connection, options.snapshot);
  } catch (error) {
    connection?.close();
    if (error instanceof StoreUnreadable) throw error;
    throw new StoreUnreadable(`The store ${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function identify(connection: Connection): void {
  const applicationId = numberOf(connection.ask('PRAGMA application_id')[0]);
  const version = numberOf(connection.ask('PRAGMA user_version')[0]);
  if (applicationId === APPLICATION_ID && version === SCHEMA_VERSION) return;
  const what = applicationId === APPLICATION_ID ? `its schema version is ${version}` : 'it is no store';
  throw new StoreUnreadable(`The store ${connection.path} cannot be read: ${what}`);
}

class EmbeddedFactsReader implements FactsReader {
  private readonly facts: Facts;
  private readonly lastHeight: Statement;
  private readonly votesOfBlock: Statement;
  private readonly strays: Statement;

  constructor(
    private readonly connection: Connection,
    snapshot: boolean,
  ) {
    connection.exec('PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;');
    this.facts = new Facts(connection);
    this.lastHeight = connection.prepare('SELECT max(height) FROM blocks');
    const vote = 'SELECT block_id, node, signature, text FROM votes';
    this.votesOfBlock = connection.prepare(`${vote} WHERE block_id = ? ORDER BY position`);
    this.strays = connection.prepare(
      'SELECT DISTINCT block_id FROM votes WHERE block_id > ? AND block_id NOT IN (SELECT id FROM blocks) ORDER BY block_id LIMIT ?',
    );
    if (snapshot) connection.exec('BEGIN');
    // The snapshot begins with the first read.
    this.lastHeight.get();
  }

  async importRecord(): Promise<StoredImport | null> {
    return this.facts.operations.readImport(null);
  }

  async head(): Promise<number> {
    const height = this.lastHeight.get()?.[0];
    return typeof height === 'number' ? height : -1;
  }

  async *blocks(fromHeight: number, toHeight: number): AsyncGenerator<VotedBlock> {
    let next = fromHeight;
    for (;;) {
      const page = this.facts.operations.readBlocks({ from: next, limit: BLOCKS_PER_PAGE });
      for (const block of page) {
        if (block.height > toHeight) return;
        yield { block, votes: this.votesOf(block.id) };
        next = block.height + 1;
      }
      if (page.length === 0) return;
    }
  }

  async *strayVotes(): AsyncGenerator<StrayVotes> {
    for (let after = ''; ; ) {
      const page = this.strays.all(after, ROWS_PER_PAGE);
      for (const row of page) {
        const blockId = textOf(row[0]);
        yield { blockId, votes: this.votesOf(blockId) };
        after = blockId;
      }
      if (page.length < ROWS_PER_PAGE) return;
    }
  }

  async *rejections(): AsyncGenerator<PlacedRejection> {
    yield* pages((after) =>
      this.atOnce(() => this.facts.operations.readRejections({ from: after, limit: ROWS_PER_PAGE })),
    );
  }

  async *backlog(): AsyncGenerator<PlacedEntry> {
    yield* pages((after) =>
      this.atOnce(() =>
        unpackEntries(this.facts.operations.readBacklog({ from: after, limit: ROWS_PER_PAGE })),
      ),
    );
  }

  async close(): Promise<void> {
    this.connection.close();
  }

  /** The texts of the backlog stand apart from its rows, and both may go: they are read as of one moment. */
  private atOnce<T>(read: () => T): T {
    if (this.connection.inTransaction) return read();
    this.connection.exec('BEGIN');
    try {
      return read();
    } finally {
      this.connection.exec('COMMIT');
    }
  }

  private votesOf(blockId: string): StoredVote[] {
    return this.votesOfBlock.all(blockId).map((row) => ({
      blockId: textOf(row[0]),
      node: textOf(row[1]),
      signature: textOf(row[2]),
      text: textOf(row[3]),
    }));
  }
}

/** Everything of a list that is read from a position on. */
function* pages<T extends { readonly position: number }>(read: (after: number) => T[]): Generator<T> {
  for (let after = 0; ; ) {
    const page = read(after);
    yield* page;
    const last = page[page.length - 1];
    if (last === undefined) return;
    after = last.position;
  }
}
