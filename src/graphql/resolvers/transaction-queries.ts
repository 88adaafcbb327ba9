/** Queries for transactions, outputs, assets and accounts. */

import { Arg, Args, Ctx, Int, Query, Resolver } from 'type-graphql';
import { GRAPHQL_DOOR } from '../../config/limits.js';
import { type GraphqlContext } from '../context.js';
import { badInput, limitExceeded } from '../errors.js';
import { knownTransaction, transactionById } from '../fields/objects.js';
import { assetList, outputList, transactionList } from '../lists.js';
import { pageSize } from '../paging.js';
import { payloadFilter } from '../payload-filter.js';
import { PublicKeyScalar, TransactionIdScalar } from '../scalars.js';
import type { Scope } from '../scope.js';
import { rejectionEvent } from '../streams/state-streams.js';
import { Account, Asset } from '../types/asset.js';
import {
  AssetConnection,
  BothWaysArgs,
  type Connection,
  NewestFirstArgs,
  OutputConnection,
  TransactionConnection,
} from '../types/connection.js';
import { AssetOrderEnum } from '../types/enums.js';
import { RejectionEvent } from '../types/events.js';
import { AssetFilter, OutputFilter, TransactionFilter } from '../types/filters.js';
import { Output } from '../types/output.js';
import { Rejection, Transaction } from '../types/transaction.js';
import { undecidedTransactions } from '../undecided-list.js';

const FILTER = 'What to narrow the list to.';

@Resolver()
export class TransactionQueries {
  @Query(() => Transaction, {
    nullable: true,
    description:
      'A transaction by its id, of any status; null when no node knows it, which is made sure of first.',
  })
  async transaction(
    @Ctx() { scope }: GraphqlContext,
    @Arg('id', () => TransactionIdScalar, { description: 'Its id.' }) id: string,
  ): Promise<Transaction | null> {
    const { found } = await scope.findWithLook([id], (at) => transactionById(at, id));
    return found;
  }

  @Query(() => [Transaction], {
    nullable: 'items',
    description: 'Transactions by their ids, in the order of the ids; null where no node knows one.',
  })
  async transactionsById(
    @Ctx() { scope }: GraphqlContext,
    @Arg('ids', () => [TransactionIdScalar], { description: 'At most as many as a page may have.' })
    ids: string[],
  ): Promise<readonly (Transaction | null)[]> {
    checkCount(scope, ids);
    const known = await Promise.all(ids.map((id) => transactionById(scope, id)));
    const missing = ids.filter((_, index) => known[index] === null);
    if (missing.length === 0) return known;
    await scope.control.race(scope.parts.ledger.look(missing));
    const renewed = scope.renewed();
    return Promise.all(ids.map((id, index) => known[index] ?? transactionById(renewed, id)));
  }

  @Query(() => Rejection, {
    nullable: true,
    description: 'Why a transaction was refused for good; null when it was not, or when it was taken since.',
  })
  async rejection(
    @Ctx() { scope }: GraphqlContext,
    @Arg('id', () => TransactionIdScalar, { description: 'Id of the transaction.' }) id: string,
  ): Promise<Rejection | null> {
    const known = await scope.states.load(id);
    if (known !== null && known.status !== 'rejected') return null;
    // It may have been sent again at another node.
    await scope.control.race(scope.parts.ledger.look([id]));
    const found = await scope.renewed().states.load(id);
    return found?.status === 'rejected' && found.rejection !== null ? new Rejection(found.rejection) : null;
  }

  @Query(() => [RejectionEvent], {
    complexity: 10,
    description:
      'The last transactions that were refused for good, as this node learnt of them, the newest first. The cursor of the first one starts `Subscription.rejections`.',
  })
  async rejections(
    @Ctx() { scope }: GraphqlContext,
    @Arg('first', () => Int, { nullable: true, description: 'How many; 20 when left out, 100 at most.' })
    first: number | null,
  ): Promise<readonly RejectionEvent[]> {
    const rows = await scope.list(scope.parts.queries.newestRejections(pageSize(scope, { first })));
    return rows.map(rejectionEvent);
  }

  @Query(() => TransactionConnection, { description: 'Transactions in the order of the ledger.' })
  transactions(
    @Ctx() { scope }: GraphqlContext,
    @Arg('filter', () => TransactionFilter, { nullable: true, description: FILTER })
    filter: TransactionFilter | null,
    @Args(() => NewestFirstArgs) args: NewestFirstArgs,
  ): Promise<Connection<Transaction>> {
    const { status, metadata, asset, ids, ...rest } = filter ?? {};
    checkCount(scope, ids ?? []);
    if (status === 'backlog' || status === 'rejected') {
      throw badInput(
        'Transactions in the backlog or rejected have no order in the ledger: follow them by subscription.',
      );
    }
    const view = { ...rest, ids, metadata: payloadFilter(metadata), asset: payloadFilter(asset) };
    if (status === 'undecided') return undecidedTransactions(scope, view, args);
    return transactionList(scope, 'transactions', view, args);
  }

  @Query(() => OutputConnection, { description: 'Outputs of valid transactions in the order of the ledger.' })
  outputs(
    @Ctx() { scope }: GraphqlContext,
    @Arg('filter', () => OutputFilter, { nullable: true, description: FILTER }) filter: OutputFilter | null,
    @Args(() => NewestFirstArgs) args: NewestFirstArgs,
  ): Promise<Connection<Output>> {
    return outputList(scope, 'outputs', { ...filter }, args);
  }

  @Query(() => Asset, {
    nullable: true,
    description: 'An asset by its id; null when no node knows its CREATE transaction.',
  })
  async asset(
    @Ctx() { scope }: GraphqlContext,
    @Arg('id', () => TransactionIdScalar, { description: 'Id of the CREATE transaction.' }) id: string,
  ): Promise<Asset | null> {
    const { scope: at, found } = await scope.findWithLook([id], async (each) => {
      const transaction = knownTransaction(each, await each.states.load(id));
      return transaction === null || transaction.operation === 'TRANSFER' ? null : transaction;
    });
    return found === null ? null : new Asset(at, id);
  }

  @Query(() => AssetConnection, { description: 'Assets made by valid transactions.' })
  assets(
    @Ctx() { scope }: GraphqlContext,
    @Arg('filter', () => AssetFilter, { nullable: true, description: FILTER }) filter: AssetFilter | null,
    @Arg('order', () => AssetOrderEnum, {
      nullable: true,
      defaultValue: AssetOrderEnum.NEWEST_FIRST,
      description: 'Which end to start from, or the best match.',
    })
    order: keyof typeof AssetOrderEnum | null,
    @Args(() => BothWaysArgs) args: BothWaysArgs,
  ): Promise<Connection<Asset>> {
    const { data, ...rest } = filter ?? {};
    checkCount(scope, rest.ids ?? []);
    if (order === 'RELEVANCE' && rest.search == null) throw badInput('RELEVANCE needs `filter.search`.');
    if ((rest.search?.length ?? 0) > GRAPHQL_DOOR.searchTextMax) {
      throw badInput(`A search has at most ${GRAPHQL_DOOR.searchTextMax} characters.`);
    }
    return assetList(
      scope,
      'assets',
      { ...rest, data: payloadFilter(data) },
      { ...args, order: order ?? 'NEWEST_FIRST' },
    );
  }

  @Query(() => Account, {
    description: 'Everything that one key has to do with; empty for a key that was never used.',
  })
  account(
    @Ctx() { scope }: GraphqlContext,
    @Arg('publicKey', () => PublicKeyScalar, { description: 'The key.' }) publicKey: string,
  ): Account {
    return new Account(scope, publicKey);
  }
}

/** As many ids as a page has entries. */
function checkCount(scope: Scope, ids: readonly string[]): void {
  const { pageSizeMax } = scope.parts.limits;
  if (ids.length > pageSizeMax) throw limitExceeded('maxPageSize', `At most ${pageSizeMax} ids are taken.`);
}
