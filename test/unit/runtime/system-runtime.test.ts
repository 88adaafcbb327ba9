/** Danger: timers that fire early or keep a stopped process alive. Method: the real clock, blocked on purpose. */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { noFailpoints } from '../../../src/runtime/failpoints.js';
import type { Logger } from '../../../src/runtime/runtime.js';
import { createSystemRuntime } from '../../../src/runtime/system-runtime.js';

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
const runtime = createSystemRuntime({ logger: () => silent, failpoints: noFailpoints });

test('a timer never fires before its delay, even when the loop was blocked as it was set', async () => {
  const start = runtime.clock.monotonicMs();
  while (runtime.clock.monotonicMs() - start < 30);
  const set = runtime.clock.monotonicMs();
  await new Promise<void>((fire) => runtime.scheduler.after(25, fire));
  expect(runtime.clock.monotonicMs() - set).toBeGreaterThanOrEqual(25);
});

test('a cancelled timer does not fire, and cancelling again is harmless', async () => {
  let fired = false;
  const timer = runtime.scheduler.after(1, () => {
    fired = true;
  });
  timer.cancel();
  timer.cancel();
  await new Promise<void>((fire) => runtime.scheduler.after(10, fire));
  expect(fired).toBe(false);
});

test('yieldTurn lets other work of the loop go on', async () => {
  const order: string[] = [];
  setImmediate(() => order.push('other'));
  await runtime.scheduler.yieldTurn();
  order.push('mine');
  expect(order).toEqual(['other', 'mine']);
});

test('chance: lengths, bounds, no repetition', () => {
  expect(runtime.random.bytes(33)).toHaveLength(33);
  expect(Buffer.from(runtime.random.bytes(16))).not.toEqual(Buffer.from(runtime.random.bytes(16)));
  const seen = new Set(Array.from({ length: 400 }, () => runtime.random.integer(3)));
  expect([...seen].sort()).toEqual([0, 1, 2]);
});

test('a waiting timer does not keep the process alive', () => {
  const root = resolve(__dirname, '../../..');
  const script = `require(${JSON.stringify(join(root, 'src/runtime/system-runtime.ts'))})
    .systemScheduler.after(3600000, () => console.log('fired'));`;
  const loader = join(root, 'test/support/run-typescript.cjs');
  const { status, stdout } = spawnSync(process.execPath, ['-r', loader, '-e', script], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect([status, stdout]).toEqual([0, '']);
});
