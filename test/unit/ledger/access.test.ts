/**
 * Danger: two doors that say different things of one transaction; a wait that never ends or ends too early.
 * Method: one transaction on its way through every state, asked for at each step.
 */

import type { TransactionState } from '../../../src/ledger/ledger.js';
import { keyPairOf } from '../../support/keys.js';
import { MadeLedger } from '../../support/made-ledger.js';
import { create } from '../../support/transactions.js';
import { heightOf, LedgerScene } from './support/ledger-scene.js';

const MEMBERS = ['node-a', 'node-b'];

async function setUp(me?: string | null) {
  const made = new MadeLedger(MEMBERS);
  const coin = create();
  const height = made.add([coin.text]);
  const scene = await LedgerScene.open({ made, ...(me === undefined ? {} : { me }) });
  return { made, coin, height, scene, access: scene.access };
}

test('backlog, undecided, valid: the status and the place of a transaction on its way', async () => {
  const { coin, height, scene, access } = await setUp();
  expect(access.transactionState(coin.id)).toBeNull();
  const submitted = access.submit([coin.text]);
  expect(await submitted).toMatchObject([
    { accepted: true, id: coin.id, operation: 'CREATE', text: coin.text },
  ]);
  const state = (): Partial<TransactionState> | null => access.transactionState(coin.id);
  expect(state()).toMatchObject({ status: 'backlog', text: coin.text, height: null });
  const acceptedAtMs = state()?.acceptedAtMs;
  await scene.putBlock(height.block);
  await scene.catchUp();
  expect(state()).toMatchObject({
    status: 'undecided',
    text: coin.text,
    height: 1,
    position: 0,
    acceptedAtMs,
  });
  await scene.putVotes(height.votes);
  await scene.catchUp();
  expect(state()).toMatchObject({ status: 'valid', text: coin.text, height: 1, position: 0, acceptedAtMs });
});

test('a transaction of an invalid block is nowhere, one of an undecided block without an entry has no time', async () => {
  const { coin, height, scene, access, made } = await setUp();
  await scene.putBlock(height.block);
  await scene.catchUp();
  expect(access.transactionState(coin.id)).toMatchObject({ status: 'undecided', acceptedAtMs: null });
  await scene.putVotes(MEMBERS.map((name) => made.vote(height.block, name, false)));
  await scene.catchUp();
  expect(access.transactionState(coin.id)).toBeNull();
});

test('an entry that is not known to be stored is not in the backlog yet', async () => {
  const { coin, scene, access } = await setUp();
  const during: unknown[] = [];
  scene.afterCall = async (name) => {
    if (name === 'addBacklog') during.push(access.transactionState(coin.id), access.backlog().count);
  };
  await access.submit([coin.text]);
  expect(during).toEqual([null, 1]);
  expect(access.transactionState(coin.id)?.status).toBe('backlog');
});

test('the genesis transaction stays undecided for ever, as in 1.0.1', async () => {
  const { scene, access } = await setUp();
  const [genesis] = scene.view.blockTransactions(0, 0, 1);
  expect(access.transactionState(genesis?.id ?? '')).toMatchObject({ status: 'undecided', height: 0 });
});

test('an undecided block is shown with its votes, an invalid one and a passed height are not', async () => {
  const made = new MadeLedger(MEMBERS);
  const shown = made.add([create().text], { votesFor: ['node-b'] });
  made.add([create().text], { voters: [], parent: shown.block.id, votesFor: [] });
  const scene = await LedgerScene.open({ made });
  await scene.follow(1);
  const [block, ...others] = scene.access.undecidedBlocks();
  expect(others).toEqual([]);
  expect(block).toMatchObject({
    height: 1,
    id: shown.block.id,
    text: shown.block.text,
    parent: heightOf(made, 0).block.id,
  });
  expect(block?.votes).toMatchObject(shown.votes);
  // Between its decision and the commit an invalid block is shown no more.
  const entry = scene.parts.state.nextToDecide();
  if (entry === undefined) throw new Error('nothing to decide');
  scene.parts.state.decide(entry, 'invalid');
  expect(scene.access.undecidedBlocks()).toEqual([]);
});

test('the backlog is as old as its oldest entry, since this node first saw it', async () => {
  const { coin, scene, access } = await setUp();
  expect(access.backlog()).toEqual({ count: 0, oldestSeconds: null });
  await access.submit([coin.text]);
  await scene.world.runFor(2500);
  await access.submit([create().text]);
  expect(access.backlog()).toEqual({ count: 2, oldestSeconds: 2.5 });
});

test('who this node is and who the members are', async () => {
  const { access } = await setUp();
  const [a, b] = MEMBERS.map((name) => keyPairOf(name).publicKey);
  expect([access.publicKey, access.keyring(), access.notReady()]).toEqual([a, [b], []]);
  expect([...access.federation()].sort()).toEqual([a, b].sort());
  expect((await setUp(null)).access.publicKey).toBeNull();
});

test('a node that is not ready takes nothing, and says why', async () => {
  const { coin, scene, access } = await setUp();
  scene.notReady.push('it is starting', 'and slow');
  expect(await access.submit([coin.text, coin.text])).toMatchObject(
    Array(2).fill({
      accepted: false,
      retryable: true,
      problem: { code: 'STORE_UNAVAILABLE', message: 'This node is not ready: it is starting; and slow' },
    }),
  );
  expect(await scene.facts.countBacklog()).toBe(0);
});

describe('waiting until a transaction is decided', () => {
  test('ends with the decision, and leaves no listener', async () => {
    const { coin, height, scene, access } = await setUp();
    const waiting = access.waitDecided(coin.id, 60_000);
    await scene.putBlock(height.block);
    await scene.catchUp();
    expect(scene.listeners.size).toBe(1);
    await scene.putVotes(height.votes);
    await scene.catchUp();
    expect(await waiting).toMatchObject({ status: 'valid', height: 1 });
    expect(scene.listeners.size).toBe(0);
    expect(await access.waitDecided(coin.id, 60_000)).toMatchObject({ status: 'valid' });
    expect(scene.listeners.size).toBe(0);
  });

  test('ends after its time with the state of then', async () => {
    const { coin, scene, access } = await setUp();
    await access.submit([coin.text]);
    const waiting = access.waitDecided(coin.id, 500);
    const unknown = access.waitDecided('0'.repeat(64), 500);
    await scene.world.runFor(499);
    expect(scene.listeners.size).toBe(2);
    const [known, other] = await scene.world.settle(Promise.all([waiting, unknown]), 10);
    expect([known?.status, other]).toEqual(['backlog', null]);
    expect(scene.listeners.size).toBe(0);
  });

  test('ends with a rejection', async () => {
    const { scene, access, coin } = await setUp();
    const waiting = access.waitDecided(coin.id, 60_000);
    const digest = 'ab'.repeat(32);
    const refusal = { transactionId: coin.id, digest, stamp: 's', code: 'AMOUNT_ERROR', message: 'too much' };
    await scene.parts.rejections.reject([refusal], keyPairOf('node-a'));
    expect(await scene.world.settle(waiting, 1)).toMatchObject({
      status: 'rejected',
      text: null,
      rejection: { code: 'AMOUNT_ERROR' },
    });
    expect(scene.listeners.size).toBe(0);
  });
});

test('a look brings in what others wrote, and answers 503`s error when the store does not', async () => {
  const { coin, height, scene, access } = await setUp();
  await scene.put(height);
  await scene.world.settle(access.look([coin.id]), 100);
  expect(access.transactionState(coin.id)?.status).toBe('valid');
  scene.faultOf = () => 'unavailable';
  await expect(scene.world.settle(access.look([coin.id]), 100)).rejects.toThrow(/injected fault/);
});
