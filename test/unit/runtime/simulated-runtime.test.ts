/**
 * Danger: a simulation that leans on the real clock or on luck finds nothing twice. Method: small worlds with nodes
 * that mix timers, turns, promises and chance, run twice per seed.
 */
import type { Runtime } from '../../../src/runtime/runtime.js';
import {
  createSimulatedWorld,
  SimulatedCrash,
  type SimulatedWorld,
} from '../../support/simulated-runtime.js';

/** A node that works in rounds: waits by chance, yields, awaits a chain of promises, notes what it did. */
async function chatter(runtime: Runtime, world: SimulatedWorld, name: string, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await new Promise<void>((resolve) => {
      runtime.scheduler.after(runtime.random.integer(20), resolve);
    });
    await runtime.scheduler.yieldTurn();
    for (let hop = 0; hop < runtime.random.integer(30); hop++) await Promise.resolve();
    world.trace(`${name} round ${round}`);
  }
}

async function chatteringWorld(seed: number): Promise<{ hash: string; tail: readonly string[] }> {
  const world = createSimulatedWorld(seed, { timerJitterMs: 3 });
  const nodes = ['a', 'b', 'c'].map((name) => world.node(name, { clockOffsetMs: name === 'b' ? -5000 : 0 }));
  const all = Promise.all(nodes.map((node) => chatter(node.runtime, world, node.name, 20)));
  await world.settle(all, 60_000);
  return { hash: world.traceHash(), tail: world.traceTail() };
}

test('the same seed gives the same trace, another seed another', async () => {
  const hashes = new Set<string>();
  for (let seed = 1; seed <= 5; seed++) {
    const first = await chatteringWorld(seed);
    const second = await chatteringWorld(seed);
    expect(second.hash).toBe(first.hash);
    expect(first.tail.length).toBeGreaterThan(50);
    hashes.add(first.hash);
  }
  expect(hashes.size).toBe(5);
});

test('timers fire in virtual time, in order, and never before their delay', async () => {
  const world = createSimulatedWorld(1);
  const { runtime } = world.node('a');
  const fired: [number, number][] = [];
  for (const delayMs of [500, 0, 20, 3_600_000, 20])
    runtime.scheduler.after(delayMs, () => fired.push([delayMs, world.nowMs()]));
  const cancelled = runtime.scheduler.after(10, () => fired.push([-1, -1]));
  cancelled.cancel();
  cancelled.cancel();
  const realStart = Date.now();
  expect(await world.runUntilQuiet(10_000_000)).toBe(true);
  expect(Date.now() - realStart).toBeLessThan(5000);
  expect(fired).toEqual([
    [0, 0],
    [20, 20],
    [20, 20],
    [500, 500],
    [3_600_000, 3_600_000],
  ]);
});

test('the order of one instant depends on the seed only', async () => {
  const orders = new Set<string>();
  for (let seed = 0; seed < 20; seed++) {
    const world = createSimulatedWorld(seed);
    const order: string[] = [];
    for (const name of ['a', 'b', 'c']) world.node(name).runtime.scheduler.after(5, () => order.push(name));
    await world.runFor(5);
    orders.add(order.join(''));
  }
  expect(orders.size).toBeGreaterThan(3);
});

test('each node has its own clock: offset, rate, jumps', async () => {
  const world = createSimulatedWorld(1);
  const right = world.node('right');
  const fast = world.node('fast', { clockRate: 1.5, clockOffsetMs: 60_000 });
  await world.runFor(1000);
  expect(right.runtime.clock.monotonicMs()).toBe(1000);
  expect(fast.runtime.clock.monotonicMs()).toBe(1500);
  expect(fast.runtime.clock.nowMs() - right.runtime.clock.nowMs()).toBe(60_500);
  fast.jumpClock(-3_600_000);
  fast.setClockRate(0.5);
  await world.runFor(1000);
  expect(fast.runtime.clock.monotonicMs()).toBe(2000);
  expect(fast.runtime.clock.nowMs()).toBeLessThan(right.runtime.clock.nowMs() - 3_000_000);
});

test('a crashed node never resumes, and a restarted one begins anew', async () => {
  const world = createSimulatedWorld(1);
  const node = world.node('a');
  const before = node.runtime;
  let resumed = false;
  before.scheduler.after(10, () => {
    resumed = true;
  });
  void before.scheduler.yieldTurn().then(() => {
    resumed = true;
  });
  node.crash();
  const after = node.restart();
  let lives = false;
  after.scheduler.after(10, () => {
    lives = true;
  });
  await world.runFor(100);
  expect([resumed, lives]).toEqual([false, true]);
  expect(() => before.failpoints.hit('x')).toThrow(SimulatedCrash);
  expect(Buffer.from(after.random.bytes(8))).not.toEqual(Buffer.from(before.random.bytes(8)));
});

test('an armed failpoint ends the node at the named hit', () => {
  const node = createSimulatedWorld(1).node('a');
  node.runtime.failpoints.hit('vote.before_write');
  node.armFailpoint('vote.before_write', 2);
  node.runtime.failpoints.hit('vote.before_write');
  node.runtime.failpoints.hit('vote.after_write');
  expect(() => node.runtime.failpoints.hit('vote.before_write')).toThrow(SimulatedCrash);
  expect(node.alive).toBe(false);
  expect(node.failpointHits().get('vote.before_write')).toBe(3);
});

test('runUntil stops at the condition or at its time', async () => {
  const world = createSimulatedWorld(1);
  const { runtime } = world.node('a');
  let count = 0;
  const again = (): void => {
    count++;
    runtime.scheduler.after(100, again);
  };
  again();
  expect(await world.runUntil(() => count === 5, 10_000)).toBe(true);
  expect(world.nowMs()).toBe(400);
  expect(await world.runUntil(() => count === 500, 1000)).toBe(false);
  expect(world.nowMs()).toBe(1400);
  await expect(world.settle(new Promise(() => undefined), 50)).rejects.toThrow('not settled');
});

test('an exception of node code reaches the test', async () => {
  const world = createSimulatedWorld(1);
  world.node('a').runtime.scheduler.after(1, () => {
    throw new Error('broken');
  });
  await expect(world.runFor(5)).rejects.toThrow('broken');
});

test.each<[string, (runtime: Runtime) => Promise<void>]>([
  [
    'turn after turn',
    async ({ scheduler }) => {
      for (;;) await scheduler.yieldTurn();
    },
  ],
  [
    'promise after promise',
    async ({ clock }) => {
      for (;;) await Promise.resolve(clock.nowMs());
    },
  ],
])('a node that spins, %s, ends the run', async (_how, spin) => {
  const world = createSimulatedWorld(1, { eventsPerMinuteMax: 2000 });
  const { runtime } = world.node('a');
  runtime.scheduler.after(5, () => void spin(runtime).catch(() => undefined));
  await expect(world.runFor(10)).rejects.toThrow(/^it spins at 5 ms: a /);
});
