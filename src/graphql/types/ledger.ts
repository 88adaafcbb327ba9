/** The ledger as a whole, the federation, this process. */

import { Field, Float, ObjectType } from 'type-graphql';
import type { JsonValue } from '../../codec/json-value.js';
import type { BacklogSummary } from '../../ledger/ledger.js';
import { ledgerCursor } from '../cursor.js';
import { JsonScalar } from '../json-scalar.js';
import { BlockIdScalar, CountScalar, CursorScalar, DateTimeScalar, PublicKeyScalar } from '../scalars.js';
import type { Scope } from '../scope.js';
import { RoleEnum } from './enums.js';

@ObjectType({
  description: 'Transactions that were accepted and are not decided yet, as this node knows them.',
})
export class Backlog {
  @Field(() => CountScalar, { description: 'How many there are.' })
  readonly count: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Seconds since this node first saw the oldest; null when there is none.',
  })
  readonly oldestSeconds: number | null;

  constructor(summary: BacklogSummary) {
    this.count = summary.count;
    this.oldestSeconds = summary.oldestSeconds;
  }
}

@ObjectType({ description: 'The whole ledger as of the last decided height.' })
export class Ledger {
  constructor(readonly scope: Scope) {}

  @Field(() => CountScalar, {
    description: 'The last height decided; one request reads the ledger as of one height.',
  })
  get height(): number {
    return Math.max(0, this.scope.asOf);
  }

  @Field(() => CursorScalar, {
    description: 'The end of the ledger as a cursor: subscriptions may start here.',
  })
  get cursor(): string {
    return ledgerCursor({ height: this.scope.asOf + 1, position: -1 });
  }

  @Field(() => Backlog, { description: 'What waits to be decided.' })
  get backlog(): Backlog {
    return new Backlog(this.scope.parts.ledger.backlog());
  }
}

@ObjectType({ description: 'Contradicting votes that one node signed about one block.' })
export class Equivocation {
  @Field(() => BlockIdScalar, { description: 'The block.' })
  readonly blockId: string;

  @Field(() => [JsonScalar], { description: 'The votes, as they stand in the store.' })
  readonly votes: readonly JsonValue[];

  constructor(blockId: string, votes: readonly JsonValue[]) {
    this.blockId = blockId;
    this.votes = votes;
  }
}

@ObjectType({ description: 'A node of the federation, or one that was or claims to be.' })
export class FederationMember {
  constructor(
    readonly scope: Scope,
    readonly key: string,
  ) {}

  @Field(() => PublicKeyScalar, { description: 'The key that signs its blocks and votes.' })
  get publicKey(): string {
    return this.key;
  }

  @Field(() => Boolean, { description: 'True for the node that answers.' })
  get isMe(): boolean {
    return this.scope.parts.ledger.publicKey === this.key;
  }

  @Field(() => Boolean, { description: 'True when it is a member for the height that is decided next.' })
  get inFederation(): boolean {
    return this.scope.parts.ledger.federation().includes(this.key);
  }
}

@ObjectType({ description: 'The nodes that decide together.' })
export class Federation {
  constructor(readonly scope: Scope) {}

  @Field(() => FederationMember, {
    nullable: true,
    description: 'The node that answers; null for a gateway.',
  })
  get me(): FederationMember | null {
    const { publicKey } = this.scope.parts.ledger;
    return publicKey === null ? null : new FederationMember(this.scope, publicKey);
  }

  @Field(() => [FederationMember], {
    description: 'All members in force for the height that is decided next.',
  })
  get members(): readonly FederationMember[] {
    return this.scope.parts.ledger.federation().map((key) => new FederationMember(this.scope, key));
  }
}

@ObjectType({ description: 'Something bounded that fills and empties.' })
export class QueueStatus {
  @Field(() => String, { description: 'Its name.' })
  readonly name: string;

  @Field(() => CountScalar, { description: 'What is in it now.' })
  readonly length: number;

  @Field(() => CountScalar, { description: 'What fits in.' })
  readonly limit: number;

  constructor(name: string, length: number, limit: number) {
    this.name = name;
    this.length = length;
    this.limit = limit;
  }
}

@ObjectType({ description: 'The process that answers.' })
export class NodeStatus {
  constructor(
    readonly scope: Scope,
    private readonly queueList: readonly QueueStatus[],
  ) {}

  @Field(() => String, { description: 'Version of its software.' })
  get version(): string {
    return this.scope.parts.version;
  }

  @Field(() => RoleEnum, { description: 'What it does for the federation.' })
  get role(): string {
    return this.scope.parts.settings.role;
  }

  @Field(() => PublicKeyScalar, { nullable: true, description: 'Its key; null for a gateway.' })
  get publicKey(): string | null {
    return this.scope.parts.ledger.publicKey;
  }

  @Field(() => Boolean, {
    description: 'Whether it takes transactions and answers from a ledger that is up to date.',
  })
  get ready(): boolean {
    return this.reasons.length === 0;
  }

  @Field(() => [String], { description: 'Why it is not ready; empty when it is.' })
  get reasons(): readonly string[] {
    return this.scope.parts.ledger.notReady();
  }

  @Field(() => String, { description: 'The kind of store that it shares with the federation.' })
  get store(): string {
    return this.scope.parts.settings.store;
  }

  @Field(() => CountScalar, { description: 'The last height that its answers come from.' })
  get viewHeight(): number {
    return Math.max(0, this.scope.asOf);
  }

  @Field(() => CountScalar, { description: 'The highest block that it knows of in the store.' })
  get storeHeight(): number {
    const undecided = this.scope.parts.ledger.undecidedBlocks().map((block) => block.height);
    return Math.max(0, this.scope.asOf, ...undecided);
  }

  @Field(() => [QueueStatus], { description: 'What waits in it, and how much may.' })
  get queues(): readonly QueueStatus[] {
    return this.queueList;
  }
}

@ObjectType({ description: 'What happened in one slice of time.' })
export class ActivityPoint {
  @Field(() => DateTimeScalar, { description: 'Start of the slice.' })
  readonly from: number;

  @Field(() => CountScalar, { description: 'Transactions that became valid.' })
  readonly transactions: number;

  @Field(() => CountScalar, { description: 'Blocks that were decided.' })
  readonly blocks: number;

  @Field(() => CountScalar, { description: 'Transactions that were rejected.' })
  readonly rejections: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'Mean milliseconds from acceptance to validity, where this node knows both; null without any.',
  })
  readonly acceptedToValidMs: number | null;

  constructor(point: {
    readonly fromMs: number;
    readonly transactions: number;
    readonly blocks: number;
    readonly rejections: number;
    readonly acceptedToValidMs: number | null;
  }) {
    this.from = point.fromMs;
    this.transactions = point.transactions;
    this.blocks = point.blocks;
    this.rejections = point.rejections;
    this.acceptedToValidMs = point.acceptedToValidMs;
  }
}
