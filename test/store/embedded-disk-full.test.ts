/**
 * Danger: a full disk loses what was acknowledged, ends the process, or leaves a store that stays refusing when there
 * is room again. Method: a file system of 24 MB that is filled up under a running store; and, where this process may
 * not mount one, a database that may have no more pages.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDirectStore } from '../../src/store/embedded/direct.js';
import { DiskReserve } from '../../src/store/embedded/disk-reserve.js';
import { GroupCommit } from '../../src/store/embedded/group-commit.js';
import { openStoreFile } from '../../src/store/embedded/open-file.js';
import { packEntries, packStates } from '../../src/store/embedded/packing.js';
import { createWorkerStore } from '../../src/store/embedded/worker.js';
import type { BacklogEntry, Store } from '../../src/store/store.js';
import { mountSmallDisk } from '../support/small-disk.js';
import { makeBlock, makeEntry, makeVote } from '../support/store-facts.js';

let names = 0;

function largeEntries(count: number): BacklogEntry[] {
  return Array.from({ length: count }, () => makeEntry(`${names++}`.padEnd(4000)));
}

/** Adds until the store refuses; what it acknowledged. */
async function addUntilRefused(store: Store): Promise<BacklogEntry[]> {
  const acknowledged: BacklogEntry[] = [];
  for (;;) {
    const entries = largeEntries(20);
    const results = await store.addBacklog(entries);
    acknowledged.push(...entries.filter((_, index) => results[index] === 'ok'));
    if (results.every((result) => result === 'unavailable')) return acknowledged;
    expect(new Set(results)).toEqual(new Set(['ok']));
  }
}

async function expectExactly(store: Store, entries: readonly BacklogEntry[]): Promise<void> {
  const read: BacklogEntry[] = [];
  for (let position = 0; ; ) {
    const part = await store.readBacklog(position, 10_000);
    if (part.length === 0) break;
    position = part.at(-1)?.position ?? 0;
    read.push(...part.map(({ position: _, ...entry }) => entry));
  }
  expect(read.map((entry) => entry.digest)).toEqual(entries.map((entry) => entry.digest));
  expect(read.map((entry) => entry.text)).toEqual(entries.map((entry) => entry.text));
}

const disk = mountSmallDisk(24);
afterAll(() => disk?.remove());

(disk === null ? describe.skip : describe)('an embedded store on a disk that fills', () => {
  const failures: Error[] = [];
  const onFailure = (error: Error): void => {
    failures.push(error);
  };
  let store: Store;
  afterEach(async () => {
    await store.close();
    disk?.free();
    expect(failures).toEqual([]);
  });

  it('refuses new transactions, decides and clears old ones, and goes on by itself when there is room', async () => {
    const path = join(disk?.folder ?? '', 'one', 'store.sqlite');
    store = await createWorkerStore({ path, onFailure });
    const acknowledged: BacklogEntry[] = largeEntries(100);
    await store.addBacklog(acknowledged);
    disk?.fill();
    acknowledged.push(...(await addUntilRefused(store)));
    expect(await store.claimHeight(makeBlock(0, { text: 'x'.repeat(100_000) }))).toBe('ok');
    expect(await store.addVotes([makeVote(1)])).toEqual(['ok']);
    const cleared = acknowledged.splice(0, 50);
    expect(await store.removeBacklog(cleared)).toBe(50);
    expect(await store.addBacklog(largeEntries(1))).toEqual(['unavailable']);
    await expectExactly(store, acknowledged);
    disk?.free();
    const later = largeEntries(10);
    expect(await store.addBacklog(later)).toEqual(later.map(() => 'ok'));
    acknowledged.push(...later);
    await store.close();
    const again = createDirectStore({ path });
    await expectExactly(again, acknowledged);
    expect(await again.readBlocks(0, 10)).toHaveLength(1);
    await again.close();
  });

  it('refuses everything when the last byte is gone, loses nothing, and recovers unaided', async () => {
    const path = join(disk?.folder ?? '', 'two', 'store.sqlite');
    store = await createWorkerStore({ path, onFailure });
    const acknowledged: BacklogEntry[] = largeEntries(10);
    await store.addBacklog(acknowledged);
    let height = 0;
    for (;;) {
      disk?.fill();
      const outcome = await store.claimHeight(makeBlock(height, { text: `${height}`.padEnd(50_000) }));
      if (outcome !== 'ok') {
        expect(outcome).toBe('unavailable');
        break;
      }
      height += 1;
    }
    expect(await store.addVotes([makeVote('large', { text: 'v'.repeat(200_000) })])).toEqual(['unavailable']);
    expect(await store.readBlocks(0, 1000)).toHaveLength(height);
    await store.close();
    store = await createWorkerStore({ path, onFailure });
    expect(await store.readBlocks(0, 1000)).toHaveLength(height);
    expect(await store.addBacklog(largeEntries(1))).toEqual(['unavailable']);
    disk?.free();
    expect(await store.claimHeight(makeBlock(height))).toBe('ok');
    expect(await store.addBacklog(largeEntries(1))).toEqual(['ok']);
    expect(await store.countBacklog()).toBe(11);
    await store.close();
  });
});

describe('a group of writes that does not fit', () => {
  it('is tried one by one, so that what fits is written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'store-full-'));
    const path = join(folder, 'store.sqlite');
    const connection = openStoreFile(path);
    const failures: Error[] = [];
    const commits = new GroupCommit(connection, new DiskReserve(path), (error) => failures.push(error));
    connection.exec('PRAGMA max_page_count = 60');
    const small = makeEntry('small');
    const [added] = commits.execute([{ method: 'addBacklog', argument: packEntries([small]) }]);
    expect(added).toEqual({ value: ['ok'] });
    const outcomes = commits.execute([
      { method: 'claimHeight', argument: makeBlock(0, { text: 'x'.repeat(1_000_000) }) },
      { method: 'addBacklog', argument: packEntries([makeEntry('late')]) },
      { method: 'removeBacklog', argument: packStates([small]) },
      { method: 'countBacklog', argument: null },
    ]);
    const [claimed, refused, removed, counted] = outcomes;
    expect(claimed).toMatchObject({ error: { name: 'StoreUnavailable' } });
    expect(refused).toMatchObject({ error: { name: 'StoreUnavailable', message: 'the disk is full' } });
    expect(removed).toEqual({ value: 1 });
    expect(counted).toEqual({ value: 0 });
    connection.exec('PRAGMA max_page_count = 100000');
    expect(commits.execute([{ method: 'addBacklog', argument: packEntries([small]) }])).toEqual([
      { value: ['ok'] },
    ]);
    expect(failures).toEqual([]);
    connection.close();
    rmSync(folder, { recursive: true });
  });
});
