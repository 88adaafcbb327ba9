/** One core for the node and one for its clients, so that a figure is that of one core (Linux, `taskset`). */

import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

const NODE_CORE = '0';
const CLIENT_CORE = '1';

/**
 * Runs `use` with all threads of the process `nodePid` on one core and this process on another. On a machine with one
 * core they share it.
 */
export async function pinned<T>(nodePid: number, use: () => Promise<T>): Promise<T> {
  if (cpus().length < 2) return use();
  const before = allowedCores(process.pid);
  pin(nodePid, NODE_CORE);
  pin(process.pid, CLIENT_CORE);
  try {
    return await use();
  } finally {
    pin(process.pid, before);
  }
}

/** All threads of now; those to come inherit it from the one that starts them. */
function pin(pid: number, cores: string): void {
  execFileSync('taskset', ['-a', '-p', '-c', cores, String(pid)], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function allowedCores(pid: number): string {
  const said = execFileSync('taskset', ['-p', '-c', String(pid)], { encoding: 'utf8' });
  return said.slice(said.lastIndexOf(':') + 1).trim();
}
