/** Compiles what stands before the C library of a node under test. Needs `cc` on Linux. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from './process-node.js';

export interface Shim {
  /** Environment of a process that the shim stands before, with what it is to do. */
  environment(faults: Readonly<Record<string, string>>): Record<string, string>;
  remove(): void;
}

/** Null where it does not compile. */
export function compileShim(): Shim | null {
  if (process.platform !== 'linux') return null;
  const folder = mkdtempSync(join(tmpdir(), 'process-shim-'));
  const library = join(folder, 'shim.so');
  const source = join(REPOSITORY, 'test', 'support', 'process-shim.c');
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'], { stdio: 'ignore' });
  } catch {
    rmSync(folder, { recursive: true });
    return null;
  }
  return {
    environment: (faults) => ({ LD_PRELOAD: library, ...faults }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
