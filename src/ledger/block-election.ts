/**
 * 1.0.1's own election of one block (1.0.1: section 3.4), for data that 1.0.1 wrote: over the block's own list of
 * voters and the present federation, in the database's order. This ledger decides by `tallyHeight` instead.
 */

import { canonicalJson } from '../codec/canonical-json.js';
import type { JsonValue } from '../codec/json-value.js';
import { verifyText } from '../codec/key-pair.js';
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
  const eligible = new Set(election.voters.filter((voter) => election.keyring.includes(voter)));
  const voted = new Set<string>();
  const malformed: number[] = [];
  const ineligible: number[] = [];
  const previousBlocks = new Map<string, number>();
  election.votes.forEach((vote, index) => {
    const voter = eligibleVoter(vote, eligible);
    if (voter === null) {
      ineligible.push(index);
      return;
    }
    if (voted.has(voter)) throw new CriticalDuplicateVote(voter);
    voted.add(voter);
    if (voteViolation(vote) !== null) malformed.push(index);
    else countPrevious(vote, previousBlocks);
  });
  const best = mostCommon(previousBlocks);
  const validVotes = best?.[1] ?? 0;
  const invalidVotes = voted.size - validVotes;
  previousBlocks.delete(best?.[0] ?? '');
  return {
    status: decideVotes(eligible.size, validVotes, invalidVotes),
    validVotes,
    invalidVotes,
    previousBlock: best?.[0] ?? null,
    otherPreviousBlock: previousBlocks,
    malformed,
    ineligible,
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

function countPrevious(vote: JsonValue, previousBlocks: Map<string, number>): void {
  const content: unknown = isObject(vote) ? vote.vote : null;
  if (!isVoteContent(content) || !content.is_block_valid) return;
  previousBlocks.set(content.previous_block, (previousBlocks.get(content.previous_block) ?? 0) + 1);
}

/** The entry with the highest count; the one seen first among equals. */
function mostCommon(counts: ReadonlyMap<string, number>): [string, number] | null {
  let best: [string, number] | null = null;
  for (const entry of counts) if (best === null || entry[1] > best[1]) best = entry;
  return best;
}
