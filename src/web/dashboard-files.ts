/**
 * The files of the dashboard as the build left them: only what its manifest names can be asked for, and all of it is
 * read at the start (about 3 MB). So no path of a request ever reaches the disk, and a build or an update under a
 * running node cannot mix two versions in one page.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '../codec/json-reader.js';
import type { JsonValue } from '../codec/json-value.js';
import { packageFolder } from '../runtime/version.js';

/** Content codings that the build prepares, the better one first, with the ending of their files. */
export const CODINGS = [
  { name: 'br', ending: '.br' },
  { name: 'gzip', ending: '.gz' },
] as const;
export type Coding = (typeof CODINGS)[number]['name'];

/** A file that may be asked for. */
export interface DashboardFile {
  /** Where it is asked for: `/dashboard/assets/main-3f2a.js`. */
  readonly path: string;
  readonly contentType: string;
  /** Hex digits of its content's hash. */
  readonly hash: string;
  /** Its name holds its hash: what stands under the path never changes. */
  readonly immutable: boolean;
  readonly plain: Uint8Array;
  /** The same in the codings that it is there in, the best one first. */
  readonly coded: ReadonlyMap<Coding, Uint8Array>;
}

const MANIFEST = 'manifest.json';

/** `dist/dashboard` of this package. */
export function builtDashboardFolder(): string {
  return join(packageFolder() ?? '', 'dist', 'dashboard');
}

/** What was built into `folder`, by path; null when nothing was, or not all of it is there. Reads every file. */
export function readDashboardFiles(folder: string): ReadonlyMap<string, DashboardFile> | null {
  try {
    const manifest = parseJson(readFileSync(join(folder, MANIFEST), 'utf8'));
    if (!Array.isArray(manifest)) return null;
    const files = manifest.flatMap((entry) => fileOf(entry, folder) ?? []);
    return new Map(files.map((file) => [file.path, file]));
  } catch {
    return null;
  }
}

/** The manifest comes from the build; what is not of its form is passed over. Throws when a file is missing. */
function fileOf(entry: JsonValue, folder: string): DashboardFile | null {
  if (typeof entry !== 'object' || entry === null || !('path' in entry)) return null;
  const { path, file, contentType, hash, immutable, codings } = entry;
  if (typeof path !== 'string' || typeof file !== 'string') return null;
  if (typeof contentType !== 'string' || typeof hash !== 'string' || !Array.isArray(codings)) return null;
  const there = CODINGS.filter(({ name }) => codings.includes(name));
  return {
    path,
    contentType,
    hash,
    immutable: immutable === true,
    plain: readFileSync(join(folder, file)),
    coded: new Map(there.map(({ name, ending }) => [name, readFileSync(join(folder, file + ending))])),
  };
}
