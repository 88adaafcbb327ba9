/**
 * `npm run soak`: trials of a federation of real processes for as long as one likes, one after the other, each with
 * another seed, and beside them seeds of the simulator. Exits 1 when a promise was broken or memory or open files grew;
 * prints how to run the same seed again.
 */

import { parseArgs } from 'node:util';
import { atHand, startServer } from '../support/mongodb-server.js';
import type { Growth } from '../support/process-samples.js';
import { runTrial, type TrialPlace, type TrialReport } from '../support/process-trial.js';
import { embeddedPlace, mongodbPlace } from '../support/process-trial-places.js';
import { Simulator } from './simulator.js';

/** Of one trial at most: every trial ends with an audit of everything in it. */
const TRIAL_MINUTES_MAX = 15;
/** Seeds that no other run takes. */
const SIMULATED_FROM = 1_000_000;
/** Shorter lives of a process say nothing about growth: caches still fill. */
const GROWTH_SAMPLES_MIN = 240;
const GROWTH_FACTOR = 1.25;
const GROWTH_MB = 32;
const GROWTH_FILES = 8;
const USAGE = `npm run soak -- [--minutes N] [--store embedded|mongodb] [--seed N] [--no-hostile] [--no-simulator]
  Four members and a gateway in processes of their own under load; members are killed, paused and started again, and a
  fifth one writes junk into the store. Afterwards everything acknowledged must have one outcome at every door, and
  the audit of \`bigchaindb verify\` must find nothing. Seeds of the simulator run beside it.
`;

interface Place {
  readonly name: string;
  readonly place: TrialPlace;
  close(): Promise<void>;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      store: { type: 'string', default: 'embedded' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      'no-hostile': { type: 'boolean', default: false },
      'no-simulator': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const minutes = Number(values.minutes);
  if (values.help || !(minutes > 0) || !['embedded', 'mongodb'].includes(values.store)) {
    process.stdout.write(USAGE);
    return values.help ? 0 : 2;
  }
  const seed = Number(values.seed);
  const simulator = values['no-simulator'] ? null : simulate(minutes, seed);
  const ofTrials = await trials(values.store, minutes, seed, !values['no-hostile']);
  const broken = ofTrials + (simulator === null ? 0 : await simulator());
  process.stdout.write(`${broken === 0 ? 'nothing was broken' : `${broken} problems`}\n`);
  return broken === 0 ? 0 : 1;
}

/** Begins; call the answer for the number of problems, when the time is over. */
function simulate(minutes: number, seed: number): () => Promise<number> {
  const simulator = new Simulator(minutes, SIMULATED_FROM + seed, (text) => line('SIMULATOR', text));
  process.once('exit', () => simulator.stop());
  return async () => {
    const { code, totals } = await simulator.ended();
    line('simulator', totals);
    return code === 0 ? 0 : 1;
  };
}

/** One after the other, until the time is over; the number of problems. */
async function trials(store: string, minutes: number, firstSeed: number, hostile: boolean): Promise<number> {
  let left = minutes;
  let broken = 0;
  for (let seed = firstSeed; left > 0; seed += 1) {
    const trialMinutes = Math.min(left, TRIAL_MINUTES_MAX);
    left -= trialMinutes;
    broken += await soak(store, trialMinutes, seed, hostile);
  }
  return broken;
}

/** The number of problems that one trial found. */
async function soak(store: string, minutes: number, seed: number, hostile: boolean): Promise<number> {
  const { name, place, close } = store === 'mongodb' ? await openMongodb(seed) : openEmbedded();
  const again = `npm run soak -- --store ${store} --minutes ${minutes} --seed ${seed}${hostile ? '' : ' --no-hostile'}`;
  process.stdout.write(`${name}, ${minutes} min: ${again}\n`);
  try {
    const seconds = minutes * 60;
    const onPhase = (phase: string, at: number): void => line(`after ${at} s`, phase);
    const report = await runTrial({ name: store, seconds, seed, clientsPerDoor: 2, hostile, place, onPhase });
    const problems = [...report.problems, ...grown(report.growths)];
    print(report, problems);
    return problems.length;
  } finally {
    await close();
  }
}

function openEmbedded(): Place {
  return { name: 'embedded store', place: embeddedPlace, close: async () => undefined };
}

async function openMongodb(seed: number): Promise<Place> {
  if (atHand === null) throw new Error('no MongoDB: set MONGODB_URI or run test/support/mongodb-server.sh');
  const server = await startServer();
  const place = mongodbPlace(server, `bigchain_soak_${process.pid}_${seed}`);
  return {
    name: server.name,
    place,
    async close() {
      await place.remove();
      await server.stop();
    },
  };
}

function grown(growths: readonly Growth[]): string[] {
  return growths.flatMap(({ name, samples, residentMb, files }) => {
    if (samples < GROWTH_SAMPLES_MIN) return [];
    const memory = residentMb[1] > residentMb[0] * GROWTH_FACTOR + GROWTH_MB;
    return [
      ...(memory ? [`${name} grew from ${residentMb[0]} to ${residentMb[1]} MB`] : []),
      ...(files[1] > files[0] + GROWTH_FILES ? [`${name} opened files: ${files[0]}, then ${files[1]}`] : []),
    ];
  });
}

function line(name: string, value: string): void {
  process.stdout.write(`  ${name.padEnd(14)}${value}\n`);
}

function print({ counts, acts, growths, seconds }: TrialReport, problems: readonly string[]): void {
  for (const [name, count] of Object.entries(counts)) line(name, String(count));
  line('seconds', String(seconds));
  for (const [act, count] of acts) line('', `${count} x ${act}`);
  for (const { name, samples, residentMb, files } of growths)
    line(name, `${samples} s: ${residentMb.join(' -> ')} MB, ${files.join(' -> ')} open files`);
  for (const problem of problems) line('PROBLEM', problem);
}

// Nodes do not outlive an interrupted soak: they are killed at the end of this process, which a signal must not skip.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  },
);
