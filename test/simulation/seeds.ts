/** The suite over a range of seeds; several files run it, so that several cores do. */

import { describeFailure, Totals } from './report.js';
import { runSeed } from './run-seed.js';
import { shrink } from './shrink.js';

/** What each hundred seeds must have met at least, or they prove nothing. */
const PER_HUNDRED = { virtualHours: 33, faults: 7000, crashes: 340, acknowledged: 1000, hostileActs: 300 };

export function testSeeds(first: number, last: number): void {
  const count = last - first + 1;
  test(`seeds ${first} to ${last} break no invariant`, async () => {
    const totals = new Totals();
    for (let seed = first; seed <= last; seed += 1) {
      const outcome = await runSeed(seed);
      if (outcome.breaches.length > 0) throw new Error(describeFailure(await shrink(outcome)));
      totals.add(outcome);
    }
    const atLeast = (figure: number): number => (figure * count) / 100;
    expect(totals.virtualMs).toBeGreaterThan(atLeast(PER_HUNDRED.virtualHours) * 3_600_000);
    expect(totals.faults).toBeGreaterThan(atLeast(PER_HUNDRED.faults));
    expect(totals.crashes).toBeGreaterThan(atLeast(PER_HUNDRED.crashes));
    expect(totals.acknowledged).toBeGreaterThan(atLeast(PER_HUNDRED.acknowledged));
    expect(totals.hostileActs).toBeGreaterThan(atLeast(PER_HUNDRED.hostileActs));
  }, 600_000);
}
