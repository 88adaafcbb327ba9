/**
 * Bugs to plant, one at a time: each is a change of a line or two of the source that some person might well make, and
 * the simulator must catch every one of them. `seeds` caught it and are kept: `planted-bugs.test.ts` replays them. A bug
 * whose line has changed fails that test: plant it anew where the rule is now, hunt it with
 * `npm run simulate -- --bug NAME --seeds 500`, and keep what caught it.
 */

import { BUGS_OF_DOORS } from './bugs-of-doors.js';
import { BUGS_OF_HEIGHTS } from './bugs-of-heights.js';
import { BUGS_OF_PIPELINES } from './bugs-of-pipelines.js';
import { BUGS_OF_READS } from './bugs-of-reads.js';
import { BUGS_OF_VOTING } from './bugs-of-voting.js';
import type { SourcePatch } from './load-sources.js';

export interface PlantedBug {
  /** What is wrong, in a few words. */
  readonly name: string;
  readonly patches: readonly SourcePatch[];
  /** Seeds that caught it. */
  readonly seeds: readonly number[];
}

export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...BUGS_OF_VOTING,
  ...BUGS_OF_HEIGHTS,
  ...BUGS_OF_PIPELINES,
  ...BUGS_OF_READS,
  ...BUGS_OF_DOORS,
];
