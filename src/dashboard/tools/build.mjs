/**
 * Builds the dashboard into `dist/dashboard`: `node src/dashboard/tools/build.mjs`. Does nothing when that folder was
 * built from the very files that are here. The folder changes in one step, so that a node never finds half of it.
 */

import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const TARGET = join(ROOT, 'dist', 'dashboard');
const STAMP = 'built-from.txt';
/** Everything that a built file can depend on. */
const SOURCES = [
  'src/dashboard',
  'src/codec',
  'src/conditions',
  'src/model',
  'src/config/limits.ts',
  'package.json',
];

function filesBelow(path) {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function sourceHash() {
  const hash = createHash('sha256');
  for (const path of SOURCES.flatMap((source) => filesBelow(join(ROOT, source))))
    hash
      .update(`${path.slice(ROOT.length)}\0`)
      .update(readFileSync(path))
      .update('\0');
  return hash.digest('hex');
}

async function build(stamp) {
  // React takes its development half for any other word, whatever it is that the build runs in.
  process.env.NODE_ENV = 'production';
  const { build: viteBuild } = await import('vite');
  // Outside of what is packed: a build that was killed leaves it behind.
  const outDir = join(ROOT, 'node_modules', `.dashboard-${process.pid}`);
  const replaced = `${outDir}-old`;
  try {
    await viteBuild({ configFile: join(ROOT, 'src/dashboard/vite.config.mts'), build: { outDir } });
    writeFileSync(join(outDir, STAMP), stamp);
    mkdirSync(dirname(TARGET), { recursive: true });
    if (existsSync(TARGET)) renameSync(TARGET, replaced);
    renameSync(outDir, TARGET);
  } finally {
    for (const folder of [outDir, replaced]) rmSync(folder, { recursive: true, force: true });
  }
}

const stamp = sourceHash();
const stampFile = join(TARGET, STAMP);
if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) await build(stamp);
