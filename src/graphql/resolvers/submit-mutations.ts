/** The mutations: the only two ways to change anything. */

import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { type GraphqlContext } from '../context.js';
import { submitAll, submitOptions } from '../submit.js';
import {
  SubmitTransactionInput,
  SubmitTransactionPayload,
  SubmitTransactionsInput,
  SubmitTransactionsPayload,
} from '../types/submission.js';

@Resolver()
export class SubmitMutations {
  @Mutation(() => SubmitTransactionPayload, {
    description: 'Submits one signed transaction. Once accepted it is on stable storage and is never lost.',
  })
  async submitTransaction(
    @Ctx() { scope, operation }: GraphqlContext,
    @Arg('input', () => SubmitTransactionInput, { description: 'The transaction, and how long to wait.' })
    { transaction, wait, timeoutMs }: SubmitTransactionInput,
  ): Promise<SubmitTransactionPayload> {
    const [submitted] = await submitAll(
      scope,
      [transaction],
      submitOptions(wait, timeoutMs, operation.requestId),
    );
    if (submitted === undefined) throw new Error('the ledger gave no outcome');
    return new SubmitTransactionPayload(scope, submitted);
  }

  @Mutation(() => SubmitTransactionsPayload, {
    description: 'Submits several signed transactions. Each stands alone; nothing is atomic.',
  })
  async submitTransactions(
    @Ctx() { scope, operation }: GraphqlContext,
    @Arg('input', () => SubmitTransactionsInput, { description: 'The transactions, and how long to wait.' })
    { transactions, wait, timeoutMs }: SubmitTransactionsInput,
  ): Promise<SubmitTransactionsPayload> {
    const all = await submitAll(scope, transactions, submitOptions(wait, timeoutMs, operation.requestId));
    const accepted = all.filter((each) => each.text !== null).length;
    return new SubmitTransactionsPayload(
      all.map((each) => new SubmitTransactionPayload(scope, each)),
      accepted,
    );
  }
}
