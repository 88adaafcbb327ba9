/** The subscriptions. What is malformed is refused when they begin; see `streams/` for what they yield. */

import { Arg, Resolver, Root, Subscription } from 'type-graphql';
import { type GraphqlContext } from '../context.js';
import { CursorScalar, TransactionIdScalar } from '../scalars.js';
import { startPosition } from '../streams/follow.js';
import { blockStream, validTransactionStream, voteStream } from '../streams/ledger-streams.js';
import { SharedHeights } from '../streams/shared-heights.js';
import {
  backlogStream,
  rejectionStart,
  rejectionStream,
  transactionStatusStream,
} from '../streams/state-streams.js';
import {
  BlockEvent,
  RejectionEvent,
  TransactionStatusEvent,
  ValidTransactionEvent,
  VoteEvent,
} from '../types/events.js';
import { BlockEventFilter, TransactionEventFilter, VoteFilter } from '../types/filters.js';
import { Backlog } from '../types/ledger.js';

interface Following<F> {
  readonly args: { readonly filter?: F | null; readonly after?: string | null };
  readonly context: GraphqlContext;
}

const FILTER = 'What to be told of; everything when left out.';
const AFTER =
  'Begin behind this cursor: what happened since is sent first, then what happens, with no gap and no repeat. Left out: begin now.';

/** Of the process: subscribers of one node follow one head. */
const shared = new WeakMap<object, SharedHeights>();

function sharedHeights({ scope }: GraphqlContext): SharedHeights {
  const known = shared.get(scope.parts);
  if (known !== undefined) return known;
  const made = new SharedHeights();
  shared.set(scope.parts, made);
  return made;
}

@Resolver()
export class Subscriptions {
  @Subscription(() => ValidTransactionEvent, {
    description: 'Every transaction that becomes valid, in the order of the ledger.',
    subscribe: async ({ args, context }: Following<TransactionEventFilter>) => {
      const start = startPosition(context.scope.parts, args.after);
      return validTransactionStream(context, sharedHeights(context), start, args.filter ?? {});
    },
  })
  validTransactions(
    @Root() event: ValidTransactionEvent,
    @Arg('filter', () => TransactionEventFilter, { nullable: true, description: FILTER })
    _filter: TransactionEventFilter | null,
    @Arg('after', () => CursorScalar, { nullable: true, description: AFTER }) _after: string | null,
  ): ValidTransactionEvent {
    return event;
  }

  @Subscription(() => BlockEvent, {
    description: 'Every block when it is decided, in order of height; on demand also when it becomes known.',
    subscribe: async ({ args, context }: Following<BlockEventFilter>) =>
      blockStream(context, startPosition(context.scope.parts, args.after), args.filter ?? {}),
  })
  blocks(
    @Root() event: BlockEvent,
    @Arg('filter', () => BlockEventFilter, { nullable: true, description: FILTER })
    _filter: BlockEventFilter | null,
    @Arg('after', () => CursorScalar, { nullable: true, description: AFTER }) _after: string | null,
  ): BlockEvent {
    return event;
  }

  @Subscription(() => VoteEvent, {
    description:
      'Every vote, with the decision of its height; later ones without a cursor, when this node has them.',
    subscribe: async ({ args, context }: Following<VoteFilter>) =>
      voteStream(context, startPosition(context.scope.parts, args.after), args.filter ?? {}),
  })
  votes(
    @Root() event: VoteEvent,
    @Arg('filter', () => VoteFilter, { nullable: true, description: FILTER }) _filter: VoteFilter | null,
    @Arg('after', () => CursorScalar, { nullable: true, description: AFTER }) _after: string | null,
  ): VoteEvent {
    return event;
  }

  @Subscription(() => RejectionEvent, {
    description: 'Every transaction that is refused for good, as this node learns of it.',
    subscribe: async ({ args, context }: Following<never>) =>
      rejectionStream(context, await rejectionStart(context, args.after)),
  })
  rejections(
    @Root() event: RejectionEvent,
    @Arg('after', () => CursorScalar, { nullable: true, description: AFTER }) _after: string | null,
  ): RejectionEvent {
    return event;
  }

  @Subscription(() => Backlog, {
    description: 'What waits to be decided: now, and at most once a second when it changes.',
    subscribe: async ({ context }: Following<never>) => backlogStream(context),
  })
  backlog(@Root() event: Backlog): Backlog {
    return event;
  }

  @Subscription(() => TransactionStatusEvent, {
    description:
      'The status of one transaction: now, and at each change, until it is VALID or REJECTED. An id that no node knows ends with NOT_FOUND after 5 s.',
    subscribe: async ({ args, context }: { args: { id: string }; context: GraphqlContext }) =>
      transactionStatusStream(context, args.id),
  })
  transactionStatus(
    @Root() event: TransactionStatusEvent,
    @Arg('id', () => TransactionIdScalar, { description: 'Its id.' }) _id: string,
  ): TransactionStatusEvent {
    return event;
  }
}
