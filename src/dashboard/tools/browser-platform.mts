/**
 * Vite's part in sharing code between node and browser: what `src/codec`, `src/conditions` and `src/model` take from
 * Node is replaced by `crypto/platform`. Anything else of Node in them, say a new import, fails the build.
 */

import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { normalizePath, type Plugin } from 'vite';

const source = normalizePath(fileURLToPath(new URL('../..', import.meta.url)));
const platform = `${source}dashboard/crypto/platform/`;
const SHARED = ['codec/', 'conditions/', 'model/'].map((folder) => source + folder);

const NODE_ED25519 = `${source}codec/ed25519.js`;
const REPLACED = new Map([
  ['node:crypto', `${platform}node-crypto.ts`],
  ['node:buffer', `${platform}node-buffer.ts`],
]);

/** Throws, which fails the build, for any other import of Node. */
export function browserPlatform(): Plugin {
  return {
    name: 'browser-platform',
    enforce: 'pre',
    resolveId(specifier, importer) {
      if (leadsTo(specifier, importer, NODE_ED25519)) return `${platform}ed25519.ts`;
      if (!specifier.startsWith('node:')) return null;
      const replacement = REPLACED.get(specifier);
      if (replacement !== undefined && isShared(importer)) return replacement;
      throw new Error(`${importer ?? 'an entry'} imports ${specifier}, which no browser has`);
    },
    transform(code, id) {
      if (!isShared(id) || !/\bBuffer\b/.test(code)) return null;
      // On the first line, so that every line keeps its number.
      return { code: `import { Buffer } from '${platform}bytes.ts'; ${code}`, map: null };
    },
  };
}

function leadsTo(specifier: string, importer: string | undefined, path: string): boolean {
  return importer !== undefined && posix.join(posix.dirname(normalizePath(importer)), specifier) === path;
}

function isShared(path: string | undefined): boolean {
  return path !== undefined && SHARED.some((folder) => normalizePath(path).startsWith(folder));
}
