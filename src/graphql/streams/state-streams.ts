/** The subscriptions that follow this node's own knowledge: rejections, the backlog, one transaction. */

import { GRAPHQL_DOOR } from '../../config/limits.js';
import type { BacklogSummary, TransactionState } from '../../ledger/ledger.js';
import type { ViewRejection } from '../../view/view.js';
import type { GraphqlContext } from '../context.js';
import { cursorNumber, decodeCursor, encodeCursor } from '../cursor.js';
import { clientError } from '../errors.js';
import { knownTransaction } from '../fields/objects.js';
import { RejectionEvent, TransactionStatusEvent } from '../types/events.js';
import { Backlog } from '../types/ledger.js';
import { Rejection } from '../types/transaction.js';
import { changed } from './change.js';

const REJECTIONS = 'rejections';

/** The position behind `after`, or behind the last rejection that this node knows. Throws BAD_USER_INPUT. */
export async function rejectionStart(
  context: GraphqlContext,
  after: string | null | undefined,
): Promise<number> {
  if (after != null) return cursorNumber(decodeCursor(REJECTIONS, after)[0], 0, Number.MAX_SAFE_INTEGER);
  return context.scope.parts.queries.lastRejectionPosition();
}

/** A rejection with the cursor that subscriptions go on behind. */
export function rejectionEvent(row: ViewRejection): RejectionEvent {
  return new RejectionEvent(encodeCursor(REJECTIONS, [row.position]), row.transactionId, new Rejection(row));
}

/** Every rejection behind `start`, for ever. */
export async function* rejectionStream(
  { scope, operation }: GraphqlContext,
  start: number,
): AsyncGenerator<RejectionEvent, void, void> {
  const { parts, control } = scope;
  let position = start;
  for (;;) {
    operation.cursor = encodeCursor(REJECTIONS, [position]);
    const rows = await parts.queries.rejections(position, GRAPHQL_DOOR.replayRows);
    for (const row of rows) {
      if (control.signal.aborted) return;
      position = row.position;
      const event = rejectionEvent(row);
      yield event;
      operation.cursor = event.cursor;
    }
    if (rows.length === 0 && !(await changed(parts, control, GRAPHQL_DOOR.backlogLookMs))) return;
  }
}

/** The backlog now, and when it has changed, at most once in `GRAPHQL_DOOR.backlogLookMs`. */
export async function* backlogStream({ scope }: GraphqlContext): AsyncGenerator<Backlog, void, void> {
  const { parts, control } = scope;
  let shown: BacklogSummary | null = null;
  while (!control.signal.aborted) {
    const summary = parts.ledger.backlog();
    if (shown?.count !== summary.count || summary.count > 0) yield new Backlog(summary);
    shown = summary;
    const gone = new Promise<void>((resolve) => {
      const timer = parts.runtime.scheduler.after(GRAPHQL_DOOR.backlogLookMs, resolve);
      control.signal.addEventListener(
        'abort',
        () => {
          timer.cancel();
          resolve();
        },
        { once: true },
      );
    });
    await gone;
  }
}

/** The status now and at each change, until it is final. Throws NOT_FOUND for what stays unknown. */
export async function* transactionStatusStream(
  context: GraphqlContext,
  id: string,
): AsyncGenerator<TransactionStatusEvent, void, void> {
  const { parts, control } = context.scope;
  const { clock } = parts.runtime;
  const startedMs = clock.monotonicMs();
  let shown: string | null = null;
  let looked = false;
  for (;;) {
    const state = parts.ledger.transactionState(id);
    // What was rejected may have been sent again at another node.
    const isUnsure = state === null || (shown === null && state.status === 'rejected');
    if (isUnsure && !looked) {
      looked = true;
      await control.race(parts.ledger.look([id]));
      continue;
    }
    if (state !== null && state.status !== shown) {
      shown = state.status;
      yield statusEvent(context, state);
      if (state.status === 'valid' || state.status === 'rejected') return;
      continue;
    }
    if (shown === null && clock.monotonicMs() - startedMs >= GRAPHQL_DOOR.unknownTransactionMs) {
      throw clientError('NOT_FOUND', `No node knows the transaction ${id}.`);
    }
    if (!(await changed(parts, control, GRAPHQL_DOOR.changeLookMs))) return;
  }
}

function statusEvent({ scope }: GraphqlContext, state: TransactionState): TransactionStatusEvent {
  const rejection = state.status === 'rejected' ? state.rejection : null;
  return new TransactionStatusEvent(
    state.status,
    knownTransaction(scope.renewed(), state),
    rejection === null ? null : new Rejection(rejection),
  );
}
