/** All facts of the store that the settings name, for commands that read the ledger from its beginning. */

import { databaseFiles } from '../config/database-files.js';
import type { Settings } from '../config/settings.js';
import type { Runtime } from '../runtime/runtime.js';
import { openFactsReader } from '../store/embedded/read-facts.js';
import type { FactsReader, StrayVotes, VotedBlock } from '../store/facts-reader.js';
import type { PlacedEntry, PlacedRejection, Store, StoredImport, StoredVote } from '../store/store.js';
import { isMongodb, openStore } from './open-store.js';

const BLOCKS_PER_PAGE = 16;
const ROWS_PER_PAGE = 1000;
/** All of them, as far as a limit of 32 bits goes. */
const VOTES_MAX = 2 ** 31 - 1;

/** `snapshot`: as of one moment, where the store can. Rejects as the store does that cannot be opened. */
export async function openFacts(
  settings: Settings,
  runtime: Runtime,
  options: { readonly snapshot: boolean },
): Promise<FactsReader> {
  if (!isMongodb(settings)) return openFactsReader(databaseFiles(settings).store, options);
  const store = await openStore(settings, runtime, () => undefined);
  return portFacts(store, options.snapshot);
}

/** Facts through the port of any store, which is closed with the reader. */
export function portFacts(store: Store, snapshot: boolean): FactsReader {
  return new PortFacts(store, snapshot);
}

/**
 * Facts through the port of a store. It cannot tell votes about blocks that are not there, because nobody who works
 * with the ledger asks for them.
 */
class PortFacts implements FactsReader {
  private waiting: PlacedEntry[] | null = null;

  constructor(
    private readonly store: Store,
    private readonly snapshot: boolean,
  ) {}

  importRecord(): Promise<StoredImport | null> {
    return this.store.readImport();
  }

  /**
   * The port answers what stands at a height or above: twice as far each time, then the middle. For a snapshot the
   * backlog, which is bounded, is read before: what leaves it meanwhile stands in a block above this head.
   */
  async head(): Promise<number> {
    if (this.snapshot && this.waiting === null) this.waiting = await collected(this.readBacklog());
    let low = -1;
    let high = 1;
    for (let found = await this.from(low + 1); found >= 0; found = await this.from(high)) {
      low = found;
      high = 2 * found + 2;
    }
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      const found = await this.from(middle);
      if (found < 0) high = middle;
      else low = Math.max(found, middle);
    }
    return low;
  }

  async *blocks(fromHeight: number, toHeight: number): AsyncGenerator<VotedBlock> {
    for (let next = fromHeight; next <= toHeight; ) {
      const page = await this.store.readBlocks(next, BLOCKS_PER_PAGE);
      if (page.length === 0) return;
      const ids = page.map((block) => block.id);
      const votes = new Map<string, StoredVote[]>(ids.map((id) => [id, []]));
      for (const vote of await this.store.readVotes(ids, VOTES_MAX)) votes.get(vote.blockId)?.push(vote);
      for (const block of page) {
        if (block.height > toHeight) return;
        yield { block, votes: votes.get(block.id) ?? [] };
        next = block.height + 1;
      }
    }
  }

  async *strayVotes(): AsyncGenerator<StrayVotes> {}

  rejections(): AsyncGenerator<PlacedRejection> {
    return pages((after) => this.store.readRejections(after, ROWS_PER_PAGE));
  }

  async *backlog(): AsyncGenerator<PlacedEntry> {
    yield* this.waiting ?? this.readBacklog();
  }

  private readBacklog(): AsyncGenerator<PlacedEntry> {
    return pages((after) => this.store.readBacklog(after, ROWS_PER_PAGE));
  }

  close(): Promise<void> {
    return this.store.close();
  }

  /** The lowest height from `height` on that holds anything; -1 when there is none. */
  private async from(height: number): Promise<number> {
    const [block] = await this.store.readBlocks(height, 1);
    return block?.height ?? -1;
  }
}

async function* pages<T extends { readonly position: number }>(
  read: (after: number) => Promise<T[]>,
): AsyncGenerator<T> {
  for (let after = 0; ; ) {
    const page = await read(after);
    yield* page;
    const last = page[page.length - 1];
    if (last === undefined) return;
    after = last.position;
  }
}

async function collected<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of source) all.push(each);
  return all;
}
