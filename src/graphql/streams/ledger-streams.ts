/** The subscriptions that follow decisions: valid transactions, blocks, votes. */

import { GRAPHQL_DOOR } from '../../config/limits.js';
import type { LedgerPosition } from '../../events/events.js';
import type { Operation } from '../../model/transaction-types.js';
import type { Place } from '../../view/list-queries.js';
import type { GraphqlContext } from '../context.js';
import { ledgerCursor } from '../cursor.js';
import { type EventFilter, eventMatches } from '../event-filter.js';
import { foundTransaction } from '../fields/objects.js';
import { decidedBlock, Scope, undecidedBlock } from '../scope.js';
import { Block, Vote } from '../types/block.js';
import { BlockEvent, ValidTransactionEvent, VoteEvent } from '../types/events.js';
import { EventBatch } from './event-batch.js';
import { followLedger } from './follow.js';
import { withNotices } from './notices.js';
import type { SharedHeights } from './shared-heights.js';

export interface BlockFollowing {
  readonly status?: string | null;
  readonly includeUndecided?: boolean | null;
}

export interface VoteFollowing {
  readonly blockId?: string | null;
  readonly node?: string | null;
  readonly isBlockValid?: boolean | null;
}

/**
 * What lies far behind the head comes in pages out of the list of transactions, which indexes narrow and which another
 * thread reads; from there on it is height by height, read once for all who follow the head.
 */
export async function* validTransactionStream(
  context: GraphqlContext,
  shared: SharedHeights,
  start: LedgerPosition,
  filter: EventFilter,
): AsyncGenerator<ValidTransactionEvent | EventBatch, void, void> {
  const { operation, scope: first } = context;
  const { parts, control } = first;
  operation.cursor = ledgerCursor(start);
  let from = start;
  const head = parts.events.head();
  if (head - start.height >= GRAPHQL_DOOR.replayHeights) {
    yield* replayedTransactions(context, start, head, filter);
    from = { height: head + 1, position: -1 };
    operation.cursor = ledgerCursor(from);
  }
  yield* followLedger(parts, control, from, async function* (height, behind) {
    const row = shared.block(parts, height);
    if (row === null || row.status !== 'valid') return;
    const scope = new Scope(parts, control, height);
    const block = new Block(scope, { ...row, undecided: null });
    for (let place = behind + 1; place < row.transactionCount; place += GRAPHQL_DOOR.replayRows) {
      const page = shared.read(scope, height, place);
      if (page.length === 0) return;
      const cursorAt = (index: number): string => ledgerCursor({ height, position: place + index });
      yield new EventBatch(`${height}:${place}`, () =>
        page.flatMap((transaction, index) =>
          eventMatches(transaction, filter)
            ? [new ValidTransactionEvent(cursorAt(index), transaction.in(scope), block)]
            : [],
        ),
      );
      // Also what was passed over is behind this subscriber.
      operation.cursor = cursorAt(page.length - 1);
      await parts.runtime.scheduler.yieldTurn();
    }
  });
}

/** Valid transactions behind `start` up to and with the height `upTo`. Ends early when the client goes away. */
async function* replayedTransactions(
  { operation, scope: first }: GraphqlContext,
  start: LedgerPosition,
  upTo: number,
  filter: EventFilter,
): AsyncGenerator<ValidTransactionEvent, void, void> {
  const { parts, control } = first;
  const { operation: kind, assetId, publicKey } = filter;
  const listed = { operation: kind as Operation | null | undefined, assetId, publicKey };
  const request = { asOf: upTo, order: 'OLDEST_FIRST', limit: GRAPHQL_DOOR.replayRows } as const;
  let after: Place = { ...start, index: 0 };
  for (;;) {
    const page = await parts.queries.transactions(listed, { ...request, after });
    for (const { place, ...row } of page.rows) {
      if (control.signal.aborted) return;
      const scope = new Scope(parts, control, place.height);
      const block = await scope.blocksByHeight.load(place.height);
      if (block === null) throw new Error(`height ${place.height} is in the list and not in the view`);
      const cursor = ledgerCursor(place);
      yield new ValidTransactionEvent(cursor, foundTransaction(scope, row), new Block(scope, block));
      operation.cursor = cursor;
      after = place;
    }
    if (!page.hasMore || control.signal.aborted) return;
  }
}

/** Decided blocks; with `includeUndecided` also those that are not, once each, when this node has come to know them. */
export async function* blockStream(
  context: GraphqlContext,
  start: LedgerPosition,
  filter: BlockFollowing,
): AsyncGenerator<BlockEvent, void, void> {
  const { operation, scope: first } = context;
  const { parts, control } = first;
  operation.cursor = ledgerCursor(start);
  const decided = followLedger(parts, control, start, function* (height) {
    const row = decidedBlock(parts.ledger.view.blockByHeight(height));
    const cursor = ledgerCursor({ height: height + 1, position: -1 });
    if (row !== null && (filter.status == null || filter.status === row.status)) {
      yield new BlockEvent(cursor, new Block(new Scope(parts, control, height), row));
    }
    operation.cursor = cursor;
  });
  if (filter.includeUndecided !== true) yield* decided;
  else yield* withNotices(context, decided, GRAPHQL_DOOR.changeLookMs, undecidedNotices(context));
}

/** Each look yields the blocks that were not there at the last one. */
function undecidedNotices({ scope }: GraphqlContext): () => BlockEvent[] {
  const { parts, control } = scope;
  let seen: ReadonlySet<string> = new Set();
  return () => {
    const blocks = parts.ledger.undecidedBlocks();
    const fresh = blocks.filter((block) => !seen.has(block.id));
    seen = new Set(blocks.map((block) => block.id));
    return fresh.map(
      (block) => new BlockEvent(null, new Block(new Scope(parts, control), undecidedBlock(block))),
    );
  };
}

/** Votes of each height with its decision, in the order of their signatures; later ones when this node has them. */
export async function* voteStream(
  context: GraphqlContext,
  start: LedgerPosition,
  filter: VoteFollowing,
): AsyncGenerator<VoteEvent, void, void> {
  const { operation, scope: first } = context;
  const { parts, control } = first;
  operation.cursor = ledgerCursor(start);
  const decided = followLedger(parts, control, start, function* (height, behind) {
    const scope = new Scope(parts, control, height);
    const votes = parts.ledger.view.blockVotes(height).filter((vote) => !vote.late);
    votes.sort((left, right) => (left.signature < right.signature ? -1 : 1));
    for (const [index, row] of votes.entries()) {
      if (index <= behind) continue;
      const cursor = ledgerCursor({ height, position: index });
      const vote = new Vote(scope, row);
      if (voteMatches(vote, filter)) yield new VoteEvent(cursor, vote);
      operation.cursor = cursor;
    }
  });
  yield* withNotices(context, decided, GRAPHQL_DOOR.lateVoteLookMs, lateVoteNotices(context, filter));
}

/** Each look yields the late votes near the head that were not there at the last one; those there at first are old. */
function lateVoteNotices({ scope }: GraphqlContext, filter: VoteFollowing): () => VoteEvent[] {
  const { parts, control } = scope;
  let seen: ReadonlySet<string> | null = null;
  return () => {
    const head = parts.events.head();
    const near = Math.max(0, head - GRAPHQL_DOOR.lateVoteHeights);
    const late = [];
    for (let height = near; height <= head; height++) {
      for (const vote of parts.ledger.view.blockVotes(height)) if (vote.late) late.push(vote);
    }
    const before = seen;
    seen = new Set(late.map((vote) => vote.signature));
    if (before === null) return [];
    const at = new Scope(parts, control);
    return late
      .filter((vote) => !before.has(vote.signature))
      .map((vote) => new VoteEvent(null, new Vote(at, vote)))
      .filter((event) => voteMatches(event.vote, filter));
  };
}

export function voteMatches(vote: Vote, filter: VoteFollowing): boolean {
  const { blockId, node, isBlockValid } = filter;
  if (blockId != null && vote.blockId !== blockId) return false;
  if (node != null && vote.row.node !== node) return false;
  return isBlockValid == null || vote.isBlockValid === isBlockValid;
}
