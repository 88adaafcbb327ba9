/**
 * Danger: a change of members that splits the nodes, rewrites what was decided, or goes unnoticed where an operator
 * forgot it.
 * Method: real nodes in simulation whose operators stop them, edit `federation.changes` and start them again, each at
 * another time, while transactions go on.
 */

import { makeBlock, makeClaim } from '../../src/model/block.js';
import type { StoredBlock } from '../../src/store/store.js';
import { Scene } from '../support/federation-scene.js';
import { keyPairOf } from '../support/keys.js';
import { create } from '../support/transactions.js';

const ABC = ['node-a', 'node-b', 'node-c'];
const ABCD = [...ABC, 'node-d'];

/** Decides transactions at random doors until a node stands at `height`. */
async function goOnTo(scene: Scene, height: number, doors: readonly string[]): Promise<void> {
  const first = doors[0] ?? '';
  for (let turn = 0; scene.decidedHeight(first) < height; turn += 1)
    await scene.decide(doors[turn % doors.length] ?? first, doors);
}

/** Members named by the block at a height, by name. */
function votersAt(scene: Scene, node: string, height: number): string[] {
  const keys = scene.node(node).view.blockByHeight(height)?.voters ?? [];
  return ABCD.filter((name) => keys.includes(keyPairOf(name).publicKey));
}

function expectAgreement(scene: Scene, names: readonly string[]): void {
  const [first = '', ...others] = names;
  const shortest = Math.min(...names.map((name) => scene.decisions(name).length));
  for (const other of others)
    expect(scene.decisions(other).slice(0, shortest)).toEqual(scene.decisions(first).slice(0, shortest));
  for (const name of names) expect([name, scene.node(name).failures]).toEqual([name, []]);
}

test('a member is added at the agreed height, and from then on votes and makes blocks', async () => {
  const scene = await Scene.open(21, ABC, ['node-d']);
  await goOnTo(scene, 3, ABC);
  const height = scene.decidedHeight('node-a') + 6;
  const changes = [{ height, members: ABCD }];
  // The new member may be there first; what it takes before its time it hands to the members.
  await scene.start(['node-d'], changes);
  await scene.decide('node-d', ['node-a', 'node-d']);
  await scene.reconfigure(ABC, changes);
  await goOnTo(scene, height + 4, ABCD);
  expectAgreement(scene, ABCD);
  expect(votersAt(scene, 'node-a', height - 1)).toEqual(ABC);
  expect(votersAt(scene, 'node-a', height)).toEqual(ABCD);
  const creators = scene
    .node('node-a')
    .view.heights.slice(height)
    .map(({ block }) => block?.creator);
  expect(creators).toContain(keyPairOf('node-d').publicKey);
  // What was decided before keeps its status, and is read alike by a node that comes later.
  expect(scene.decisions('node-d')[1]).toBe(scene.decisions('node-a')[1]);
});

test('a member is removed; it notices by itself and stops with a reason, the others go on', async () => {
  const scene = await Scene.open(22, ABCD);
  await goOnTo(scene, 3, ABCD);
  const height = scene.decidedHeight('node-a') + 6;
  await scene.reconfigure(ABC, [{ height, members: ABC }]);
  // The leaving member is needed until the height, and takes part until then.
  await goOnTo(scene, height - 1, ABCD);
  await goOnTo(scene, height + 3, ABC);
  await scene.until(() => scene.node('node-d').failures.length > 0);
  expect(scene.node('node-d').failures[0]?.message).toContain('compare keyring and federation.changes');
  expectAgreement(scene, ABC);
  expect(votersAt(scene, 'node-a', height)).toEqual(ABC);
});

describe('the odd one stops with a reason, and the others go on', () => {
  const cases: readonly (readonly [
    string,
    (height: number) => { height: number; members: string[] }[] | null,
  ])[] = [
    ['who forgets the change', () => null],
    ['who writes a later height', (height) => [{ height: height + 1, members: ABCD }]],
    ['who writes an earlier height', (height) => [{ height: height - 1, members: ABCD }]],
  ];
  test.each(cases)('%s', async (_name, wrong) => {
    const scene = await Scene.open(23, ABC, ['node-d']);
    await goOnTo(scene, 2, ABC);
    const height = scene.decidedHeight('node-a') + 6;
    const changes = [{ height, members: ABCD }];
    const right = ['node-a', 'node-b', 'node-d'];
    await scene.reconfigure(['node-a', 'node-b'], changes);
    await scene.start(['node-d'], changes);
    const mistaken = wrong(height);
    if (mistaken !== null) await scene.reconfigure(['node-c'], mistaken);
    await goOnTo(scene, height + 4, right);
    await scene.until(() => scene.node('node-c').failures.length > 0);
    expect(scene.node('node-c').failures[0]?.message).toMatch(/federation\.changes/);
    expectAgreement(scene, right);
    const statuses = scene
      .node('node-a')
      .view.heights.slice(1)
      .map(({ block }) => block?.status);
    expect(statuses).not.toContain('invalid');
  });
});

test('a change for a height that is decided already is refused at the start', async () => {
  const scene = await Scene.open(24, ABC, ['node-d']);
  await goOnTo(scene, 4, ABC);
  scene.node('node-a').crash();
  scene.configure('node-a', [{ height: 2, members: ABCD }]);
  scene.node('node-a').startAgain();
  await scene.until(() => scene.node('node-a').failures.length > 0);
  expect(scene.node('node-a').failures[0]?.message).toContain('federation.changes names height 2');
});

describe('a change for heights that were passed over without a block', () => {
  /** Node-a and the others stand above a height that mallory took, under the list before the change. */
  async function passOver(scene: Scene, voters: readonly string[]): Promise<number> {
    await goOnTo(scene, 2, ABC);
    const { state } = scene.node('node-a').core ?? {};
    const height = (state?.head ?? 0) + 1;
    const { text } = create();
    const block = claimOf('node-d', { height, parent: state?.headBlockId ?? '' }, [text], voters);
    expect(await scene.federation.observer().claimHeight(block)).toBe('ok');
    await scene.until(() => scene.decidedHeight('node-a') === height);
    expect(scene.node('node-a').view.blockByHeight(height)).toBeNull();
    scene.node('node-a').crash();
    scene.configure('node-a', [{ height, members: ABCD }]);
    scene.node('node-a').startAgain();
    return height;
  }

  test('is refused where one of them holds a block of the new members', async () => {
    const scene = await Scene.open(28, ABC, ['node-d']);
    const height = await passOver(scene, ABCD);
    await scene.until(() => scene.node('node-a').failures.length > 0);
    expect(scene.node('node-a').failures[0]?.message).toContain(`passed over height ${height}`);
    expect(scene.node('node-a').failures[0]?.message).toContain('bigchaindb rebuild');
  });

  test('is taken where they hold none by either list: nothing that was decided changes', async () => {
    const scene = await Scene.open(29, ABC, ['node-d']);
    await passOver(scene, ['node-d']);
    await scene.until(() => scene.node('node-a').core?.access.notReady().length === 0);
    expect(scene.node('node-a').failures).toEqual([]);
  });
});

test('a creator is barred after an invalid block, says so, and is heard again when a change names it anew', async () => {
  const scene = await Scene.open(25, ABC);
  await goOnTo(scene, 2, ABC);
  const victim = scene.node('node-c');
  victim.crash();
  const store = scene.federation.observer();
  const { state } = scene.node('node-a').core ?? {};
  const bad = blockOf('node-c', (state?.head ?? 0) + 1, state?.headBlockId ?? '');
  expect(await store.claimHeight(bad)).toBe('ok');
  await goOnTo(scene, bad.height + 1, ['node-a', 'node-b']);
  expect(scene.node('node-a').view.blockByHeight(bad.height)?.status).toBe('invalid');

  victim.startAgain();
  await scene.until(() =>
    (victim.core?.access.notReady() ?? []).some((reason) => reason.includes('decided invalid')),
  );
  const height = scene.decidedHeight('node-a') + 4;
  const changes = [{ height, members: ABC }];
  await scene.reconfigure(['node-a', 'node-b'], changes);
  victim.crash();
  scene.configure('node-c', changes);
  victim.startAgain();
  await goOnTo(scene, height, ['node-a', 'node-b']);
  await scene.until(() => victim.core?.access.notReady().length === 0);
  await scene.decide('node-c', ABC);
  expectAgreement(scene, ABC);
  const creators = scene
    .node('node-a')
    .view.heights.slice(height)
    .map(({ block }) => block?.creator);
  expect(creators).toContain(keyPairOf('node-c').publicKey);
});

/** Wrong in one thing: it holds the same transaction twice. */
function blockOf(name: string, height: number, parent: string): StoredBlock {
  const { text } = create();
  return claimOf(name, { height, parent }, [text, text], ABC);
}

/** A block by `name` with its claim. */
function claimOf(
  name: string,
  { height, parent }: { readonly height: number; readonly parent: string },
  transactionTexts: readonly string[],
  members: readonly string[],
): StoredBlock {
  const keyPair = keyPairOf(name);
  const voters = members.map((member) => keyPairOf(member).publicKey);
  const made = makeBlock(keyPair, { timestamp: '1500000000', transactionTexts, voters });
  const claimSignature = makeClaim(keyPair, { blockId: made.id, height, parent });
  return { ...made, height, parent, claimSignature };
}

describe('a lost majority is replaced at the first undecided height', () => {
  const FIVE = [...ABCD, 'node-e'];

  test('what was acknowledged and undecided is decided by the new list', async () => {
    const scene = await Scene.open(26, FIVE);
    await goOnTo(scene, 2, FIVE);
    for (const name of ['node-c', 'node-d', 'node-e']) scene.node(name).crash();
    const id = await scene.submit('node-a');
    const height = scene.decidedHeight('node-a') + 1;
    // Both that are left vote, and it is not enough.
    await scene.until(() =>
      scene.nodes(['node-a', 'node-b']).every((node) => node.core?.state.head === height),
    );
    await scene.federation.world.runFor(30_000);
    expect(scene.decidedHeight('node-a')).toBe(height - 1);

    const survivors = ['node-a', 'node-b'];
    for (const name of survivors) scene.node(name).crash();
    await scene.start(survivors, [{ height, members: survivors }]);
    await scene.validAt(id, survivors);
    await goOnTo(scene, height + 3, survivors);
    expectAgreement(scene, survivors);
    expect(scene.node('node-a').view.blockByHeight(height)).toBeNull();
  });

  test('it is refused where the votes in the store already decide that height', async () => {
    const scene = await Scene.open(27, FIVE);
    await goOnTo(scene, 2, FIVE);
    const height = scene.decidedHeight('node-a') + 1;
    for (const name of ['node-a', 'node-b']) scene.node(name).crash();
    const lost = ['node-c', 'node-d', 'node-e'];
    await scene.decide('node-c', lost);
    for (const name of lost) scene.node(name).crash();

    scene.configure('node-a', [{ height, members: ['node-a', 'node-b'] }]);
    scene.node('node-a').startAgain();
    await scene.until(() => scene.node('node-a').failures.length > 0);
    expect(scene.node('node-a').failures[0]?.message).toContain('decide that height valid under');
  });
});
