/**
 * The pure election of a height (architecture, section 4, rule 4; D3): over the federation in force, in any order of
 * votes and with any repetition. Reads no clock and verifies nothing: signatures are
 * checked once, when a vote is read (`verifyVote`).
 */

import { BOUNDS } from '../config/limits.js';
import type { ReadVote } from '../model/vote.js';

export type ElectionStatus = 'valid' | 'invalid' | 'undecided';

/** 1.0.1's table: invalid is tested first, so a tie is invalid, and nobody to vote is invalid. */
export function decideVotes(voters: number, valid: number, invalid: number): ElectionStatus {
  if (2 * invalid >= voters) return 'invalid';
  return 2 * valid > voters ? 'valid' : 'undecided';
}

/** A vote that was read from the store, and whether its signature is the named node's. */
export interface JudgedVote {
  readonly vote: ReadVote;
  readonly signatureValid: boolean;
}

export interface HeightElection {
  /** Public keys of the members in force at the height. */
  readonly federation: readonly string[];
  /** The block's `parent`: what a valid vote must name as `previous_block`. */
  readonly parent: string;
  readonly blockId: string;
  readonly votes: readonly JudgedVote[];
}

/** What became of one vote. `equivocation`: its voter signed for both sides, and counts on both. */
export type VoteStanding = 'counted' | 'ineligible' | 'malformed' | 'equivocation';

export interface HeightTally {
  readonly status: ElectionStatus;
  /** Members with a valid vote that names the parent. */
  readonly validVotes: number;
  /** Members with any other eligible vote. */
  readonly invalidVotes: number;
  readonly eligibleVoters: number;
  /** Members without an eligible vote, in the federation's order. */
  readonly awaiting: readonly string[];
  /** One per vote, in the order given. */
  readonly standings: readonly VoteStanding[];
  /** Both sides have the count that decides: half of the federation or more is faulty, and agreement is lost. */
  readonly contradiction: boolean;
}

export type VoteSide = 'valid' | 'invalid';

/**
 * Counts the votes of one height. INVARIANT I9: a function of the set of eligible votes; order, repetition and votes
 * of no standing change nothing. More votes never lower a count, so a status that was decided can only be contradicted
 * (`contradiction`), and only where half of the federation voted for both sides or against each other.
 */
export function tallyHeight(election: HeightElection): HeightTally {
  const { federation, votes, parent } = election;
  const sides = new Map<string, Set<VoteSide>>();
  for (const member of federation) sides.set(member, new Set());
  for (const judged of votes) {
    if (isEligible(judged, election)) sides.get(judged.vote.node)?.add(voteSide(judged.vote, parent));
  }
  const counted = [...sides.values()];
  const validVotes = counted.filter((side) => side.has('valid')).length;
  const invalidVotes = counted.filter((side) => side.has('invalid')).length;
  const eligibleVoters = sides.size;
  return {
    status: decideVotes(eligibleVoters, validVotes, invalidVotes),
    validVotes,
    invalidVotes,
    eligibleVoters,
    awaiting: [...sides].filter(([, side]) => side.size === 0).map(([member]) => member),
    standings: votes.map((judged) => standingOf(judged, election, sides)),
    contradiction:
      eligibleVoters > 0 && 2 * validVotes > eligibleVoters && 2 * invalidVotes >= eligibleVoters,
  };
}

function standingOf(
  judged: JudgedVote,
  election: HeightElection,
  sides: ReadonlyMap<string, ReadonlySet<VoteSide>>,
): VoteStanding {
  if (!isEligible(judged, election)) return 'ineligible';
  if ((sides.get(judged.vote.node)?.size ?? 0) > 1) return 'equivocation';
  return judged.vote.content === null ? 'malformed' : 'counted';
}

/** Signed by a member, about this block. */
function isEligible({ vote, signatureValid }: JudgedVote, election: HeightElection): boolean {
  return signatureValid && vote.blockId === election.blockId && election.federation.includes(vote.node);
}

/**
 * The side on which an eligible vote counts. 1.0.1: a malformed vote and one for another previous block count as
 * invalid. Only the signed part is looked at: keys that somebody added around a vote must not turn it.
 */
export function voteSide(vote: ReadVote, parent: string): VoteSide {
  const { content } = vote;
  return content?.is_block_valid === true && content.previous_block === parent ? 'valid' : 'invalid';
}

/**
 * The votes about one block that are kept as evidence: at most `perVoterMax` of each voter, and among them always its
 * first on each side, in the order given. What a flood of votes can add to memory ends here; no count changes by it.
 * Only for votes whose signatures verified.
 */
export function keptVotes(
  votes: readonly ReadVote[],
  parent: string,
  perVoterMax: number = BOUNDS.votesPerVoterMax,
): ReadVote[] {
  const books = new Map<string, { kept: number; readonly sides: Set<VoteSide> }>();
  return votes.filter((vote) => {
    const book = books.get(vote.node) ?? { kept: 0, sides: new Set<VoteSide>() };
    books.set(vote.node, book);
    const side = voteSide(vote, parent);
    // The last place stays free for the side that has not been seen.
    const reserved = book.sides.size === 1 && book.sides.has(side) ? 1 : 0;
    if (book.kept >= perVoterMax - reserved) return false;
    book.kept++;
    book.sides.add(side);
    return true;
  });
}
