/**
 * Reads votes page by page, each block from where its last reading ended, so that a member that writes thousands of
 * junk votes hides no honest one and costs each of them one look. One reading takes a bounded number of pages; the
 * next goes on from there.
 */

import { BOUNDS } from '../config/limits.js';
import type { Clock, Scheduler } from '../runtime/runtime.js';
import type { PlacedVote, Store } from '../store/store.js';

/** Blocks in one call, pages of each in one reading, and the longest time that votes hold the event loop. */
const BLOCKS_PER_CALL = 16;
const PAGES_PER_READING = 8;
const SLICE_MS = 10;

/** How far the votes about one block have been read. */
export interface VoteCursor {
  readonly blockId: string;
  /** Position of the last vote that was read; 0 = none. */
  after: number;
  /** Everything that the store held when this reading came to its end has been taken. */
  complete: boolean;
  readonly take: (vote: PlacedVote) => void;
  readonly onComplete?: () => void;
}

export interface VoteReaderOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
}

/** True when every cursor is complete; false when the bound of one reading came first. Throws StoreUnavailable. */
export async function readVotes(
  options: VoteReaderOptions,
  cursors: readonly VoteCursor[],
): Promise<boolean> {
  for (const cursor of cursors) cursor.complete = false;
  for (let start = 0; start < cursors.length; start += BLOCKS_PER_CALL) {
    let open = cursors.slice(start, start + BLOCKS_PER_CALL);
    for (let page = 0; page < PAGES_PER_READING && open.length > 0; page += 1) {
      await readPage(options, open);
      open = open.filter((cursor) => !cursor.complete);
    }
  }
  return cursors.every((cursor) => cursor.complete);
}

async function readPage({ store, clock, scheduler }: VoteReaderOptions, cursors: readonly VoteCursor[]) {
  const byBlock = new Map(cursors.map((cursor) => [cursor.blockId, cursor]));
  const after = new Map(cursors.map((cursor) => [cursor.blockId, cursor.after]));
  const votes = await store.readVotes([...byBlock.keys()], BOUNDS.votesPerHeightRead, after);
  const counts = new Map<string, number>();
  let sliceStart = clock.monotonicMs();
  for (const vote of votes) {
    const cursor = byBlock.get(vote.blockId);
    if (cursor === undefined) continue;
    cursor.take(vote);
    cursor.after = Math.max(cursor.after, vote.position ?? 0);
    counts.set(vote.blockId, (counts.get(vote.blockId) ?? 0) + 1);
    if (clock.monotonicMs() - sliceStart > SLICE_MS) {
      await scheduler.yieldTurn();
      sliceStart = clock.monotonicMs();
    }
  }
  for (const cursor of cursors) {
    const full = (counts.get(cursor.blockId) ?? 0) >= BOUNDS.votesPerHeightRead;
    // A page that leads nowhere ends the reading, whatever the adapter meant by it.
    cursor.complete = !full || cursor.after <= (after.get(cursor.blockId) ?? 0);
    if (cursor.complete) cursor.onComplete?.();
  }
}
