/**
 * Danger: a process that is killed in the middle of commits loses what it acknowledged, or leaves a file that does
 * not open. Method: child processes write as fast as they can and say what was acknowledged; each is killed with
 * SIGKILL at another moment, and everything they said must be in the file, which must be whole.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createDirectStore } from '../../src/store/embedded/direct.js';
import type { Store } from '../../src/store/store.js';
import { childEntryText, digestOf } from '../support/store-facts.js';

const KILLS = 24;

interface Acknowledged {
  readonly entries: Set<string>;
  readonly removed: Set<string>;
  readonly blocks: Map<number, string>;
}

function note(line: string, said: Acknowledged): void {
  const [kind, name, id] = line.split(' ');
  if (kind === 'entry' && name !== undefined) said.entries.add(name);
  else if (kind === 'removed' && name !== undefined) said.removed.add(name);
  else if (kind === 'block') said.blocks.set(Number(name), String(id));
  else if (kind !== 'ready') throw new Error(`child: ${line}`);
}

/** Runs children until each has said `lines` lines, kills them all, and returns when their last words are read. */
async function writeAndKill(
  path: string,
  seeds: readonly string[],
  lines: number,
  said: Acknowledged,
): Promise<void> {
  const script = join(__dirname, '..', 'support', 'store-child.js');
  await Promise.all(
    seeds.map(async (seed) => {
      const child: ChildProcess = spawn(process.execPath, [script, path, seed], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      if (child.stdout === null) throw new Error('no output');
      const ended = once(child, 'close');
      let count = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        note(line, said);
        count += 1;
        if (count === lines) child.kill('SIGKILL');
      }
      await ended;
    }),
  );
}

async function expectEverything(store: Store, said: Acknowledged): Promise<void> {
  const blocks = await store.readBlocks(0, 1_000_000);
  expect(blocks.map((block) => block.height)).toEqual(blocks.map((_, index) => index));
  for (const [height, id] of said.blocks) expect(blocks[height]?.id).toBe(id);
  const standing = [...said.entries].filter((name) => !said.removed.has(name));
  const states = await store.backlogStates([...said.entries].map((name) => digestOf(childEntryText(name))));
  const stamps = new Set(states.map((state) => state.stamp));
  // The third to fifth of each batch's life: two are never removed; three may go without a word just before the kill.
  const lost = standing.filter((name) => !stamps.has(name) && /-[34]$/.test(name));
  expect(lost).toEqual([]);
  expect([...said.removed].filter((name) => stamps.has(name))).toEqual([]);
  const read = await store.readBacklog(0, 1_000_000);
  for (const entry of read) expect(entry.text).toBe(childEntryText(entry.stamp));
}

describe('an embedded store whose processes are killed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'store-kill-'));
  const path = join(folder, 'store.sqlite');
  const said: Acknowledged = { entries: new Set(), removed: new Set(), blocks: new Map() };
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it(`holds all that was acknowledged after each of ${KILLS} kills`, async () => {
    for (let round = 0; round < KILLS / 2; round += 1) {
      await writeAndKill(path, [`${round}a`, `${round}b`], 40 + 37 * round, said);
      const store = createDirectStore({ path });
      await expectEverything(store, said);
      await store.close();
    }
    expect(said.entries.size).toBeGreaterThan(1000);
    expect(said.blocks.size).toBeGreaterThan(20);
  });
});
