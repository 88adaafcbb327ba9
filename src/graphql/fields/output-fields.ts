/** What an output belongs to, and who spent it. */

import { FieldResolver, Resolver, Root } from 'type-graphql';
import type { Spender } from '../../view/view.js';
import { Asset } from '../types/asset.js';
import { Output } from '../types/output.js';
import { Input, Transaction } from '../types/transaction.js';
import { existingTransaction } from './objects.js';

function spender({ row, scope }: Output): Promise<Spender | null> {
  return row.spentBy === undefined ? scope.spenders.load(row) : Promise.resolve(row.spentBy);
}

@Resolver(() => Output)
export class OutputFields {
  @FieldResolver(() => Transaction, { description: 'The transaction that made it.' })
  transaction(@Root() output: Output): Promise<Transaction> {
    return existingTransaction(output.scope, output.row.transactionId);
  }

  @FieldResolver(() => Asset, { description: 'The asset that it holds shares of.' })
  asset(@Root() output: Output): Asset {
    return new Asset(output.scope, output.row.assetId);
  }

  @FieldResolver(() => Boolean, { description: 'Whether a transaction in a valid block spent it.' })
  async spent(@Root() output: Output): Promise<boolean> {
    return (await spender(output)) !== null;
  }

  @FieldResolver(() => Input, {
    nullable: true,
    description: 'The input that spent it; null while it is unspent.',
  })
  async spentBy(@Root() output: Output): Promise<Input | null> {
    const found = await spender(output);
    if (found === null) return null;
    const transaction = await existingTransaction(output.scope, found.transactionId);
    const input = transaction.shape.inputs[found.inputIndex];
    return input === undefined ? null : new Input(transaction, found.inputIndex, input);
  }
}
