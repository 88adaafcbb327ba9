// Danger: members of one machine that start at the same moment on a new store keep each other from opening it, or one
// takes the tables that another is creating for those of a stranger. Method: processes that open new files at one instant.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROUNDS = 12;
const MEMBERS = 5;
/** Time for all of them to come up and wait for the instant. */
const AHEAD_MS = 500;
const OPENER = resolve(__dirname, '..', 'support', 'store-opener.js');

/** What it says, and how it failed otherwise. */
function opens(path: string, atMs: number): Promise<string> {
  return new Promise((done) => {
    execFile(process.execPath, [OPENER, path, String(atMs)], (error, stdout) => {
      done(`${stdout}${error?.message ?? ''}`);
    });
  });
}

test(`${MEMBERS} processes open a new store at once, ${ROUNDS} times`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'together-'));
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const path = join(folder, String(round), 'store.sqlite');
      const atMs = Date.now() + AHEAD_MS;
      const said = await Promise.all(Array.from({ length: MEMBERS }, () => opens(path, atMs)));
      expect(said).toEqual(said.map(() => ''));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 120_000);
