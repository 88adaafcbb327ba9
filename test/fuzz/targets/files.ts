/**
 * The files of the store and of the view with bytes changed, cut off or moved: each is refused with a sentence, or read
 * without harm. That nothing changed is served is for hashes to tell (test/faults/broken-files). An input is a list of
 * changes to a good file, five bytes each: where, and what to do there.
 */

import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sha3Hex } from '../../../src/codec/hash.js';
import { createDirectStore } from '../../../src/store/embedded/direct.js';
import { StoreUnreadable } from '../../../src/store/embedded/failures.js';
import { type Store, StoreUnavailable } from '../../../src/store/store.js';
import { createDirectView } from '../../../src/view/direct-view.js';
import { ViewUnreadable } from '../../../src/view/unreadable.js';
import { makeBlock, makeEntries } from '../../support/store-facts.js';
import { bulkHeight } from '../../view/support/bulk.js';
import { type FuzzTarget, must } from '../target.js';

const CHANGE_BYTES = 5;
const CHANGES_MAX = 40;

/** Files are opened faster than the collector would come by itself: a process may have so many open and no more. */
const COLLECTED_EVERY = 500;

/** What is collected closes its files in a turn of the event loop, which targets that run in promises alone never give. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  await setImmediate();
}

/** A good file, and a folder for its damaged copies. */
class Sample {
  private readonly folder = mkdtempSync(join(tmpdir(), 'fuzz-files-'));
  private serial = 0;
  private good = Buffer.alloc(0);

  async make(fill: (path: string) => Promise<void>): Promise<void> {
    const path = join(this.folder, 'good.sqlite');
    await fill(path);
    this.good = readFileSync(path);
  }

  get path(): string {
    return join(this.folder, 'good.sqlite');
  }

  /** Gives `use` the path of a copy that the changes of `input` were made to. */
  async damaged(input: Buffer, use: (path: string) => Promise<void>): Promise<void> {
    // A file of its own each: SQLite's object for the last one lives, with its open files, until it is collected.
    const path = join(this.folder, `${this.serial++}.sqlite`);
    if (this.serial % COLLECTED_EVERY === 0) await collectGarbage();
    const bytes = Buffer.from(this.good);
    let length = bytes.length;
    for (
      let at = 0;
      at + CHANGE_BYTES <= input.length && at < CHANGES_MAX * CHANGE_BYTES;
      at += CHANGE_BYTES
    ) {
      const place = input.readUIntBE(at, 3) % bytes.length;
      const value = input.readUInt8(at + 4);
      switch (input.readUInt8(at + 3) % 4) {
        case 0:
          bytes[place] = value;
          break;
        case 1:
          bytes[place] = (bytes[place] ?? 0) ^ (1 << (value % 8));
          break;
        case 2:
          bytes.fill(value, place, Math.min(place + 512, bytes.length));
          break;
        default:
          // Nothing at all is a new store, and not to be told from one.
          if (value % 16 === 0) length = Math.max(1, place);
      }
    }
    writeFileSync(path, bytes);
    truncateSync(path, length);
    try {
      await use(path);
    } finally {
      for (const companion of ['', '-wal', '-shm', '-lock', '-reserve'])
        rmSync(path + companion, { force: true });
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const seeds = (): Buffer[] => [
  Buffer.from([0, 0, 16, 1, 3]),
  Buffer.from([0, 16, 8, 0, 255]),
  Buffer.from([0, 64, 0, 2, 90]),
  Buffer.from([1, 0, 0, 3, 16]),
  Buffer.alloc(0),
];
const dictionary = [
  Buffer.from([0, 16, 0, 0, 13]),
  Buffer.from([0, 0, 28, 0, 0]),
  Buffer.from([0, 32, 3, 1, 7]),
];

/** Errors that say what is wrong: ours, and SQLite's own. */
function isSentence(error: unknown): boolean {
  if (
    error instanceof StoreUnreadable ||
    error instanceof StoreUnavailable ||
    error instanceof ViewUnreadable
  )
    return true;
  return (
    error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR' && error.message !== ''
  );
}

const store = new Sample();
const BLOCKS = 20;
const ENTRIES = 60;

/** SQLite has no checksums, so a changed letter comes back changed; its readers check hashes. Rows are never more. */
async function mustBeFewRows(opened: Store): Promise<void> {
  const blocks = await opened.readBlocks(0, 10 * BLOCKS);
  const heights = new Set(blocks.map(({ height }) => height));
  must(blocks.length <= BLOCKS && heights.size === blocks.length, 'serves more blocks than were written');
  must(
    (await opened.readBacklog(0, 10 * ENTRIES)).length <= ENTRIES,
    'serves more entries than were written',
  );
}

const storeFile: FuzzTarget = {
  name: 'store-file',
  seeds,
  dictionary,
  bytesMax: CHANGE_BYTES * CHANGES_MAX,
  batch: 1,
  open: () =>
    store.make(async (path) => {
      const opened = createDirectStore({ path });
      await opened.addBacklog(makeEntries(ENTRIES));
      for (let height = 0; height < BLOCKS; height++)
        await opened.claimHeight(makeBlock(height, { text: `${height}`.padEnd(3000) }));
      await opened.close();
    }),
  close: async () => store.remove(),
  run: (input) =>
    store.damaged(input, async (path) => {
      let opened: Store | null = null;
      try {
        opened = createDirectStore({ path });
        await mustBeFewRows(opened);
      } catch (error) {
        if (!isSentence(error)) throw error;
      } finally {
        await opened?.close().catch(() => undefined);
      }
    }),
};

const view = new Sample();

const viewFile: FuzzTarget = {
  name: 'view-file',
  seeds,
  dictionary,
  bytesMax: CHANGE_BYTES * CHANGES_MAX,
  batch: 1,
  open: () =>
    view.make(async (path) => {
      const opened = createDirectView({ path });
      for (let height = 0; height < 40; height++)
        await opened.apply([
          bulkHeight(height, [{ id: sha3Hex(`create ${height}`) }, { id: sha3Hex(`other ${height}`) }]),
        ]);
      await opened.close();
    }),
  close: async () => view.remove(),
  run: (input) =>
    view.damaged(input, async (path) => {
      try {
        const opened = createDirectView({ path });
        try {
          for (let height = 0; height < 40; height += 3) {
            const id = sha3Hex(`create ${height}`);
            const found = opened.read.validTransaction(id);
            must(found === null || found.height < 1000, 'a transaction at a height that there is not');
            opened.read.blockByHeight(height);
          }
          await opened.lists.transactions({}, { asOf: 39, order: 'NEWEST_FIRST', limit: 20 });
        } finally {
          await opened.close().catch(() => undefined);
        }
      } catch (error) {
        if (!isSentence(error)) throw error;
      }
    }),
};

export const fileTargets: readonly FuzzTarget[] = [storeFile, viewFile];
