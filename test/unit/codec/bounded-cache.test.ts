/** Danger: a cache that clients can fill without end, or that keeps whole requests alive. */

import { BoundedCache, ownString } from '../../../src/codec/bounded-cache.js';

test('holds at most two generations and keeps what is asked for', () => {
  const cache = new BoundedCache<string, number>(10);
  cache.set('kept', 1);
  for (let index = 0; index < 1000; index++) {
    cache.set(`k${index}`, index);
    expect(cache.get('kept')).toBe(1);
    expect(cache.size).toBeLessThanOrEqual(20);
  }
  expect(cache.get('k0')).toBeUndefined();
  expect(cache.get('k999')).toBe(999);
});

test('a later value replaces an earlier one, also of the older generation', () => {
  const cache = new BoundedCache<string, number>(2);
  for (const [key, value] of [
    ['a', 1],
    ['b', 2],
    ['c', 3],
    ['a', 4],
  ] as const)
    cache.set(key, value);
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([4, 2, 3]);
});

test('ownString gives the same text', () => {
  const body = `${'x'.repeat(1000)}the key of thirty-two characters${'y'.repeat(1000)}`;
  expect(ownString(body.slice(1000, 1032))).toBe('the key of thirty-two characters');
  expect(ownString('')).toBe('');
});
