/**
 * Facts of a small ledger made without a node: a genesis block, blocks of given transactions with claims, and the votes
 * of the members. Any of it can be made wrong before it is read.
 */

import type { KeyPair } from '../../src/codec/key-pair.js';
import type { Fact } from '../../src/ledger/audit.js';
import type { BlockFact, TextFact, VoteFact } from '../../src/ledger/audit-types.js';
import { makeBlock, makeClaim } from '../../src/model/block.js';
import { makeGenesisBlock } from '../../src/model/genesis.js';
import { makeVote } from '../../src/model/vote.js';
import { keyPairOf } from './keys.js';

export interface BlockPlan {
  readonly by?: string;
  readonly voters?: readonly string[];
  /** Names of the members that vote for it and against it; by default all vote for it. */
  readonly votesFor?: readonly string[];
  readonly votesAgainst?: readonly string[];
  readonly parent?: string;
}

export interface MadeHeight {
  block: BlockFact;
  votes: VoteFact[];
}

export class MadeLedger {
  readonly heights: MadeHeight[] = [];
  readonly rejections: TextFact[] = [];
  readonly backlog: TextFact[] = [];
  private serial = 1_700_000_000;

  constructor(readonly members: readonly string[]) {
    const made = makeGenesisBlock(this.key(this.first), { timestamp: this.timestamp(), voters: this.keys() });
    this.heights.push({ block: this.claimed(made, this.first, ''), votes: [] });
  }

  get first(): string {
    return this.members[0] ?? 'node-a';
  }

  /** Adds a block of these canonical texts. */
  add(texts: readonly string[], plan: BlockPlan = {}): MadeHeight {
    const by = plan.by ?? this.first;
    const voters = plan.voters ?? this.keys();
    const made = makeBlock(this.key(by), { timestamp: this.timestamp(), transactionTexts: texts, voters });
    const parent = plan.parent ?? this.heights.at(-1)?.block.id ?? '';
    const height = { block: this.claimed(made, by, parent), votes: [] as VoteFact[] };
    this.heights.push(height);
    for (const name of plan.votesFor ?? (plan.votesAgainst === undefined ? this.members : []))
      height.votes.push(this.vote(height.block, name, true));
    for (const name of plan.votesAgainst ?? []) height.votes.push(this.vote(height.block, name, false));
    return height;
  }

  vote(block: BlockFact, by: string, isBlockValid: boolean, previousBlock = block.parent): VoteFact {
    return makeVote(this.key(by), {
      blockId: block.id,
      previousBlock,
      isBlockValid,
      timestamp: this.timestamp(),
    });
  }

  *facts(): Generator<Fact> {
    for (const { block, votes } of this.heights) yield { kind: 'block', block, votes };
    for (const rejection of this.rejections) yield { kind: 'rejection', rejection };
    for (const entry of this.backlog) yield { kind: 'backlog', entry };
  }

  private claimed(
    made: Omit<BlockFact, 'height' | 'parent' | 'claimSignature'>,
    by: string,
    parent: string,
  ): BlockFact {
    const height = this.heights.length;
    const claimSignature = makeClaim(this.key(by), { blockId: made.id, height, parent });
    return { ...made, height, parent, claimSignature };
  }

  private key(name: string): KeyPair {
    return keyPairOf(name);
  }

  keys(): string[] {
    return this.members.map((name) => keyPairOf(name).publicKey).sort();
  }

  private timestamp(): string {
    return String(this.serial++);
  }
}
