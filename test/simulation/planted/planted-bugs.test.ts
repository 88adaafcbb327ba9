/**
 * Danger: a simulator that would not notice. Method: bugs that a person might make are planted one at a time, by changing
 * a line of the source as it is loaded; the seeds kept with it must catch it, and hold without it.
 */

import { type Simulated, simulate } from '../simulate-process.js';
import { patchedText } from './load-sources.js';
import { PLANTED_BUGS } from './planted-bugs.js';

test('there are enough of them, and none twice', () => {
  expect(new Set(PLANTED_BUGS.map(({ name }) => name)).size).toBe(PLANTED_BUGS.length);
  expect(PLANTED_BUGS.length).toBeGreaterThanOrEqual(24);
});

let hunted: Simulated;
beforeAll(async () => {
  hunted = await simulate('--bugs', '--kept');
}, 600_000);

test.each(PLANTED_BUGS.map(({ name }) => name))('%s: caught', (name) => {
  const line = hunted.output.split('\n').find((each) => each.endsWith(`: ${name}`));
  expect(line ?? hunted.output).toMatch(/^caught by 1 of /);
});

test('without a bug, the seeds that caught one hold', () => {
  const [, held, all] = /^(\d+) of (\d+) of their seeds hold without them$/m.exec(hunted.output) ?? [];
  expect(Number(held)).toBeGreaterThan(0);
  expect(held).toBe(all);
  expect(hunted.code).toBe(0);
});

test('a bug whose line is gone is not passed in silence', () => {
  const file = 'src/ledger/voting.ts';
  expect(() => patchedText(file, [{ file, find: 'no such line', put: '' }])).toThrow('0 times');
});
