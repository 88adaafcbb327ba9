/** Danger and method: those of seeds-1-to-76.test.ts, for the other half of the seeds. */

import { testSeeds } from './seeds.js';

testSeeds(77, 152);
