/**
 * The view in the calling thread, one connection for everything: for simulations, tests and commands. Every call has
 * taken effect when it returns its promise.
 */

import { VIEW } from '../config/limits.js';
import type { ListQueries } from './list-queries.js';
import { openViewFile } from './open-file.js';
import { packHeight } from './packing.js';
import { createListQueries } from './query-calls.js';
import { runQuery } from './queries.js';
import { QueryContext } from './query-context.js';
import type { View } from './view.js';
import { SqliteReader } from './view-reader.js';
import { ViewWriter } from './view-writer.js';
import { walPages } from './checkpoints.js';

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
export function createDirectView(options: DirectViewOptions): QueryableView {
  const sqlite = openViewFile(options.path);
  try {
    const writer = new ViewWriter(sqlite, options.payloadIndexes ?? []);
    const read = new SqliteReader(sqlite);
    const context = new QueryContext(sqlite);
    const checkpoint = (): void => {
      if (walPages(sqlite) >= VIEW.checkpointPages) sqlite.exec('PRAGMA wal_checkpoint(PASSIVE)');
    };
    return {
      read,
      lists: createListQueries(async (name, argument) => runQuery(context, name, argument)),
      async apply(heights) {
        writer.apply(heights.map(packHeight));
        checkpoint();
      },
      async addLateVotes(votes) {
        writer.addLateVotes(votes);
      },
      async addRejections(rejections, upToPosition) {
        writer.addRejections(rejections, upToPosition);
      },
      rejectionPosition: () => read.rejectionPosition(),
      async close() {
        sqlite.close();
      },
    };
  } catch (error) {
    sqlite.close();
    throw error;
  }
}
