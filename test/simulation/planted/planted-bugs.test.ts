/**
 * Danger: a simulator that would not notice. Method: bugs that a person might make are planted one at a time, by changing
 * a line of the source as it is loaded; the seeds kept with it must catch it, and hold without it.
 */

import { hunt } from '../hunt.js';
import { runSeed } from '../run-seed.js';
import { patchedText } from './load-sources.js';
import { PLANTED_BUGS } from './planted-bugs.js';

test('there are enough of them, and none twice', () => {
  expect(new Set(PLANTED_BUGS.map(({ name }) => name)).size).toBe(PLANTED_BUGS.length);
  expect(PLANTED_BUGS.length).toBeGreaterThanOrEqual(24);
});

test.each(PLANTED_BUGS.map((bug) => [bug.name, bug] as const))('%s: caught', async (_name, bug) => {
  // A change of the node may let one of them slip through, so each bug has several.
  const { caught } = await hunt(bug, bug.seeds, 1);
  expect(caught).toHaveLength(1);
});

test('without a bug, the seeds that caught one hold', async () => {
  for (const seed of new Set(PLANTED_BUGS.flatMap(({ seeds }) => seeds.slice(0, 1))))
    expect((await runSeed(seed)).breaches).toEqual([]);
}, 300_000);

test('a bug whose line is gone is not passed in silence', () => {
  const file = 'src/ledger/voting.ts';
  expect(() => patchedText(file, [{ file, find: 'no such line', put: '' }])).toThrow('0 times');
});
