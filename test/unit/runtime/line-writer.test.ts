/**
 * Danger: a log that blocks, grows without bound, or loses lines at the end. Method: real files in a temporary
 * folder, and sinks that fail or do not read.
 */
import { mkdtempSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LineSink, LineWriter, RotatingFile } from '../../../src/runtime/line-writer.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function lines(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n').slice(0, -1);
}

test('close writes everything in order and appends to what was there', async () => {
  const path = join(folder, 'deep/er/node.log');
  for (const round of [0, 1]) {
    const writer = new LineWriter(new RotatingFile(path), { gatherMs: 50 });
    for (let index = 0; index < 3000; index++) writer.write(`${round} ${index} äöü\n`);
    await writer.close();
    await writer.close();
    expect(writer.dropped).toBe(0);
    writer.write('after the end\n');
    expect(writer.dropped).toBe(1);
  }
  const found = lines(path);
  expect(found).toHaveLength(6000);
  expect(found[0]).toBe('0 0 äöü');
  expect(found.at(-1)).toBe('1 2999 äöü');
});

test('a file beyond its size is renamed; only so many backups are kept', async () => {
  const path = join(folder, 'node.log');
  writeFileSync(path, 'x'.repeat(95));
  for (let round = 0; round < 6; round++) {
    const writer = new LineWriter(new RotatingFile(path, { bytesMax: 100, backups: 3 }), { gatherMs: 1 });
    writer.write(`round ${round} ${'y'.repeat(80)}\n`);
    await writer.close();
  }
  expect(readdirSync(folder).sort()).toEqual(['node.log', 'node.log.1', 'node.log.2', 'node.log.3']);
  expect(lines(path)[0]).toMatch(/^round 5/);
  expect(lines(`${path}.3`)[0]).toMatch(/^round 2/);
});

test('flushSync writes what waits before it returns', () => {
  const path = join(folder, 'node.log');
  const writer = new LineWriter(new RotatingFile(path), { gatherMs: 60_000 });
  writer.write('last words\n');
  expect(readFileSync(path, 'utf8')).toBe('');
  writer.flushSync();
  expect(readFileSync(path, 'utf8')).toBe('last words\n');
});

test('lines beyond the bound are dropped and counted', async () => {
  const writer = new LineWriter(new RotatingFile(join(folder, 'node.log')), { gatherMs: 60_000 });
  const line = `${'z'.repeat(1024 * 1024 - 1)}\n`;
  // One is under way and four wait: no write can end within this turn of the event loop.
  for (let index = 0; index < 7; index++) writer.write(line);
  expect(writer.dropped).toBe(2);
  await writer.close();
});

test('a sink that fails is reported once in a row and does not throw', async () => {
  const fd = openSync(join(folder, 'read-only'), 'w+');
  const errors: string[] = [];
  let failing = true;
  const sink: LineSink = {
    fd,
    prepare: () => {
      if (failing) throw new Error('no space');
    },
    reopen: () => undefined,
    close: () => undefined,
  };
  const writer = new LineWriter(sink, { gatherMs: 0, onError: (error) => errors.push(error.message) });
  for (let round = 0; round < 3; round++) {
    writer.write('lost\n');
    await new Promise(setImmediate);
    await new Promise(setImmediate);
  }
  expect(errors).toEqual(['no space']);
  expect(writer.dropped).toBe(3);
  failing = false;
  writer.write('kept\n');
  await writer.close();
  expect(readFileSync(join(folder, 'read-only'), 'utf8')).toBe('kept\n');
});

test('a file that somebody renamed is let go of when it is opened again, also in the middle of a write', async () => {
  const path = join(folder, 'node.log');
  const writer = new LineWriter(new RotatingFile(path), { gatherMs: 60_000 });
  writer.write('before\n');
  writer.flushSync();
  renameSync(path, `${path}.old`);
  writer.reopen();
  writer.write('after\n');
  writer.flushSync();
  // Long enough to be written at once: the write is under way when the file is renamed again.
  const long = `${'z'.repeat(100_000)}\n`;
  writer.write(long);
  renameSync(path, `${path}.older`);
  writer.reopen();
  await writer.close();
  expect(readFileSync(`${path}.old`, 'utf8')).toBe('before\n');
  expect(readFileSync(`${path}.older`, 'utf8')).toBe(`after\n${long}`);
  expect(readFileSync(path, 'utf8')).toBe('');
});
