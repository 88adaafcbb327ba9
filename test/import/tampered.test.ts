/**
 * Danger: somebody with access to the store changes what was imported, or lends the import's trust to blocks of his own.
 * Method: the files of an imported ledger are changed in one place; `verify` and `start` of real processes must refuse it,
 * and a block that nobody claimed must hold no height above the imported ones. Needs `npm run build`.
 */

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { canonicalJson } from '../../src/codec/canonical-json.js';
import { makeBlock } from '../../src/model/block.js';
import { importDigest, makeImport } from '../../src/model/import-record.js';
import { createDirectStore } from '../../src/store/embedded/direct.js';
import type { NodeFolder } from '../support/process-node.js';
import { create, keyPairOf } from '../support/transactions.js';
import { command, exported, folderOf, succeeds } from './support/import-command.js';
import { RestClient } from './support/rest.js';
import { memberNames, smallScene } from './support/scenes.js';

jest.setTimeout(120_000);

const MEMBERS = memberNames(3);
const LAST = 5;
const scene = smallScene(3);
let sound: NodeFolder;
const changed: NodeFolder[] = [];

beforeAll(async () => {
  sound = folderOf(MEMBERS);
  await succeeds(sound, ['import', exported(sound, scene.database)]);
});
afterAll(async () => {
  for (const folder of [sound, ...changed]) await folder.dispose();
});

/** A copy of the ledger of which the store was changed. */
function changedBy(sql: string, ...values: string[]): NodeFolder {
  const folder = folderOf(MEMBERS);
  changed.push(folder);
  cpSync(sound.dataFolder, folder.dataFolder, { recursive: true });
  const database = new DatabaseSync(join(folder.dataFolder, 'store.sqlite'));
  database.prepare(sql).run(...values);
  database.close();
  return folder;
}

function recordOf(lastHeight: number, digest: string, signer = 'member0'): string {
  const federation = MEMBERS.map((name) => keyPairOf(name).publicKey);
  return makeImport(keyPairOf(signer), { lastHeight, federation, digest });
}

const OTHER = canonicalJson({ other: 'text' });
const cases: [string, string, string[], RegExp, RegExp][] = [
  [
    'votes were taken away',
    'DELETE FROM votes WHERE block_id = ?',
    [scene.blocks.invalid ?? ''],
    /I22 height 5/,
    /not what was imported/,
  ],
  [
    'the record is no record',
    'UPDATE imports SET text = ?',
    [OTHER],
    /I8: the record of the import is none/,
    /no valid record/,
  ],
  [
    'the record says another digest',
    'UPDATE imports SET text = ?',
    [recordOf(LAST, importDigest('', 0, 'a', 'valid'))],
    /I22 height 5/,
    /not what was imported/,
  ],
  [
    'a stranger signed the record',
    'UPDATE imports SET text = ?',
    [recordOf(LAST, importDigest('', 0, 'a', 'valid'), 'stranger')],
    /signed by .*, no member/,
    /not in any list/,
  ],
  ['the record is gone', 'DROP TABLE imports', [], /neither claimed nor imported/, /no valid record/],
  [
    'a block was changed',
    'UPDATE blocks SET text = ? WHERE height = 1',
    [OTHER],
    /height 1 .*does not hash to its id/,
    /height 1 holds no block any more/,
  ],
];

it.each(cases)('%s: neither verify nor start takes it', async (_name, sql, values, finding, refusal) => {
  const folder = changedBy(sql, ...values);
  const verified = await command(folder, ['verify']);
  expect(verified).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(finding) });
  const node = folder.spawn();
  expect((await node.exited).code).toBe(1);
  expect(node.output()).toMatch(refusal);
});

it('a late vote changes no imported status', async () => {
  const folder = folderOf(MEMBERS);
  changed.push(folder);
  const late = smallScene(3).database;
  late.vote(scene.blocks.third ?? '', 2, false, scene.blocks.first);
  const text = canonicalJson(late.documents.votes.at(-1) ?? null);
  cpSync(sound.dataFolder, folder.dataFolder, { recursive: true });
  const store = createDirectStore({ path: join(folder.dataFolder, 'store.sqlite') });
  const { node_pubkey: node, signature } = late.documents.votes.at(-1) as Record<string, string>;
  await store.addVotes([
    { blockId: scene.blocks.third ?? '', node: node ?? '', signature: signature ?? '', text },
  ]);
  await store.close();
  await succeeds(folder, ['verify']);
});

it('a block without a claim holds no height above them', async () => {
  const folder = folderOf(MEMBERS.slice(0, 1));
  changed.push(folder);
  const single = smallScene(1);
  await succeeds(folder, ['import', exported(folder, single.database)]);
  const store = createDirectStore({ path: join(folder.dataFolder, 'store.sqlite') });
  const [parent] = await store.readBlocks(LAST, 1);
  const voters = [keyPairOf('member0').publicKey];
  const made = makeBlock(keyPairOf('member0'), {
    timestamp: '1500000100',
    transactionTexts: [create().text],
    voters,
  });
  const block = { ...made, height: LAST + 1, parent: parent?.id ?? '', claimSignature: '' };
  expect(await store.claimHeight(block)).toBe('ok');
  await store.close();
  const node = await folder.start();
  const rest = new RestClient(node);
  const made2 = create();
  expect(await rest.post(made2.text)).toBe(202);
  while ((await rest.status('transaction', made2.id)) !== 'valid');
  expect(await rest.status('block', made.id)).toBeNull();
  await node.stop();
  const { exitCode, stdout } = await command(folder, ['verify']);
  expect({ exitCode, stdout }).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/height 6 .*nobody claimed the height/),
  });
});
