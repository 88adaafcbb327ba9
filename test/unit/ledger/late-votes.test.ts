/**
 * Danger: a majority that contradicts what this node decided goes unnoticed; votes that came late are lost, written twice,
 * or asked for without an end.
 * Method: heights decided by the fewest votes, and the others put into the store afterwards.
 */

import { BOUNDS } from '../../../src/config/limits.js';
import { readVotes } from '../../../src/ledger/read-votes.js';
import type { PlacedVote, Store } from '../../../src/store/store.js';
import { MadeLedger } from '../../support/made-ledger.js';
import { create } from '../../support/transactions.js';
import { LedgerScene } from './support/ledger-scene.js';

const MEMBERS = ['node-a', 'node-b', 'node-c'];

async function decided(votes: {
  readonly votesFor?: readonly string[];
  readonly votesAgainst?: readonly string[];
}) {
  const made = new MadeLedger(MEMBERS);
  const { block } = made.add([create().text], votes);
  made.add([create().text], { voters: [], parent: block.id, votesFor: [] });
  const scene = await LedgerScene.open({ made });
  await scene.follow(1);
  return { made, scene, block, readLate: () => readLate(scene) };
}

async function readLate(scene: LedgerScene, heights = 32): Promise<void> {
  await scene.world.runFor(1000);
  await scene.parts.lateVotes.read(heights);
}

test('the vote that was missing is written as late, once, and then no more is asked for', async () => {
  const { made, scene, block, readLate: read } = await decided({ votesFor: ['node-a', 'node-b'] });
  await read();
  expect(scene.view.blockVotes(1).filter(({ late }) => late)).toEqual([]);
  await scene.putVotes([made.vote(block, 'node-c', false), made.vote(block, 'stranger', true)]);
  await read();
  const late = scene.view.blockVotes(1).filter((vote) => vote.late);
  expect(late.map(({ standing }) => standing)).toEqual(['counted', 'ineligible']);
  const calls = scene.store.calls;
  await read();
  expect([scene.view.blockVotes(1), scene.store.calls]).toEqual([scene.view.blockVotes(1), calls]);
  expect(scene.view.blockVotes(1)).toHaveLength(4);
});

test('they are looked for at most once a second, and only among the newest heights', async () => {
  const { made, scene, block } = await decided({ votesFor: ['node-a', 'node-b'] });
  await readLate(scene);
  await scene.putVotes([made.vote(block, 'node-c', true)]);
  await scene.parts.lateVotes.read(32);
  expect(scene.view.blockVotes(1)).toHaveLength(2);
  await readLate(scene, 1);
  expect(scene.view.blockVotes(1)).toHaveLength(2);
  await readLate(scene);
  expect(scene.view.blockVotes(1)).toHaveLength(3);
});

test.each([
  ['valid', { votesFor: ['node-a', 'node-b'] }, false, 'invalid'],
  ['invalid', { votesAgainst: ['node-a', 'node-b'] }, true, 'valid'],
])('a majority against a height decided %s stops the node', async (status, votes, isBlockValid, other) => {
  const { made, scene, block, readLate: read } = await decided(votes);
  expect(scene.statuses()[1]).toBe(status);
  await scene.putVotes(['node-a', 'node-b'].map((name) => made.vote(block, name, isBlockValid)));
  await expect(read()).rejects.toThrow(`a majority decided height 1 ${other}, this node ${status}`);
});

test('a height that the view calls by another status than its votes give stops the node, too', async () => {
  const { made, scene, block, readLate: read } = await decided({ votesFor: ['node-a', 'node-b'] });
  const blockByHeight = scene.view.blockByHeight.bind(scene.view);
  scene.view.blockByHeight = (height) => {
    const row = blockByHeight(height);
    return row === null ? null : { ...row, status: 'invalid' };
  };
  await scene.putVotes([made.vote(block, 'node-c', true)]);
  await expect(read()).rejects.toThrow('a majority decided height 1 valid, this node invalid');
});

describe('reading votes page by page', () => {
  const { clock, scheduler } = { clock: { nowMs: () => 0, monotonicMs: () => 0 }, scheduler: turnCounter() };

  function turnCounter() {
    const counter = {
      turns: 0,
      after: () => ({ cancel: () => undefined }),
      yieldTurn: async () => void counter.turns++,
    };
    return counter;
  }

  function cursor(blockId: string) {
    const taken: PlacedVote[] = [];
    let completed = 0;
    const take = (vote: PlacedVote): void => void taken.push(vote);
    return {
      taken,
      completed: () => completed,
      cursor: { blockId, after: 0, complete: false, take, onComplete: () => void completed++ },
    };
  }

  function storeOf(votes: readonly PlacedVote[]): Pick<Store, 'readVotes'> {
    return {
      readVotes: async (ids, limit, after) =>
        ids.flatMap((id) =>
          votes
            .filter(({ blockId, position = 0 }) => blockId === id && position > (after?.get(id) ?? 0))
            .slice(0, limit),
        ),
    };
  }

  function vote(blockId: string, position?: number): PlacedVote {
    return { blockId, node: 'node', signature: `${position}`, text: '', position };
  }

  test('goes on at the bound of one reading where it ended', async () => {
    const count = 8 * BOUNDS.votesPerHeightRead + 5;
    const store = storeOf(Array.from({ length: count }, (_, index) => vote('a', index + 1))) as Store;
    const { cursor: a, taken, completed } = cursor('a');
    expect(await readVotes({ store, clock, scheduler }, [a])).toBe(false);
    expect([taken.length, completed()]).toEqual([count - 5, 0]);
    expect(await readVotes({ store, clock, scheduler }, [a])).toBe(true);
    expect([taken.length, completed()]).toEqual([count, 1]);
  });

  test('ends at a page that leads nowhere, and skips what nobody asked for', async () => {
    const same = Array.from({ length: BOUNDS.votesPerHeightRead }, () => vote('a'));
    const store = { readVotes: async () => [...same, vote('b', 7)] } as unknown as Store;
    const { cursor: a, taken } = cursor('a');
    expect(await readVotes({ store, clock, scheduler }, [a])).toBe(true);
    expect([taken.length, a.after]).toEqual([same.length, 0]);
  });

  test('lets others run after ten milliseconds', async () => {
    let now = 0;
    const slow = {
      nowMs: () => 0,
      monotonicMs: () => {
        now += 6;
        return now;
      },
    };
    const turns = turnCounter();
    const store = storeOf([1, 2, 3, 4].map((position) => vote('a', position))) as Store;
    await readVotes({ store, clock: slow, scheduler: turns }, [cursor('a').cursor]);
    expect(turns.turns).toBe(2);
  });
});

test('a height whose votes are all there is not opened again, one that holds no block never', async () => {
  const { scene, readLate: read } = await decided({ votesFor: MEMBERS });
  const before = scene.store.calls;
  await read();
  await read();
  expect(scene.store.calls - before).toBe(1);
});
