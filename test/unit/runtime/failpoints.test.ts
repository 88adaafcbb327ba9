/** Danger: a crash test that never crashes. Method: counted hits, and the registry against the calls in the source. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  createFailpoints,
  FAILPOINT_NAMES,
  FailpointError,
  parseFailpoint,
} from '../../../src/runtime/failpoints.js';

const root = resolve(__dirname, '../../..');

test('dies at the n-th hit of the armed name and at no other', () => {
  let died = 0;
  const failpoints = createFailpoints({ name: 'vote.before_write', hit: 3 }, () => died++);
  for (let round = 0; round < 5; round++) {
    failpoints.hit('vote.after_write');
    failpoints.hit('vote.before_write');
    expect(died).toBe(round >= 2 ? 1 : 0);
  }
});

test('reads name:hit and refuses what it does not know', () => {
  expect(parseFailpoint('view.after_apply:12')).toEqual({ name: 'view.after_apply', hit: 12 });
  expect(parseFailpoint('view.after_apply')).toEqual({ name: 'view.after_apply', hit: 1 });
  for (const wrong of ['', 'nope:1', 'view.after_apply:0', 'view.after_apply:x', 'VIEW.AFTER_APPLY'])
    expect(() => parseFailpoint(wrong)).toThrow(FailpointError);
});

test('kills a real process at once, without its exit handlers', () => {
  const script = `
    const { createFailpoints } = require(${JSON.stringify(join(root, 'src/runtime/failpoints.ts'))});
    process.on('exit', () => console.log('exit handler'));
    const failpoints = createFailpoints({ name: 'submit.after_insert', hit: 2 });
    failpoints.hit('submit.after_insert');
    console.log('first');
    failpoints.hit('submit.after_insert');
    console.log('second');`;
  const loader = join(root, 'test/support/run-typescript.cjs');
  const { signal, stdout } = spawnSync(process.execPath, ['-r', loader, '-e', script], { encoding: 'utf8' });
  expect([signal, stdout]).toEqual(['SIGKILL', 'first\n']);
});

test('the registry names exactly the failpoints in the source, each once', () => {
  const used = new Set<string>();
  for (const file of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }))
    if (file.endsWith('.ts'))
      for (const [, name = ''] of readFileSync(join(root, 'src', file), 'utf8').matchAll(
        /failpoints\??\.hit\('([^']+)'\)/g,
      ))
        used.add(name);
  expect([...FAILPOINT_NAMES].sort()).toEqual([...used].sort());
});
