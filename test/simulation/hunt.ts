/** Hunts planted bugs: runs seeds over the changed sources until enough of them have caught the bug. */

import { loadSources } from './planted/load-sources.js';
import type { PlantedBug } from './planted/planted-bugs.js';
import type * as RunSeed from './run-seed.js';
import type { SeedOutcome } from './run-seed.js';

export interface Hunt {
  readonly bug: PlantedBug;
  /** Seeds that were run. */
  readonly runs: number;
  readonly caught: readonly SeedOutcome[];
}

/** What runs seeds when the bug is planted. */
export function plantedRunner(bug: PlantedBug): typeof RunSeed.runSeed {
  return loadSources<typeof RunSeed>('test/simulation/run-seed.ts', bug.patches).runSeed;
}

/** Ends when `enough` seeds have caught it or `seeds` is used up. */
export async function hunt(bug: PlantedBug, seeds: Iterable<number>, enough: number): Promise<Hunt> {
  const run = plantedRunner(bug);
  const caught: SeedOutcome[] = [];
  let runs = 0;
  for (const seed of seeds) {
    if (caught.length >= enough) break;
    runs += 1;
    const outcome = await run(seed);
    if (outcome.breaches.length > 0) caught.push(outcome);
  }
  return { bug, runs, caught };
}

/** One line. */
export function describeHunt({ bug, runs, caught }: Hunt): string {
  if (caught.length === 0) return `NOT CAUGHT in ${runs} seeds: ${bug.name}`;
  const by = new Set(caught.flatMap(({ breaches }) => breaches.map(({ invariant }) => invariant)));
  const seeds = caught.map(({ seed }) => seed).join(' ');
  return `caught by ${caught.length} of ${runs} seeds (${seeds}; ${[...by].join(' ')}): ${bug.name}`;
}
