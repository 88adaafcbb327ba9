/**
 * Danger: what is decided and what is pending are mixed up: an output that counts as spent, or does not, by the wrong
 * block; a decision out of order.
 * Method: heights are placed and decided by hand, and every question asked at each step.
 */

import { BOUNDS } from '../../../src/config/limits.js';
import { InvariantBreach, LedgerState } from '../../../src/ledger/ledger-state.js';
import { PendingHeights, wellFormed } from '../../../src/ledger/pending-heights.js';
import type { CheckedBlock } from '../../../src/model/block-types.js';
import { checkBlock } from '../../../src/model/check-block.js';
import { keyPairOf } from '../../support/keys.js';
import { MadeLedger } from '../../support/made-ledger.js';
import { MemoryView } from '../../support/memory-view.js';
import { create, documentOf, outputsOf, spend, textOf, to, transfer } from '../../support/transactions.js';
import { heightOf, LedgerScene } from './support/ledger-scene.js';

const MEMBERS = ['node-a', 'node-b'];
const coin = create({ outputs: [to('alice', 5), to('alice', 5)] });
const paid = transfer(coin.id, [spend(coin, 0, 'alice')], [to('bob', 5)]);
const rival = transfer(coin.id, [spend(coin, 0, 'alice')], [to('carol', 5)]);

const clock = { nowMs: () => 7, monotonicMs: () => 0 };

function checked(made: MadeLedger, height: number): CheckedBlock {
  const block = checkBlock(heightOf(made, height).block, new Set());
  if (block === null) throw new Error(`height ${height} holds no block`);
  return block;
}

function setUp() {
  const made = new MadeLedger(MEMBERS);
  made.add([coin.text]);
  made.add([paid.text]);
  made.add([rival.text]);
  const state = new LedgerState(new MemoryView(), clock);
  state.setFederation(made.keys(), []);
  const genesis = state.place(checked(made, 0));
  const place = (height: number) => state.place(checked(made, height));
  return { made, state, genesis, place };
}

test('a transaction is nowhere, undecided, then valid; its outputs can be spent only then', () => {
  const { state, place } = setUp();
  expect([state.inclusion(coin.id), state.validOutputs(coin.id)]).toEqual(['none', null]);
  const first = place(1);
  expect([state.inclusion(coin.id), state.validOutputs(coin.id)]).toEqual(['undecided', null]);
  state.decide(first, 'valid');
  expect(state.inclusion(coin.id)).toBe('valid');
  expect(state.validOutputs(coin.id)).toMatchObject({
    assetId: coin.id,
    outputs: [{ amount: 5n }, { amount: 5n }],
  });
  expect(state.validOutputs(coin.id)).toBe(state.validOutputs(coin.id));
});

test('the genesis transaction can be included nowhere, also before the view has its block', () => {
  const { state, genesis } = setUp();
  const [only] = wellFormed(genesis);
  expect(only?.operation).toBe('GENESIS');
  expect([state.decidedHeight, state.inclusion(only?.id ?? '')]).toEqual([0, 'none']);
  expect(state.pending.inclusions(only?.id ?? '')).toHaveLength(1);
});

test('a spend counts where it stands: with the undecided, then with the valid, of an invalid block nowhere', () => {
  const { state, place } = setUp();
  state.decide(place(1), 'valid');
  const second = place(2);
  const third = place(3);
  expect(state.undecidedSpenders(coin.id, 0)).toEqual([paid.id, rival.id]);
  expect(state.validSpender(coin.id, 0)).toBeNull();
  state.decide(second, 'valid');
  expect([state.validSpender(coin.id, 0), state.undecidedSpenders(coin.id, 0)]).toEqual([
    paid.id,
    [rival.id],
  ]);
  state.decide(third, 'invalid');
  expect([state.validSpender(coin.id, 0), state.undecidedSpenders(coin.id, 0)]).toEqual([paid.id, []]);
  expect([state.inclusion(rival.id), state.validOutputs(rival.id)]).toEqual(['none', null]);
});

test('a height that stands in two undecided blocks is found by the valid one of them', () => {
  const made = new MadeLedger(MEMBERS);
  made.add([coin.text]);
  made.add([coin.text, create().text]);
  const state = new LedgerState(new MemoryView(), clock);
  state.setFederation(made.keys(), []);
  for (let height = 0; height < 3; height += 1) state.place(checked(made, height));
  const next = () => {
    const entry = state.nextToDecide();
    if (entry === undefined) throw new Error('nothing to decide');
    return entry;
  };
  state.decide(next(), 'invalid');
  expect(state.inclusion(coin.id)).toBe('undecided');
  state.decide(next(), 'valid');
  expect([state.inclusion(coin.id), state.validOutputs(coin.id)?.assetId]).toEqual(['valid', coin.id]);
  expect(state.pending.inclusions(coin.id)).toHaveLength(1);
});

test('decisions come in order of height; another order is a breach', () => {
  const { state, place } = setUp();
  place(1);
  const second = place(2);
  expect(() => state.decide(second, 'valid')).toThrow(InvariantBreach);
  expect(() => state.decide(second, 'valid')).toThrow('height 2 decided while 1 is not');
});

test('what the view has committed is forgotten, and the answers stay', async () => {
  const made = new MadeLedger(MEMBERS);
  made.add([coin.text]);
  made.add([paid.text]);
  const scene = await LedgerScene.open({ made });
  await scene.follow(1);
  const { state } = scene.parts;
  expect([state.pending.size, state.pending.byId(heightOf(made, 2).block.id)]).toEqual([0, undefined]);
  expect([state.inclusion(coin.id), state.validSpender(coin.id, 0)]).toEqual(['valid', paid.id]);
  expect(state.validOutputs(coin.id)?.outputs).toHaveLength(2);
  const next = new LedgerState(scene.view, clock);
  expect([next.head, next.decidedHeight, next.headBlockId]).toEqual([2, 2, heightOf(made, 2).block.id]);
});

test('a creator of an invalid block is barred above it until a change names it anew, a stranger never', async () => {
  const made = new MadeLedger(MEMBERS);
  made.add([create().text], { votesAgainst: MEMBERS });
  const scene = await LedgerScene.open({ made, changes: [{ height: 5, members: MEMBERS }] });
  await scene.follow(1);
  const { publicKey } = keyPairOf('node-a');
  const barred = (state: LedgerState) => [1, 2, 4, 5, 6].map((height) => state.isBarred(publicKey, height));
  expect(barred(scene.parts.state)).toEqual([false, true, true, false, false]);
  // Known again after a restart, from the view alone.
  const next = new LedgerState(scene.view, clock);
  next.setFederation(made.keys(), [{ height: 5, members: made.keys() }]);
  expect(barred(next)).toEqual([false, true, true, false, false]);
  next.setFederation([keyPairOf('node-b').publicKey], []);
  expect(next.isBarred(publicKey, 3)).toBe(false);
});

/** A CREATE as a view would give it back; its one output stands in it `count` times. */
function withOutputs(count: number): { readonly id: string; readonly text: string } {
  const made = create();
  const document = documentOf(made);
  const [output] = outputsOf(document);
  return { id: made.id, text: textOf({ ...document, outputs: Array(count).fill(output) }) };
}

test('outputs that are remembered are bounded, and asked of the view again', async () => {
  const many = [withOutputs(BOUNDS.outputsRemembered / 2), withOutputs(BOUNDS.outputsRemembered / 2)];
  const view = new MemoryView();
  const read: string[] = [];
  view.validTransaction = (id) => {
    read.push(id);
    const found = many.find((each) => each.id === id);
    return found === undefined
      ? null
      : { id, text: found.text, height: 1, position: 0, status: 'valid', acceptedAtMs: null };
  };
  const state = new LedgerState(view, clock);
  const [first, second] = many.map(({ id }) => id) as [string, string];
  for (const id of [first, second, first, second]) expect(state.validOutputs(id)?.assetId).toBe(id);
  expect(read).toEqual([first, second]);
  const third = withOutputs(1);
  many.push(third);
  state.validOutputs(third.id);
  state.validOutputs(first);
  expect(read).toEqual([first, second, third.id, first]);
});

describe('pending heights', () => {
  test('a height without a block holds nothing and can be dropped; dropping twice does nothing', () => {
    const pending = new PendingHeights();
    const passed = pending.place(1, null, 0);
    expect([passed.status, wellFormed(passed)]).toEqual(['passed', []]);
    pending.drop(1);
    pending.drop(1);
    expect([pending.size, pending.get(1)]).toEqual([0, undefined]);
  });

  test('a transaction that is wrong in itself is in no index', () => {
    const made = new MadeLedger(MEMBERS);
    made.add([coin.text, '{"id":5}']);
    const pending = new PendingHeights();
    const entry = pending.place(1, checked(made, 1), 0);
    expect(wellFormed(entry).map(({ id }) => id)).toEqual([coin.id]);
    expect(pending.inclusions(coin.id)).toEqual([{ height: entry, position: 0 }]);
    pending.decide(entry, 'invalid', 9);
    expect([pending.inclusions(coin.id), entry.decidedAtMs]).toEqual([[], 9]);
    pending.drop(1);
    expect(pending.byId(heightOf(made, 1).block.id)).toBeUndefined();
  });
});
