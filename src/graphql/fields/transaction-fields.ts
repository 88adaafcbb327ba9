/** Where a transaction stands, and what it is joined to. */

import { FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { TransactionStatus } from '../../ledger/ledger.js';
import { DateTimeScalar } from '../scalars.js';
import { undecidedBlock } from '../scope.js';
import { Asset } from '../types/asset.js';
import { Block } from '../types/block.js';
import { TransactionStatusEnum } from '../types/enums.js';
import { Output } from '../types/output.js';
import { Input, Rejection, Transaction } from '../types/transaction.js';
import { outputByLink, outputsOf } from './objects.js';

interface Whereabouts {
  readonly status: TransactionStatus | null;
  readonly height: number | null;
  readonly position: number | null;
}

/** What the row says, else what the ledger says. */
async function whereabouts(transaction: Transaction): Promise<Whereabouts> {
  if (transaction.row.status !== null) return transaction.row;
  const state = await transaction.scope.states.load(transaction.id);
  return state ?? transaction.row;
}

@Resolver(() => Transaction)
export class TransactionFields {
  @FieldResolver(() => [Input], { description: 'What it spends, and the signatures of the owners.' })
  inputs(@Root() transaction: Transaction): readonly Input[] {
    return transaction.shape.inputs.map((input, index) => new Input(transaction, index, input));
  }

  @FieldResolver(() => [Output], { description: 'The shares that it makes.' })
  outputs(@Root() transaction: Transaction): readonly Output[] {
    return outputsOf(transaction);
  }

  @FieldResolver(() => Asset, { description: 'The asset that it makes or moves.' })
  asset(@Root() transaction: Transaction): Asset {
    const isCreate = transaction.row.status === 'valid' && transaction.operation !== 'TRANSFER';
    return new Asset(transaction.scope, transaction.assetId, isCreate ? transaction : null);
  }

  @FieldResolver(() => TransactionStatusEnum, {
    nullable: true,
    description: 'How far it has come; null when it stands in invalid blocks only and waits nowhere.',
  })
  async status(@Root() transaction: Transaction): Promise<string | null> {
    return (await whereabouts(transaction)).status;
  }

  @FieldResolver(() => Block, {
    nullable: true,
    description: 'The valid block that it is in, else the newest undecided one; null when there is neither.',
  })
  async block(@Root() transaction: Transaction): Promise<Block | null> {
    const { height } = await whereabouts(transaction);
    const row = height === null ? null : await transaction.scope.blocksByHeight.load(height);
    return row === null ? null : new Block(transaction.scope, row);
  }

  @FieldResolver(() => Int, { nullable: true, description: 'Its place in `block`, from 0 on.' })
  async position(@Root() transaction: Transaction): Promise<number | null> {
    return (await whereabouts(transaction)).position;
  }

  @FieldResolver(() => [Block], {
    description: 'Every block that ever held it, the invalid ones too, the lowest first.',
  })
  async blocks(@Root() transaction: Transaction): Promise<readonly Block[]> {
    const { scope, id } = transaction;
    const decided = await scope.occurrences.load(id);
    const rows = await scope.blocksByHeight.loadMany(decided.map((found) => found.height));
    const undecided = scope.parts.ledger
      .undecidedBlocks()
      .filter((block) => block.transactions.some((each) => each.id === id))
      .map(undecidedBlock);
    return [...rows, ...undecided].flatMap((row) => {
      if (row instanceof Error) throw row;
      return row === null ? [] : [new Block(scope, row)];
    });
  }

  @FieldResolver(() => Rejection, {
    nullable: true,
    description: 'Why it was refused for good; null unless it is REJECTED.',
  })
  async rejection(@Root() transaction: Transaction): Promise<Rejection | null> {
    const state = await transaction.scope.states.load(transaction.id);
    return state?.status === 'rejected' && state.rejection !== null ? new Rejection(state.rejection) : null;
  }

  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description: 'When this node first saw it in the backlog; null where unknown.',
  })
  async acceptedAt(@Root() transaction: Transaction): Promise<number | null> {
    const { row, scope, id } = transaction;
    return (
      row.acceptedAtMs ?? (row.status === null ? ((await scope.states.load(id))?.acceptedAtMs ?? null) : null)
    );
  }

  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description:
      'When this node counted the vote that made it valid; null until then. After a rebuild: the time of the votes.',
  })
  async decidedAt(@Root() transaction: Transaction): Promise<number | null> {
    const { status, height } = await whereabouts(transaction);
    if (status !== 'valid' || height === null) return null;
    return (await transaction.scope.blocksByHeight.load(height))?.decidedAtMs ?? null;
  }
}

@Resolver(() => Input)
export class InputFields {
  @FieldResolver(() => Transaction, { description: 'The transaction that it belongs to.' })
  transaction(@Root() input: Input): Transaction {
    return input.transaction;
  }

  @FieldResolver(() => Output, {
    nullable: true,
    description: 'The output behind `fulfills`; null where there is none.',
  })
  async spends(@Root() input: Input): Promise<Output | null> {
    const { fulfills } = input.input;
    if (fulfills === null) return null;
    const link = { transactionId: fulfills.transaction_id, outputIndex: fulfills.output_index };
    return outputByLink(input.transaction.scope, link);
  }
}
