/** Queries for blocks, votes, the ledger as a whole and this process. */

import { Arg, Args, Ctx, Int, Query, Resolver } from 'type-graphql';
import { BOUNDS } from '../../config/limits.js';
import type { ActivityWindow } from '../../view/list-queries.js';
import { type GraphqlContext } from '../context.js';
import { badInput } from '../errors.js';
import { blockList, voteList } from '../lists.js';
import { BlockIdScalar, CountScalar } from '../scalars.js';
import type { BlockData, Scope } from '../scope.js';
import { searchHits } from '../search.js';
import { Block, Vote } from '../types/block.js';
import { BlockConnection, type Connection, NewestFirstArgs, VoteConnection } from '../types/connection.js';
import { ActivityWindowEnum } from '../types/enums.js';
import { BlockFilter, VoteFilter } from '../types/filters.js';
import { ActivityPoint, Federation, Ledger, NodeStatus, QueueStatus } from '../types/ledger.js';
import { SearchHit, type SearchHitObject } from '../types/search.js';
import { ServiceConfig } from '../types/service-config.js';

const FILTER = 'What to narrow the list to.';

@Resolver()
export class LedgerQueries {
  @Query(() => Ledger, { description: 'The ledger as a whole.' })
  ledger(@Ctx() { scope }: GraphqlContext): Ledger {
    return new Ledger(scope);
  }

  @Query(() => Federation, { description: 'The nodes that decide together.' })
  federation(@Ctx() { scope }: GraphqlContext): Federation {
    return new Federation(scope);
  }

  @Query(() => NodeStatus, { description: 'The process that answers.' })
  status(@Ctx() { scope }: GraphqlContext): NodeStatus {
    const { ledger } = scope.parts;
    return new NodeStatus(scope, [
      new QueueStatus('backlog', ledger.backlog().count, BOUNDS.backlogEntriesMax),
      new QueueStatus('undecided heights', ledger.undecidedBlocks().length, BOUNDS.pendingHeightsMax),
    ]);
  }

  @Query(() => ServiceConfig, { description: 'Every limit that a client can run into.' })
  serviceConfig(@Ctx() { scope }: GraphqlContext): ServiceConfig {
    return new ServiceConfig(scope);
  }

  @Query(() => [SearchHit], {
    complexity: 20,
    description: 'For one search box: ids, heights and public keys find what they name, words find assets.',
  })
  search(
    @Ctx() { scope }: GraphqlContext,
    @Arg('text', () => String, { description: 'What somebody typed; at most 200 characters.' }) text: string,
    @Arg('first', () => Int, { nullable: true, description: 'How many hits; 20 when left out, 50 at most.' })
    first: number | null,
  ): Promise<SearchHitObject[]> {
    return searchHits(scope, text, first);
  }

  @Query(() => [ActivityPoint], {
    complexity: 10,
    description: 'For charts: what happened, slice by slice, the oldest first, by this node’s clock.',
  })
  async activity(
    @Ctx() { scope }: GraphqlContext,
    @Arg('window', () => ActivityWindowEnum, {
      nullable: true,
      defaultValue: ActivityWindowEnum.HOUR,
      description: 'How far to look back.',
    })
    window: ActivityWindow | null,
  ): Promise<readonly ActivityPoint[]> {
    const { queries, runtime } = scope.parts;
    const points = await scope.list(queries.activity(window ?? 'HOUR', runtime.clock.nowMs()));
    return points.map((point) => new ActivityPoint(point));
  }

  @Query(() => Block, {
    nullable: true,
    description:
      'A block by its id or its height, exactly one of the two; null when there is none, which is made sure of first.',
  })
  async block(
    @Ctx() { scope }: GraphqlContext,
    @Arg('id', () => BlockIdScalar, { nullable: true, description: 'Its id.' }) id: string | null,
    @Arg('height', () => CountScalar, { nullable: true, description: 'Its height.' }) height: number | null,
  ): Promise<Block | null> {
    const { scope: at, found } = await scope.findWithLook([], blockFinder(id, height));
    return found === null ? null : new Block(at, found);
  }

  @Query(() => BlockConnection, { description: 'Decided blocks in the order of the ledger.' })
  blocks(
    @Ctx() { scope }: GraphqlContext,
    @Arg('filter', () => BlockFilter, { nullable: true, description: FILTER }) filter: BlockFilter | null,
    @Args(() => NewestFirstArgs) args: NewestFirstArgs,
  ): Promise<Connection<Block>> {
    return blockList(scope, 'blocks', { ...filter }, args);
  }

  @Query(() => VoteConnection, { description: 'Votes about decided blocks, in the order of the ledger.' })
  votes(
    @Ctx() { scope }: GraphqlContext,
    @Arg('filter', () => VoteFilter, { nullable: true, description: FILTER }) filter: VoteFilter | null,
    @Args(() => NewestFirstArgs) args: NewestFirstArgs,
  ): Promise<Connection<Vote>> {
    return voteList(scope, 'votes', { ...filter }, args);
  }
}

function blockFinder(
  id: string | null | undefined,
  height: number | null | undefined,
): (scope: Scope) => Promise<BlockData | null> {
  if (id != null && height == null) return (scope) => scope.blocksById.load(id);
  if (id == null && height != null) return (scope) => scope.blocksByHeight.load(height);
  throw badInput('Give `id` or `height`, exactly one of the two.');
}
