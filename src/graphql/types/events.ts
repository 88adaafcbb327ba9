/** What subscriptions yield. */

import { Field, ObjectType } from 'type-graphql';
import { CursorScalar, TransactionIdScalar } from '../scalars.js';
import { Block, Vote } from './block.js';
import { TransactionStatusEnum } from './enums.js';
import { Rejection, Transaction } from './transaction.js';

const CURSOR = 'Hand it to `after` to go on behind this event, on any node.';

@ObjectType({ description: 'A transaction became valid.' })
export class ValidTransactionEvent {
  @Field(() => CursorScalar, { description: CURSOR })
  readonly cursor: string;

  @Field(() => Transaction, { description: 'The transaction.' })
  readonly transaction: Transaction;

  @Field(() => Block, { description: 'The block that it stands in.' })
  readonly block: Block;

  constructor(cursor: string, transaction: Transaction, block: Block) {
    this.cursor = cursor;
    this.transaction = transaction;
    this.block = block;
  }
}

@ObjectType({ description: 'A block was decided, or became known.' })
export class BlockEvent {
  @Field(() => CursorScalar, {
    nullable: true,
    description: `${CURSOR} Null for a block that is not decided yet.`,
  })
  readonly cursor: string | null;

  @Field(() => Block, { description: 'The block.' })
  readonly block: Block;

  constructor(cursor: string | null, block: Block) {
    this.cursor = cursor;
    this.block = block;
  }
}

@ObjectType({ description: 'A vote about a block that was decided.' })
export class VoteEvent {
  @Field(() => CursorScalar, {
    nullable: true,
    description: `${CURSOR} Null for a vote that came after the decision.`,
  })
  readonly cursor: string | null;

  @Field(() => Vote, { description: 'The vote.' })
  readonly vote: Vote;

  constructor(cursor: string | null, vote: Vote) {
    this.cursor = cursor;
    this.vote = vote;
  }
}

@ObjectType({ description: 'A transaction was refused for good.' })
export class RejectionEvent {
  @Field(() => CursorScalar, {
    description:
      'Hand it to `after` to go on behind this event. It belongs to the view of this node: another node, or a rebuilt view, takes it too but may repeat some.',
  })
  readonly cursor: string;

  @Field(() => TransactionIdScalar, { description: 'The transaction.' })
  readonly transactionId: string;

  @Field(() => Rejection, { description: 'Why.' })
  readonly rejection: Rejection;

  constructor(cursor: string, transactionId: string, rejection: Rejection) {
    this.cursor = cursor;
    this.transactionId = transactionId;
    this.rejection = rejection;
  }
}

@ObjectType({ description: 'How far a transaction has come.' })
export class TransactionStatusEvent {
  @Field(() => TransactionStatusEnum, { description: 'Its status now.' })
  readonly status: string;

  @Field(() => Transaction, {
    nullable: true,
    description: 'The transaction; null when only its rejection is known.',
  })
  readonly transaction: Transaction | null;

  @Field(() => Rejection, {
    nullable: true,
    description: 'Why it was refused for good; null unless it is REJECTED.',
  })
  readonly rejection: Rejection | null;

  constructor(status: string, transaction: Transaction | null, rejection: Rejection | null) {
    this.status = status;
    this.transaction = transaction;
    this.rejection = rejection;
  }
}
