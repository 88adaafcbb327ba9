/** Assets, balances, accounts, provenance. */

import { Field, Int, ObjectType } from 'type-graphql';
import { AmountScalar, PublicKeyScalar, TransactionIdScalar } from '../scalars.js';
import type { Scope } from '../scope.js';
import { Transaction, TransactionLinkObject } from './transaction.js';

@ObjectType({
  description: 'Something that is owned in shares. Its CREATE transaction makes it and gives it its id.',
})
export class Asset {
  constructor(
    readonly scope: Scope,
    readonly assetId: string,
    /** Its valid CREATE, where that is what it was reached from; null = to be looked up. */
    readonly create: Transaction | null = null,
  ) {}

  @Field(() => TransactionIdScalar, { description: 'Id of the CREATE transaction.' })
  get id(): string {
    return this.assetId;
  }
}

@ObjectType({ description: 'Everything that one public key has to do with.' })
export class Account {
  constructor(
    readonly scope: Scope,
    readonly key: string,
  ) {}

  @Field(() => PublicKeyScalar, { description: 'The key.' })
  get publicKey(): string {
    return this.key;
  }
}

export interface BalanceRow {
  readonly assetId: string;
  readonly publicKeys: readonly string[];
  readonly amount: string;
  readonly outputs: number;
}

@ObjectType({ description: 'Unspent shares of one asset held by the same keys together.' })
export class Balance {
  constructor(
    readonly scope: Scope,
    readonly row: BalanceRow,
  ) {}

  @Field(() => [PublicKeyScalar], { description: 'The keys named in the outputs.' })
  get publicKeys(): readonly string[] {
    return this.row.publicKeys;
  }

  @Field(() => AmountScalar, { description: 'Sum of the unspent outputs.' })
  get amount(): string {
    return this.row.amount;
  }

  @Field(() => Int, { description: 'How many unspent outputs make it up.' })
  get outputs(): number {
    return this.row.outputs;
  }
}

@ObjectType({ description: 'One transaction on the way of some shares.' })
export class ProvenanceStep {
  @Field(() => Transaction, { description: 'The transaction.' })
  readonly transaction: Transaction;

  @Field(() => Int, { description: 'Steps away from where the walk began; 0 = there.' })
  readonly distance: number;

  @Field(() => [TransactionLinkObject], {
    description:
      'The outputs by which the walk came here: those of this transaction for ANCESTORS, those it spends for DESCENDANTS.',
  })
  readonly via: readonly TransactionLinkObject[];

  constructor(transaction: Transaction, distance: number, via: readonly TransactionLinkObject[]) {
    this.transaction = transaction;
    this.distance = distance;
    this.via = via;
  }
}

@ObjectType({ description: 'Where shares came from, or where they went: breadth first.' })
export class Provenance {
  @Field(() => [ProvenanceStep], { description: 'The transactions, nearest first; at most 500.' })
  readonly steps: readonly ProvenanceStep[];

  @Field(() => Boolean, {
    description: 'True when the walk ended at `depth` or at 500 steps and there is more.',
  })
  readonly truncated: boolean;

  constructor(steps: readonly ProvenanceStep[], truncated: boolean) {
    this.steps = steps;
    this.truncated = truncated;
  }
}
