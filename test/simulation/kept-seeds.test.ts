// Danger: what a seed has once found comes back. Method: the seeds outside the range of every run that failed once, for good.

import { KEPT_SEEDS } from './kept-seeds.js';
import { simulate, totalOf } from './simulate-process.js';

test('every seed that failed once holds', async () => {
  const { code, output } = await simulate('--kept');
  expect(code === 0 ? '' : output).toBe('');
  expect(totalOf(output, 'seeds,')).toBe(new Set(KEPT_SEEDS.flatMap(({ seeds }) => seeds)).size);
});
