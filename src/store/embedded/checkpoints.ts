/**
 * Folds the write-ahead log into the file. Done here and not by SQLite's own automatic checkpoint because that one
 * hides its errors, and a failed fsync must stop the node.
 */

import { type Connection, numberOf, type Statement } from './connection.js';
import { sqliteFailure } from './sqlite-failure.js';

/**
 * Pages that may wait in the log, 64 MiB: the longer, the more often a page of the backlog is written again before it
 * has to go to the file once (the default of 1,000 costs 5 to 40 % of the write path).
 */
const DUE_PAGES = 16_384;
/** After a checkpoint that could not finish (a reader, a full disk) the next one waits for this many more. */
const RETRY_PAGES = 4_096;

export class Checkpoints {
  private readonly state: Statement;
  private readonly run: Statement;
  private dueAtPages = DUE_PAGES;

  constructor(
    private readonly connection: Connection,
    private readonly onFailure: (error: Error) => void,
  ) {
    this.state = connection.prepare('PRAGMA wal_checkpoint(NOOP)');
    this.run = connection.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  }

  /** Pages of the log that are not in the file yet. */
  pagesWaiting(): number {
    return waiting(this.state.get());
  }

  /** On a tight disk always: what is in the file leaves its room in the log to the next commits. */
  isDue(tight = false): boolean {
    return this.pagesWaiting() >= (tight ? 1 : this.dueAtPages);
  }

  runIfDue(tight = false): void {
    if (this.isDue(tight)) this.runNow();
  }

  /**
   * A crash in the middle leaves the log whole and the file half updated: SQLite reads through the log until a
   * checkpoint completes. A full disk leaves the same, and is no failure.
   */
  runNow(): void {
    try {
      const left = waiting(this.run.get());
      this.dueAtPages = left < RETRY_PAGES ? DUE_PAGES : left + RETRY_PAGES;
    } catch (error) {
      this.dueAtPages = this.pagesWaiting() + RETRY_PAGES;
      if (sqliteFailure(error) === 'full' || sqliteFailure(error) === 'busy') return;
      this.onFailure(new Error(`${this.connection.path}: checkpoint failed`, { cause: error }));
    }
  }
}

/** Of a checkpoint's answer `busy, log, checkpointed`; -1 in both counts when there is no log (in memory). */
function waiting(row: readonly unknown[] | undefined): number {
  return numberOf(row?.[1]) - numberOf(row?.[2]);
}
