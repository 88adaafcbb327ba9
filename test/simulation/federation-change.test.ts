/**
 * Danger: changes of the federation that are drawn but not lived, or mistakes of operators that nobody would notice. Method:
 * the nodes lose one rule about them; a seed with such a change, which holds otherwise, must fail.
 */

import { plantedRunner } from './hunt.js';

/** A member is removed, and another one's operator writes an earlier height. It is one of the seeds that must hold. */
const SEED = 23;
const TIMEOUT_MS = 600_000;

test.each([
  {
    name: 'a change is never in force',
    file: 'src/ledger/federation.ts',
    find: 'if (list.height > height) break;',
    put: 'if (list.height > 0) break;',
    broken: 'I6',
  },
  {
    name: 'who passes over what a majority votes on goes on in silence',
    file: 'src/ledger/passed-over.ts',
    find: 'if (2 * voters.size <= members.length) return;',
    put: 'return;',
    broken: 'I20',
  },
] as const)(
  '$name: $broken is broken',
  async ({ name, file, find, put, broken }) => {
    const run = plantedRunner({ name, patches: [{ file, find, put }], seeds: [SEED] });
    const { kinds, breaches } = await run(SEED);
    expect(kinds).toEqual(expect.arrayContaining(['members change', 'odd settings']));
    expect(breaches.map(({ invariant }) => invariant)).toContain(broken);
  },
  TIMEOUT_MS,
);
