/**
 * `npm run simulate`: runs seeds of the simulator and prints what they met and what they broke.
 *
 *   npm run simulate -- [--seeds n] [--from seed]      so many seeds, from 1 or `--from` on
 *   npm run simulate -- --minutes n [--from seed]      for so long
 *   npm run simulate -- --kept                         the seeds that failed once
 *   npm run simulate -- --seed n [--without kind]...   one seed with its trace, faults of some kinds left out
 *   npm run simulate -- --seeds n --twice              each seed twice, with equal traces
 *   npm run simulate -- --bugs [--seeds n]             hunts every planted bug until three seeds have caught it
 *   npm run simulate -- --bugs --kept                  only with the seeds that are kept with each
 *   npm run simulate -- --bug name [--seeds n]         hunts one
 *
 * Exits 1 when a seed breaks an invariant, or a planted bug is not caught.
 */

import { isDeepStrictEqual, parseArgs } from 'node:util';
import { describeHunt, hunt } from './hunt.js';
import { KEPT_SEEDS } from './kept-seeds.js';
import { PLANTED_BUGS, type PlantedBug } from './planted/planted-bugs.js';
import { describeFailure, describeRun, Totals } from './report.js';
import { runSeed } from './run-seed.js';
import { shrink } from './shrink.js';
import { FAULT_KINDS, type FaultKind } from './swarm.js';

const CATCHES = 3;
const HELP = `npm run simulate -- [options]
  --seeds <n>        so many seeds (100), or so many for each planted bug (500)
  --minutes <n>      as many seeds as end in this time
  --from <seed>      the first of them (1)
  --twice            each twice; their traces must be equal
  --seed <n>         this one alone, with its trace
  --without <kind>   leaves faults of this kind out of it; may be repeated
  --bugs             hunts every planted bug
  --kept             with the seeds kept with it, which must hold without the bug;
                     without --bugs: the seeds that failed once
  --bug <name>       hunts this one
  --help             this text`;

interface Request {
  readonly seeds: number;
  /** Null: not the time decides, but `seeds`. */
  readonly minutes: number | null;
  readonly from: number;
  readonly seed: number | null;
  readonly without: ReadonlySet<FaultKind>;
  readonly bugs: readonly PlantedBug[];
  readonly twice: boolean;
  readonly kept: boolean;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Null when only help is wanted. */
function readRequest(): Request | null {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      minutes: { type: 'string' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      without: { type: 'string', multiple: true, default: [] },
      bug: { type: 'string' },
      bugs: { type: 'boolean', default: false },
      twice: { type: 'boolean', default: false },
      kept: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const named = PLANTED_BUGS.filter((bug) => values.bugs || bug.name === values.bug);
  if (values.bug !== undefined && named.length === 0)
    throw new Error(
      `there is no planted bug «${values.bug}»; there are:\n${PLANTED_BUGS.map((bug) => `  ${bug.name}`).join('\n')}`,
    );
  return {
    seeds: numberOf('seeds', values.seeds ?? (named.length > 0 ? '500' : '100')),
    minutes: values.minutes === undefined ? null : numberOf('minutes', values.minutes),
    from: numberOf('from', values.from),
    seed: values.seed === undefined ? null : numberOf('seed', values.seed),
    without: new Set(values.without.map(kindOf)),
    bugs: named,
    twice: values.twice,
    kept: values.kept,
  };
}

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} ${text} is no number`);
  return number;
}

function kindOf(text: string): FaultKind {
  if (!Object.hasOwn(FAULT_KINDS, text))
    throw new Error(`there is no kind of fault «${text}»; there are: ${Object.keys(FAULT_KINDS).join(', ')}`);
  return text as FaultKind;
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

function* wantedSeeds({ from, seeds, minutes, kept }: Request): Generator<number> {
  if (kept) {
    yield* KEPT_SEEDS.flatMap((each) => each.seeds);
    return;
  }
  const endMs = performance.now() + (minutes ?? 0) * 60_000;
  for (let seed = from; minutes === null ? seed < from + seeds : performance.now() < endMs; seed += 1)
    yield seed;
}

/** True when all seeds hold, and say the same again if they are asked twice. */
async function runSeeds(request: Request): Promise<boolean> {
  const { twice } = request;
  const totals = new Totals();
  const different: number[] = [];
  for (const seed of wantedSeeds(request)) {
    const outcome = await runSeed(seed);
    totals.add(outcome);
    print(describeRun(outcome));
    if (outcome.breaches.length > 0) print(describeFailure(await shrink(outcome)));
    if (twice && !isDeepStrictEqual(await runSeed(seed), outcome)) different.push(seed);
  }
  if (twice) print(`repeated with equal traces: ${totals.seeds - different.length} of ${totals.seeds}`);
  print(totals.toString());
  return totals.failed.length === 0 && different.length === 0;
}

async function replay(seed: number, without: ReadonlySet<FaultKind>): Promise<boolean> {
  const outcome = await runSeed(seed, without);
  for (const line of outcome.trace) print(line);
  print(describeRun(outcome));
  print(`trace ${outcome.traceHash}`);
  for (const { invariant, message } of outcome.breaches) print(`  ${invariant}: ${message}`);
  if (outcome.breaches.length > 0 && without.size === 0) print(describeFailure(await shrink(outcome)));
  return outcome.breaches.length === 0;
}

async function huntAll({ bugs, from, seeds, kept }: Request): Promise<boolean> {
  const missed: string[] = [];
  for (const bug of bugs) {
    // A change of the node may let a bug slip through one seed, so each has several.
    const found = await (kept ? hunt(bug, bug.seeds, 1) : hunt(bug, range(from, seeds), CATCHES));
    print(describeHunt(found));
    if (found.caught.length === 0) missed.push(bug.name);
  }
  print(`${bugs.length - missed.length} of ${bugs.length} planted bugs caught`);
  return missed.length === 0 && (!kept || (await holdWithout(bugs)));
}

/** The first kept seed of each bug must break nothing when the bug is not there. */
async function holdWithout(bugs: readonly PlantedBug[]): Promise<boolean> {
  const seeds = new Set(bugs.flatMap((bug) => bug.seeds.slice(0, 1)));
  const failed: number[] = [];
  for (const seed of seeds) {
    const { breaches } = await runSeed(seed);
    if (breaches.length > 0) failed.push(seed);
  }
  print(`${seeds.size - failed.length} of ${seeds.size} of their seeds hold without them`);
  return failed.length === 0;
}

async function main(): Promise<void> {
  const request = readRequest();
  if (request === null) {
    print(HELP);
    return;
  }
  const { seed, without, bugs } = request;
  let isWell: boolean;
  if (bugs.length > 0) isWell = await huntAll(request);
  else if (seed !== null) isWell = await replay(seed, without);
  else isWell = await runSeeds(request);
  process.exitCode = isWell ? 0 : 1;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
