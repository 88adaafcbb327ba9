/** Outputs: shares of an asset, and who may spend them. */

import { Field, Int, ObjectType } from 'type-graphql';
import type { OutputDocument } from '../../model/transaction-types.js';
import { AmountScalar, PublicKeyScalar } from '../scalars.js';
import type { Scope } from '../scope.js';
import { Condition, conditionOf } from './condition.js';
import type { Transaction } from './transaction.js';

@ObjectType({ description: 'Shares of an asset, held under a condition until another transaction spends them.' })
export class Output {
  constructor(
    readonly transaction: Transaction,
    readonly place: number,
    readonly output: OutputDocument,
  ) {}

  get scope(): Scope {
    return this.transaction.scope;
  }

  @Field(() => Int, { description: 'Its place in the transaction, from 0 on.' })
  get index(): number {
    return this.place;
  }

  @Field(() => AmountScalar, { description: 'How many shares of the asset it holds.' })
  get amount(): string {
    return this.output.amount;
  }

  @Field(() => [PublicKeyScalar], {
    description:
      'The keys that the client named as owners, by which outputs are found. As in 1.0.1 they are compared with nothing; who may spend is in `condition`.',
  })
  get publicKeys(): readonly string[] {
    return this.output.public_keys ?? [];
  }

  @Field(() => Condition, { description: 'Who may spend it.' })
  get condition(): Condition {
    return conditionOf(this.output.condition.details);
  }
}
