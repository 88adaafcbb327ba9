/** The browser's code in a world that has nothing of Node: no Buffer, no require, no process. */

import { execFileSync } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';

export type BrowserCode = typeof import('./browser-code.js');

/** Builds `browser-code.ts`, or the file that is named, as the pages are built; some seconds. Throws what the build says. */
export function bundle(entry?: string): string {
  const script = join(__dirname, 'bundle-browser-code.mjs');
  const parameters = entry === undefined ? [script] : [script, entry];
  return execFileSync(process.execPath, parameters, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The code, loaded. */
export function loadBrowserCode(): BrowserCode {
  const world = {
    // Bytes and texts cross between this world and the test's.
    ArrayBuffer,
    DataView,
    Uint8Array,
    TextDecoder,
    TextEncoder,
    crypto: { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => webcrypto.getRandomValues(bytes) },
  };
  return runInNewContext(`${bundle()}; browserCode`, world) as BrowserCode;
}
