/**
 * The view in the calling thread, one connection for everything: for simulations, tests and commands. Every call has
 * taken effect when it returns its promise.
 */

import { VIEW } from '../config/limits.js';
import { foldLog, walPages } from './checkpoints.js';
import type { ListQueries } from './list-queries.js';
import { openViewFile } from './open-file.js';
import { packHeight } from './packing.js';
import { createQueries, runQuery } from './queries/queries.js';
import { QueryContext } from './queries/query-context.js';
import { createListQueries } from './query-calls.js';
import type { View } from './view.js';
import { ViewWriter } from './view-writer.js';

/** A view with everything that can be asked of it. */
export interface QueryableView extends View {
  readonly lists: ListQueries;
}

export interface DirectViewOptions {
  /** File of the view, or `:memory:`. */
  readonly path: string;
  /** Paths such as `metadata.order.id`. */
  readonly payloadIndexes?: readonly string[];
}

/** Throws ViewUnreadable or PayloadPathInvalid. */
export function createDirectView({ path, payloadIndexes = [] }: DirectViewOptions): QueryableView {
  const sqlite = openViewFile(path);
  try {
    const writer = new ViewWriter(sqlite, payloadIndexes);
    const context = new QueryContext(sqlite);
    const queries = createQueries(context);
    const { reader } = context;
    return {
      read: reader,
      lists: createListQueries(async (name, values) => runQuery(context, queries, name, values)),
      async apply(heights) {
        writer.apply(heights.map(packHeight));
        reader.refresh();
        if (walPages(sqlite) >= VIEW.checkpointPages) foldLog(sqlite);
      },
      async addLateVotes(votes) {
        writer.addLateVotes(votes);
      },
      async addRejections(rejections, upToPosition) {
        writer.addRejections(rejections, upToPosition);
      },
      rejectionPosition: () => reader.rejectionPosition(),
      async close() {
        sqlite.close();
      },
    };
  } catch (error) {
    sqlite.close();
    throw error;
  }
}
