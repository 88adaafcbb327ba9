/**
 * Danger: the store writes into a file that is not its own or is damaged, serves a damaged one, is readable by other
 * users, or stands where its locks do not work.
 */

import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { createDirectStore } from '../../src/store/embedded/direct.js';
import { StoreUnreadable } from '../../src/store/embedded/failures.js';
import { isNetworkFileSystem } from '../../src/store/embedded/network-file-systems.js';
import { createWorkerStore } from '../../src/store/embedded/worker.js';
import { StoreUnavailable } from '../../src/store/store.js';
import { makeBlock, makeEntries } from '../support/store-facts.js';

const onFailure = (error: Error): void => {
  throw error;
};

describe('the file of an embedded store', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'store-file-'));
    path = join(folder, 'new', 'store.sqlite');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A store with some facts, closed. */
  async function fill(): Promise<void> {
    const store = createDirectStore({ path });
    await store.addBacklog(makeEntries(200));
    for (let height = 0; height < 50; height += 1) {
      await store.claimHeight(makeBlock(height, { text: `${height}`.padEnd(20_000) }));
    }
    await store.close();
  }

  async function expectUnreadable(reason: RegExp): Promise<void> {
    expect(() => createDirectStore({ path })).toThrow(StoreUnreadable);
    expect(() => createDirectStore({ path })).toThrow(path);
    expect(() => createDirectStore({ path })).toThrow(reason);
    const inThread = createWorkerStore({ path, onFailure });
    await expect(inThread).rejects.toBeInstanceOf(StoreUnreadable);
    await expect(inThread).rejects.toThrow(reason);
  }

  it('is its owner`s alone, with its companions and its folder', async () => {
    const store = createDirectStore({ path });
    await store.addBacklog(makeEntries(1));
    for (const name of ['store.sqlite', 'store.sqlite-wal', 'store.sqlite-shm']) {
      expect(statSync(join(folder, 'new', name)).mode & 0o777).toBe(0o600);
    }
    expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o700);
    await store.close();
    // Folded into the file, so that copying the one file is a backup.
    expect(statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0);
  });

  it('leaves the mode of a folder that was there', async () => {
    mkdirSync(join(folder, 'new'));
    chmodSync(join(folder, 'new'), 0o750);
    await createDirectStore({ path }).close();
    expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o750);
  });

  it('says what a file is that is no database, and leaves it alone', async () => {
    mkdirSync(join(folder, 'new'));
    const bytes = 'not a database, but somebody needs it. '.repeat(300);
    writeFileSync(path, bytes);
    await expectUnreadable(/not a database/);
    expect(readFileSync(path, 'utf8')).toBe(bytes);
  });

  it('refuses the database of another program and leaves it byte for byte', async () => {
    mkdirSync(join(folder, 'new'));
    const database = new DatabaseSync(path);
    database.exec('CREATE TABLE recipes (name TEXT); INSERT INTO recipes VALUES (1)');
    database.close();
    const before = readFileSync(path);
    await expectUnreadable(/another program/);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(existsSync(`${path}-wal`)).toBe(false);
  });

  it('refuses a later version of its own schema', async () => {
    await fill();
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 2');
    database.close();
    await expectUnreadable(/schema version is 2 and this program knows 1/);
  });

  it('refuses a folder in the place of the file', async () => {
    mkdirSync(path, { recursive: true });
    await expectUnreadable(/cannot be used/);
  });

  it('finds a file that was cut off', async () => {
    await fill();
    truncateSync(path, Math.floor(statSync(path).size / 2 / 4096) * 4096);
    await expectUnreadable(/damaged|malformed/);
  });

  it.each([1, 10, 100, 511, 512, 4095, 4096, 8192])(
    'does not take the first %d bytes for a new store',
    async (bytes) => {
      await fill();
      truncateSync(path, bytes);
      await expectUnreadable(/damaged|malformed|cut off|not a database/);
      expect(statSync(path).size).toBe(bytes);
    },
  );

  // Danger: rows that are read from a page that broke under a running node look like a mistake of the program.
  it('is given up when a page that is read turns out to be damaged', async () => {
    await fill();
    const failures: Error[] = [];
    const store = createDirectStore({ path, onFailure: (error) => failures.push(error) });
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(statSync(path).size - 16_384, 0x5a), 0, undefined, 16_384);
    closeSync(file);
    await expect(store.readBlocks(0, 1000)).rejects.toBeInstanceOf(StoreUnavailable);
    expect(failures).toEqual([expect.objectContaining({ message: expect.stringContaining('malformed') })]);
    expect(await store.addBacklog(makeEntries(1, 1000))).toEqual(['unavailable']);
    await store.close();
  });

  it('finds damage at start wherever the structure of the file is hit, and never invents facts', async () => {
    await fill();
    const whole = readFileSync(path);
    const facts = await contents(path);
    let refused = 0;
    for (let page = 0; page < whole.length / 4096; page += 1) {
      // Each in a file of its own: SQLite's object for the last one lives until it is collected.
      const damaged = join(folder, `damaged-${page}.sqlite`);
      const bytes = Buffer.from(whole);
      bytes.fill(0xa5, page * 4096, page * 4096 + 64);
      writeFileSync(damaged, bytes);
      try {
        const found = await contents(damaged);
        // What is left to be found by its own hash is a body whose bytes were hit; all else must be as it was.
        expect(found.map(({ text, ...keys }) => keys)).toEqual(facts.map(({ text, ...keys }) => keys));
      } catch (error) {
        if (!(error instanceof StoreUnreadable)) throw error;
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(whole.length / 4096 / 2);
  });

  it('recovers the log of a process that ended without a word', async () => {
    const writer = createDirectStore({ path });
    await writer.addBacklog(makeEntries(10));
    const copy = join(folder, 'copy.sqlite');
    copyFileSync(path, copy);
    copyFileSync(`${path}-wal`, `${copy}-wal`);
    await writer.close();
    const store = createDirectStore({ path: copy });
    expect(await store.countBacklog()).toBe(10);
    await store.close();
  });

  it('knows file systems that several machines share', () => {
    expect(isNetworkFileSystem(0x6969)).toBe(true);
    expect(isNetworkFileSystem(0xff534d42)).toBe(true);
    expect(isNetworkFileSystem(0xff534d42 | 0)).toBe(true);
    expect(isNetworkFileSystem(0x01021997)).toBe(true);
    expect(isNetworkFileSystem(0xef53)).toBe(false);
    expect(isNetworkFileSystem(0x01021994)).toBe(false);
  });
});

async function contents(path: string): Promise<{ text: string }[]> {
  const store = createDirectStore({ path });
  try {
    return [...(await store.readBlocks(0, 1000)), ...(await store.readBacklog(0, 1000))];
  } finally {
    await store.close();
  }
}
