/** Where this package is and its version, read from its package.json, which stands above the compiled and the source files. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this package; null when it cannot be found. */
export function packageFolder(): string | null {
  return findPackage()?.folder ?? null;
}

export function packageVersion(): string {
  return findPackage()?.version ?? 'unknown';
}

function findPackage(): { readonly folder: string; readonly version: string | undefined } | null {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (!existsSync(file)) continue;
    const { name, version }: { name?: string; version?: string } = JSON.parse(readFileSync(file, 'utf8'));
    if (name === 'bigchaindb-server') return { folder, version };
  }
  return null;
}
