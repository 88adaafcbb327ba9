/**
 * The programs that check the files of deploy/, where `install-tools.sh` has put them or where the machine has them. A
 * test whose program is missing is skipped, and its name says which one it needs.
 */

import { type ChildProcess, execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { REPOSITORY } from '../../support/process-node.js';

const CACHE =
  process.env.BIGCHAINDB_TEST_CACHE ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'bigchaindb-server-test');
export const TOOLS = join(CACHE, 'deploy-tools-2');
export const DEPLOY = join(REPOSITORY, 'deploy');

const FOLDERS = [
  join(TOOLS, 'root/usr/sbin'),
  join(TOOLS, 'root/usr/bin'),
  join(TOOLS, 'python/bin'),
  ...(process.env.PATH ?? '').split(delimiter),
  '/usr/sbin',
];
/** JSON schema of cloud-config, as Debian's cloud-init carries it. */
export const CLOUD_CONFIG_SCHEMA = join(
  TOOLS,
  'root/usr/lib/python3/dist-packages/cloudinit/config/schemas/schema-cloud-config-v1.json',
);

/** Programs that check much, on a machine that does much else. */
jest.setTimeout(180_000);

/** Where the program is, or null. */
export function toolPath(name: string): string | null {
  return FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

export interface Ran {
  readonly code: number;
  /** Both streams, in the order of their arrival. */
  readonly output: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Runs a program to its end; a program that cannot be started rejects. */
export function run(program: string, parameters: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { cwd = REPOSITORY, environment, timeoutMs = 170_000 } = options;
  return new Promise((resolve, reject) => {
    // A bash of level 1 whose input is a socket, as here, takes itself for a remote one and reads the machine's bashrc.
    const env = { ...process.env, SHLVL: '2', NO_COLOR: '1', TERM: 'dumb', ...environment };
    const limits = { cwd, env, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 };
    execFile(toolPath(program) ?? program, parameters, limits, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === 'number') resolve({ code, output: stdout + stderr });
      else
        reject(new Error(`${program} ${parameters.join(' ')}: ${error?.message ?? ''}\n${stdout}${stderr}`));
    });
  });
}

/** Runs a program that must end with 0, and gives its output. */
export async function succeed(
  program: string,
  parameters: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, output } = await run(program, parameters, options);
  if (code !== 0) throw new Error(`${program} ${parameters.join(' ')} ended with ${code}:\n${output}`);
  return output;
}

/** A test that needs programs, or files that come with them. */
export function itWith(needs: readonly string[], name: string, test: () => Promise<void>): void {
  const missing = needs.filter((need) =>
    need.startsWith('/') ? !existsSync(need) : toolPath(need) === null,
  );
  if (missing.length === 0) it(name, test);
  else it.skip(`${name} (needs ${missing.join(', ')})`, test);
}

/** Ends a program that was started, or was not; resolves when it is gone. */
export function terminated(child: ChildProcess | null): Promise<void> {
  if (child === null || child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
