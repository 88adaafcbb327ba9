/**
 * The last step of the build: beside each file its compressed copies, and the manifest of what a node may serve.
 * `src/web/dashboard-files.ts` reads it.
 */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Pages are asked for without their file name. */
const PAGES: Readonly<Record<string, string>> = {
  'index.html': '/dashboard/',
  'graphiql.html': '/graphiql',
};

/** Shorter files gain nothing. */
const COMPRESS_FROM_BYTES = 512;

/** Throws for a file of a kind that has no content type yet. */
export function manifestPlugin(): Plugin {
  return {
    name: 'manifest',
    apply: 'build',
    writeBundle({ dir }) {
      if (dir === undefined) return;
      const manifest = builtFiles(dir).map((file) => entryOf(dir, file));
      writeFileSync(join(dir, 'manifest.json'), JSON.stringify(manifest, null, 1));
    },
  };
}

function builtFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

function entryOf(folder: string, file: string): Record<string, unknown> {
  const contentType = CONTENT_TYPES[extname(file)];
  if (contentType === undefined) throw new Error(`${file}: no content type is known for files like this`);
  const bytes = readFileSync(join(folder, file));
  const page = PAGES[file];
  return {
    path: page ?? `/dashboard/${file}`,
    file,
    contentType,
    hash: createHash('sha256').update(bytes).digest('hex').slice(0, 32),
    immutable: page === undefined,
    codings: bytes.length < COMPRESS_FROM_BYTES ? [] : compress(join(folder, file), bytes),
  };
}

function compress(path: string, bytes: Buffer): string[] {
  const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: quality }));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  return ['br', 'gzip'];
}
