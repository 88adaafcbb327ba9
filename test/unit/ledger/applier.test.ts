/**
 * Danger: heights reach the view out of order or with a gap; a view that cannot be written is written on; an entry of a
 * decided transaction stays in the backlog for ever.
 * Method: a node follows a made ledger while its view or its store fails at a chosen call.
 */

import { BOUNDS } from '../../../src/config/limits.js';
import { ViewFailed } from '../../../src/ledger/view-failed.js';
import { MadeLedger } from '../../support/made-ledger.js';
import { create } from '../../support/transactions.js';
import { LedgerScene } from './support/ledger-scene.js';

const ONE = ['node-a'];

test('heights are committed in order, a bounded number at a time, and told after it', async () => {
  const made = new MadeLedger(ONE);
  const count = BOUNDS.heightsPerCommit + 2;
  for (let index = 0; index < count; index += 1) made.add([create().text]);
  const scene = await LedgerScene.open({ made });
  const commits: number[][] = [];
  const apply = scene.view.apply.bind(scene.view);
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  scene.view.apply = async (heights) => {
    commits.push(heights.map(({ height }) => height));
    await held;
    await apply(heights);
  };
  for (const height of made.heights.slice(1)) await scene.put(height);
  await scene.parts.heights.refresh();
  await scene.parts.heights.judgeDecided();
  // All are decided; the first commit is under way, and what came since waits for it.
  expect([scene.parts.state.decidedHeight, commits, scene.parts.applier.idle]).toEqual([count, [[1]], false]);
  release();
  await scene.parts.applier.settled();
  const second = made.heights.slice(2, 2 + BOUNDS.heightsPerCommit).map(({ block }) => block.height);
  expect(commits).toEqual([[1], second, [count]]);
  expect(scene.heads).toEqual([0, 1, second.at(-1), count]);
  expect(scene.parts.applier.idle).toBe(true);
});

test('a view that cannot be written stops the node once; nothing follows the height that is missing', async () => {
  const made = new MadeLedger(ONE);
  made.add([create().text]);
  const scene = await LedgerScene.open({ made });
  const apply = scene.view.apply.bind(scene.view);
  scene.view.apply = async () => {
    throw new Error('disk full');
  };
  await scene.follow(1);
  expect(scene.failures).toEqual([expect.any(ViewFailed)]);
  scene.view.apply = apply;
  const next = made.add([create().text]);
  await scene.follow(next.block.height);
  expect([scene.view.height(), scene.failures.length, scene.heads]).toEqual([0, 1, [0]]);
});

test('what an invalid block held is kept as it came, with the reason of this node', async () => {
  const made = new MadeLedger(ONE);
  const wrong = create();
  made.add([wrong.text, '{"id":5}'], { votesAgainst: ONE });
  const scene = await LedgerScene.open({ made });
  await scene.follow(1);
  expect(scene.view.blockByHeight(1)).toMatchObject({
    status: 'invalid',
    invalidReason: expect.stringMatching(/./),
  });
  expect(scene.view.blockTransactions(1, 0, 9).map(({ id, text }) => [id, text])).toEqual([
    [wrong.id, wrong.text],
    ['', '{"id":5}'],
  ]);
  const gateway = await LedgerScene.open({ made, me: null });
  await gateway.follow(1);
  expect(gateway.view.blockByHeight(1)).toMatchObject({ status: 'invalid', invalidReason: null });
});

describe('entries of a valid block', () => {
  async function withEntry(votes: { readonly votesAgainst?: readonly string[] } = {}) {
    const made = new MadeLedger(ONE);
    const coin = create();
    made.add([coin.text], votes);
    const scene = await LedgerScene.open({ made });
    const [outcome] = await scene.access.submit([coin.text]);
    expect(outcome).toMatchObject({ accepted: true, id: coin.id });
    return { scene, coin };
  }

  test('leave the mirror and the store; the view remembers when they were accepted', async () => {
    const { scene, coin } = await withEntry();
    const acceptedAtMs = scene.parts.backlog.ofTransaction(coin.id)[0]?.acceptedAtMs;
    await scene.follow(1);
    await scene.parts.applier.clear();
    expect([scene.parts.backlog.count, await scene.facts.countBacklog()]).toEqual([0, 0]);
    expect(scene.access.transactionState(coin.id)).toMatchObject({ status: 'valid', acceptedAtMs });
    expect(acceptedAtMs).toEqual(expect.any(Number));
  });

  test('stay when the block is invalid', async () => {
    const { scene, coin } = await withEntry({ votesAgainst: ONE });
    await scene.follow(1);
    await scene.parts.applier.clear();
    expect([scene.parts.backlog.count, await scene.facts.countBacklog()]).toEqual([1, 1]);
    expect(scene.access.transactionState(coin.id)?.status).toBe('backlog');
  });

  test('are cleared again when the store did not answer', async () => {
    const { scene } = await withEntry();
    scene.faultOf = (name) => (name === 'removeBacklog' ? 'unavailable' : 'none');
    await scene.follow(1);
    await expect(scene.parts.applier.clear()).rejects.toThrow(/injected fault/);
    expect(scene.logged('backlog.clear_failed').length).toBeGreaterThan(0);
    expect(await scene.facts.countBacklog()).toBe(1);
    scene.faultOf = () => 'none';
    await scene.parts.applier.clear();
    expect(await scene.facts.countBacklog()).toBe(0);
  });

  test('stay in the store when they were sent again meanwhile, with another stamp', async () => {
    const { scene, coin } = await withEntry();
    const [entry] = await scene.facts.backlogByTransaction([coin.id]);
    if (entry === undefined) throw new Error('no entry');
    await scene.facts.addBacklog([{ ...entry, stamp: 'of a resend' }]);
    await scene.follow(1);
    await scene.parts.applier.clear();
    expect(await scene.facts.backlogStates([entry.digest])).toEqual([
      { digest: entry.digest, stamp: 'of a resend' },
    ]);
  });
});
