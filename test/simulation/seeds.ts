/** The suite over a range of seeds; several files run it, so that several cores do. */

import { simulate, totalOf } from './simulate-process.js';

/** What each hundred seeds must have met at least, or they prove nothing. */
const PER_HUNDRED = {
  'virtual hours': 33,
  'faults injected': 7000,
  crashes: 340,
  'transactions acknowledged': 1000,
  'acts of hostile members': 300,
  'changes of the federation': 10,
  'mistakes of operators': 3,
  'acts of tampering': 150,
  'of them found': 140,
};

export function testSeeds(first: number, last: number): void {
  const count = last - first + 1;
  test(`seeds ${first} to ${last} break no invariant`, async () => {
    const { code, output } = await simulate('--seeds', String(count), '--from', String(first));
    // With a failure all that it printed, which names the seed, the faults and the trace.
    expect(code === 0 ? '' : output).toBe('');
    expect(totalOf(output, 'seeds,')).toBe(count);
    expect(totalOf(output, 'seeds failed')).toBe(0);
    for (const [words, perHundred] of Object.entries(PER_HUNDRED))
      expect(totalOf(output, words)).toBeGreaterThan((perHundred * count) / 100);
  }, 600_000);
}
