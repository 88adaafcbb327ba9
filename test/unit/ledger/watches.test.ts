/** Danger: a second process with the same key goes unnoticed or fills the log; a view that cannot be written goes on. */

import { OwnKeyWatch } from '../../../src/ledger/own-key-watch.js';
import { ViewFailed, watchedView } from '../../../src/ledger/view-failed.js';
import type { View } from '../../../src/view/view.js';

describe('the watch over the own key', () => {
  function watched() {
    const warnings: unknown[] = [];
    const silent = () => undefined;
    const log = {
      debug: silent,
      info: silent,
      error: silent,
      warn: (_event: string, fields?: object) => void warnings.push(fields),
    };
    const time = { now: 0 };
    const clock = { nowMs: () => 0, monotonicMs: () => time.now };
    return { warnings, time, watch: new OwnKeyWatch('me', clock, log) };
  }

  test('warns of what this life did not make, once a minute', () => {
    const { watch, warnings, time } = watched();
    watch.met('vote', 'me', 9, 'early');
    watch.begin(5);
    watch.begin(100);
    watch.remember('mine');
    for (const [what, by, height, mark] of [
      ['vote', 'another', 9, 'x'],
      ['vote', 'me', 5, 'x'],
      ['block', 'me', 9, 'mine'],
    ] as const)
      watch.met(what, by, height, mark);
    expect(warnings).toEqual([]);
    watch.met('block', 'me', 6, 'foreign');
    time.now = 59_999;
    watch.met('vote', 'me', 7, 'foreign');
    expect(warnings).toEqual([expect.objectContaining({ what: 'block', height: 6 })]);
    time.now = 60_000;
    watch.met('vote', 'me', 8, 'foreign');
    expect(warnings).toHaveLength(2);
  });

  test('remembers the newest and no more than it may', () => {
    const { watch, warnings } = watched();
    watch.begin(0);
    for (let count = 0; count <= 4096; count++) watch.remember(`mark ${count}`);
    watch.met('vote', 'me', 1, 'mark 4096');
    watch.met('vote', 'me', 1, 'mark 1');
    expect(warnings).toEqual([]);
    watch.met('vote', 'me', 1, 'mark 0');
    expect(warnings).toHaveLength(1);
  });
});

describe('a view whose writes are watched', () => {
  function view(write: () => Promise<void>): View {
    return {
      read: {} as View['read'],
      apply: write,
      addLateVotes: write,
      addRejections: write,
      rejectionPosition: () => 7,
      close: async () => undefined,
    } as View;
  }

  test('passes on what goes well', async () => {
    const failures: Error[] = [];
    const watched = watchedView(
      view(async () => undefined),
      (error) => failures.push(error),
    );
    await watched.apply([]);
    await watched.addLateVotes([]);
    await watched.addRejections([], 1);
    expect(watched.rejectionPosition()).toBe(7);
    await watched.close();
    expect(failures).toEqual([]);
  });

  test.each([
    ['an error', new Error('disk full')],
    ['anything else', 'disk full'],
  ])('tells of %s and rejects with a sentence', async (_name, cause) => {
    const failures: Error[] = [];
    const watched = watchedView(
      view(() => Promise.reject(cause)),
      (error) => failures.push(error),
    );
    await expect(watched.addLateVotes([])).rejects.toBeInstanceOf(ViewFailed);
    await expect(watched.addRejections([], 1)).rejects.toThrow(/cannot be written: disk full\. Make room/);
    expect(failures).toHaveLength(2);
    // The applier reports this one itself.
    await expect(watched.apply([])).rejects.toBe(cause);
    expect(failures).toHaveLength(2);
  });
});
