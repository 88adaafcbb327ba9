/**
 * Danger: a reader of bytes from outside that throws what nobody expects, hangs, or reads something else than others.
 * Method: every fuzz target for a moment, from its stored corpus on, in a process of its own: what was once a finding
 * is replayed, then mutations of what reaches most of the code are tried. `npm run fuzz -- --minutes 10` goes on.
 */

import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY } from '../support/process-node.js';
import { TARGET_NAMES } from './targets/all.js';

const MAIN = join(REPOSITORY, 'dist', 'test', 'fuzz', 'main.js');
const SECONDS_EACH = 2;
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

const run = promisify(execFile);

test.each(TARGET_NAMES)(`%s holds (SEED=${SEED})`, async (name) => {
  const parameters = ['--target', name, '--seconds', String(SECONDS_EACH), '--seed', String(SEED)];
  // A finding ends with 1: its input and its error are in the message then.
  const { stdout } = await run(process.execPath, [MAIN, ...parameters, '--no-store']).catch(
    (error: { stdout?: string; stderr?: string }) => {
      throw new Error(`${error.stdout ?? ''}${error.stderr ?? ''}`);
    },
  );
  const [, inputs] = /^[a-z0-9-]+: ([0-9]+) inputs/.exec(stdout) ?? [];
  expect(Number(inputs)).toBeGreaterThan(0);
  process.stderr.write(`fuzz ${stdout}`);
});

test('every file of the corpus belongs to a target', () => {
  const targets = readdirSync(join(__dirname, 'corpus')).map((file) =>
    file.replace(/(\.crashes)?\.txt$/, ''),
  );
  expect(targets.filter((name) => !TARGET_NAMES.includes(name))).toEqual([]);
  expect(targets.length).toBeGreaterThanOrEqual(TARGET_NAMES.length);
});
