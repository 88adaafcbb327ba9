/**
 * Entry of the view's threads. One writes; the other answers lists and searches and folds the log into the file, so
 * that neither a long query nor a checkpoint delays the next height.
 */

import { type CallOutcome, serveCalls, type WorkerCall, workerOptions } from '../runtime/worker-calls.js';
import { foldLog } from './checkpoints.js';
import { checkTable, wasLeftOpen } from './integrity.js';
import { openViewFile, openViewForReading } from './open-file.js';
import { type LateVote, type ShippedHeight, unshipHeight } from './packing.js';
import { createQueries, type QueryName, runQuery } from './queries/queries.js';
import { QueryContext } from './queries/query-context.js';
import type { Sqlite } from './sqlite.js';
import type { ViewRejection } from './view.js';
import { ViewWriter } from './view-writer.js';

export interface ViewThreadOptions {
  readonly role: 'write' | 'read';
  readonly path: string;
  readonly payloadIndexes: readonly string[];
}

/** What the writing thread is asked to do. */
export type WriteCalls = {
  readonly apply: readonly ShippedHeight[];
  readonly addLateVotes: readonly LateVote[];
  readonly addRejections: { readonly rejections: readonly ViewRejection[]; readonly upToPosition: number };
};

/** A call by its name; its argument was typed on the other side. */
type Handler = (method: string, argument: unknown) => unknown;

interface Open {
  readonly sqlite: Sqlite;
  readonly handle: Handler;
}

function openWriter({ path, payloadIndexes }: ViewThreadOptions): Open {
  const sqlite = openViewFile(path);
  try {
    const writer = new ViewWriter(sqlite, payloadIndexes);
    return { sqlite, handle: (method, argument) => write(writer, method, argument) };
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

function write(writer: ViewWriter, method: string, argument: unknown): void {
  if (method === 'apply') writer.apply((argument as WriteCalls['apply']).map(unshipHeight));
  else if (method === 'addLateVotes') writer.addLateVotes(argument as WriteCalls['addLateVotes']);
  else {
    const { rejections, upToPosition } = argument as WriteCalls['addRejections'];
    writer.addRejections(rejections, upToPosition);
  }
}

function openReader({ path }: ViewThreadOptions): Open {
  const sqlite = openViewForReading(path);
  try {
    const context = new QueryContext(sqlite);
    const queries = createQueries(context);
    const handle: Handler = (method, argument) => {
      if (method === 'checkpoint') return foldLog(sqlite);
      if (method === 'check') return checkTable(sqlite, String(argument));
      return runQuery(context, queries, method as QueryName, argument as readonly unknown[]);
    };
    return { sqlite, handle };
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

let open: Open | null = null;

function handleOne({ method, argument }: WorkerCall): CallOutcome {
  try {
    if (method === 'open') {
      const options = workerOptions<ViewThreadOptions>();
      const leftOpen = wasLeftOpen(options.path);
      open = options.role === 'write' ? openWriter(options) : openReader(options);
      return { value: leftOpen };
    }
    if (open === null) return { error: new Error('the view is not open') };
    return { value: open.handle(method, argument) };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}

serveCalls(
  (calls) => calls.map(handleOne),
  () => {
    open?.sqlite.close();
    open = null;
  },
);
