/**
 * The view as a node runs it: a thread that writes, a thread that answers lists and searches, and a connection of the
 * calling thread for point look-ups.
 */

import { VIEW } from '../config/limits.js';
import { WorkerCallError, WorkerCalls, workerEntry } from '../runtime/worker-calls.js';
import { walPages } from './checkpoints.js';
import type { QueryableView } from './direct-view.js';
import { CHECKED_TABLES } from './integrity.js';
import { type ListQueries, ViewBusy } from './list-queries.js';
import { openViewForReading } from './open-file.js';
import { type LateVote, shipHeight } from './packing.js';
import type { QueryName } from './queries/queries.js';
import { createListQueries } from './query-calls.js';
import type { Sqlite } from './sqlite.js';
import { unreadable, ViewUnreadable } from './unreadable.js';
import type { DecidedHeight, ViewReader, ViewRejection } from './view.js';
import { SqliteReader } from './view-reader.js';
import type { ViewThreadOptions, WriteCalls } from './view-thread.js';

export type WorkerView = QueryableView;

export interface WorkerViewOptions {
  /** File of the view. */
  readonly path: string;
  /** Paths such as `metadata.order.id`. */
  readonly payloadIndexes?: readonly string[];
  /** A thread died, or the file turned out to be damaged: the node must stop. Called at most once. */
  readonly onFailure: (error: Error) => void;
}

const MESSAGES_IN_FLIGHT_MAX = 2;
const CALLS_PER_MESSAGE_MAX = 64;
/** Commits between two looks at the length of the log. */
const COMMITS_PER_LOOK = 8;

class ThreadedView implements WorkerView {
  readonly read: ViewReader;
  readonly lists: ListQueries;
  private readonly reader: SqliteReader;
  private commits = 0;
  private folding = false;

  constructor(
    private readonly writer: WorkerCalls,
    private readonly queries: WorkerCalls,
    private readonly sqlite: Sqlite,
    onFailure: (error: Error) => void,
  ) {
    sqlite.onDamage = onFailure;
    this.reader = new SqliteReader(sqlite);
    this.read = this.reader;
    this.lists = createListQueries((name, values) => this.query(name, values).catch(reporting(onFailure)));
  }

  async apply(heights: readonly DecidedHeight[]): Promise<void> {
    await this.write('apply', heights.map(shipHeight));
    this.reader.refresh();
    this.foldIfDue();
  }

  async addLateVotes(votes: readonly LateVote[]): Promise<void> {
    await this.write('addLateVotes', votes);
  }

  async addRejections(rejections: readonly ViewRejection[], upToPosition: number): Promise<void> {
    await this.write('addRejections', { rejections, upToPosition });
  }

  rejectionPosition(): number {
    return this.reader.rejectionPosition();
  }

  /** What is under way is answered first. Safe to call twice. */
  async close(): Promise<void> {
    await this.queries.close();
    this.sqlite.close();
    await this.writer.close();
  }

  /** Resolves with what is wrong with the file, null when nothing is or the view was closed meanwhile. */
  async check(): Promise<string | null> {
    for (const table of CHECKED_TABLES) {
      const finding = await this.queries.call('check', table).catch(() => null);
      if (typeof finding === 'string') return finding;
    }
    return null;
  }

  private query(name: QueryName, values: readonly unknown[]): Promise<unknown> {
    if (this.queries.length < VIEW.queriesQueuedMax) return this.queries.call(name, values);
    return Promise.reject(new ViewBusy('too many lists and searches are asked for at once'));
  }

  private async write<M extends keyof WriteCalls>(method: M, argument: WriteCalls[M]): Promise<void> {
    await this.writer.call(method, argument);
  }

  private foldIfDue(): void {
    this.commits += 1;
    if (this.folding || this.commits % COMMITS_PER_LOOK !== 0) return;
    if (walPages(this.sqlite) < VIEW.checkpointPages) return;
    this.folding = true;
    // A thread that is gone has been reported; the log is whole without it.
    this.queries
      .call('checkpoint', null)
      .catch(() => undefined)
      .finally(() => {
        this.folding = false;
      });
  }
}

/** Passes a rejection on, and tells of damage that the thread of the lists met. */
function reporting(onFailure: (error: Error) => void): (error: unknown) => never {
  return (error) => {
    if (error instanceof WorkerCallError && error.name === 'ViewUnreadable')
      onFailure(new ViewUnreadable(error.message));
    throw error;
  };
}

/** Resolves when the file is open; rejects with ViewUnreadable, and then both threads have ended. */
export async function createWorkerView(options: WorkerViewOptions): Promise<WorkerView> {
  const { path, payloadIndexes = [] } = options;
  let failed = false;
  const onFailure = (error: Error): void => {
    if (failed) return;
    failed = true;
    options.onFailure(error);
  };
  const startThread = (role: ViewThreadOptions['role']): WorkerCalls => {
    const workerData: ViewThreadOptions = { role, path, payloadIndexes };
    return new WorkerCalls({
      entry: workerEntry(__dirname, 'view-thread'),
      name: role === 'write' ? 'view' : 'view-lists',
      workerData,
      inFlightMax: MESSAGES_IN_FLIGHT_MAX,
      batchMax: CALLS_PER_MESSAGE_MAX,
      onFailure,
    });
  };
  const writer = startThread('write');
  const queries = startThread('read');
  try {
    const leftOpen = await writer.call('open', null);
    await queries.call('open', null);
    const view = new ThreadedView(writer, queries, openViewForReading(path), onFailure);
    if (leftOpen === true) {
      void view.check().then((finding) => {
        if (finding !== null) onFailure(unreadable(path, `it is damaged (${finding})`));
      });
    }
    return view;
  } catch (error) {
    await Promise.all([writer.close(), queries.close()]);
    if (error instanceof WorkerCallError && error.name === 'ViewUnreadable') {
      throw new ViewUnreadable(error.message);
    }
    throw error;
  }
}
