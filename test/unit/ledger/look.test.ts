/**
 * Danger: a miss answered from a look that began before the request, or that lets a transaction slip from the backlog
 * into a block behind its back; or a request that waits for ever.
 * Method: the look on virtual time, with readers that record when they ran.
 */

import { Look } from '../../../src/ledger/look.js';
import { StoreUnavailable } from '../../../src/store/store.js';
import { createSimulatedWorld } from '../../support/simulated-runtime.js';

function open(readMs: number) {
  const world = createSimulatedWorld(5);
  const { runtime } = world.node('node');
  const rounds: string[][] = [];
  const reads: string[] = [];
  const look = new Look({
    scheduler: runtime.scheduler,
    timeoutMs: 1000,
    idsMax: 3,
    readBacklogOf: async (ids) => {
      rounds.push([...ids]);
      await world.delay(readMs);
      reads.push('backlog');
    },
    readRejectionsOf: async () => void reads.push('rejections'),
    readHeights: async () => void reads.push('heights'),
  });
  return { world, look, rounds, reads };
}

test('requests of one turn share a look, later ones get another', async () => {
  const { world, look, rounds } = open(10);
  const first = [look.take(['a']), look.take(['b', 'a'])];
  await world.runFor(5);
  const second = look.take(['c']);
  await world.settle(Promise.all([...first, second]), 100);
  expect(rounds).toEqual([['a', 'b'], ['c']]);
});

test('a look holds a bounded number of ids', async () => {
  const { world, look, rounds } = open(1);
  const all = ['a', 'b', 'c', 'd'].map((id) => look.take([id]));
  await world.settle(Promise.all(all), 100);
  expect(rounds).toEqual([['a', 'b', 'c'], ['d']]);
});

test('after a second the answer is that the store is unavailable', async () => {
  const { world, look } = open(5000);
  await expect(world.settle(look.take(['a']), 2000)).rejects.toThrow(StoreUnavailable);
});

test('a store that does not answer gathers few looks, whoever asks how often', async () => {
  const { world, look, rounds } = open(5000);
  let refused = 0;
  for (let request = 0; request < 500; request += 1) {
    look.take(['a']).catch(() => {
      refused += 1;
    });
    await world.runFor(2);
  }
  expect(rounds.length).toBeLessThanOrEqual(4);
  await world.runFor(12_000);
  // Nobody waits for ever, and once the store answers one look serves all who came since.
  expect(refused).toBe(500);
  expect(rounds.length).toBeLessThanOrEqual(5);
});

test('heights are read last: what leaves the backlog before it was read is found there', async () => {
  const { world, look, reads } = open(10);
  await world.settle(look.take(['a']), 100);
  expect(reads).toEqual(['backlog', 'rejections', 'heights']);
});
