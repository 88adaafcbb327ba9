/**
 * Danger: an acknowledged transaction that is lost, an output that is spent twice, nodes that decide differently, a
 * stream with a gap - under some order of crashes, failing calls, wrong clocks and hostile writes that nobody thought of.
 * Method: 1 to 7 real nodes on a simulated store under one seed, which owns time, chance, order and faults. Everything
 * that is done and said goes into a chronicle, which independent checkers judge. `npm run simulate` runs more seeds.
 */

import { testSeeds } from './seeds.js';

testSeeds(1, 76);
