/** The version of this package, read from its package.json, which stands above the compiled and the source files. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export function packageVersion(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (!existsSync(file)) continue;
    const { name, version }: { name?: string; version?: string } = JSON.parse(readFileSync(file, 'utf8'));
    if (name === 'bigchaindb-server') return version ?? 'unknown';
  }
  return 'unknown';
}
