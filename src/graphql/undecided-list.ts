/** Transactions in blocks that are not decided yet: few, in memory, and gone from here as soon as they are decided. */

import type { TransactionFilter } from '../view/list-queries.js';
import { badInput } from './errors.js';
import { eventMatches } from './event-filter.js';
import type { OrderedArgs } from './lists.js';
import { type ConnectionPage, pageRequest, placeCursor } from './paging.js';
import type { Scope } from './scope.js';
import { type Connection, TransactionConnection } from './types/connection.js';
import { Transaction } from './types/transaction.js';

const KIND = 'undecided-transactions';

/** Filters on payloads and times ask about decided transactions only. */
export async function undecidedTransactions(
  scope: Scope,
  filter: TransactionFilter,
  args: OrderedArgs,
): Promise<Connection<Transaction>> {
  if (
    filter.metadata != null ||
    filter.asset != null ||
    filter.timestampAfter != null ||
    filter.timestampBefore != null
  ) {
    throw badInput('Undecided transactions are not searched by payload or time.');
  }
  if (args.last != null || args.before != null)
    throw badInput('Undecided transactions are paged forward only.');
  const request = pageRequest(scope, KIND, args.order ?? 'NEWEST_FIRST', args);
  const all = placed(scope, filter);
  if (request.order === 'NEWEST_FIRST') all.reverse();
  const behind = all.findIndex(({ transaction: { row } }) => {
    const height = row.height ?? 0;
    return height === request.after?.height && row.position === request.after.position;
  });
  const rest = all.slice(behind + 1);
  const shown = rest.slice(0, request.limit);
  const page: ConnectionPage<Transaction> = {
    nodes: shown.map((each) => each.transaction),
    cursors: shown.map((each) => each.cursor),
    hasNextPage: rest.length > shown.length,
    hasPreviousPage: behind >= 0,
    total: async () => all.length,
  };
  return new TransactionConnection(page);
}

/** The lowest first. */
function placed(scope: Scope, filter: TransactionFilter): { transaction: Transaction; cursor: string }[] {
  const blocks = [...scope.parts.ledger.undecidedBlocks()].sort((left, right) => left.height - right.height);
  return blocks.flatMap((block) => {
    if (filter.blockId != null && filter.blockId !== block.id) return [];
    return block.transactions.flatMap(({ id, text }, position) => {
      if (filter.ids != null && !filter.ids.includes(id)) return [];
      const { height } = block;
      const transaction = new Transaction(scope, {
        id,
        text,
        status: 'undecided',
        height,
        position,
        acceptedAtMs: null,
      });
      if (!eventMatches(transaction, filter)) return [];
      return [{ transaction, cursor: placeCursor(KIND, { height, position, index: 0 }) }];
    });
  });
}
