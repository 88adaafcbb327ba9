/**
 * Danger: two processes with one key pair (a copied container, a supervisor that starts twice) falsify a vote, bar their
 * own creator or split the ledger; or nobody ever notices.
 * Method: three members, one of them running twice with a view for each, everyone taking transactions; and one member
 * that merely crashes and comes back, which must not be taken for two.
 */

import { Scene } from '../support/federation-scene.js';

const MEMBERS = ['node-a', 'node-b', 'node-c'];
const WARNING = 'key_pair.used_elsewhere';

function warned(scene: Scene, name: string): boolean {
  return scene.node(name).logs.some((line) => line.includes(WARNING));
}

test.each([51, 52, 53, 54, 55])(
  'two processes with one key are harmless and loud (seed %i)',
  async (seed) => {
    const scene = await Scene.open(seed, MEMBERS, ['twin']);
    const twin = scene.node('twin');
    twin.keyPair = scene.node('node-c').keyPair;
    twin.settings = scene.node('node-c').settings;
    const all = [...MEMBERS, 'twin'];
    await scene.decide('node-a', MEMBERS);
    await scene.start(['twin']);
    const { random } = scene.federation.world;
    for (let round = 0; round < 15; round += 1) {
      const ids = await Promise.all(all.map((name) => scene.submit(name)));
      await scene.federation.world.runFor(random.integer(500));
      for (const id of ids) await scene.validAt(id, all);
    }
    for (const name of all) {
      expect([name, scene.node(name).failures]).toEqual([name, []]);
      expect(scene.decisions(name)).toEqual(scene.decisions('node-a'));
    }
    const statuses = scene
      .node('node-a')
      .view.heights.slice(1)
      .map(({ block }) => block?.status);
    expect(new Set(statuses)).toEqual(new Set(['valid']));
    expect([warned(scene, 'node-c'), warned(scene, 'twin')]).toEqual([true, true]);
    expect([warned(scene, 'node-a'), warned(scene, 'node-b')]).toEqual([false, false]);
  },
);

test('a member that crashes and comes back is not taken for two', async () => {
  const scene = await Scene.open(56, MEMBERS);
  for (let round = 0; round < 20; round += 1) {
    await scene.submit('node-c');
    await scene.federation.world.runFor(scene.federation.world.random.integer(300));
    scene.node('node-c').crash();
    await scene.start(['node-c']);
    await scene.decide('node-a', MEMBERS);
  }
  for (const name of MEMBERS) expect([name, warned(scene, name)]).toEqual([name, false]);
});
