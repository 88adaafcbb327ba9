/** Runs the command line as a real process with a home folder of its own. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const loader = join(root, 'test/support/run-typescript.cjs');

export interface Finished {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly home: string;
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Program in place of `src/main.ts`. */
  readonly program?: string;
}

/** A process that may still run. */
export interface RunningCommand {
  readonly child: ChildProcessWithoutNullStreams;
  /** Standard output and error so far. */
  output(): string;
  /** Resolves when the output matches; rejects when the process ends before. */
  until(pattern: RegExp): Promise<void>;
  readonly finished: Promise<Finished>;
}

export function makeHome(): { readonly home: string; remove(): void } {
  const home = mkdtempSync(join(tmpdir(), 'cli-home-'));
  return { home, remove: () => rmSync(home, { recursive: true, force: true }) };
}

export function startCommand(parameters: readonly string[], options: RunOptions): RunningCommand {
  const program = options.program ?? join(root, 'src/main.ts');
  const child = spawn(process.execPath, ['-r', loader, program, ...parameters], {
    env: { PATH: process.env.PATH, HOME: options.home, ...options.environment },
  });
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  const tell = (): void => {
    for (const check of waiting) check();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    tell();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    tell();
  });
  child.stdin.end(options.input ?? '');
  const finished = once(child, 'close').then(([exitCode, signal]) => ({ exitCode, signal, stdout, stderr }));
  const until = (pattern: RegExp): Promise<void> =>
    new Promise((resolvePromise, reject) => {
      const check = (): void => {
        if (!pattern.test(stdout + stderr)) return;
        waiting.delete(check);
        resolvePromise();
      };
      waiting.add(check);
      check();
      void finished.then(() => reject(new Error(`ended before ${pattern}: ${stdout}${stderr}`)));
    });
  return { child, output: () => stdout + stderr, until, finished };
}

export function runCommand(parameters: readonly string[], options: RunOptions): Promise<Finished> {
  return startCommand(parameters, options).finished;
}
