/**
 * Danger: a member that rejects what it has no reason to reject makes transactions vanish, or bends what other nodes
 * say about them; a resend that is not judged anew.
 * Method: mallory writes signed rejections straight into the store, for its own entries and for those of others.
 */

import { makeRejection } from '../../src/model/rejection.js';
import { HostileScene, mallory } from '../support/hostile-member.js';
import { keyPairOf } from '../support/keys.js';
import { spend, to, transfer } from '../support/transactions.js';

async function reject(scene: HostileScene, transactionId: string, serial: number): Promise<void> {
  const fact = makeRejection(mallory, {
    transactionId,
    digest: 'ab'.repeat(32),
    code: 'AMOUNT_ERROR',
    message: `mallory says so, ${serial}`,
    height: 0,
    timestamp: '1500000000',
  });
  expect(await scene.store.addRejections([fact])).toEqual(['ok']);
}

test('a rejection of what is assigned to somebody else changes nothing', async () => {
  const scene = new HostileScene(61);
  const { a, b } = scene;
  await scene.start();
  const made = scene.transaction();
  await reject(scene, made.id, 1);
  await scene.until(() => [a, b].every((node) => scene.status(node, made.id) === 'rejected'));
  const seen = new Set<string | null>();
  await scene.accepted(a, made);
  await reject(scene, made.id, 2);
  await scene.until(() => {
    seen.add(scene.status(a, made.id));
    return [a, b].every((node) => scene.status(node, made.id) === 'valid');
  });
  // From its acceptance on it was never called rejected where it was accepted.
  expect([...seen]).not.toContain('rejected');
  expect(seen).not.toContain(null);
  // The signed evidence stays, and a later one does not turn what is valid.
  await reject(scene, made.id, 3);
  await scene.until(() => b.view.rejection(made.id)?.message === 'mallory says so, 3');
  expect(scene.status(b, made.id)).toBe('valid');
  expect(await scene.store.rejectionsByTransaction([made.id])).toHaveLength(3);
  expect(scene.failures()).toEqual([]);
});

test('what a member rejects and deletes is accepted again, and then valid', async () => {
  const scene = new HostileScene(62);
  const { a, b } = scene;
  await scene.start();
  const made = scene.transaction();
  await scene.store.addBacklog([
    {
      digest: 'ab'.repeat(32),
      transactionId: made.id,
      text: made.text,
      assignee: mallory.publicKey,
      stamp: 's',
      acceptedAtMs: 0,
    },
  ]);
  await reject(scene, made.id, 1);
  await scene.store.removeBacklog([{ digest: 'ab'.repeat(32), stamp: 's' }]);
  await scene.until(() => [a, b].every((node) => scene.status(node, made.id) === 'rejected'));
  await scene.accepted(b, made);
  await scene.until(() => [a, b].every((node) => scene.status(node, made.id) === 'valid'));
  expect(scene.failures()).toEqual([]);
});

test('a resend of what was rejected for good is judged anew, and rejected anew', async () => {
  const scene = new HostileScene(63);
  const { a, b } = scene;
  await scene.start();
  const made = scene.transaction();
  await scene.accepted(a, made);
  await scene.until(() => scene.status(b, made.id) === 'valid');
  const [first, second] = ['bob', 'carol'].map((owner) =>
    transfer(made.id, [spend(made, 0, 'alice')], [to(owner)]),
  );
  if (first === undefined || second === undefined) throw new Error('two spends are needed');
  await scene.accepted(a, first);
  await scene.until(() => scene.status(a, first.id) === 'valid');
  const write = async (stamp: string): Promise<void> => {
    const { sha256Hex } = await import('../../src/codec/hash.js');
    const digest = sha256Hex(second.text);
    const entry = { digest, transactionId: second.id, text: second.text, stamp, acceptedAtMs: 0 };
    await scene.store.addBacklog([{ ...entry, assignee: keyPairOf('node-a').publicKey }]);
  };
  for (const round of [1, 2]) {
    await write(`stamp ${round}`);
    await scene.federation.world.runFor(5000);
    expect(await scene.store.countBacklog()).toBe(0);
    expect(await scene.store.rejectionsByTransaction([second.id])).toHaveLength(round);
    for (const node of [a, b]) {
      expect(scene.status(node, second.id)).toBe('rejected');
      expect(node.view.rejection(second.id)?.code).toBe('DOUBLE_SPEND');
    }
  }
  // Nobody's door takes it either: the refusal is final there.
  const submitted = b.core?.access.submit([second.text]) ?? Promise.resolve([]);
  const [outcome] = await scene.federation.world.settle(submitted, 5000);
  expect(outcome).toMatchObject({ accepted: false, retryable: false, problem: { code: 'DOUBLE_SPEND' } });
  expect(scene.failures()).toEqual([]);
});
