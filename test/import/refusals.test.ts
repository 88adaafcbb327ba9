/**
 * Danger: what is damaged or forged in an old database passes for the ledger, takes sound blocks with it, or vanishes
 * without a word.
 * Method: a small database made wrong in one place at a time, imported into a store in memory; what was refused and what
 * stands in the store are compared.
 */

import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../src/codec/json-value.js';
import { BOUNDS } from '../../src/config/limits.js';
import { ImportInTheWay } from '../../src/node/legacy/import-legacy.js';
import { createDirectStore } from '../../src/store/embedded/direct.js';
import { LegacySourceUnusable } from '../../src/store/legacy-source.js';
import { makeBlock } from '../support/store-facts.js';
import { create, keyPairOf, transferTo } from '../support/transactions.js';
import { fromFolder, type ImportedHere, importHere } from './support/import-here.js';
import { LegacyDatabase } from './support/legacy-database.js';
import { memberNames, type SmallScene, smallScene, votesOf } from './support/scenes.js';

const MEMBERS = memberNames(3);
let home: string;
let folders = 0;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'refusals-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function freshFolder(): string {
  folders += 1;
  return join(home, String(folders));
}

function importOf(database: LegacyDatabase, members = MEMBERS): Promise<ImportedHere> {
  return importHere(fromFolder(freshFolder(), database.documents), { members });
}

async function heights({ store }: ImportedHere): Promise<string[]> {
  return (await store.readBlocks(0, 1000)).map(({ id }) => id);
}

function documentOf({ database, blocks }: SmallScene, name: keyof SmallScene['blocks']): JsonObject {
  return database.documents.bigchain.find(({ id }) => id === blocks[name]) as JsonObject;
}

describe('a block', () => {
  const last = { by: 0, votes: votesOf(3) };
  const wrong: [string, (database: LegacyDatabase) => string, RegExp][] = [
    [
      'whose content was changed',
      (database) => {
        const id = database.block([create().text], last);
        const document = database.documents.bigchain.at(-1) as JsonObject;
        (document.block as JsonObject).timestamp = '1';
        return id;
      },
      /does not hash to its id/,
    ],
    [
      'whose asset is gone',
      (database) => {
        const id = database.block([create().text], last);
        database.documents.assets.pop();
        return id;
      },
      /the asset of [0-9a-f]{64} is missing/,
    ],
    [
      'that its creator did not sign',
      (database) => {
        const id = database.block([create().text], { votes: {} });
        for (const member of [0, 1, 2]) database.vote(id, member, true, database.genesisId);
        const document = database.documents.bigchain.at(-1) as JsonObject;
        document.signature = database.documents.bigchain[0]?.signature ?? null;
        return id;
      },
      /1\.0\.1 has it valid, but it was not signed by its creator/,
    ],
    [
      'that stands there twice',
      (database) => {
        const id = database.block([create().text], last);
        database.documents.bigchain.push(database.documents.bigchain.at(-1) as JsonObject);
        return id;
      },
      /stored before/,
    ],
    [
      'that is a second beginning',
      (database) => {
        const other = new LegacyDatabase([keyPairOf('member1')]);
        const document = other.documents.bigchain[0] as JsonObject;
        database.documents.bigchain.push(document);
        database.documents.assets.push(...other.documents.assets);
        return String(document.id);
      },
      /one genesis block/,
    ],
  ];

  it.each(wrong)('%s is refused and reported, the others are not', async (_name, spoil, reason) => {
    const scene = smallScene(3);
    const id = spoil(scene.database);
    const imported = await importOf(scene.database);
    expect(imported.result).toMatchObject({ outcome: 'imported', breaches: [] });
    expect(imported.refusals).toEqual([{ kind: 'block', id, reason: expect.stringMatching(reason) }]);
    const kept = (await heights(imported)).filter((each) => each !== id);
    expect(new Set(kept)).toEqual(new Set(Object.values(scene.blocks)));
  });

  it('that was elected invalid stays, whoever signed it', async () => {
    const scene = smallScene(3);
    const document = documentOf(scene, 'invalid');
    document.signature = 'none';
    const imported = await importOf(scene.database);
    expect(imported.refusals).toEqual([]);
    expect(await heights(imported)).toContain(scene.blocks.invalid);
  });

  it('of a member that has left counts by the votes of those who stay, and the key is named', async () => {
    const database = new LegacyDatabase([3, 0, 1, 2].map((index) => keyPairOf(`member${index}`)));
    const id = database.block([create().text], { by: 0 });
    const alone = database.block([create().text], { by: 0, votes: { 0: true } });
    const imported = await importOf(database);
    expect(imported.refusals).toEqual([]);
    expect(await heights(imported)).toEqual([database.genesisId, id, alone]);
    expect(imported.report.counts).toMatchObject({ valid: 1, undecided: 1 });
    expect([...imported.report.strangers]).toEqual([keyPairOf('member3').publicKey]);
  });
});

describe('votes and rows', () => {
  it('a second vote of a member is refused; one with a wrong signature is kept and does not count', async () => {
    const database = new LegacyDatabase(MEMBERS.map(keyPairOf));
    const id = database.block([create().text], { votes: votesOf(2) });
    database.vote(id, 0, false, database.genesisId);
    const { votes } = database.documents;
    const forged = { ...(votes[0] as JsonObject), node_pubkey: keyPairOf('member2').publicKey };
    votes.push(forged);
    const imported = await importOf(database);
    expect(imported.report.counts).toMatchObject({ valid: 1, votes: 3 });
    expect(imported.refusals).toMatchObject([{ kind: 'vote', reason: /one vote of a node/ }].map(reasonOf));
  });

  it('a row that is no transaction is refused, one that is valid by now is left out', async () => {
    const scene = smallScene(3);
    const { transactions, database } = scene;
    database.documents.backlog.push({ id: 'x', assignee: 'y', assignment_timestamp: 1 });
    const imported = await importOf(database);
    expect(imported.report.counts).toMatchObject({ backlog: 3, backlogDone: 1 });
    expect(imported.refusals).toMatchObject([{ kind: 'backlog' }]);
    const waiting = await imported.store.readBacklog(0, 10);
    const { open, openSpend, waiting: row } = transactions;
    expect(waiting.map(({ transactionId }) => transactionId).sort()).toEqual(
      [open?.id, openSpend?.id, row?.id].sort(),
    );
    expect(waiting.find(({ transactionId }) => transactionId === row?.id)?.acceptedAtMs).toBeGreaterThan(0);
  });

  it('a line that is no document is refused by file and line', async () => {
    const { database } = smallScene(3);
    const folder = freshFolder();
    const source = fromFolder(folder, database.documents);
    appendFileSync(join(folder, 'bigchain.json'), '\n{"id": \n');
    const { refusals, result } = await importHere(source, { members: MEMBERS });
    expect(result.outcome).toBe('imported');
    expect(refusals).toMatchObject([{ kind: 'document', id: expect.stringMatching(/bigchain\.json:8$/) }]);
  });
});

describe('the whole', () => {
  it('a ledger that spends twice in valid blocks is not imported at all', async () => {
    const database = new LegacyDatabase(MEMBERS.map(keyPairOf));
    const coin = create();
    database.block([coin.text]);
    database.block([transferTo(coin, 'alice', 'bob').text]);
    database.block([transferTo(coin, 'alice', 'carol').text]);
    const { result, store } = await importOf(database);
    expect(result).toMatchObject({
      outcome: 'refused',
      breaches: [{ invariant: 'I1' }, { invariant: 'I3' }],
    });
    expect(await store.readImport()).toBeNull();
    expect(await store.readBlocks(0, 1)).toEqual([]);
  });

  it('undecided blocks beyond the bound give their transactions to the backlog', async () => {
    const database = new LegacyDatabase(MEMBERS.map(keyPairOf));
    const count = BOUNDS.importedUndecidedMax + 3;
    for (let index = 0; index < count; index += 1) database.block([create().text], { votes: {} });
    const { report, refusals, store } = await importOf(database);
    expect(report.counts).toMatchObject({ undecided: BOUNDS.importedUndecidedMax, backlog: count });
    expect(refusals.map(({ reason }) => reason)).toEqual(
      Array(3).fill(expect.stringMatching(/wait in the backlog/)),
    );
    expect(await store.countBacklog()).toBe(count);
  });

  it('a source that has grown is not mixed with what was imported', async () => {
    const { database } = smallScene(3);
    const { store } = await importOf(database);
    database.block([create().text]);
    const again = importHere(fromFolder(freshFolder(), database.documents), { members: MEMBERS, store });
    await expect(again).rejects.toThrow(ImportInTheWay);
    const others = importHere(fromFolder(freshFolder(), smallScene(3).database.documents), {
      members: memberNames(2),
      store,
    });
    await expect(others).rejects.toThrow(/Another import was begun/);
  });

  it('a ledger that began here is left alone', async () => {
    const store = createDirectStore({ path: ':memory:' });
    await store.claimHeight(makeBlock(0));
    const { database } = smallScene(3);
    const source = fromFolder(freshFolder(), database.documents);
    await expect(importHere(source, { members: MEMBERS, store })).rejects.toThrow(
      /There is a ledger already/,
    );
  });

  it('what is no database of 1.0.x is refused with a sentence', async () => {
    const empty = fromFolder(freshFolder(), { bigchain: [], votes: [], assets: [], backlog: [] });
    await expect(importHere(empty, { members: MEMBERS })).rejects.toThrow(/no genesis block/);
    const folder = freshFolder();
    fromFolder(folder, { bigchain: [], votes: [], assets: [], backlog: [] });
    rmSync(join(folder, 'votes.json'));
    const lacking = importHere(fromFolder(join(folder, 'deeper'), emptyDocuments()), { members: MEMBERS });
    await expect(lacking).rejects.toThrow(LegacySourceUnusable);
  });
});

function emptyDocuments() {
  return { bigchain: [], votes: [], assets: [], backlog: [] };
}

function reasonOf({ kind, reason }: { kind: string; reason: RegExp }) {
  return { kind, reason: expect.stringMatching(reason) };
}
