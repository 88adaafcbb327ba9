/**
 * Danger: elections, claims and reassignment that only work for three. Method: the same storm of faults on federations
 * of 1, 2, 4, 5 and 7 members; and how many members may be down before decisions stop, and that they go on by
 * themselves when the others return.
 */

import { runSeed } from '../support/federation-run.js';
import { Scene } from '../support/federation-scene.js';

const SEEDS = Number(process.env.SEEDS ?? 6);
const FIRST = Number(process.env.SEED ?? 1);
const SIZES = [1, 2, 4, 5, 7];

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `node-${index + 1}`);
}

test.each(SIZES)(
  '%i members survive crashes, faults and rivals',
  async (size) => {
    let acknowledged = 0;
    let crashes = 0;
    for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
      const outcome = await runSeed(seed, names(size), `test/federation/sizes -t '${size} members'`);
      acknowledged += outcome.acknowledged;
      crashes += outcome.crashes;
    }
    expect(acknowledged).toBeGreaterThan(SEEDS);
    if (SEEDS > 5) expect(crashes).toBeGreaterThan(SEEDS / 2);
  },
  120_000,
);

/** A block is valid with more than half of all members' votes: so many may be down. */
const BEARABLE = [
  [1, 0],
  [2, 0],
  [3, 1],
  [4, 1],
  [5, 2],
  [6, 2],
  [7, 3],
] as const;

test.each(BEARABLE)(
  'of %i members %i may be down, and one more stops decisions until it returns',
  async (size, bearable) => {
    const all = names(size);
    const scene = await Scene.open(31 + size, all);
    const [first = ''] = all;
    await scene.decide(first, all);
    const down = bearable === 0 ? [] : all.slice(-bearable);
    const up = all.filter((name) => !down.includes(name));
    for (const name of down) scene.node(name).crash();
    await scene.decide(first, up);
    const oneMore = up.at(-1) ?? '';
    scene.node(oneMore).crash();
    if (size === 1) return;

    const id = await scene.submit(first);
    await scene.federation.world.runFor(60_000);
    const state = scene.node(first).core?.access.transactionState(id);
    expect(['undecided', 'backlog']).toContain(state?.status);
    await scene.start([oneMore]);
    await scene.validAt(id, up);
    await scene.start(down);
    await scene.validAt(id, all);
    for (const name of all) expect(scene.decisions(name)).toEqual(scene.decisions(first));
  },
);

test('what was assigned to a member that died is taken over within 15 s', async () => {
  const all = names(4);
  const scene = await Scene.open(41, all);
  await scene.decide('node-1', all);
  const world = scene.federation.world;
  const id = await scene.submit('node-2');
  // Acknowledged, and dead before its block is due.
  scene.node('node-2').crash();
  const atMs = world.nowMs();
  await scene.validAt(id, ['node-1', 'node-3', 'node-4']);
  expect(world.nowMs() - atMs).toBeLessThan(15_000);
});

test('a member that comes back after days votes on what it missed and stands where the others do', async () => {
  const all = names(3);
  const scene = await Scene.open(42, all);
  await scene.decide('node-1', all);
  const stay = ['node-1', 'node-2'];
  scene.node('node-3').crash();
  for (let turn = 0; turn < 80; turn += 1) await scene.decide(stay[turn % 2] ?? '', stay);
  // The others rest as well, so that days cost nothing; then they go on without it.
  for (const name of stay) scene.node(name).crash();
  await scene.federation.world.runFor(3 * 86_400_000);
  await scene.start(stay);
  for (let turn = 0; turn < 20; turn += 1) await scene.decide(stay[turn % 2] ?? '', stay);
  await scene.start(['node-3']);
  await scene.decide('node-3', all);
  for (const name of all) expect(scene.decisions(name)).toEqual(scene.decisions('node-1'));
  const store = scene.federation.observer();
  const blocks = await store.readBlocks(1, 200);
  expect(blocks.length).toBeGreaterThan(100);
  const votes = await store.readVotes(
    blocks.map((block) => block.id),
    16,
  );
  // Members vote on every height, also on those that the others decided without them.
  const own = new Set(
    votes.filter((vote) => vote.node === scene.node('node-3').keyPair.publicKey).map((vote) => vote.blockId),
  );
  expect(blocks.filter((block) => !own.has(block.id)).length).toBeLessThanOrEqual(1);
});

test('a gateway waits for the first member, follows, and hands submissions to the members', async () => {
  const all = names(3);
  const scene = await Scene.open(43, [], all.concat('gateway'));
  const gateway = scene.node('gateway');
  gateway.isGateway = true;
  for (const name of all)
    scene.node(name).settings = { keyring: all.filter((other) => other !== name), changes: [] };
  gateway.settings = { keyring: all, changes: [] };
  gateway.startAgain();
  await scene.federation.world.runFor(10_000);
  expect(gateway.core).toBeNull();
  await scene.start(all);
  await scene.until(() => gateway.core?.access.notReady().length === 0);
  for (let turn = 0; turn < 10; turn += 1) await scene.decide('gateway', [...all, 'gateway']);
  expect(scene.decisions('gateway')).toEqual(scene.decisions('node-1'));
  const creators = new Set(gateway.view.heights.slice(1).map(({ block }) => block?.creator));
  expect(creators.size).toBeGreaterThan(1);
});
