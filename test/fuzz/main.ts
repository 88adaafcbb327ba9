/**
 * `npm run fuzz`: searches for inputs that break what must hold. Each target runs in a process of its own, so that one
 * that dies of an input is a finding like any other. Prints one line for each; exits 1 when there was a finding, which
 * is then stored, and replayed by every later run and by the tests.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Corpus } from './corpus.js';
import { fuzz } from './fuzzer.js';
import { loadTarget, TARGET_NAMES } from './targets/all.js';

const USAGE = `npm run fuzz -- [--minutes N | --seconds N] [--target NAME] [--seed N] [--keep] [--no-store] [--list]
  Time is for all targets together. --keep stores the inputs that reached something new, --no-store not
  even those that are a finding.
`;
const CORPUS = resolve(__dirname, '../../../test/fuzz/corpus');
/** Beyond its time, for reading the corpus and for the last input. */
const GRACE_MS = 60_000;

interface Options {
  readonly targets: readonly string[];
  readonly millisecondsEach: number;
  readonly seed: number;
  readonly keep: boolean;
  /** Findings are stored too. */
  readonly store: boolean;
  /** This process runs the one target itself. */
  readonly inside: string | null;
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options === null) return 0;
  if (options.inside !== null) return inside(options, options.inside);
  let findings = 0;
  for (const target of options.targets) findings += outside(target, options);
  return findings === 0 ? 0 : 1;
}

function readOptions(): Options | null {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string' },
      seconds: { type: 'string' },
      target: { type: 'string' },
      seed: { type: 'string' },
      keep: { type: 'boolean' },
      'no-store': { type: 'boolean' },
      list: { type: 'boolean' },
      inside: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const names = TARGET_NAMES.join('\n');
  const targets = TARGET_NAMES.filter((name) => (values.target ?? name) === name);
  const seconds = values.minutes === undefined ? Number(values.seconds ?? 60) : 60 * Number(values.minutes);
  if (values.list === true) process.stdout.write(`${names}\n`);
  else if (values.help === true || targets.length === 0 || !(seconds > 0))
    process.stdout.write(`${USAGE}${names}\n`);
  else
    return {
      targets,
      millisecondsEach: Math.ceil((seconds * 1000) / targets.length),
      seed: Number(values.seed ?? Date.now() % 1_000_000),
      keep: values.keep ?? false,
      store: values['no-store'] !== true,
      inside: values.inside ?? null,
    };
  return null;
}

/** Runs one target in a child process; 1 when there was a finding. */
function outside(target: string, options: Options): number {
  const { millisecondsEach, seed, keep, store } = options;
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const last = join(folder, 'last');
  const figures = ['--seed', String(seed), '--seconds', String(millisecondsEach / 1000)];
  const flags = [...(keep ? ['--keep'] : []), ...(store ? [] : ['--no-store'])];
  const parameters = [__filename, '--inside', last, '--target', target, ...figures, ...flags];
  const { status, signal } = spawnSync(process.execPath, parameters, {
    stdio: 'inherit',
    timeout: millisecondsEach + GRACE_MS,
    killSignal: 'SIGKILL',
  });
  if (status === null)
    report(target, existsSync(last) ? readFileSync(last) : null, `the process ended by ${signal}`, options);
  rmSync(folder, { recursive: true, force: true });
  return status === 0 ? 0 : 1;
}

async function inside(options: Options, last: string): Promise<number> {
  const { targets, millisecondsEach, seed, keep } = options;
  const target = await loadTarget(targets[0] ?? '');
  const corpus = new Corpus(CORPUS);
  const result = await fuzz(target, {
    seed,
    milliseconds: millisecondsEach,
    corpus,
    attribute: keep,
    lastInput: last,
  });
  const { executions, milliseconds, blocks, finding } = result;
  const seconds = (milliseconds / 1000).toFixed(1);
  process.stdout.write(
    `${target.name}: ${executions} inputs in ${seconds} s, ${blocks} blocks, ${result.corpus.length} kept\n`,
  );
  if (finding !== null)
    report(target.name, finding.input, finding.error.stack ?? finding.error.message, options);
  else if (keep) corpus.keep(target.name, result.corpus);
  return finding === null ? 0 : 1;
}

/** Says what was found and by which input, and stores that. */
function report(target: string, input: Buffer | null, what: string, { seed, store }: Options): void {
  const shown =
    input === null ? 'an input that is not known' : JSON.stringify(input.toString('latin1').slice(0, 300));
  process.stdout.write(`${target}: FINDING: ${what}\n  by ${shown}; seed ${seed}\n`);
  if (store && input !== null) {
    const path = new Corpus(CORPUS).keepCrash(target, input);
    process.stdout.write(`  it is in ${path}\n`);
  }
}

void main().then((code) => {
  process.exitCode = code;
});
