/** Relay's connections, one for each kind of list. */

import { ArgsType, type ClassType, Field, Int, ObjectType } from 'type-graphql';
import type { ConnectionPage, PagingArgs } from '../paging.js';
import { CountScalar, CursorScalar } from '../scalars.js';
import { Asset, Balance } from './asset.js';
import { Block, Vote } from './block.js';
import { LedgerOrderEnum } from './enums.js';
import { Output } from './output.js';
import { Transaction } from './transaction.js';

const FIRST = 'How many entries from the front; 20 when neither `first` nor `last` is given, 100 at most.';
const AFTER = 'Only entries behind this cursor.';

@ArgsType()
export class ForwardArgs implements PagingArgs {
  @Field(() => Int, { nullable: true, description: FIRST })
  first?: number | null;

  @Field(() => CursorScalar, { nullable: true, description: AFTER })
  after?: string | null;
}

@ArgsType()
export class BothWaysArgs implements PagingArgs {
  @Field(() => Int, { nullable: true, description: FIRST })
  first?: number | null;

  @Field(() => CursorScalar, { nullable: true, description: AFTER })
  after?: string | null;

  @Field(() => Int, { nullable: true, description: 'How many entries from the back, in place of `first`.' })
  last?: number | null;

  @Field(() => CursorScalar, { nullable: true, description: 'Only entries in front of this cursor.' })
  before?: string | null;
}

type Order = keyof typeof LedgerOrderEnum;

@ArgsType()
export class NewestFirstArgs extends BothWaysArgs {
  @Field(() => LedgerOrderEnum, {
    nullable: true,
    defaultValue: LedgerOrderEnum.NEWEST_FIRST,
    description: 'Which end to start from.',
  })
  order?: Order | null;
}

@ArgsType()
export class OldestFirstArgs extends BothWaysArgs {
  @Field(() => LedgerOrderEnum, {
    nullable: true,
    defaultValue: LedgerOrderEnum.OLDEST_FIRST,
    description: 'Which end to start from.',
  })
  order?: Order | null;
}

@ArgsType()
export class ForwardOrderArgs extends ForwardArgs {
  @Field(() => LedgerOrderEnum, {
    nullable: true,
    defaultValue: LedgerOrderEnum.NEWEST_FIRST,
    description: 'Which end to start from.',
  })
  order?: Order | null;
}

@ObjectType({ description: 'Where a page stands in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether more entries follow.' })
  readonly hasNextPage: boolean;

  @Field(() => Boolean, { description: 'Whether entries come before.' })
  readonly hasPreviousPage: boolean;

  @Field(() => CursorScalar, {
    nullable: true,
    description: 'Cursor of the first entry; null on an empty page.',
  })
  readonly startCursor: string | null;

  @Field(() => CursorScalar, {
    nullable: true,
    description: 'Cursor of the last entry; null on an empty page.',
  })
  readonly endCursor: string | null;

  constructor(page: ConnectionPage<unknown>) {
    this.hasNextPage = page.hasNextPage;
    this.hasPreviousPage = page.hasPreviousPage;
    this.startCursor = page.cursors[0] ?? null;
    this.endCursor = page.cursors[page.cursors.length - 1] ?? null;
  }
}

/** What every connection class offers. */
export interface Connection<N> {
  readonly nodes: readonly N[];
}

type ConnectionClass<N> = new (page: ConnectionPage<N>) => Connection<N>;

/** Makes and registers `<name>Connection` and `<name>Edge`. */
function connectionClass<N extends object>(
  name: string,
  node: ClassType | object,
  of: string,
): ConnectionClass<N> {
  @ObjectType(`${name}Edge`, { description: `One of the ${of} with its place in the list.` })
  class Edge {
    @Field(() => CursorScalar, { description: 'Its place in the list.' })
    readonly cursor: string;

    @Field(() => node, { description: 'The entry itself.' })
    readonly node: N;

    constructor(cursor: string, entry: N) {
      this.cursor = cursor;
      this.node = entry;
    }
  }

  @ObjectType(`${name}Connection`, { description: `A page of ${of}.` })
  class Page implements Connection<N> {
    constructor(private readonly page: ConnectionPage<N>) {}

    @Field(() => [Edge], { description: 'The entries with their cursors.' })
    get edges(): readonly Edge[] {
      return this.page.nodes.map((entry, index) => new Edge(this.page.cursors[index] ?? '', entry));
    }

    @Field(() => [node], { description: 'The entries without their cursors.' })
    get nodes(): readonly N[] {
      return this.page.nodes;
    }

    @Field(() => PageInfo, { description: 'Where the page stands in the list.' })
    get pageInfo(): PageInfo {
      return new PageInfo(this.page);
    }

    @Field(() => CountScalar, {
      nullable: true,
      description:
        'Entries of the whole list, counted only when asked for; null where counting would take too long.',
    })
    totalCount(): Promise<number | null> {
      return this.page.total();
    }
  }
  return Page;
}

export const TransactionConnection = connectionClass<Transaction>('Transaction', Transaction, 'transactions');
export const OutputConnection = connectionClass<Output>('Output', Output, 'outputs');
export const BlockConnection = connectionClass<Block>('Block', Block, 'blocks');
export const VoteConnection = connectionClass<Vote>('Vote', Vote, 'votes');
export const AssetConnection = connectionClass<Asset>('Asset', Asset, 'assets');
export const BalanceConnection = connectionClass<Balance>('Balance', Balance, 'balances');
