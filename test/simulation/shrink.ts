/** The shortest list of faults under which a seed still fails the same way: kinds are dropped greedily, one by one. */

import { runSeed, type SeedOutcome } from './run-seed.js';
import { FAULT_KINDS, type FaultKind } from './swarm.js';

export interface Shrunk {
  /** The failing run with the fewest kinds of faults. */
  readonly outcome: SeedOutcome;
  readonly without: ReadonlySet<FaultKind>;
}

export async function shrink(failed: SeedOutcome, run: typeof runSeed = runSeed): Promise<Shrunk> {
  const broken = new Set(failed.breaches.map(({ invariant }) => invariant));
  let without = new Set<FaultKind>();
  let outcome = failed;
  for (const kind of Object.keys(FAULT_KINDS) as FaultKind[]) {
    if (!outcome.kinds.includes(kind)) continue;
    const tried = new Set([...without, kind]);
    const next = await run(failed.seed, tried);
    if (!next.breaches.some(({ invariant }) => broken.has(invariant))) continue;
    without = tried;
    outcome = next;
  }
  return { outcome, without };
}
