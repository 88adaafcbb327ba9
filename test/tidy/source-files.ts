/** Finds the files that the tidy rules read. Paths are relative to the root of the repository, with `/`. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '..', '..');

/** Never part of the repository. */
const OUTSIDE = new Set(['node_modules', 'dist', '.git', '.artifacts', 'coverage']);

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Every file below `folder` (of the root: '') whose name ends with one of `endings` (all files when empty). */
export function listFiles(folder: string, endings: readonly string[] = []): string[] {
  let entries: ReturnType<typeof readEntries>;
  try {
    entries = readEntries(folder);
  } catch {
    return [];
  }
  const paths: string[] = [];
  for (const entry of entries) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!OUTSIDE.has(entry.name)) paths.push(...listFiles(path, endings));
    } else if (
      entry.isFile() &&
      (endings.length === 0 || endings.some((ending) => entry.name.endsWith(ending)))
    ) {
      paths.push(path);
    }
  }
  return paths.sort();
}

function readEntries(folder: string) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true });
}

export function readFiles(folder: string, endings: readonly string[] = []): SourceFile[] {
  return listFiles(folder, endings).map((path) => ({ path, text: readText(path) }));
}

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
