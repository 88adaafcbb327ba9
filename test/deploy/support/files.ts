/** The files below deploy/, as they stand in the repository. */

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { DEPLOY } from './tools.js';

/** Made by `prepare.sh` and by operators; never part of the repository. */
const MADE = new Set(['consortium', 'secrets', '.terraform']);

/** Paths relative to deploy/, sorted. */
export function deployFiles(ending = ''): string[] {
  return walk(DEPLOY)
    .map((path) => relative(DEPLOY, path))
    .filter((path) => path.endsWith(ending))
    .sort();
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (MADE.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}

export function deployText(path: string): string {
  return readFileSync(join(DEPLOY, path), 'utf8');
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder that is gone after the tests of this file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bigchaindb-deploy-'));
  folders.push(folder);
  return folder;
}

/** A copy of deploy/ for programs that write beside what they read. */
export function copyOfDeploy(): string {
  const folder = join(temporaryFolder(), 'deploy');
  cpSync(DEPLOY, folder, { recursive: true });
  return folder;
}
