/** Figures of the ledger and of the federation's members. */

import { FieldResolver, Resolver, Root } from 'type-graphql';
import { parseJson } from '../../codec/json-reader.js';
import type { VoteRow } from '../../view/list-queries.js';
import { CountScalar, DateTimeScalar } from '../scalars.js';
import { Block, Vote } from '../types/block.js';
import { Equivocation, FederationMember, Ledger } from '../types/ledger.js';

@Resolver(() => Ledger)
export class LedgerFields {
  @FieldResolver(() => Block, {
    nullable: true,
    description: 'The newest block decided valid; null when there is none.',
  })
  async head(@Root() { scope }: Ledger): Promise<Block | null> {
    const request = { asOf: scope.asOf, order: 'NEWEST_FIRST', limit: 1 } as const;
    const page = await scope.list(scope.parts.queries.blocks({ status: 'valid' }, request));
    const [row] = page.rows;
    return row === undefined ? null : new Block(scope, { ...row, undecided: null });
  }

  @FieldResolver(() => Block, { nullable: true, description: 'The first block; null before there is one.' })
  async genesis(@Root() { scope }: Ledger): Promise<Block | null> {
    const row = await scope.blocksByHeight.load(0);
    return row === null ? null : new Block(scope, row);
  }

  @FieldResolver(() => CountScalar, { description: 'Valid transactions.' })
  async transactionCount(@Root() { scope }: Ledger): Promise<number> {
    return (await scope.counters()).transactions;
  }

  @FieldResolver(() => CountScalar, {
    description: 'Decided blocks of every status, the genesis block included.',
  })
  async blockCount(@Root() { scope }: Ledger): Promise<number> {
    return (await scope.counters()).blocks;
  }

  @FieldResolver(() => CountScalar, { description: 'Votes about decided blocks.' })
  async voteCount(@Root() { scope }: Ledger): Promise<number> {
    return (await scope.counters()).votes;
  }

  @FieldResolver(() => CountScalar, { description: 'Assets made by valid transactions.' })
  async assetCount(@Root() { scope }: Ledger): Promise<number> {
    return (await scope.counters()).assets;
  }
}

@Resolver(() => FederationMember)
export class FederationMemberFields {
  @FieldResolver(() => Vote, {
    nullable: true,
    description: 'Its vote on the greatest height; null when it never voted.',
  })
  async lastVote(@Root() member: FederationMember): Promise<Vote | null> {
    const last = await lastVoteOf(member);
    return last === null ? null : new Vote(member.scope, last);
  }

  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description: 'The time of that vote, by the voter’s clock; null when it never voted.',
  })
  async lastVotedAt(@Root() member: FederationMember): Promise<number | null> {
    const last = await lastVoteOf(member);
    const timestamp = last === null ? null : new Vote(member.scope, last).timestamp;
    const ms = timestamp === null ? Number.NaN : Number(timestamp) * 1000;
    return Math.abs(ms) <= DATE_MS_MAX ? ms : null;
  }

  @FieldResolver(() => CountScalar, {
    nullable: true,
    description: 'Decided heights above the last one that it voted on; null when it never voted.',
  })
  async heightsBehind(@Root() member: FederationMember): Promise<number | null> {
    const last = await lastVoteOf(member);
    return last === null ? null : Math.max(0, member.scope.asOf - last.height);
  }

  @FieldResolver(() => [Equivocation], {
    description: 'Contradicting votes that it signed, the newest first.',
  })
  async evidence(@Root() member: FederationMember): Promise<readonly Equivocation[]> {
    const { evidence } = await member.scope.members.load(member.key);
    const byBlock = new Map<string, VoteRow[]>();
    for (const vote of evidence) byBlock.set(vote.blockId, [...(byBlock.get(vote.blockId) ?? []), vote]);
    return [...byBlock].map(
      ([blockId, votes]) =>
        new Equivocation(
          blockId,
          votes.map((vote) => parseJson(vote.text)),
        ),
    );
  }
}

/** The range of JavaScript's dates; a vote may name any time. */
const DATE_MS_MAX = 8.64e15;

async function lastVoteOf(member: FederationMember): Promise<VoteRow | null> {
  return (await member.scope.members.load(member.key)).last;
}
