/**
 * Danger: an entry that this node has never heard of, or that was re-assigned or is gone, is missed for ever; junk in the
 * backlog stops the reading of what comes after it.
 * Method: another member writes into the store while this node sweeps, looks, or waits for an answer.
 */

import { BOUNDS } from '../../../src/config/limits.js';
import { publicKeyOfName } from '../../support/keys.js';
import { MadeLedger } from '../../support/made-ledger.js';
import { digestOf } from '../../support/store-facts.js';
import { create, documentOf, textOf } from '../../support/transactions.js';
import { LedgerScene } from './support/ledger-scene.js';

const MEMBERS = ['node-a', 'node-b'];
const ME = publicKeyOfName('node-a');

function entryOf(
  text: string,
  change: { readonly assignee?: string; readonly stamp?: string; readonly id?: string } = {},
) {
  const { assignee = ME, stamp = `stamp of ${text.length}`, id = 'id' } = change;
  return { digest: digestOf(text), transactionId: id, text, assignee, stamp, acceptedAtMs: 0 };
}

async function setUp() {
  const made = new MadeLedger(MEMBERS);
  const scene = await LedgerScene.open({ made });
  const { sweep, backlog } = scene.parts;
  const coin = create();
  const entry = entryOf(coin.text, { id: coin.id });
  return { made, scene, sweep, backlog, coin, entry };
}

test('what others wrote is read, and read once', async () => {
  const { scene, sweep, backlog, entry } = await setUp();
  await scene.facts.addBacklog([entry]);
  await sweep.readNew();
  expect(backlog.get(entry.digest)).toMatchObject({ assignee: ME, stamp: entry.stamp, stored: true });
  const seen = backlog.get(entry.digest);
  await scene.world.runFor(60_000);
  await sweep.readNew();
  expect([backlog.get(entry.digest), backlog.count]).toEqual([seen, 1]);
});

test('a new assignment is noted; its age begins anew', async () => {
  const { scene, sweep, backlog, entry } = await setUp();
  await scene.facts.addBacklog([entry]);
  await sweep.readNew();
  await scene.world.runFor(3000);
  await scene.facts.addBacklog([{ ...entry, assignee: publicKeyOfName('node-b'), stamp: 'again' }]);
  await sweep.readNew();
  expect(backlog.get(entry.digest)).toMatchObject({ stamp: 'again', assignedSinceMs: 3000, seenAtMs: 0 });
  expect(backlog.mineCount).toBe(0);
});

test('a comparison that finds another stamp in the store keeps the entry and counts its age anew', async () => {
  const { scene, sweep, backlog, entry } = await setUp();
  await scene.facts.addBacklog([entry]);
  await sweep.readNew();
  await scene.facts.addBacklog([{ ...entry, stamp: 'again' }]);
  await scene.world.runFor(3000);
  await sweep.compare([entry.digest, 'a digest that is not known']);
  expect(backlog.get(entry.digest)).toMatchObject({ assignedSinceMs: 3000 });
  expect(sweep.takeGone().size).toBe(0);
});

test('an entry that is gone from the store is kept until what followed has been read', async () => {
  const { scene, sweep, backlog, entry } = await setUp();
  await scene.facts.addBacklog([entry]);
  await sweep.readNew();
  await scene.facts.removeBacklog([entry]);
  await sweep.readOf([entry.transactionId]);
  expect([backlog.count, backlog.mineCount]).toEqual([1, 0]);
  const gone = sweep.takeGone();
  sweep.forgetGone(gone);
  expect([backlog.count, gone.size, sweep.takeGone().size]).toEqual([0, 1, 0]);
});

test('a resend that comes while the store is asked keeps its entry, and so does one that comes after it', async () => {
  const { scene, sweep, backlog, coin, entry } = await setUp();
  await scene.facts.addBacklog([entry]);
  await sweep.readNew();
  await scene.facts.removeBacklog([entry]);
  scene.afterCall = async (name) => {
    if (name === 'backlogByTransaction' || name === 'backlogStates') {
      scene.afterCall = async () => undefined;
      await scene.access.submit([coin.text]);
    }
  };
  await sweep.readOf([coin.id]);
  expect(sweep.takeGone().size).toBe(0);
  await scene.facts.removeBacklog(await scene.facts.backlogStates([entry.digest]));
  scene.afterCall = async (name) => {
    if (name !== 'backlogStates') return;
    scene.afterCall = async () => undefined;
    await scene.access.submit([coin.text]);
  };
  await sweep.compare([entry.digest]);
  expect(sweep.takeGone().size).toBe(0);
  await scene.facts.removeBacklog(await scene.facts.backlogStates([entry.digest]));
  await sweep.compare([entry.digest]);
  const gone = sweep.takeGone();
  expect(gone.size).toBe(1);
  await scene.access.submit([coin.text]);
  sweep.forgetGone(gone);
  expect(backlog.count).toBe(1);
});

test('an entry that left the mirror while the store was asked is not noted as gone', async () => {
  const { scene, sweep, backlog, coin, entry } = await setUp();
  await scene.facts.addBacklog([entry]);
  await sweep.readNew();
  await scene.facts.removeBacklog([entry]);
  scene.afterCall = async (name) => {
    if (name === 'backlogByTransaction') backlog.remove(entry.digest);
  };
  await sweep.readOf([coin.id]);
  expect(sweep.takeGone().size).toBe(0);
});

test('what is decided already is taken from the store, not in', async () => {
  const { made, scene, sweep, backlog, coin, entry } = await setUp();
  made.add([coin.text]);
  await scene.follow(1);
  await scene.facts.addBacklog([entry]);
  await sweep.readNew();
  expect([backlog.count, await scene.facts.countBacklog()]).toEqual([0, 0]);
});

test('junk is counted and said; what is assigned to this node is to be refused, with the reason', async () => {
  const { scene, sweep, backlog, coin, entry } = await setUp();
  const spaced = ` ${coin.text}`;
  const forged = textOf({ ...documentOf(coin), id: 'f'.repeat(64) });
  const junk = [
    entryOf('{"nothing":"a transaction"}'),
    entryOf(spaced, { stamp: 'spaced' }),
    entryOf(forged, { stamp: 'forged', assignee: publicKeyOfName('node-b') }),
    { ...entryOf(create().text, { stamp: 'other digest' }), digest: '0'.repeat(64) },
  ];
  await scene.facts.addBacklog([...junk, entry]);
  await sweep.readNew();
  expect([...backlog.values()].map(({ transaction }) => transaction.id)).toEqual([coin.id]);
  expect(scene.runtime.metrics.counter('bigchaindb_junk_total', 'backlog').value).toBe(4);
  expect(scene.logged('backlog.junk')).toHaveLength(4);
  const unfit = sweep.unfit();
  expect(unfit.map(({ entry: { stamp }, code }) => [stamp, code])).toEqual([
    ['stamp of 27', 'SCHEMA_VALIDATION'],
    ['spaced', 'NOT_CANONICAL'],
    ['other digest', 'NOT_CANONICAL'],
  ]);
  expect(unfit[1]?.message).toMatch(/not the canonical text/);
  sweep.refused(unfit.map(({ entry: { digest } }) => digest));
  expect(sweep.unfit()).toEqual([]);
});

test('a flood of junk is read a bounded part at a time; once that is refused the reading goes on', async () => {
  const { scene, sweep, backlog, entry } = await setUp();
  const junk = Array.from({ length: BOUNDS.clearBatch + 600 }, (_, index) =>
    entryOf(`{"junk":${index}}`, { stamp: `${index}` }),
  );
  await scene.facts.addBacklog([...junk, entry]);
  await sweep.readNew();
  expect([sweep.unfit().length, backlog.count]).toEqual([BOUNDS.clearBatch, 0]);
  sweep.refused(sweep.unfit().map(({ entry: { digest } }) => digest));
  await sweep.readNew();
  expect([sweep.unfit().length, backlog.count]).toEqual([600, 1]);
});

test('entries that have been known for long are compared, a bounded number at a time', async () => {
  const { scene, sweep, backlog, entry } = await setUp();
  await scene.facts.addBacklog([entry]);
  await sweep.readNew();
  const known = backlog.get(entry.digest);
  if (known === undefined) throw new Error('no entry');
  const { transaction } = known;
  for (let count = 0; count < BOUNDS.clearBatch; count += 1)
    backlog.add({
      ...known,
      transaction: { ...transaction, digest: `gone ${count}`, id: `${count}`, spends: [] },
    });
  await scene.world.runFor(10_000);
  await sweep.readNew();
  // One of those that were compared still stands.
  expect(sweep.takeGone().size).toBe(BOUNDS.clearBatch - 1);
  expect(backlog.get(entry.digest)).toBe(known);
});
