/** What a block holds and what was said about it. */

import { Args, FieldResolver, Resolver, Root } from 'type-graphql';
import { parseJson } from '../../codec/json-reader.js';
import type { JsonValue } from '../../codec/json-value.js';
import { blockDocument, blockText } from '../../model/block.js';
import { readVote } from '../../model/vote.js';
import type { FoundTransaction } from '../../view/view.js';
import { cursorPosition, decodeCursor, encodeCursor } from '../cursor.js';
import { JsonScalar } from '../json-scalar.js';
import { type ConnectionPage, pageSize } from '../paging.js';
import type { BlockVote } from '../scope.js';
import { Block, Election, Vote } from '../types/block.js';
import { type Connection, ForwardArgs, TransactionConnection } from '../types/connection.js';
import { FederationMember } from '../types/ledger.js';
import { Transaction } from '../types/transaction.js';
import { foundTransaction } from './objects.js';

const CURSOR_KIND = 'block-transactions';

/** Rows of a block of any status, from a place on. */
function rowsOf(block: Block, from: number, limit: number): FoundTransaction[] {
  const { row, scope } = block;
  if (row.undecided === null) return scope.parts.ledger.view.blockTransactions(row.height, from, limit);
  return row.undecided.transactions.slice(from, from + limit).map((each, index) => ({
    ...each,
    height: row.height,
    position: from + index,
    status: 'undecided',
    acceptedAtMs: null,
  }));
}

/** Votes of an undecided block are counted when it is decided; until then those that were seen stand as counted. */
async function votesOf(block: Block): Promise<readonly BlockVote[]> {
  const { row, scope } = block;
  if (row.undecided === null) return scope.votes.load(row.height);
  return row.undecided.votes.map((vote) => ({ ...vote, blockId: row.id, standing: 'counted', late: false }));
}

@Resolver(() => Block)
export class BlockFields {
  @FieldResolver(() => FederationMember, { description: 'The node that made it.' })
  creator(@Root() block: Block): FederationMember {
    return new FederationMember(block.scope, block.row.creator);
  }

  @FieldResolver(() => TransactionConnection, {
    description: 'Its transactions in their order in the block.',
  })
  transactions(@Root() block: Block, @Args(() => ForwardArgs) args: ForwardArgs): Connection<Transaction> {
    const limit = pageSize(block.scope, args);
    const from = args.after == null ? 0 : cursorPosition(decodeCursor(CURSOR_KIND, args.after)[0]) + 1;
    const rows = rowsOf(block, from, limit);
    // What stands in an invalid block need not be a transaction at all; `document` shows it.
    const nodes = rows.map((row) => foundTransaction(block.scope, row)).filter((each) => each.isReadable);
    const places = new Map(rows.map((row) => [row.id, row.position]));
    const page: ConnectionPage<Transaction> = {
      nodes,
      cursors: nodes.map((node) => encodeCursor(CURSOR_KIND, [places.get(node.id) ?? 0])),
      hasNextPage: from + rows.length < block.row.transactionCount && rows.length > 0,
      hasPreviousPage: from > 0,
      total: async () => block.row.transactionCount,
    };
    return new TransactionConnection(page);
  }

  @FieldResolver(() => [Vote], { description: 'What nodes said about it, late votes too.' })
  async votes(@Root() block: Block): Promise<readonly Vote[]> {
    return (await votesOf(block)).map((vote) => new Vote(block.scope, vote));
  }

  @FieldResolver(() => Election, { description: 'How the votes stand.' })
  async election(@Root() block: Block): Promise<Election> {
    const { row } = block;
    const valid = new Set<string>();
    const invalid = new Set<string>();
    for (const vote of await votesOf(block)) {
      if (vote.late || vote.standing === 'ineligible') continue;
      const content = readVote(vote.text)?.content;
      const agrees = content?.is_block_valid === true && content.previous_block === row.parent;
      (agrees ? valid : invalid).add(vote.node);
    }
    // A block whose voters are not the federation in force at its height holds no block (architecture, section 4).
    const members = row.height === 0 ? [] : [...new Set(row.voters)];
    const previousBlockId = row.parent === '' ? null : row.parent;
    return new Election({ status: row.status, members, valid, invalid, previousBlockId });
  }

  @FieldResolver(() => JsonScalar, {
    complexity: 50,
    description: 'The whole block as 1.0.1 shows it, assets included.',
  })
  document(@Root() block: Block): JsonValue {
    const { row } = block;
    const texts = rowsOf(block, 0, row.transactionCount).map((each) => each.text);
    const text = blockText({
      nodePubkey: row.creator,
      timestamp: row.timestamp,
      transactionTexts: texts,
      voters: row.voters,
    });
    return parseJson(blockDocument(text, row.id, row.signature));
  }
}

@Resolver(() => Vote)
export class VoteFields {
  @FieldResolver(() => FederationMember, { description: 'The node that signed it.' })
  node(@Root() vote: Vote): FederationMember {
    return new FederationMember(vote.scope, vote.row.node);
  }

  @FieldResolver(() => Block, {
    nullable: true,
    description: 'The block that it is about, where this node knows it.',
  })
  block(@Root() vote: Vote): Promise<Block | null> {
    return blockById(vote, vote.blockId);
  }

  @FieldResolver(() => Block, {
    nullable: true,
    description: 'The block that it names as the one before, where this node knows it.',
  })
  async previousBlock(@Root() vote: Vote): Promise<Block | null> {
    return vote.previousBlockId === null ? null : blockById(vote, vote.previousBlockId);
  }
}

async function blockById({ scope }: Vote, id: string): Promise<Block | null> {
  const row = await scope.blocksById.load(id);
  return row === null ? null : new Block(scope, row);
}
