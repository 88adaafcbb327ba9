/**
 * The embedded store in a thread of its own: how a node runs it. Calls of one turn travel in one message and become
 * one commit; while one is synced, the next message fills.
 */

import { WorkerCallError, WorkerCalls, WorkerGone, workerEntry } from '../../runtime/worker-calls.js';
import { type Store, StoreUnavailable } from '../store.js';
import type { Changes } from './counters.js';
import { EmbeddedStore, type Runner } from './embedded-store.js';
import type { OperationName, Operations } from './facts.js';
import { StoreOutcomeUnknown, StoreUnreadable } from './failures.js';
import type { StoreNotice, StoreThreadOptions } from './store-thread.js';

/** Messages under way to the thread: one is being synced, the others wait in its port. */
const MESSAGES_IN_FLIGHT_MAX = 3;
const CALLS_PER_MESSAGE_MAX = 256;

export interface WorkerStoreOptions {
  /** File of the store. */
  readonly path: string;
  /** The file, its disk or the thread failed: the node must stop. Called at most once. */
  readonly onFailure: (error: Error) => void;
}

class WorkerRunner implements Runner {
  private readonly calls: WorkerCalls;
  private onChange: ((changes: Changes) => void) | null = null;
  private watching = false;
  private failed = false;

  constructor(private readonly options: WorkerStoreOptions) {
    const threadOptions: StoreThreadOptions = { path: options.path };
    this.calls = new WorkerCalls({
      entry: workerEntry(__dirname, 'store-thread'),
      name: 'store',
      workerData: threadOptions,
      inFlightMax: MESSAGES_IN_FLIGHT_MAX,
      batchMax: CALLS_PER_MESSAGE_MAX,
      onFailure: (error) => this.fail(error),
      onNotice: (notice) => this.receive(notice as StoreNotice),
    });
  }

  /** Opens the file in the thread; rejects with StoreUnreadable, and then the thread has ended. */
  async open(): Promise<void> {
    try {
      await this.calls.call('open', null);
    } catch (error) {
      await this.calls.close();
      if (error instanceof WorkerCallError && error.name === 'StoreUnreadable') {
        throw new StoreUnreadable(error.message);
      }
      throw error;
    }
  }

  async call<M extends OperationName>(
    method: M,
    argument: Parameters<Operations[M]>[0],
  ): Promise<ReturnType<Operations[M]>> {
    if (this.failed) throw new StoreUnavailable('the store has failed');
    try {
      return (await this.calls.call(method, argument)) as ReturnType<Operations[M]>;
    } catch (error) {
      throw translated(error);
    }
  }

  watch(onChange: ((changes: Changes) => void) | null): void {
    this.onChange = onChange;
    const wanted = onChange !== null;
    if (wanted === this.watching || this.failed) return;
    this.watching = wanted;
    // A thread that is gone has been reported; hints are not what anything relies on.
    this.calls.call('watch', wanted).catch(() => undefined);
  }

  /** Nobody else shares this thread's connection; other connections notice by themselves. */
  announce(): void {}

  close(): Promise<void> {
    return this.calls.close();
  }

  private receive(notice: StoreNotice): void {
    if ('failure' in notice) this.fail(new Error(notice.failure));
    else this.onChange?.(notice.changes);
  }

  private fail(error: Error): void {
    if (this.failed) return;
    this.failed = true;
    this.options.onFailure(error);
  }
}

/** The thread's errors arrive by name. A call whose thread died may have been committed. */
function translated(error: unknown): unknown {
  if (error instanceof WorkerGone) return new StoreOutcomeUnknown(error.message);
  if (!(error instanceof WorkerCallError)) return error;
  if (error.name === 'StoreUnavailable') return new StoreUnavailable(error.message);
  if (error.name === 'StoreOutcomeUnknown') return new StoreOutcomeUnknown(error.message);
  return error;
}

/** Resolves when the file is open and checked; rejects with StoreUnreadable. */
export async function createWorkerStore(options: WorkerStoreOptions): Promise<Store> {
  const runner = new WorkerRunner(options);
  await runner.open();
  return new EmbeddedStore(runner);
}
