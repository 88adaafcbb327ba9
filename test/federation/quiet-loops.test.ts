/**
 * Danger: loops that spin while nothing can be decided, and so take the store and the processor from those who could
 * help; or that stop for good.
 * Method: on virtual time, store calls are counted while the majority is down, in the states that tempt a loop: many
 * undecided heights, a block far above the head, backlog entries that wait for inputs nobody knows, a flood of hints.
 */

import { sha256Hex } from '../../src/codec/hash.js';
import { BOUNDS } from '../../src/config/limits.js';
import { makeBlock, makeClaim } from '../../src/model/block.js';
import { HostileScene, mallory } from '../support/hostile-member.js';
import { keyPairOf } from '../support/keys.js';
import { spend, to, transfer } from '../support/transactions.js';

/** Store calls of one node in a second that nothing happens in: its sweeps, and room for a look. */
const CALLS_PER_SECOND_MAX = 12;

class CountedScene {
  calls = 0;
  readonly scene = new HostileScene(41, {
    waitMs: () => {
      this.calls += 1;
      return 0;
    },
  });

  /** Only node-a runs; two of three are down. */
  async start(): Promise<void> {
    await this.scene.start([this.scene.a]);
  }

  async callsPerSecond(seconds: number): Promise<number> {
    const before = this.calls;
    await this.scene.federation.world.runFor(seconds * 1000);
    return (this.calls - before) / seconds;
  }

  /** Mallory claims as many heights as it likes, and these members have voted on them. */
  async claim(count: number, voters: readonly string[] = []): Promise<void> {
    let { height, parent } = this.scene.next();
    for (let claimed = 0; claimed < count; claimed += 1) {
      const block = this.scene.nextBlock([this.scene.transaction()], { height, parent });
      await this.scene.vote(block, voters);
      expect(await this.scene.store.claimHeight(block)).toBe('ok');
      height += 1;
      parent = block.id;
    }
  }
}

test('while the majority is down a node asks the store a few times a second', async () => {
  const counted = new CountedScene();
  await counted.start();
  await counted.scene.accepted(counted.scene.a);
  await counted.scene.federation.world.runFor(5000);
  expect(await counted.callsPerSecond(30)).toBeLessThan(CALLS_PER_SECOND_MAX);
  expect(counted.scene.failures()).toEqual([]);
});

test('also with more undecided heights than are kept in memory, and catches up when the majority returns', async () => {
  const counted = new CountedScene();
  const { scene } = counted;
  await counted.start();
  await counted.claim(BOUNDS.pendingHeightsMax + 40);
  await scene.federation.world.runFor(5000);
  expect(scene.a.core?.state.pending.size).toBeLessThanOrEqual(BOUNDS.pendingHeightsMax);
  expect(await counted.callsPerSecond(30)).toBeLessThan(CALLS_PER_SECOND_MAX + 8);
  const top = (await scene.store.readBlocks(0, 1000)).length - 1;
  scene.b.start();
  await scene.until(() => scene.a.view.height() >= top && scene.b.view.height() >= top, 30_000);
  const id = await scene.accepted(scene.a);
  await scene.until(() => scene.status(scene.b, id) === 'valid');
  expect(scene.failures()).toEqual([]);
});

test('also with a block far above the head', async () => {
  const counted = new CountedScene();
  await counted.start();
  const made = makeBlock(mallory, {
    timestamp: '1500000000',
    transactionTexts: [counted.scene.transaction().text],
    voters: ['node-a', 'node-b', 'mallory'].map((name) => keyPairOf(name).publicKey),
  });
  const claim = { blockId: made.id, height: 1_000_000, parent: '' };
  await counted.scene.store.claimHeight({
    ...claim,
    id: made.id,
    text: made.text,
    signature: made.signature,
    claimSignature: makeClaim(mallory, claim),
  });
  await counted.scene.federation.world.runFor(5000);
  expect(await counted.callsPerSecond(30)).toBeLessThan(CALLS_PER_SECOND_MAX);
});

test('also with a thousand expired entries whose inputs nobody knows', async () => {
  const counted = new CountedScene();
  const { scene } = counted;
  await counted.start();
  // An undecided height keeps them from being rejected.
  await counted.claim(1);
  const entries = Array.from({ length: 1000 }, () => {
    const never = scene.transaction();
    const moved = transfer(never.id, [spend(never, 0, 'alice')], [to('bob')]);
    return {
      digest: sha256Hex(moved.text),
      transactionId: moved.id,
      text: moved.text,
      assignee: scene.a.keyPair.publicKey,
      stamp: moved.id,
      acceptedAtMs: 0,
    };
  });
  await scene.store.addBacklog(entries);
  await scene.federation.world.runFor(620_000);
  expect(await counted.callsPerSecond(20)).toBeLessThan(2 * CALLS_PER_SECOND_MAX);
  expect(await scene.store.readRejections(0, 10)).toEqual([]);
  // Once everything below is decided they go, each with its reason.
  scene.b.start();
  await scene.until(() => scene.a.core?.backlog.count === 0, 60_000);
  await scene.federation.world.runFor(5000);
  expect(await scene.store.countBacklog()).toBe(0);
  expect(await scene.store.readRejections(0, 10_000)).toHaveLength(1000);
}, 60_000);

test('a slow store that is asked for unknown transactions all the time gathers no queue of looks', async () => {
  let slowMs = 0;
  let calls = 0;
  const scene = new HostileScene(42, {
    waitMs: () => {
      calls += 1;
      return slowMs;
    },
  });
  await scene.start();
  slowMs = 900;
  calls = 0;
  for (let request = 0; request < 1000; request += 1) {
    scene.a.core?.access.look(['ab'.repeat(32)]).catch(() => undefined);
    await scene.federation.world.runFor(5);
  }
  expect(calls).toBeLessThan(200);
  // What was asked in those seconds does not hold up what comes after them.
  slowMs = 0;
  const id = await scene.accepted(scene.a);
  await scene.until(() => scene.status(scene.b, id) === 'valid', 10_000);
});

test('a gateway that is far behind does not wait for its sweep between the heights it reads', async () => {
  const counted = new CountedScene();
  const { a } = counted.scene;
  await counted.start();
  await counted.claim(300, ['node-b', 'mallory']);
  a.crash();
  a.isGateway = true;
  a.startAgain();
  await counted.scene.until(() => a.view.height() >= 300, 3000);
  expect(counted.scene.failures()).toEqual([]);
});
