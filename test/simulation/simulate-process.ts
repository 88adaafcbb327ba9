/**
 * Runs `npm run simulate` as its users do, in a process of its own: within jest, where every global is looked up in a
 * context of its own, a seed takes ten times as long.
 */

import { execFile } from 'node:child_process';
import { resolve } from 'node:path';

const ROOT = resolve(__dirname, '..', '..');
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

export interface Simulated {
  readonly code: number;
  readonly output: string;
}

export function simulate(...options: readonly string[]): Promise<Simulated> {
  const script = ['-r', './test/support/run-typescript.cjs', 'test/simulation/main.ts'];
  return new Promise((done) => {
    execFile(
      process.execPath,
      [...script, ...options],
      { cwd: ROOT, maxBuffer: OUTPUT_BYTES_MAX },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        done({ code, output: `${stdout}${stderr}` });
      },
    );
  });
}

/** The number before `words` in the totals, which are the last line of a run of seeds. */
export function totalOf(output: string, words: string): number {
  const totals = output.trimEnd().split('\n').at(-1) ?? '';
  return Number(new RegExp(`([0-9.]+) ${words}`).exec(totals)?.[1]);
}
