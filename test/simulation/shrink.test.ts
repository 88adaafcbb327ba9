/**
 * Danger: a failure that nobody can read. Method: a planted bug fails a seed; the report must name the invariant, fewer
 * kinds of faults than the seed has and none that is not needed, and the command that replays it.
 */

import { plantedRunner } from './hunt.js';
import { PLANTED_BUGS } from './planted/planted-bugs.js';
import { describeFailure } from './report.js';
import { shrink } from './shrink.js';

const NAME = 'an unknown outcome is acknowledged';

test('the faults of a failing seed are dropped to the few that it takes', async () => {
  const bug = PLANTED_BUGS.find(({ name }) => name === NAME);
  const [seed] = bug?.seeds ?? [];
  if (bug === undefined || seed === undefined) throw new Error(`${NAME} is needed, with a seed`);
  const run = plantedRunner(bug);
  const failed = await run(seed);
  const shrunk = await shrink(failed, run);
  expect(shrunk.outcome.breaches).not.toEqual([]);
  expect(shrunk.outcome.kinds.length).toBeLessThan(failed.kinds.length);
  const broken = failed.breaches.map(({ invariant }) => invariant);
  for (const kind of shrunk.outcome.kinds) {
    const { breaches } = await run(seed, new Set([...shrunk.without, kind]));
    expect(breaches.filter(({ invariant }) => broken.includes(invariant))).toEqual([]);
  }
  const text = describeFailure(shrunk);
  expect(text).toContain(`seed ${seed} at commit`);
  expect(text).toContain(`npm run simulate -- --seed ${seed} --without '`);
  for (const kind of shrunk.outcome.kinds) expect(text).toContain(`  ${kind}: `);
  expect(shrunk.outcome.trace.length).toBeLessThanOrEqual(200);
  expect(shrunk.outcome.trace.every((line) => /^ +\d+\.\d{3} {2}\S+ +\S/.test(line))).toBe(true);
}, 300_000);
