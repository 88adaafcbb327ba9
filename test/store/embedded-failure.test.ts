/**
 * Danger: after an fsync that failed, what the disk holds is unknown, and a second fsync may claim success for bytes
 * that are gone. Method: strace fails the n-th fsync of a real process; it must acknowledge nothing from there on,
 * report, and end; and what it acknowledged before must be there. And: another process that holds the lock.
 */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from '@photostructure/sqlite';
import { createDirectStore } from '../../src/store/embedded/direct.js';
import { createWorkerStore } from '../../src/store/embedded/worker.js';
import { childEntryText, digestOf, makeEntry } from '../support/store-facts.js';

function canTrace(): boolean {
  try {
    execFileSync('strace', ['-e', 'inject=fsync:error=EIO', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('an embedded store that cannot go on', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'store-failure-'));
    path = join(folder, 'store.sqlite');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  (canTrace() ? it.each([15, 40, 41, 90]) : it.skip.each([0]))(
    'stops at a failed fsync (number %d) and has acknowledged only what it holds',
    async (count) => {
      const trace = join(folder, 'trace');
      const inject = `inject=fsync,fdatasync:error=EIO:when=${count}`;
      const child = spawn(
        'strace',
        [
          '-f',
          '-o',
          trace,
          '-e',
          'trace=fsync,fdatasync',
          '-e',
          inject,
          process.execPath,
          script(),
          path,
          's',
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const ended = once(child, 'close');
      const lines: string[] = [];
      for await (const line of createInterface({ input: child.stdout })) lines.push(line);
      expect((await ended)[0]).toBe(3);
      expect(readFileSync(trace, 'utf8')).toContain('INJECTED');
      expect(lines.filter((line) => line.startsWith('failed'))).toEqual([
        expect.stringMatching(/I\/O error/),
      ]);
      expect(lines.findIndex((line) => line.startsWith('failed'))).toBe(lines.length - 1);
      const kept = lines
        .filter((line) => /^entry .*-[34]$/.test(line))
        .map((line) => line.slice('entry '.length));
      const store = createDirectStore({ path });
      const states = await store.backlogStates(kept.map((name) => digestOf(childEntryText(name))));
      expect(states).toHaveLength(kept.length);
      await store.close();
    },
  );

  it('is unavailable for writes while another process holds the lock for over five seconds, then goes on', async () => {
    const store = await createWorkerStore({
      path,
      onFailure: (error) => {
        throw error;
      },
    });
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const entry = makeEntry(1);
    const answers = await Promise.all([store.addBacklog([entry]), store.countBacklog()]);
    expect(answers).toEqual([['unavailable'], 0]);
    other.exec('ROLLBACK');
    other.close();
    expect(await store.addBacklog([entry])).toEqual(['ok']);
    await store.close();
  }, 20_000);
});

function script(): string {
  return join(__dirname, '..', 'support', 'store-child.js');
}
