/**
 * Danger: a call to a thread that is never answered, answered out of order or answered as another; one bad call that
 * takes others with it; a thread that dies unnoticed. Method: a real thread that does as it is told.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { WorkerCalls, workerEntry } from '../../../src/runtime/worker-calls.js';

interface Opened {
  readonly calls: WorkerCalls;
  readonly failures: Error[];
  readonly notices: unknown[];
  /** Resolves when the owner is told of a failure. */
  readonly failed: Promise<Error>;
}

function open(options: { inFlightMax?: number; batchMax?: number; failAtRelease?: boolean } = {}): Opened {
  const failures: Error[] = [];
  const notices: unknown[] = [];
  let tellFailed: (error: Error) => void = () => undefined;
  const failed = new Promise<Error>((resolve) => {
    tellFailed = resolve;
  });
  const calls = new WorkerCalls({
    entry: join(__dirname, '..', '..', 'support', 'test-thread.js'),
    name: 'test',
    workerData: { failAtRelease: options.failAtRelease ?? false },
    inFlightMax: options.inFlightMax ?? 2,
    batchMax: options.batchMax ?? 100,
    onFailure: (error) => {
      failures.push(error);
      tellFailed(error);
    },
    onNotice: (notice) => notices.push(notice),
  });
  return { calls, failures, notices, failed };
}

describe('calls to a worker thread', () => {
  let opened: Opened;
  afterEach(async () => {
    await opened.calls.close().catch(() => undefined);
  });

  it('answers every call with its own answer, in the order of the calls', async () => {
    opened = open({ batchMax: 7, inFlightMax: 3 });
    const settled: number[] = [];
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const answer = await opened.calls.call('echo', { index });
        settled.push(index);
        return answer;
      }),
    );
    expect(answers).toEqual(Array.from({ length: 200 }, (_, index) => ({ index })));
    expect(settled).toEqual(Array.from({ length: 200 }, (_, index) => index));
    expect(opened.calls.length).toBe(0);
  });

  it('puts the calls of one turn into one message, and what queues up meanwhile into the next', async () => {
    opened = open({ inFlightMax: 1 });
    const first = [opened.calls.call('message', null), opened.calls.call('message', null)];
    await new Promise((resolve) => setImmediate(resolve));
    const second = Array.from({ length: 5 }, () => opened.calls.call('message', null));
    expect(await Promise.all(first)).toEqual(first.map(() => ({ message: 1, size: 2 })));
    expect(await Promise.all(second)).toEqual(second.map(() => ({ message: 2, size: 5 })));
  });

  it('hands over its options, transfers both ways and passes notices on', async () => {
    opened = open();
    expect(await opened.calls.call('options', null)).toMatchObject({ options: { failAtRelease: false } });
    const bytes = new Uint8Array([1, 2, 3]);
    const back = await opened.calls.call('take', bytes.buffer, [bytes.buffer]);
    expect(bytes.length).toBe(0);
    expect(back).toEqual(new Uint8Array([1, 2, 3]));
    await opened.calls.call('notice', { news: 1 });
    expect(opened.notices).toEqual([{ news: 1 }]);
  });

  it('carries an error over by name, and one call`s error is its own', async () => {
    opened = open();
    const results = await Promise.allSettled([
      opened.calls.call('echo', 1),
      opened.calls.call('refuse', null),
      opened.calls.call('echo', 2),
    ]);
    expect(results[0]).toEqual({ status: 'fulfilled', value: 1 });
    expect(results[1]).toMatchObject({ reason: { name: 'RangeError', message: 'refused' } });
    expect(results[2]).toEqual({ status: 'fulfilled', value: 2 });
  });

  it('rejects the calls of a message whose handling threw, and goes on', async () => {
    opened = open();
    const results = await Promise.allSettled([
      opened.calls.call('echo', 1),
      opened.calls.call('throw', null),
    ]);
    for (const result of results)
      expect(result).toMatchObject({ reason: { name: 'TypeError', message: 'thrown' } });
    expect(await opened.calls.call('echo', 3)).toBe(3);
  });

  it('refuses an argument that cannot travel without harm to the calls beside it', async () => {
    opened = open();
    const results = await Promise.allSettled([
      opened.calls.call('echo', 1),
      opened.calls.call('echo', () => undefined),
      opened.calls.call('echo', 2),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(opened.failures).toEqual([]);
  });

  it('rejects a call whose answer cannot travel, and the thread lives on', async () => {
    opened = open();
    await expect(opened.calls.call('uncloneable', null)).rejects.toThrow(/could not be cloned/);
    expect(await opened.calls.call('echo', 1)).toBe(1);
  });

  it('on close answers what was called, releases, refuses later calls, and may be called twice', async () => {
    opened = open({ inFlightMax: 1, batchMax: 2 });
    const made = Array.from({ length: 9 }, (_, index) => opened.calls.call('echo', index));
    const closed = opened.calls.close();
    await expect(opened.calls.call('echo', 'late')).rejects.toMatchObject({ name: 'WorkerGone' });
    expect(await Promise.all(made)).toEqual(made.map((_, index) => index));
    await closed;
    await opened.calls.close();
    expect(opened.notices).toEqual(['released']);
    expect(opened.failures).toEqual([]);
    await expect(opened.calls.call('echo', 1)).rejects.toMatchObject({ name: 'WorkerGone' });
  });

  it('tells its owner once when the thread dies, and rejects every open and later call', async () => {
    opened = open({ inFlightMax: 1, batchMax: 1 });
    // The thread answers and dies; its end may be told before its answer.
    await Promise.allSettled([opened.calls.call('die', null)]);
    const after = Array.from({ length: 3 }, () => opened.calls.call('echo', 'never'));
    const results = await Promise.allSettled(after);
    expect((await opened.failed).message).toBe('died');
    expect(results.at(-1)).toMatchObject({ status: 'rejected', reason: { name: 'WorkerGone' } });
    await expect(opened.calls.call('echo', 1)).rejects.toMatchObject({ name: 'WorkerGone' });
    await opened.calls.close();
    expect(opened.failures).toHaveLength(1);
    expect(opened.calls.length).toBe(0);
  });

  it('rejects the close of a thread that failed at its release', async () => {
    opened = open({ failAtRelease: true });
    await opened.calls.call('echo', 1);
    await expect(opened.calls.close()).rejects.toThrow('cannot release');
    expect(opened.failures).toEqual([]);
  });

  it('finds the compiled file of a thread from its source`s folder', () => {
    const entry = workerEntry(join(__dirname, '..', '..', '..', 'src', 'store', 'embedded'), 'store-thread');
    expect(existsSync(entry)).toBe(true);
    expect(entry).toContain(join('dist', 'src', 'store', 'embedded'));
  });
});
