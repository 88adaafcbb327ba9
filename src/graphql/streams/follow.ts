/**
 * The one way in which subscriptions follow the ledger: from a position on, height by height, out of the view, and
 * then on with the head. Nothing is queued for a subscriber: it is told that the head moved and reads the rest, so one
 * that is slow costs nothing, one that resumes takes the same path, and nothing is left out or sent twice.
 */

import { GRAPHQL_DOOR } from '../../config/limits.js';
import type { LedgerPosition } from '../../events/events.js';
import { readLedgerCursor } from '../cursor.js';
import type { OperationControl } from '../operation-control.js';
import type { DoorParts } from '../options.js';

/** Where a subscription begins: behind `after`, or behind the head. */
export function startPosition(parts: DoorParts, after: string | null | undefined): LedgerPosition {
  return after == null ? { height: parts.events.head() + 1, position: -1 } : readLedgerCursor(after);
}

/** What a height has for a subscriber, in order; positions at or below `behind` were had before. */
export type ReadHeight<E> = (height: number, behind: number) => AsyncIterable<E> | Iterable<E>;

/**
 * Every event behind `start`, for ever. Ends without an error when the client goes away; another end of the operation
 * is thrown.
 */
export async function* followLedger<E>(
  parts: DoorParts,
  control: OperationControl,
  start: LedgerPosition,
  read: ReadHeight<E>,
): AsyncGenerator<E, void, void> {
  let behind = start.position;
  for (let height = start.height; ; height++) {
    if (!(await reached(parts, control, height))) return;
    for await (const event of read(height, behind)) {
      if (control.signal.aborted) return;
      yield event;
    }
    behind = -1;
    // A replay of many heights without a match must not hold up the node.
    if (height % GRAPHQL_DOOR.replayHeights === 0) await parts.runtime.scheduler.yieldTurn();
  }
}

/** Waits for a height to be decided; false when the client went away meanwhile. */
async function reached(parts: DoorParts, control: OperationControl, height: number): Promise<boolean> {
  if (control.signal.aborted) return false;
  if (parts.events.head() >= height) return true;
  try {
    await parts.events.waitAbove(height - 1, control.signal);
    return true;
  } catch (error) {
    if (control.signal.aborted) return false;
    throw error;
  }
}
