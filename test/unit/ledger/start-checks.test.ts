/**
 * Danger: a node works on a store that is not the one its view came from, or under lists of members that others do not
 * have.
 * Method: a view that a node derived, held against stores and settings that differ in one place.
 */

import { createDirectChecker } from '../../../src/ledger/checker-direct.js';
import { Federation } from '../../../src/ledger/federation.js';
import { checkDecidedUnder, checkPassedUnder, checkViewBelongs } from '../../../src/ledger/start-checks.js';
import type { CheckedBlock } from '../../../src/model/block-types.js';
import { createDirectStore } from '../../../src/store/embedded/direct.js';
import { publicKeyOfName } from '../../support/keys.js';
import { MadeLedger } from '../../support/made-ledger.js';
import { MemoryView } from '../../support/memory-view.js';
import { create } from '../../support/transactions.js';
import { heightOf, LedgerScene } from './support/ledger-scene.js';

const MEMBERS = ['node-a', 'node-b'];
const KEYS = MEMBERS.map(publicKeyOfName);

/** A ledger of this node's own: two valid heights, then two that hold no block. */
async function walked() {
  const made = new MadeLedger(MEMBERS);
  made.add([create().text]);
  made.add([create().text]);
  const stranger = { voters: [publicKeyOfName('node-c')], votesFor: [] };
  for (let junk = 0; junk < 2; junk += 1)
    made.add([create().text], { ...stranger, parent: heightOf(made, 2).block.id });
  const scene = await LedgerScene.open({ made });
  await scene.follow(1);
  expect(scene.statuses()).toEqual(['undecided', 'valid', 'valid', null, null]);
  const genesis = await scene.checker.checkBlock(heightOf(made, 0).block, []);
  if (genesis === null) throw new Error('no genesis block');
  return { made, scene, genesis };
}

describe('a view belongs to a store', () => {
  async function refusal(view: MemoryView, heights: MadeLedger['heights'], genesis: CheckedBlock) {
    const store = createDirectStore({ path: ':memory:' });
    for (const { block } of heights) await store.claimHeight(block);
    return checkViewBelongs(view, store, genesis).then(
      () => null,
      (error: Error) => error.message,
    );
  }

  test('when it is empty, or the store holds its newest block where it says', async () => {
    const { made, scene, genesis } = await walked();
    expect(await refusal(new MemoryView(), [], genesis)).toBeNull();
    expect(await refusal(scene.view, made.heights, genesis)).toBeNull();
  });

  test('not when it begins with another genesis block', async () => {
    const { made, scene } = await walked();
    const other = new MadeLedger(['node-b']);
    const checked = await scene.checker.checkBlock(heightOf(other, 0).block, []);
    if (checked === null) throw new Error('no genesis block');
    expect(await refusal(scene.view, made.heights, checked)).toMatch(
      new RegExp(
        `genesis block ${heightOf(made, 0).block.id}, the store with ${heightOf(other, 0).block.id}`,
      ),
    );
  });

  test('not when the store ends below it, as a restored backup does', async () => {
    const { made, scene, genesis } = await walked();
    const message = await refusal(scene.view, made.heights.slice(0, 2), genesis);
    expect(message).toMatch(/stands at height 2 with block .*, but the store ends below it/);
  });

  test('not when the store holds another block at its newest height', async () => {
    const { made, scene, genesis } = await walked();
    const message = await refusal(scene.view, [heightOf(made, 0), heightOf(made, 3)], genesis);
    expect(message).toMatch(/but the store holds [0-9a-f]{64} at height 3/);
    const rival = { block: { ...heightOf(made, 1).block, height: 2 }, votes: [] };
    expect(await refusal(scene.view, [heightOf(made, 0), rival], genesis)).toMatch(
      /the store holds .* at height 2/,
    );
  });
});

describe('what was passed over', () => {
  const NEW = ['node-c'];

  async function checked(changeAt: number, members: readonly string[], from = MEMBERS) {
    const { scene } = await walked();
    const federation = new Federation(from.map(publicKeyOfName), [
      { height: changeAt, members: members.map(publicKeyOfName) },
    ]);
    return checkPassedUnder(federation, scene.view, scene);
  }

  test('is refused when it holds a block by the list that the settings name now', async () => {
    await expect(checked(3, NEW)).rejects.toThrow(
      /names height 3, but this node passed over height 3 under other/,
    );
    await expect(checked(4, NEW)).rejects.toThrow(/passed over height 4/);
  });

  test('is let pass when it holds none by either list, and where the change lies elsewhere', async () => {
    await expect(checked(3, ['node-d'])).resolves.toBeUndefined();
    await expect(checked(5, NEW)).resolves.toBeUndefined();
    await expect(checked(2, NEW)).resolves.toBeUndefined();
  });

  test('junk with another parent, without a claim, or that is no block is nobody`s', async () => {
    const { made, scene } = await walked();
    const elsewhere = new MadeLedger(MEMBERS);
    for (const height of [1, 2, 3])
      elsewhere.add([create().text], {
        voters: NEW.map(publicKeyOfName),
        ...(height === 3 ? { parent: 'f'.repeat(64) } : {}),
      });
    const wrong = [
      heightOf(elsewhere, 3).block,
      { ...heightOf(made, 3).block, claimSignature: '' },
      { ...heightOf(made, 3).block, text: '{}' },
    ];
    const federation = new Federation(KEYS, [{ height: 3, members: NEW.map(publicKeyOfName) }]);
    for (const block of wrong) {
      const store = createDirectStore({ path: ':memory:' });
      await store.claimHeight(block);
      const checker = createDirectChecker(scene.runtime);
      await expect(checkPassedUnder(federation, scene.view, { store, checker })).resolves.toBeUndefined();
    }
  });

  test('a change within passed heights measures by the next block, and without one by nothing', async () => {
    const { scene } = await walked();
    const change = (height: number) =>
      new Federation(KEYS, [{ height, members: [publicKeyOfName('node-c')] }]);
    expect(() => checkDecidedUnder(change(3), scene.view)).not.toThrow();
    expect(() => checkDecidedUnder(change(2), scene.view)).toThrow(
      /height 2 was decided under other members/,
    );
  });

  test('with nothing but junk above the genesis block the genesis block is the parent', async () => {
    const made = new MadeLedger(MEMBERS);
    made.add([create().text], { voters: [publicKeyOfName('node-c')], votesFor: [] });
    const scene = await LedgerScene.open({ made });
    await scene.follow(1);
    const federation = new Federation(KEYS, [{ height: 1, members: NEW.map(publicKeyOfName) }]);
    await expect(checkPassedUnder(federation, scene.view, scene)).rejects.toThrow(/passed over height 1/);
    expect(() => checkDecidedUnder(federation, scene.view)).not.toThrow();
  });
});
