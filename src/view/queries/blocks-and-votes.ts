/** Blocks and votes by filter, counts, and what each member last said. */

import type {
  BlockFilter,
  Counters,
  MemberVotes,
  Page,
  PageRequest,
  VoteFilter,
  VoteRow,
} from '../list-queries.js';
import { saidOfBlock, VOTE_COLUMNS } from '../rows.js';
import { HEIGHT_STATUS, STANDINGS } from '../schema.js';
import { endOf, heightOf, keyPrefix, POSITIONS, placeOf, sequenceOf } from '../sequence.js';
import { bound, numberAt } from '../sqlite.js';
import type { BlockRow } from '../view.js';
import { readPage } from './pages.js';
import { type QueryContext, ScanBudget } from './query-context.js';
import { indexed, listed, type SequenceSource } from './sequences.js';

export function listBlocks(context: QueryContext, filter: BlockFilter, page: PageRequest): Page<BlockRow> {
  const { status, creator, transactionId } = filter;
  const newBudget = (): ScanBudget => new ScanBudget('give a creator or a transaction');
  const counted = !creator && !transactionId ? { total: totalBlocks(context, status ?? null, page) } : {};
  return readPage<BlockRow>(
    {
      sequences: blockSource(context, filter),
      rowsAt: (sequence) => {
        const block = context.reader.blockByHeight(heightOf(sequence));
        if (block === null || (status && block.status !== status)) return [];
        if (creator && block.creator !== creator) return [];
        return [{ ...block, place: placeOf(sequence) }];
      },
      budget: newBudget(),
      newBudget,
      ...counted,
    },
    page,
  );
}

/** Heights as sequences of their first position. */
function blockSource(context: QueryContext, { status, creator, transactionId }: BlockFilter): SequenceSource {
  if (transactionId) {
    const places = context.reader.occurrences(transactionId);
    return listed(places.map(({ height }) => sequenceOf(height, 0)));
  }
  const heights = creator
    ? indexed(context, 'heights', 'creator = ?', [bound(creator)], 'height')
    : status
      ? indexed(context, 'heights', 'status = ?', [HEIGHT_STATUS[status]], 'height')
      : indexed(context, 'heights', `status != ${HEIGHT_STATUS.passed}`, [], 'height');
  return ({ low, high, descending }, limit) => {
    const range = { low: Math.floor(low / POSITIONS), high: Math.ceil(high / POSITIONS), descending };
    return heights(range, limit).map((height) => sequenceOf(height, 0));
  };
}

function totalBlocks(context: QueryContext, status: BlockRow['status'] | null, page: PageRequest): number {
  const { blocks, validBlocks, invalidBlocks } = readCounters(context, page.asOf);
  if (status === null) return blocks;
  if (status === 'undecided') return blocks - validBlocks - invalidBlocks;
  return status === 'valid' ? validBlocks : invalidBlocks;
}

export function readCounters(context: QueryContext, asOf: number): Counters {
  const row =
    context
      .statement(
        `SELECT transactions, assets, blocks, valid_blocks, invalid_blocks, votes FROM heights
         WHERE height <= ? ORDER BY height DESC LIMIT 1`,
      )
      .get(asOf) ?? [];
  const late = context.statement('SELECT late_votes FROM positions').get() ?? [];
  return {
    transactions: numberAt(row, 0),
    assets: numberAt(row, 1),
    blocks: numberAt(row, 2),
    validBlocks: numberAt(row, 3),
    invalidBlocks: numberAt(row, 4),
    votes: numberAt(row, 5) + numberAt(late, 0),
  };
}

const VOTES = `SELECT ${VOTE_COLUMNS} FROM votes v JOIN heights h ON h.height = v.sequence / ${POSITIONS}`;

export function listVotes(context: QueryContext, filter: VoteFilter, page: PageRequest): Page<VoteRow> {
  const { blockId, node, isBlockValid } = filter;
  const newBudget = (): ScanBudget => new ScanBudget('give a block or a node');
  const counted =
    !blockId && !node && typeof isBlockValid !== 'boolean'
      ? { total: readCounters(context, page.asOf).votes }
      : {};
  return readPage<VoteRow>(
    {
      sequences: voteSource(context, filter),
      rowsAt: (sequence) => {
        const row = context.statement(`${VOTES} WHERE v.sequence = ?`).get(sequence);
        if (row === undefined) return [];
        const vote = context.reader.vote(row);
        if (typeof isBlockValid === 'boolean' && saidOfBlock(row) !== isBlockValid) return [];
        if (node && vote.node !== node) return [];
        return [{ ...vote, place: placeOf(sequence) }];
      },
      budget: newBudget(),
      newBudget,
      ...counted,
    },
    page,
  );
}

function voteSource(context: QueryContext, { blockId, node }: VoteFilter): SequenceSource {
  if (blockId) {
    const block = context.reader.blockById(blockId);
    if (block === null) return listed([]);
    const from = sequenceOf(block.height, 0);
    return indexed(context, 'votes', 'sequence >= ? AND sequence < ?', [from, endOf(block.height)]);
  }
  if (node) return indexed(context, 'votes', 'node_prefix = ?', [keyPrefix(node)]);
  return indexed(context, 'votes', '1');
}

export function votesByHeights(context: QueryContext, heights: readonly number[]): VoteRow[][] {
  const statement = context.statement(
    `${VOTES} WHERE v.sequence >= ? AND v.sequence < ? ORDER BY v.sequence`,
  );
  return heights.map((height) =>
    statement.all(sequenceOf(height, 0), endOf(height)).map((row) => context.reader.vote(row)),
  );
}

/** Members are few, and so are votes that are evidence. */
export function memberVotes(
  context: QueryContext,
  nodes: readonly string[],
  evidenceMax: number,
): MemberVotes[] {
  const last = context.statement(
    `${VOTES} WHERE v.node_prefix = ? AND v.node = ? ORDER BY v.sequence DESC LIMIT 1`,
  );
  const evidence = context.statement(
    `${VOTES} WHERE v.node_prefix = ? AND v.node = ? AND v.standing = ${STANDINGS.indexOf('equivocation')}
     ORDER BY v.sequence DESC LIMIT ?`,
  );
  return nodes.map((node) => {
    const row = last.get(keyPrefix(node), bound(node));
    const rows = evidence.all(keyPrefix(node), bound(node), evidenceMax);
    return {
      node,
      last: row === undefined ? null : context.reader.vote(row),
      evidence: rows.map((each) => context.reader.vote(each)),
    };
  });
}
