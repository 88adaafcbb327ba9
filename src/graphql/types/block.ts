/** Blocks, votes and elections. */

import { Field, Int, ObjectType } from 'type-graphql';
import { parseJson } from '../../codec/json-reader.js';
import type { JsonObject, JsonValue } from '../../codec/json-value.js';
import type { VoteContent } from '../../model/block-types.js';
import { isVoteContent, readVote } from '../../model/vote.js';
import { JsonScalar } from '../json-scalar.js';
import {
  BlockIdScalar,
  CountScalar,
  DateTimeScalar,
  PublicKeyScalar,
  SignatureScalar,
  UnixTimeScalar,
} from '../scalars.js';
import type { BlockData, BlockVote, Scope } from '../scope.js';
import { BlockStatusEnum, VoteStandingEnum } from './enums.js';

@ObjectType({ description: 'Transactions that one node put into the ledger together, at one height.' })
export class Block {
  constructor(
    readonly scope: Scope,
    readonly row: BlockData,
  ) {}

  @Field(() => BlockIdScalar, { description: "SHA3-256 of the block's canonical text." })
  get id(): string {
    return this.row.id;
  }

  @Field(() => UnixTimeScalar, { description: 'When its creator made it, by the creator’s clock.' })
  get timestamp(): string {
    return this.row.timestamp;
  }

  @Field(() => [String], { description: 'As written in the block, which may be anything in an invalid one.' })
  get voters(): readonly string[] {
    return this.row.voters;
  }

  @Field(() => SignatureScalar, { description: 'Its creator’s signature over its canonical text.' })
  get signature(): string {
    return this.row.signature;
  }

  @Field(() => BlockStatusEnum, { description: 'What the federation decided about it.' })
  get status(): string {
    return this.row.status;
  }

  @Field(() => CountScalar, { description: 'Its place in the ledger, the same on every node.' })
  get height(): number {
    return this.row.height;
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'When this node counted the deciding vote; null while undecided. After a rebuild: the time of the votes.',
  })
  get decidedAt(): number | null {
    return this.row.decidedAtMs;
  }

  @Field(() => CountScalar, { description: 'How many transactions it holds.' })
  get transactionCount(): number {
    return this.row.transactionCount;
  }
}

@ObjectType({ description: 'What one node said about one block.' })
export class Vote {
  private readonly content: VoteContent | null;

  constructor(
    readonly scope: Scope,
    readonly row: BlockVote,
  ) {
    this.content = readVote(row.text)?.content ?? contentOf(row.text);
  }

  /** The vote's own words; null when it is malformed, and then it says nothing that a field could hold. */
  get said(): VoteContent | null {
    return this.content;
  }

  @Field(() => SignatureScalar, { description: 'The node’s signature over the vote.' })
  get signature(): string {
    return this.row.signature;
  }

  @Field(() => BlockIdScalar, { description: 'The block that it is about.' })
  get blockId(): string {
    return this.row.blockId;
  }

  @Field(() => BlockIdScalar, {
    nullable: true,
    description: 'The block that it names as the one before; null when the vote is malformed.',
  })
  get previousBlockId(): string | null {
    return this.content?.previous_block ?? null;
  }

  @Field(() => Boolean, {
    description: 'Whether its node found the block valid; false for a malformed vote, as it counts.',
  })
  get isBlockValid(): boolean {
    return this.content?.is_block_valid ?? false;
  }

  @Field(() => String, { nullable: true, description: 'Why not, in words; 1.0.1 always leaves it null.' })
  get invalidReason(): string | null {
    return this.content?.invalid_reason ?? null;
  }

  @Field(() => UnixTimeScalar, {
    nullable: true,
    description: 'When it was made, by the voter’s clock; null when malformed.',
  })
  get timestamp(): string | null {
    return this.content?.timestamp ?? null;
  }

  @Field(() => VoteStandingEnum, { description: 'What it counted for.' })
  get standing(): string {
    return this.row.standing;
  }

  @Field(() => Boolean, { description: 'True when it came after the decision and counted for nothing.' })
  get late(): boolean {
    return this.row.late;
  }

  @Field(() => JsonScalar, { description: 'The whole vote as it stands in the store.' })
  get document(): JsonValue {
    return parseJson(this.row.text);
  }
}

/** A vote that `readVote` does not take may still hold readable content. */
function contentOf(text: string): VoteContent | null {
  const document = parseJson(text);
  const vote = typeof document === 'object' && document !== null ? (document as JsonObject).vote : null;
  return isVoteContent(vote) ? vote : null;
}

@ObjectType({ description: 'How the votes about a block stand.' })
export class Election {
  @Field(() => BlockStatusEnum, { description: 'What follows from the votes.' })
  readonly status: string;

  @Field(() => Int, { description: 'Members of the federation who may vote on it.' })
  readonly eligibleVoters: number;

  @Field(() => Int, { description: 'Members who voted that it is valid.' })
  readonly validVotes: number;

  @Field(() => Int, {
    description: 'Members with any other vote: invalid, malformed, or naming another block before.',
  })
  readonly invalidVotes: number;

  @Field(() => BlockIdScalar, {
    nullable: true,
    description: 'The block before it, which valid votes name; null for the first.',
  })
  readonly previousBlockId: string | null;

  @Field(() => [PublicKeyScalar], { description: 'Members whose vote is not known yet.' })
  readonly awaiting: readonly string[];

  constructor(counts: {
    readonly status: string;
    readonly members: readonly string[];
    readonly valid: ReadonlySet<string>;
    readonly invalid: ReadonlySet<string>;
    readonly previousBlockId: string | null;
  }) {
    this.status = counts.status;
    this.eligibleVoters = counts.members.length;
    this.validVotes = counts.valid.size;
    this.invalidVotes = counts.invalid.size;
    this.previousBlockId = counts.previousBlockId;
    this.awaiting = counts.members.filter((key) => !counts.valid.has(key) && !counts.invalid.has(key));
  }
}
