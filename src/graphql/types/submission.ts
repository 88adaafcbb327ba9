/** What is submitted and what comes of it. Problems are data: a refused transaction is no GraphQL error. */

import { Field, InputType, Int, ObjectType } from 'type-graphql';
import type { JsonValue } from '../../codec/json-value.js';
import type { Problem } from '../../model/errors.js';
import { JsonScalar } from '../json-scalar.js';
import { TransactionIdScalar } from '../scalars.js';
import type { Scope } from '../scope.js';
import { TransactionProblemCodeEnum, TransactionStatusEnum, WaitForEnum } from './enums.js';
import { Transaction } from './transaction.js';

const TRANSACTION =
  'an object, or its exact JSON text as a string. Sending the same transaction again is harmless: it has the same id.';
const WAIT = 'How long to wait before answering.';
const TIMEOUT_MS =
  'With DECIDED: milliseconds to wait for the decision; 10000 when left out, 30000 at most. Then the answer has the status so far, and TIMEOUT.';

@InputType({ description: 'A transaction to submit.' })
export class SubmitTransactionInput {
  @Field(() => JsonScalar, { description: `The signed transaction: ${TRANSACTION}` })
  transaction!: JsonValue;

  @Field(() => WaitForEnum, { nullable: true, defaultValue: WaitForEnum.ACCEPTED, description: WAIT })
  wait?: string | null;

  @Field(() => Int, { nullable: true, description: TIMEOUT_MS })
  timeoutMs?: number | null;
}

@InputType({
  description:
    'Transactions to submit in one request. Each stands alone: some may be refused, others accepted.',
})
export class SubmitTransactionsInput {
  @Field(() => [JsonScalar], { description: `The signed transactions, each ${TRANSACTION}` })
  transactions!: JsonValue[];

  @Field(() => WaitForEnum, { nullable: true, defaultValue: WaitForEnum.ACCEPTED, description: WAIT })
  wait?: string | null;

  @Field(() => Int, { nullable: true, description: TIMEOUT_MS })
  timeoutMs?: number | null;
}

@ObjectType({ description: 'One thing that is wrong with a transaction, or kept it from being taken.' })
export class TransactionProblem {
  @Field(() => TransactionProblemCodeEnum, { description: 'What it is; switch on this.' })
  readonly code: string;

  @Field(() => String, { description: 'A sentence for people, the one that the REST API gives.' })
  readonly message: string;

  @Field(() => [String], {
    nullable: true,
    description: 'Where in the document, when one place is to blame.',
  })
  readonly path: readonly string[] | null;

  constructor(problem: Problem) {
    this.code = problem.code;
    this.message = problem.message;
    this.path = problem.path ?? null;
  }
}

/** What became of one transaction. */
export interface Submitted {
  /** What the document claims as its id, when it could be read. */
  readonly id: string | null;
  /** Canonical text of an accepted transaction. */
  readonly text: string | null;
  /** Null for a refused one. */
  readonly status: () => string | null;
  readonly retryable: boolean;
  readonly problems: readonly Problem[];
}

@ObjectType({ description: 'What became of a submitted transaction.' })
export class SubmitTransactionPayload {
  constructor(
    private readonly scope: Scope,
    private readonly submitted: Submitted,
  ) {}

  @Field(() => TransactionIdScalar, {
    nullable: true,
    description: 'Its id; null when the document has none.',
  })
  get id(): string | null {
    return this.submitted.id;
  }

  @Field(() => Transaction, { nullable: true, description: 'The transaction, when it was accepted.' })
  get transaction(): Transaction | null {
    const { id, text } = this.submitted;
    if (id === null || text === null) return null;
    const row = { id, text, status: null, height: null, position: null, acceptedAtMs: null };
    return new Transaction(this.scope.renewed(), row);
  }

  @Field(() => TransactionStatusEnum, {
    nullable: true,
    description: 'How far it has come; null when it was refused at once.',
  })
  get status(): string | null {
    return this.submitted.status();
  }

  @Field(() => Boolean, {
    description: 'True when the same transaction may be sent again as it is and may then be taken.',
  })
  get retryable(): boolean {
    return this.submitted.retryable;
  }

  @Field(() => [TransactionProblem], { description: 'What is wrong with it; empty when all is well.' })
  get problems(): readonly TransactionProblem[] {
    return this.submitted.problems.map((each) => new TransactionProblem(each));
  }
}

@ObjectType({ description: 'What became of several transactions.' })
export class SubmitTransactionsPayload {
  @Field(() => [SubmitTransactionPayload], { description: 'One for each transaction, in the order given.' })
  readonly results: readonly SubmitTransactionPayload[];

  @Field(() => Int, { description: 'How many are on stable storage now.' })
  readonly accepted: number;

  @Field(() => Int, { description: 'How many were refused.' })
  readonly refused: number;

  constructor(results: readonly SubmitTransactionPayload[], accepted: number) {
    this.results = results;
    this.accepted = accepted;
    this.refused = results.length - accepted;
  }
}
