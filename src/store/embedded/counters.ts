/** The store's counters: the next backlog position, and what each commit changed (see schema.ts). */

import type { StoreHint } from '../store.js';
import { type Connection, numberOf, type Statement } from './connection.js';

/** What changed, without the question of who did it. */
export type Changes = Omit<StoreHint, 'own'>;

export interface Counts {
  backlog: number;
  blocks: number;
  votes: number;
  rejections: number;
}

/**
 * Loaded inside each writing transaction, when no other process can change them, and saved with it. A transaction
 * that rolls back leaves them as they were in the file, and the next one loads them again.
 */
export class Counters {
  private readonly select: Statement;
  private readonly update: Statement;
  private counts: Counts = { backlog: 0, blocks: 0, votes: 0, rejections: 0 };
  private moved = false;

  constructor(connection: Connection) {
    this.select = connection.prepare('SELECT backlog, blocks, votes, rejections FROM counters');
    this.update = connection.prepare(
      'UPDATE counters SET backlog = ?, blocks = ?, votes = ?, rejections = ?',
    );
  }

  /** First thing in a writing transaction. */
  load(): void {
    this.counts = this.read();
    this.moved = false;
  }

  /** The position that the next inserted or re-assigned entry gets; `takeBacklogPosition` once it has. */
  get nextBacklogPosition(): number {
    return this.counts.backlog + 1;
  }

  takeBacklogPosition(): void {
    this.countOne('backlog');
  }

  /** Counts a written fact; for a vote or rejection the count is also its position. */
  countOne(kind: keyof Counts): number {
    this.moved = true;
    this.counts[kind] += 1;
    return this.counts[kind];
  }

  /** Last thing before COMMIT. */
  save(): void {
    const { backlog, blocks, votes, rejections } = this.counts;
    if (this.moved) this.update.run(backlog, blocks, votes, rejections);
  }

  /** The counters as they stand in the file. */
  read(): Counts {
    const [backlog, blocks, votes, rejections] = this.select.get() ?? [];
    return {
      backlog: numberOf(backlog),
      blocks: numberOf(blocks),
      votes: numberOf(votes),
      rejections: numberOf(rejections),
    };
  }
}

/**
 * What a commit changed that moved the counters from `before` to `after`. Removed entries move none: then it was the
 * backlog.
 */
export function changesBetween(before: Counts, after: Counts): Changes {
  const blocks = before.blocks !== after.blocks;
  const votes = before.votes !== after.votes;
  const rejections = before.rejections !== after.rejections;
  const backlog = before.backlog !== after.backlog || !(blocks || votes || rejections);
  return { backlog, blocks, votes, rejections };
}
