/**
 * Danger: two ways to read the same facts that differ, so that what one store's audit or export sees the other's misses.
 * Method: one store file, read through SQLite and through the port, with gaps, strays and a backlog that is cleared
 * in between.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '../../../src/codec/hash.js';
import { makeRejection } from '../../../src/model/rejection.js';
import { portFacts } from '../../../src/node/open-facts.js';
import { createDirectStore } from '../../../src/store/embedded/direct.js';
import { openFactsReader } from '../../../src/store/embedded/read-facts.js';
import type { FactsReader } from '../../../src/store/facts-reader.js';
import type { Store } from '../../../src/store/store.js';
import { keyPairOf } from '../../support/keys.js';
import { MadeLedger } from '../../support/made-ledger.js';
import { create } from '../../support/transactions.js';

let folder: string;
let path: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'open-facts-'));
  path = join(folder, 'store.sqlite');
  store = createDirectStore({ path });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of source) found.push(each);
  return found;
}

async function read(reader: FactsReader) {
  const head = await reader.head();
  const blocks = await all(reader.blocks(0, head));
  const rejections = await all(reader.rejections());
  const backlog = await all(reader.backlog());
  return { head, blocks, rejections, backlog };
}

test('SQLite and the port give the same facts, at every length and with a gap', async () => {
  const ledger = new MadeLedger(['node-a', 'node-b']);
  for (let height = 1; height < 40; height++) ledger.add([create().text]);
  const entries = Array.from({ length: 3 }, () => create());
  await store.addBacklog(
    entries.map(({ id, text }, index) => ({
      digest: sha256Hex(text),
      transactionId: id,
      text,
      assignee: 'a',
      stamp: `${index}`,
      acceptedAtMs: index,
    })),
  );
  const rejected = {
    transactionId: '0'.repeat(64),
    digest: '1'.repeat(64),
    code: 'X',
    message: 'm',
    height: 1,
  };
  await store.addRejections([makeRejection(keyPairOf('node-a'), { ...rejected, timestamp: '1700000000' })]);
  for (const { block, votes } of ledger.heights) {
    if (block.height === 7) continue;
    await store.claimHeight(block);
    await store.addVotes(votes);
    const port = await read(portFacts(createDirectStore({ path }), true));
    const reader = openFactsReader(path, { snapshot: true });
    expect(port).toMatchObject(await read(reader));
    await reader.close();
    expect(port.head).toBe(block.height);
  }
});

test('an empty store has no head, and votes about nothing are told by SQLite', async () => {
  expect(await portFacts(createDirectStore({ path }), false).head()).toBe(-1);
  const ledger = new MadeLedger(['node-a']);
  const { votes } = ledger.add([create().text]);
  await store.addVotes(votes);
  const reader = openFactsReader(path, { snapshot: false });
  expect(await reader.head()).toBe(-1);
  expect(await all(reader.strayVotes())).toEqual([{ blockId: votes[0]?.blockId, votes }]);
  await reader.close();
});

test('what leaves the backlog while a snapshot is read stands in it, or in a block of it', async () => {
  const { id, text } = create();
  const entry = {
    digest: sha256Hex(text),
    transactionId: id,
    text,
    assignee: 'a',
    stamp: 's',
    acceptedAtMs: 1,
  };
  await store.addBacklog([entry]);
  const readers = [portFacts(createDirectStore({ path }), true), openFactsReader(path, { snapshot: true })];
  for (const reader of readers) expect(await reader.head()).toBe(-1);
  await store.removeBacklog([entry]);
  for (const reader of readers) {
    expect(await all(reader.backlog())).toEqual([{ ...entry, position: 1 }]);
    await reader.close();
  }
});
