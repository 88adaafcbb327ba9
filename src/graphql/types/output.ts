/** Outputs: shares of an asset, and who may spend them. */

import { Field, Int, ObjectType } from 'type-graphql';
import type { ConditionDetails } from '../../model/transaction-types.js';
import type { Spender } from '../../view/view.js';
import { AmountScalar, PublicKeyScalar } from '../scalars.js';
import type { Scope } from '../scope.js';
import { Condition, conditionOf } from './condition.js';

export interface OutputData {
  readonly transactionId: string;
  readonly outputIndex: number;
  readonly assetId: string;
  readonly amount: string;
  readonly publicKeys: readonly string[];
  readonly conditionDetails: ConditionDetails;
  /** Undefined = not looked up yet. */
  readonly spentBy?: Spender | null;
}

@ObjectType({
  description: 'Shares of an asset, held under a condition until another transaction spends them.',
})
export class Output {
  constructor(
    readonly scope: Scope,
    readonly row: OutputData,
  ) {}

  @Field(() => Int, { description: 'Its place in the transaction, from 0 on.' })
  get index(): number {
    return this.row.outputIndex;
  }

  @Field(() => AmountScalar, { description: 'How many shares of the asset it holds.' })
  get amount(): string {
    return this.row.amount;
  }

  @Field(() => [PublicKeyScalar], {
    description:
      'The keys that the client named as owners. As in 1.0.1 they are compared with nothing; who may spend is in `condition`.',
  })
  get publicKeys(): readonly string[] {
    return this.row.publicKeys;
  }

  @Field(() => Condition, { description: 'Who may spend it.' })
  get condition(): Condition {
    return conditionOf(this.row.conditionDetails);
  }
}
