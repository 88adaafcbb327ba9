/**
 * Danger: a refusal that nobody remembers, one that somebody forged, or one that takes an entry with it that it was not
 * about.
 * Method: a member refuses, or another one's rejections stand in the store, right and wrong.
 */

import { sha256Hex } from '../../../src/codec/hash.js';
import type { Refusal } from '../../../src/ledger/rejections.js';
import { makeRejection } from '../../../src/model/rejection.js';
import { keyPairOf } from '../../support/keys.js';
import { MadeLedger } from '../../support/made-ledger.js';
import { create } from '../../support/transactions.js';
import { LedgerScene } from './support/ledger-scene.js';

const MEMBERS = ['node-a', 'node-b'];
const mine = keyPairOf('node-a');

async function withEntry(msPerReading = 0) {
  const scene = await LedgerScene.open({ made: new MadeLedger(MEMBERS), msPerReading });
  const coin = create();
  await scene.access.submit([coin.text]);
  const [entry] = await scene.facts.backlogByTransaction([coin.id]);
  if (entry === undefined) throw new Error('no entry');
  const refusal: Refusal = {
    transactionId: coin.id,
    digest: entry.digest,
    stamp: entry.stamp,
    code: 'AMOUNT_ERROR',
    message: 'too much',
  };
  return { scene, coin, entry, refusal, rejections: scene.parts.rejections };
}

/** As another member writes it. */
function written(by: string, transactionId: string, message = 'they say so') {
  return makeRejection(keyPairOf(by), {
    transactionId,
    digest: 'ab'.repeat(32),
    code: 'AMOUNT_ERROR',
    message,
    height: 0,
    timestamp: '1500000000',
  });
}

test('a refusal is remembered, signed, and takes its entry from store and mirror', async () => {
  const { scene, coin, entry, refusal, rejections } = await withEntry();
  expect(await rejections.reject([refusal], mine)).toEqual([entry.digest]);
  expect(await scene.facts.countBacklog()).toBe(0);
  expect(scene.access.transactionState(coin.id)).toMatchObject({
    status: 'rejected',
    rejection: { code: 'AMOUNT_ERROR', message: 'too much', node: mine.publicKey },
  });
  expect(scene.rejected).toEqual([coin.id]);
  expect(await rejections.reject([], mine)).toEqual([]);
});

test('an entry that was sent again since it was judged stays', async () => {
  const { scene, coin, entry, refusal, rejections } = await withEntry();
  await scene.access.submit([coin.text]);
  await rejections.reject([refusal], mine);
  expect((await scene.facts.backlogStates([entry.digest]))[0]?.stamp).not.toBe(entry.stamp);
  expect(scene.access.transactionState(coin.id)?.status).toBe('backlog');
});

test('a rejection that is not known to stand takes no entry', async () => {
  const { scene, coin, refusal, rejections } = await withEntry();
  scene.faultOf = (name) => (name === 'addRejections' ? 'unavailable' : 'none');
  expect(await rejections.reject([refusal], mine)).toEqual([]);
  expect(scene.access.transactionState(coin.id)?.status).toBe('backlog');
  expect(await scene.facts.countBacklog()).toBe(1);
});

test('a rejection is brought in once; asking for what the view has reads nothing more', async () => {
  const { scene, coin, rejections } = await withEntry();
  await scene.facts.addRejections([written('node-b', coin.id)]);
  await rejections.readOf([coin.id]);
  expect(scene.view.rejection(coin.id)).toMatchObject({ atMs: 1_500_000_000_000 });
  // The entry still stands in the store: it was sent again.
  expect(scene.access.transactionState(coin.id)?.status).toBe('backlog');
  const calls = scene.store.calls;
  await rejections.readOf([coin.id]);
  await rejections.readOf(['0'.repeat(64)]);
  expect([scene.store.calls - calls, scene.rejected]).toEqual([2, [coin.id]]);
});

test('what no member signed, or says something else than it is stored for, is junk: counted, said, skipped', async () => {
  const { scene, coin, rejections } = await withEntry();
  const right = written('node-b', coin.id);
  const swapped = right.text.replace('they say so', 'they said so');
  await scene.facts.addRejections([
    written('mallory', coin.id),
    { ...right, transactionId: '0'.repeat(64) },
    { digest: sha256Hex('{}'), transactionId: coin.id, text: '{}' },
    { digest: sha256Hex(swapped), transactionId: coin.id, text: swapped },
  ]);
  await rejections.readNew();
  expect([scene.view.rejection(coin.id), scene.rejected]).toEqual([null, []]);
  expect(scene.runtime.metrics.counter('bigchaindb_junk_total', 'rejection').value).toBe(4);
  expect(scene.logged('rejection.junk')).toHaveLength(4);
  expect(scene.view.rejectionPosition()).toBeGreaterThan(0);
});

test('a page of rejections lets others run after ten milliseconds', async () => {
  const { scene, coin, rejections } = await withEntry(5);
  await scene.facts.addRejections(
    Array.from({ length: 4 }, (_, index) => written('node-b', coin.id, `they say so, ${index}`)),
  );
  const before = scene.turns;
  await rejections.readNew();
  expect(scene.turns - before).toBe(2);
});
