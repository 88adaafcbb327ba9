/** Danger: a subscriber that is never woken, or that keeps others from being told. Method: the emitter alone. */

import { LedgerEvents } from '../../../src/events/head-events.js';

test('waitAbove resolves at once when the head is above, else when it gets there', async () => {
  const events = new LedgerEvents(4, () => undefined);
  const { signal } = new AbortController();
  await events.waitAbove(3, signal);
  let woken = false;
  const waiting = events.waitAbove(5, signal).then(() => {
    woken = true;
  });
  events.publishHead(5);
  await Promise.resolve();
  expect(woken).toBe(false);
  events.publishHead(6);
  await waiting;
  expect(events.head()).toBe(6);
});

test('an aborted wait rejects with the reason and leaves nothing behind', async () => {
  const events = new LedgerEvents(0, () => undefined);
  const controller = new AbortController();
  const waiting = events.waitAbove(9, controller.signal);
  controller.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  await expect(events.waitAbove(9, controller.signal)).rejects.toThrow('gone');
  events.publishHead(10);
});

test('a listener that throws is reported and the others are told', () => {
  const failures: unknown[] = [];
  const events = new LedgerEvents(0, (error) => failures.push(error));
  const seen: number[] = [];
  events.onHead(() => {
    throw new Error('bad listener');
  });
  const stop = events.onHead((height) => seen.push(height));
  events.publishHead(1);
  stop();
  events.publishHead(2);
  expect(seen).toEqual([1]);
  expect(failures).toHaveLength(2);
});
