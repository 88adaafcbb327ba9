/**
 * Danger: a door that answers from what this node has not caught up with, a vote that is never given, a view that
 * cannot be written and a node that goes on regardless.
 * Method: nodes whose store calls of one verb take seconds, or whose view fails at a chosen write.
 */

import { sha256Hex } from '../../src/codec/hash.js';
import { HostileScene, mallory } from '../support/hostile-member.js';
import { spend, to, transfer } from '../support/transactions.js';

test('a spend of what the votes in the store decide is accepted, also while a vote of this node is on its way', async () => {
  let slow = false;
  const scene = new HostileScene(51, { waitMs: (name) => (slow && name === 'addVotes' ? 5000 : 0) });
  const { b } = scene;
  await scene.start([b]);
  slow = true;
  const first = scene.nextBlock();
  await scene.vote(first, ['node-a', 'mallory']);
  await scene.store.claimHeight(first);
  await scene.until(() => b.view.height() >= first.height, 10_000);
  const made = scene.transaction();
  const second = scene.nextBlock([made]);
  await scene.vote(second, ['node-a', 'mallory']);
  await scene.store.claimHeight(second);
  const moved = transfer(made.id, [spend(made, 0, 'alice')], [to('bob')]);
  await scene.accepted(b, moved);
  slow = false;
  // It votes on both heights all the same, once.
  await scene.federation.world.runFor(20_000);
  for (const block of [first, second]) {
    const votes = await scene.store.readVotes([block.id], 10);
    expect(votes.filter((vote) => vote.node === b.keyPair.publicKey)).toHaveLength(1);
  }
});

test('a look that began before the decision finds what another look finds gone from the backlog', async () => {
  let slow = false;
  let blockReads = 0;
  const scene = new HostileScene(53, {
    waitMs: (name) => {
      if (name === 'readBlocks') blockReads += 1;
      return slow && name === 'readVotes' ? 400 : 0;
    },
  });
  const { b } = scene;
  await scene.start([b]);
  const first = scene.nextBlock();
  await scene.store.claimHeight(first);
  const made = scene.transaction();
  const digest = sha256Hex(made.text);
  const entry = { digest, transactionId: made.id, text: made.text, stamp: 's', acceptedAtMs: 0 };
  await scene.store.addBacklog([{ ...entry, assignee: mallory.publicKey }]);
  await scene.until(() => scene.status(b, made.id) === 'backlog' && b.core?.state.head === first.height);
  slow = true;
  const readBefore = blockReads;
  const early = b.core?.access.look([made.id]) ?? Promise.resolve();
  await scene.until(() => blockReads > readBefore, 1000);
  await scene.federation.world.runFor(20);
  // Elsewhere it is put into a block, decided and cleared, while the look waits for votes.
  const second = scene.nextBlock([made]);
  await scene.store.claimHeight(second);
  for (const block of [first, second]) await scene.vote(block, ['node-a', 'mallory']);
  await scene.store.removeBacklog([{ digest, stamp: 's' }]);
  const late = (b.core?.access.look([made.id]) ?? Promise.resolve()).catch(() => undefined);
  await scene.federation.world.settle(early, 5000);
  expect(scene.status(b, made.id)).not.toBeNull();
  slow = false;
  await scene.federation.world.settle(late, 5000);
  await scene.until(() => scene.status(b, made.id) === 'valid');
  await scene.until(() => b.core?.backlog.count === 0);
});

test('every member votes once on every height, also on those that others decided before it', async () => {
  for (let seed = 1; seed <= 10; seed += 1) {
    const scene = new HostileScene(seed, {
      members: ['node-a', 'node-b', 'node-c', 'node-d'],
      latencyMs: 60,
    });
    const { nodes, world } = scene.federation;
    await scene.start(nodes);
    for (let round = 0; round < 6; round += 1) {
      const id = await scene.accepted(world.random.pick(nodes));
      await scene.until(() => nodes.every((node) => scene.status(node, id) === 'valid'));
    }
    await world.runFor(3000);
    for (const block of await scene.store.readBlocks(1, 100)) {
      const voters = (await scene.store.readVotes([block.id], 100)).map((vote) => vote.node).sort();
      expect(voters).toEqual(nodes.map((node) => node.keyPair.publicKey).sort());
    }
    for (const node of nodes) node.crash();
  }
}, 60_000);

describe('a view that cannot be written', () => {
  const writes = ['apply', 'addLateVotes', 'addRejections'] as const;
  test.each(writes)('ends the node at %s, which acknowledges nothing more', async (write) => {
    const scene = new HostileScene(52);
    const { a, b } = scene;
    await scene.start();
    let failed = false;
    const { core } = a;
    a.view[write] = () => {
      failed = true;
      return Promise.reject(new Error('database or disk is full'));
    };
    const id = await scene.accepted(b);
    if (write === 'addRejections') {
      const text = '{"not":"a transaction"}';
      const entry = {
        digest: 'ab'.repeat(32),
        transactionId: 'cd'.repeat(32),
        text,
        stamp: 'x',
        acceptedAtMs: 0,
      };
      await scene.store.addBacklog([{ ...entry, assignee: b.keyPair.publicKey }]);
    }
    if (write === 'addLateVotes') {
      await scene.until(() => scene.status(b, id) === 'valid');
      const [, block] = await scene.store.readBlocks(0, 2);
      if (block === undefined) throw new Error('a block is needed');
      await scene.vote(block, ['mallory']);
    }
    await scene.until(() => failed && a.failures.length > 0);
    expect(String(a.failures[0])).toMatch(
      /ViewFailed: the view at database\.path cannot be written: .*disk is full/,
    );
    expect(core?.access.notReady().join()).toMatch(/cannot be written/);
    const [outcome] = (await core?.access.submit([scene.transaction().text])) ?? [];
    expect(outcome).toMatchObject({ accepted: false, retryable: true });
  });
});
