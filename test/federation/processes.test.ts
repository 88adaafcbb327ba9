/**
 * Danger: with real processes on one file, one of which dies at any moment, an acknowledged transaction is lost, a door
 * denies one that another door took, nodes disagree about a height, or a correct node's block is voted down; all of it
 * while a member writes junk into the file.
 * Method: `process-trial.ts` on the embedded store: four node processes and a gateway, and a fifth member that is acted.
 *
 * `npm run soak` runs the same for as long as you like; SEED chooses who dies when.
 */

import { runTrial } from '../support/process-trial.js';
import { embeddedPlace } from '../support/process-trial-places.js';

const SECONDS = 15;
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

test(`four members and a gateway agree and lose nothing while members die and one is hostile (SEED=${SEED})`, async () => {
  const { problems, counts, acts, seconds } = await runTrial({
    name: 'embedded',
    seconds: SECONDS,
    seed: SEED,
    clientsPerDoor: 2,
    hostile: true,
    place: embeddedPlace,
  });
  process.stdout.write(`embedded: ${JSON.stringify(counts)}, ${seconds} s\n`);
  expect(problems).toEqual([]);
  // The run must have met what it is for.
  expect(counts.kills).toBeGreaterThanOrEqual(2);
  expect(counts.acknowledged).toBeGreaterThan(100);
  expect(counts.looks).toBeGreaterThan(100);
  expect(counts.rivals).toBeGreaterThan(10);
  expect(acts.size).toBeGreaterThan(4);
}, 240_000);
