/**
 * Danger: a simulator that is not owned by its seed: failures that cannot be replayed, and chance that hides in them.
 * Method: ten seeds twice, each time with the same trace to the byte (I17); and another seed has another trace.
 */

import { simulate } from './simulate-process.js';

const SEEDS = 10;

test('ten seeds repeat with equal traces', async () => {
  const { code, output } = await simulate('--seeds', String(SEEDS), '--twice');
  expect(code === 0 ? '' : output).toBe('');
  expect(output).toContain(`repeated with equal traces: ${SEEDS} of ${SEEDS}`);
}, 300_000);

test('a trace is that of its seed', async () => {
  const traces = await Promise.all(['3', '4'].map((seed) => simulate('--seed', seed)));
  const hashes = traces.map(({ output }) => /^trace ([0-9a-f]{64})$/m.exec(output)?.[1]);
  expect(hashes[0]).toBeDefined();
  expect(hashes[1]).toBeDefined();
  expect(hashes[0]).not.toBe(hashes[1]);
}, 60_000);
