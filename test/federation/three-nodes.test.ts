/**
 * Danger: nodes that disagree about a height, lose an acknowledged transaction, or let an output be spent twice, when
 * claims compete, stores fail, nodes crash and one member is down for a while.
 * Method: three real nodes in one process on one store; one seed owns time, chance, order and faults. After the faults
 * end, everything must come to rest and agree. A failing seed prints the command that replays it. `test/simulation` goes
 * much further; this stays for its store, which is the embedded one, and for the seeds that once failed here.
 */

import { type Outcome, runSeed as runSeedOf } from '../support/federation-run.js';

const SEEDS = Number(process.env.SEEDS ?? 20);
const FIRST = Number(process.env.SEED ?? 1);
const REPEATED = 2;
/**
 * Seeds that once failed. 1086: entries whose clearing failed once stayed in the store for ever. 71138: a door found an
 * acknowledged transaction nowhere, between its leaving the backlog and the reading of its block.
 */
const KEPT_SEEDS = [1086, 71138];
const MEMBERS = ['node-a', 'node-b', 'node-c'];

function runSeed(seed: number): Promise<Outcome> {
  return runSeedOf(seed, MEMBERS, 'test/federation/three-nodes');
}

describe('three nodes on one store', () => {
  const totals = { heights: 0, acknowledged: 0, crashes: 0, rivals: 0, looks: 0 };

  test(`${SEEDS} seeds agree, lose nothing and spend nothing twice`, async () => {
    for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
      const outcome = await runSeed(seed);
      totals.heights += outcome.heights;
      totals.acknowledged += outcome.acknowledged;
      totals.crashes += outcome.crashes;
      totals.rivals += outcome.rivals;
      totals.looks += outcome.looks;
    }
    // The seeds must have met what they are for.
    if (SEEDS >= 50) {
      expect(totals.acknowledged).toBeGreaterThan(SEEDS * 10);
      expect(totals.crashes).toBeGreaterThan(SEEDS / 2);
      expect(totals.rivals).toBeGreaterThan(SEEDS);
      expect(totals.looks).toBeGreaterThan(SEEDS * 5);
    }
  }, 300_000);

  test.each(KEPT_SEEDS)('seed %i, which once failed, holds', async (seed) => {
    expect((await runSeed(seed)).acknowledged).toBeGreaterThan(0);
  });

  test(`${REPEATED} seeds repeat with equal traces`, async () => {
    for (let seed = FIRST; seed < FIRST + REPEATED; seed += 1) {
      const once = await runSeed(seed);
      const twice = await runSeed(seed);
      expect(twice).toEqual(once);
    }
  }, 120_000);
});
