/** Votes as the store holds them, read and verified once each. Anybody may have written anything: junk is `null`. */

import { BOUNDS } from '../config/limits.js';
import { readVote, verifyVote } from '../model/vote.js';
import type { StoredVote } from '../store/store.js';
import type { StandingVote } from '../view/view.js';
import { type HeightTally, type JudgedVote, keptVotes } from './voting.js';

/** A vote with the row it came from. */
export interface CountedVote extends JudgedVote {
  readonly stored: StoredVote;
}

/** Votes of one block and what counting them gave; `tally.standings` is in the order of `votes`. */
export interface HeightCount {
  readonly votes: readonly CountedVote[];
  readonly tally: HeightTally;
}

/** Reads and verifies a stored vote; null when it is not one, or says something else than its key. */
export function readStoredVote(stored: StoredVote): CountedVote | null {
  const vote = readVote(stored.text);
  if (vote === null || vote.blockId !== stored.blockId) return null;
  if (vote.node !== stored.node || vote.signature !== stored.signature) return null;
  return { stored, vote, signatureValid: verifyVote(vote) };
}

/** Identity of a vote about a given block (D1). */
export function voteKey(vote: { readonly node: string; readonly signature: string }): string {
  return `${vote.node} ${vote.signature}`;
}

/**
 * Whether an eligible vote is to be kept beside those already there: at most 16 per block and voter, always the first
 * on each side, so that a flood of votes ends here and changes no count.
 */
export function isKept(vote: CountedVote, known: Iterable<CountedVote>, parent: string): boolean {
  const sameVoter = [...known].filter((each) => each.signatureValid && each.vote.node === vote.vote.node);
  const kept = keptVotes([...sameVoter.map((each) => each.vote), vote.vote], parent, BOUNDS.votesPerVoterMax);
  return kept.includes(vote.vote);
}

/** The votes as the view keeps them. */
export function standingVotes(count: HeightCount): StandingVote[] {
  return count.votes.map(({ stored }, index) => ({
    blockId: stored.blockId,
    node: stored.node,
    signature: stored.signature,
    text: stored.text,
    standing: count.tally.standings[index] ?? 'ineligible',
  }));
}
