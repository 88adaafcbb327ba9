// Danger: what a seed has once found comes back. Method: seeds outside the range of every run that failed once, for good.

import { simulate } from './simulate-process.js';

/** The seed, and what it found. */
const KEPT: readonly (readonly [number, string])[] = [
  [
    1_000_166,
    'junk under the id of an acknowledged transaction was taken for its entry by the rest and by I6',
  ],
  [1_000_612, 'a client that sent again just before the end was taken for an entry that stays behind'],
  [1_001_140, 'an input that came to be valid after an outage of ten minutes was not excused by I12'],
];

test.each(KEPT)('seed %d holds: %s', async (seed) => {
  const { code, output } = await simulate('--seeds', '1', '--from', String(seed));
  expect(code === 0 ? '' : output).toBe('');
});
