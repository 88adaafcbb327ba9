/**
 * Danger: a height decided by anything but the votes on it, in another order, or twice; a walk that stops at junk.
 * Method: facts of a made ledger are put into a store; a node, or a gateway, walks up.
 */

import { BOUNDS } from '../../../src/config/limits.js';
import { InvariantBreach } from '../../../src/ledger/ledger-state.js';
import { keyPairOf, publicKeyOfName } from '../../support/keys.js';
import { MadeLedger } from '../../support/made-ledger.js';
import { create, transferTo } from '../../support/transactions.js';
import { heightOf, LedgerScene } from './support/ledger-scene.js';

const MEMBERS = ['node-a', 'node-b', 'node-c'];

test('votes decide each height in order; what is undecided keeps all above it undecided', async () => {
  const made = new MadeLedger(MEMBERS);
  made.add([create().text]);
  made.add([create().text], { votesAgainst: ['node-b', 'node-c'] });
  made.add([create().text], { votesFor: ['node-b'] });
  made.add([create().text]);
  const scene = await LedgerScene.open({ made });
  await scene.follow(1);
  expect(scene.statuses()).toEqual(['undecided', 'valid', 'invalid']);
  const { state, heights } = scene.parts;
  expect([state.decidedHeight, state.head, state.undecidedCount]).toEqual([2, 4, 2]);
  expect(state.headBlockId).toBe(heightOf(made, 4).block.id);
  expect(scene.access.undecidedBlocks().map(({ height }) => height)).toEqual([3, 4]);
  await scene.putVotes([made.vote(heightOf(made, 3).block, 'node-c', true)]);
  await scene.catchUp();
  expect(scene.statuses()).toEqual(['undecided', 'valid', 'invalid', 'valid', 'valid']);
  expect(scene.heads.at(-1)).toBe(4);
  expect(heights.isBehind).toBe(false);
});

test('a majority that decides against this node`s own verdict is followed, and said', async () => {
  const made = new MadeLedger(MEMBERS);
  made.add([create().text], { votesAgainst: MEMBERS });
  const scene = await LedgerScene.open({ made });
  await scene.follow(1);
  expect(scene.statuses()).toEqual(['undecided', 'invalid']);
  expect(scene.logged('election.disagreement')[0]).toContain('"own_verdict":"valid"');
  const again = new MadeLedger(MEMBERS);
  again.add([transferTo(create(), 'alice', 'bob').text]);
  const other = await LedgerScene.open({ made: again });
  await other.follow(1);
  expect(other.statuses()).toEqual(['undecided', 'valid']);
  expect(other.logged('election.disagreement')[0]).toContain('"own_verdict":"invalid"');
});

test('a gateway counts the votes and judges nothing', async () => {
  const made = new MadeLedger(MEMBERS);
  made.add([transferTo(create(), 'alice', 'bob').text]);
  made.add([create().text]);
  const scene = await LedgerScene.open({ made, me: null });
  await scene.follow(1);
  expect(scene.statuses()).toEqual(['undecided', 'valid', 'valid']);
  expect(scene.logged('election.disagreement')).toEqual([]);
  expect(scene.parts.heights.takeUnvoted()).toEqual([]);
});

test('a height that others decided before this node had voted is kept for its vote', async () => {
  const made = new MadeLedger(MEMBERS);
  made.add([create().text], { votesFor: ['node-b', 'node-c'] });
  made.add([create().text]);
  const scene = await LedgerScene.open({ made });
  await scene.follow(1);
  expect(scene.parts.heights.takeUnvoted().map(({ height }) => height)).toEqual([1]);
  expect(scene.parts.heights.takeUnvoted()).toEqual([]);
});

test('what holds no block is passed over, counted as junk and said once', async () => {
  const made = new MadeLedger(MEMBERS);
  const plans = [{ parent: 'f'.repeat(64) }, { voters: [publicKeyOfName('node-a')] }];
  for (const plan of plans)
    made.add([create().text], { parent: heightOf(made, 0).block.id, votesFor: ['node-b'], ...plan });
  const unclaimed = made.add([create().text], { parent: heightOf(made, 0).block.id });
  unclaimed.block = { ...unclaimed.block, claimSignature: '' };
  const garbage = made.add([create().text], { parent: heightOf(made, 0).block.id, votesFor: [] });
  garbage.block = { ...garbage.block, text: '{}' };
  made.add([create().text], { parent: heightOf(made, 0).block.id });
  const scene = await LedgerScene.open({ made });
  unclaimed.votes.splice(1);
  await scene.follow(1);
  expect(scene.statuses()).toEqual(['undecided', null, null, null, null, 'valid']);
  expect(scene.logged('height.passed_over')).toHaveLength(4);
});

test('what a majority of this node`s own list voted on is not passed over: the node stops', async () => {
  const made = new MadeLedger(MEMBERS);
  made.add([create().text], { voters: [publicKeyOfName('node-a')] });
  const scene = await LedgerScene.open({ made });
  await expect(scene.follow(1)).rejects.toThrow(InvariantBreach);
  expect(scene.statuses()).toEqual(['undecided']);
});

test('a majority that comes late for what was passed over stops the node, too; it looks at most once a second', async () => {
  const made = new MadeLedger(MEMBERS);
  const junk = made.add([create().text], { voters: [publicKeyOfName('node-a')], votesFor: ['node-b'] });
  const scene = await LedgerScene.open({ made });
  const { heights } = scene.parts;
  await heights.recheckPassedOver();
  await scene.follow(1);
  await heights.recheckPassedOver();
  await scene.putVotes([made.vote(junk.block, 'node-c', false)]);
  await expect(heights.recheckPassedOver()).resolves.toBeUndefined();
  await scene.world.runFor(1000);
  await expect(heights.recheckPassedOver()).rejects.toThrow(/compare keyring and federation.changes/);
});

test('of what was passed over only the newest is looked at again', async () => {
  const made = new MadeLedger(MEMBERS);
  const parent = heightOf(made, 0).block.id;
  const plan = { voters: [publicKeyOfName('node-a')], votesFor: [], parent };
  for (let count = 0; count <= BOUNDS.lateVoteHeights; count += 1) made.add([create().text], plan);
  const scene = await LedgerScene.open({ made });
  await scene.follow(1);
  const [, oldest, second] = made.heights;
  const majority = (block: typeof oldest) =>
    block === undefined ? [] : MEMBERS.map((name) => made.vote(block.block, name, true));
  await scene.putVotes(majority(oldest));
  await scene.parts.heights.recheckPassedOver();
  await scene.putVotes(majority(second));
  await scene.world.runFor(1000);
  await expect(scene.parts.heights.recheckPassedOver()).rejects.toThrow(/height 2 carries votes/);
});

describe('a change of members that replaces an undecided height', () => {
  const NEW = ['node-c', 'node-d'];

  async function scene(votesFor: readonly string[]) {
    const made = new MadeLedger(MEMBERS);
    made.add([create().text], { votesFor });
    const opened = await LedgerScene.open({ made, me: 'node-c', changes: [{ height: 1, members: NEW }] });
    return { opened, made };
  }

  test('takes the height away from a block that the former members did not decide', async () => {
    const { opened } = await scene(['node-a']);
    await opened.follow(1);
    expect(opened.statuses()).toEqual(['undecided', null]);
    expect(opened.access.federation()).toEqual(NEW.map(publicKeyOfName));
  });

  test('is refused when their votes decide it', async () => {
    const { opened } = await scene(['node-a', 'node-b']);
    await expect(opened.follow(1)).rejects.toThrow(/decide that height valid under the members before/);
  });
});

test('junk about a block is counted once and stands in no way', async () => {
  const made = new MadeLedger(MEMBERS);
  const height = made.add([create().text]);
  height.votes.unshift(
    { blockId: height.block.id, node: 'node', signature: 'signature', text: '{}' },
    made.vote(height.block, 'stranger', false),
    { ...made.vote(height.block, 'node-b', false), node: keyPairOf('node-a').publicKey },
  );
  const scene = await LedgerScene.open({ made });
  await scene.follow(1);
  await scene.parts.heights.refresh();
  expect(scene.statuses()).toEqual(['undecided', 'valid']);
  expect(scene.runtime.metrics.counter('bigchaindb_junk_total', 'vote').value).toBe(3);
});

test('no more heights are placed than may be pending; as they are decided the walk goes on', async () => {
  const made = new MadeLedger(['node-a']);
  const more = BOUNDS.pendingHeightsMax + 3;
  for (let count = 0; count < more; count += 1) made.add([create().text], { votesFor: [] });
  const scene = await LedgerScene.open({ made });
  await scene.follow(1);
  const { heights, state } = scene.parts;
  expect([state.head, heights.isBehind]).toEqual([BOUNDS.pendingHeightsMax, true]);
  await heights.refresh();
  expect([state.head, heights.isBehind]).toEqual([BOUNDS.pendingHeightsMax, true]);
  for (const { block } of made.heights.slice(1)) await scene.putVotes([made.vote(block, 'node-a', true)]);
  await scene.catchUp();
  await scene.catchUp();
  expect([scene.view.height(), heights.isBehind]).toEqual([more, false]);
});

test.each(['read', 'checked'])(
  'a block that this node places itself while it is %s is placed once',
  async (when) => {
    const made = new MadeLedger(['node-a']);
    const height = made.add([create().text]);
    const scene = await LedgerScene.open({ made });
    const { state, heights } = scene.parts;
    const checked = await scene.checker.checkBlock(height.block, []);
    const placeOnce = (): void => {
      if (state.head === 0) state.place(checked);
    };
    if (when === 'read') scene.afterCall = async (name) => (name === 'readBlocks' ? placeOnce() : undefined);
    else
      scene.checker.checkBlock = async () => {
        placeOnce();
        return checked;
      };
    await scene.put(height);
    await heights.refresh();
    expect([state.head, state.pending.size]).toEqual([1, 1]);
  },
);

test('a block far above the head is left where it is; what comes next is read when it is there', async () => {
  const made = new MadeLedger(MEMBERS);
  made.add([create().text]);
  made.add([create().text]);
  const scene = await LedgerScene.open({ made });
  await scene.put(heightOf(made, 2));
  await scene.catchUp();
  expect([scene.parts.state.head, scene.parts.heights.isBehind]).toEqual([0, false]);
  await scene.put(heightOf(made, 1));
  await scene.catchUp();
  expect(scene.statuses()).toEqual(['undecided', 'valid', 'valid']);
});

test('heights that wait for this node`s vote are bounded; the newest are kept', async () => {
  const made = new MadeLedger(MEMBERS);
  const count = BOUNDS.pendingHeightsMax + 3;
  for (let index = 0; index < count; index += 1)
    made.add([create().text], { votesFor: ['node-b', 'node-c'] });
  const scene = await LedgerScene.open({ made });
  await scene.follow(1);
  await scene.catchUp();
  expect(scene.view.height()).toBe(count);
  const waiting = scene.parts.heights.takeUnvoted().map(({ height }) => height);
  expect([waiting.length, waiting.at(0), waiting.at(-1)]).toEqual([BOUNDS.pendingHeightsMax, 4, count]);
});

test('a member that floods a block with votes is kept sixteen of them, and both of its sides count', async () => {
  const made = new MadeLedger(MEMBERS);
  const height = made.add([create().text], { votesFor: ['node-a'] });
  for (let count = 0; count < 20; count += 1) height.votes.push(made.vote(height.block, 'node-b', false));
  height.votes.push(made.vote(height.block, 'node-b', true));
  const scene = await LedgerScene.open({ made });
  await scene.follow(1);
  expect(scene.statuses()).toEqual(['undecided', 'valid']);
  const kept = scene.view.blockVotes(1).filter(({ node }) => node === publicKeyOfName('node-b'));
  expect(kept.map(({ standing }) => standing)).toEqual(Array(BOUNDS.votesPerVoterMax).fill('equivocation'));
});

test('there is nothing to judge at the head, nor on a height without a block', async () => {
  const made = new MadeLedger(MEMBERS);
  made.add([create().text], { voters: [], votesFor: [] });
  const scene = await LedgerScene.open({ made });
  expect(await scene.parts.heights.judgeNext()).toBeNull();
  await scene.follow(1);
  expect(await scene.parts.heights.judgeNext()).toBeNull();
  const passed = { ...scene.parts.state.pending.place(2, null, 0) };
  scene.parts.heights.addVote(passed, made.vote(heightOf(made, 1).block, 'node-a', true));
  expect([passed.votes.size, scene.parts.heights.count(passed)]).toEqual([0, null]);
});

test('a store that fails fails the refresh, and not the next one', async () => {
  const made = new MadeLedger(['node-a']);
  made.add([create().text]);
  const scene = await LedgerScene.open({ made });
  scene.faultOf = (name) => (name === 'readBlocks' ? 'unavailable' : 'none');
  await expect(scene.follow(1)).rejects.toThrow(/injected fault/);
  scene.faultOf = () => 'none';
  await scene.catchUp();
  expect(scene.statuses()).toEqual(['undecided', 'valid']);
});

test('refreshes that are asked for while one is under way share the next one', async () => {
  const made = new MadeLedger(['node-a']);
  const scene = await LedgerScene.open({ made });
  const { heights } = scene.parts;
  const before = scene.store.calls;
  const first = heights.refresh();
  await Promise.resolve();
  const [second, third] = [heights.refresh(), heights.refresh()];
  expect(second).toBe(third);
  await Promise.all([first, second]);
  expect(scene.store.calls - before).toBe(2);
});
