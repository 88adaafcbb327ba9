/**
 * 1.0.1's own election of one block (1.0.1: section 3.4), for data that 1.0.1 wrote: over the block's own list of
 * voters and the present federation, in the database's order. This ledger decides by `tallyHeight` instead.
 */

import { canonicalJson } from '../codec/canonical-json.js';
import type { JsonValue } from '../codec/json-value.js';
import { verifyText } from '../codec/key-pair.js';
import type { VoteContent } from '../model/block-types.js';
import { isObject } from '../model/schema-rules.js';
import { isVoteContent } from '../model/vote.js';
import { voteViolation } from '../model/vote-schema.js';
import { decideVotes, type ElectionStatus } from './voting.js';

/** 1.0.1: two eligible votes of one node ended in this exception, out of every reader. */
export class CriticalDuplicateVote extends Error {
  override readonly name = 'CriticalDuplicateVote';
}

export interface BlockElection {
  /** The block's own list. */
  readonly voters: readonly string[];
  /** The federation, this node included. */
  readonly keyring: readonly string[];
  /** Vote documents as stored, in the database's order, whatever they are. */
  readonly votes: readonly JsonValue[];
}

export interface BlockElectionResult {
  readonly status: ElectionStatus;
  readonly validVotes: number;
  readonly invalidVotes: number;
  /** What the counted valid votes name; null without one. */
  readonly previousBlock: string | null;
  /** Votes that name another one. */
  readonly otherPreviousBlock: ReadonlyMap<string, number>;
  /** Indexes into `votes`. */
  readonly malformed: readonly number[];
  readonly ineligible: readonly number[];
}

/** 1.0.1's election of one block, signatures verified. Throws `CriticalDuplicateVote` as it did. */
export function electBlock(election: BlockElection): BlockElectionResult {
  const eligible = eligibleVoters(election.voters, election.keyring);
  const counting = new Map<string, VoteContent | null>();
  const malformed: number[] = [];
  const ineligible: number[] = [];
  election.votes.forEach((vote, index) => {
    const voter = eligibleVoter(vote, eligible);
    if (voter === null) {
      ineligible.push(index);
      return;
    }
    if (counting.has(voter)) throw new CriticalDuplicateVote(voter);
    const content = voteViolation(vote) === null ? contentOf(vote) : null;
    if (content === null) malformed.push(index);
    counting.set(voter, content);
  });
  return { ...countVotes(eligible.size, counting), malformed, ineligible };
}

/** The block's own voters that are in the federation. */
export function eligibleVoters(voters: readonly string[], keyring: readonly string[]): Set<string> {
  const federation = new Set(keyring);
  return new Set(voters.filter((voter) => federation.has(voter)));
}

/** What the count of eligible votes gives: 1.0.1, section 3.4, from step 4 on. */
export type VoteCount = Omit<BlockElectionResult, 'malformed' | 'ineligible'>;

/** `votes`: what each node that voted says; null = malformed. In the database's order. */
export function countVotes(eligible: number, votes: ReadonlyMap<string, VoteContent | null>): VoteCount {
  const previousBlocks = new Map<string, number>();
  for (const content of votes.values()) {
    if (content?.is_block_valid !== true) continue;
    previousBlocks.set(content.previous_block, (previousBlocks.get(content.previous_block) ?? 0) + 1);
  }
  const best = mostCommon(previousBlocks);
  const validVotes = best?.[1] ?? 0;
  const invalidVotes = votes.size - validVotes;
  previousBlocks.delete(best?.[0] ?? '');
  return {
    status: decideVotes(eligible, validVotes, invalidVotes),
    validVotes,
    invalidVotes,
    previousBlock: best?.[0] ?? null,
    otherPreviousBlock: previousBlocks,
  };
}

/** The voter of a vote that counts at all; null otherwise. A vote without `vote` ended in a KeyError in 1.0.1. */
function eligibleVoter(vote: JsonValue, eligible: ReadonlySet<string>): string | null {
  if (!isObject(vote)) return null;
  const { node_pubkey: node, signature, vote: content } = vote;
  if (typeof node !== 'string' || typeof signature !== 'string' || content === undefined) return null;
  if (!eligible.has(node)) return null;
  return verifyText(canonicalJson(content), signature, node) ? node : null;
}

function contentOf(vote: JsonValue): VoteContent | null {
  const content: unknown = isObject(vote) ? vote.vote : null;
  return isVoteContent(content) ? content : null;
}

/** The entry with the highest count; the one seen first among equals. */
function mostCommon(counts: ReadonlyMap<string, number>): [string, number] | null {
  let best: [string, number] | null = null;
  for (const entry of counts) if (best === null || entry[1] > best[1]) best = entry;
  return best;
}
