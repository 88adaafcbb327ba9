/**
 * Danger: a pipeline that dies with its first error, misses a wake, or spins. Method: a pipeline on virtual time whose
 * step does what the test says.
 */

import { InvariantBreach } from '../../../src/ledger/ledger-state.js';
import { Pipeline } from '../../../src/pipelines/pipeline.js';
import { StoreUnavailable } from '../../../src/store/store.js';
import { createSimulatedWorld } from '../../support/simulated-runtime.js';

function open(step: (run: number) => Promise<void>, sweepMs = 1000) {
  const world = createSimulatedWorld(3);
  const { runtime } = world.node('node');
  const runs: number[] = [];
  const breaches: Error[] = [];
  const pipeline = new Pipeline({
    name: 'test',
    runtime,
    sweepMs,
    step: () => {
      runs.push(Math.round(world.nowMs()));
      return step(runs.length);
    },
    onBreach: (error) => breaches.push(error),
  });
  return { world, pipeline, runs, breaches };
}

test('it runs at its start and then at every sweep', async () => {
  const { world, pipeline, runs } = open(async () => undefined);
  pipeline.start();
  await world.runFor(3500);
  expect(runs).toEqual([0, 1000, 2000, 3000]);
});

test('a wake runs it at once, and a wake during the step runs it again', async () => {
  const { world, pipeline, runs } = open(async (run) => {
    if (run === 2) pipeline.wake();
  });
  pipeline.start();
  world.schedule('wake', 300, () => pipeline.wake());
  await world.runFor(900);
  expect(runs).toEqual([0, 300, 300]);
});

test('an error pauses it, longer each time, and it goes on', async () => {
  const { world, pipeline, runs } = open(async (run) => {
    if (run <= 3) throw new StoreUnavailable('gone');
  });
  pipeline.start();
  world.schedule('wake', 10, () => pipeline.wake());
  await world.runFor(650);
  expect(runs).toEqual([0, 100, 300]);
  expect(pipeline.troubledSinceMs).not.toBeNull();
  await world.runFor(1000);
  expect(runs.slice(0, 4)).toEqual([0, 100, 300, 700]);
  expect(pipeline.troubledSinceMs).toBeNull();
});

test('a broken invariant ends it and is told', async () => {
  const { world, pipeline, runs, breaches } = open(async () => {
    throw new InvariantBreach('impossible');
  });
  pipeline.start();
  await world.runFor(5000);
  expect(runs).toEqual([0]);
  expect(breaches.map((error) => error.message)).toEqual(['impossible']);
});

test('stop waits for the step under way and no other starts', async () => {
  let finish: () => void = () => undefined;
  const { world, pipeline, runs } = open(
    () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
  );
  pipeline.start();
  await world.runFor(10);
  const stopped = pipeline.stop();
  finish();
  await stopped;
  pipeline.wake();
  await world.runFor(5000);
  expect(runs).toEqual([0]);
});
