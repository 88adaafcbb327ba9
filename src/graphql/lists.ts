/** The lists of the view as connections. A row becomes an object; the total is asked for only when it is selected. */

import type {
  AssetFilter,
  AssetOrder,
  AssetRow,
  BalanceRow,
  BlockFilter,
  LedgerOrder,
  OutputFilter,
  Page,
  PageRequest,
  TransactionFilter,
  VoteFilter,
} from '../view/list-queries.js';
import type { BlockRow } from '../view/view.js';
import { foundTransaction } from './fields/objects.js';
import { connectionPage, type PagingArgs, pageRequest, pinnedHeight } from './paging.js';
import type { Scope } from './scope.js';
import { Asset, Balance } from './types/asset.js';
import { Block, Vote } from './types/block.js';
import {
  AssetConnection,
  BalanceConnection,
  BlockConnection,
  type Connection,
  OutputConnection,
  TransactionConnection,
  VoteConnection,
} from './types/connection.js';
import { Output } from './types/output.js';
import type { Transaction } from './types/transaction.js';

/** A list's arguments: Relay's and the end it starts from. */
export interface OrderedArgs extends PagingArgs {
  /** Null = the newest first. */
  readonly order?: LedgerOrder | null;
}

export async function transactionList(
  scope: Scope,
  kind: string,
  filter: TransactionFilter,
  args: OrderedArgs,
): Promise<Connection<Transaction>> {
  const request = pageRequest(scope, kind, args.order ?? 'NEWEST_FIRST', args);
  const page = await scope.list(scope.parts.queries.transactions(filter, request));
  const count = () => scope.list(scope.parts.queries.transactions(filter, counting(request)));
  return new TransactionConnection(
    connectionPage(kind, args, page, (row) => foundTransaction(scope, row), count),
  );
}

export async function outputList(
  scope: Scope,
  kind: string,
  filter: OutputFilter,
  args: OrderedArgs,
): Promise<Connection<Output>> {
  const request = pageRequest(scope, kind, args.order ?? 'NEWEST_FIRST', args);
  const page = await scope.list(scope.parts.queries.outputs(filter, request));
  const count = () => scope.list(scope.parts.queries.outputs(filter, counting(request)));
  return new OutputConnection(connectionPage(kind, args, page, (row) => new Output(scope, row), count));
}

export async function blockList(
  scope: Scope,
  kind: string,
  filter: BlockFilter,
  args: OrderedArgs,
): Promise<Connection<Block>> {
  const request = pageRequest(scope, kind, args.order ?? 'NEWEST_FIRST', args);
  const page = await scope.list(scope.parts.queries.blocks(filter, request));
  const count = () => scope.list(scope.parts.queries.blocks(filter, counting(request)));
  const make = (row: BlockRow) => new Block(scope, { ...row, undecided: null });
  return new BlockConnection(connectionPage(kind, args, page, make, count));
}

export async function voteList(
  scope: Scope,
  kind: string,
  filter: VoteFilter,
  args: OrderedArgs,
): Promise<Connection<Vote>> {
  const request = pageRequest(scope, kind, args.order ?? 'NEWEST_FIRST', args);
  const page = await scope.list(scope.parts.queries.votes(filter, request));
  const count = () => scope.list(scope.parts.queries.votes(filter, counting(request)));
  return new VoteConnection(connectionPage(kind, args, page, (row) => new Vote(scope, row), count));
}

export async function assetList(
  scope: Scope,
  kind: string,
  filter: AssetFilter,
  args: PagingArgs & { readonly order: AssetOrder },
): Promise<Connection<Asset>> {
  const relevance = args.order === 'RELEVANCE';
  const ownKind = relevance ? `${kind}-by-relevance` : kind;
  const asked = pageRequest(scope, ownKind, args.order, args);
  const request = relevance ? { ...asked, asOf: pinnedHeight(scope, asked.after ?? asked.before) } : asked;
  const page = await scope.list(scope.parts.queries.assets(filter, request));
  const count = () => scope.list(scope.parts.queries.assets(filter, counting(request)));
  return new AssetConnection(connectionPage(ownKind, args, page, (row) => primedAsset(scope, row), count));
}

/** What the list has read is not read again for the asset's data. */
function primedAsset(scope: Scope, row: AssetRow): Asset {
  scope.assets.prime(row.id, row);
  return new Asset(scope, row.id);
}

/** Balances are in order of amount, which every block may change: the pages of one list are read as of one height. */
export async function balanceList(
  scope: Scope,
  kind: string,
  args: PagingArgs,
  read: (request: BalancePage) => Promise<Page<BalanceRow>>,
): Promise<Connection<Balance>> {
  const { after, limit } = pageRequest(scope, kind, 'OLDEST_FIRST', args);
  const request: BalancePage = { asOf: pinnedHeight(scope, after), after, limit };
  const page = await scope.list(read(request));
  const count = () => scope.list(read({ ...counting(request), after: null }));
  return new BalanceConnection(connectionPage(kind, args, page, (row) => new Balance(scope, row), count));
}

type BalancePage = Pick<PageRequest, 'asOf' | 'limit' | 'after' | 'count'>;

/** The same list, for its length alone. */
function counting<R extends { readonly limit: number }>(request: R): R & { readonly count: true } {
  return { ...request, limit: 1, count: true };
}
