/** The votes about one block that are kept, in memory and then in the view: few, whatever is written into the store. */

import { BOUNDS } from '../config/limits.js';
import type { StoredVote } from '../store/store.js';
import { type CountedVote, isKept, readStoredVote, voteKey } from './stored-votes.js';

/** The block that the votes are about, and who may vote on it. */
export interface VotedBlock {
  readonly parent: string;
  readonly members: readonly string[];
}

/**
 * Takes a stored vote into account once. Kept are at most 16 verified votes of each member, always the first on each
 * side, and a few others as evidence. `junk`: a vote of no standing; `null`: nothing new.
 */
export function keepVote(
  kept: Map<string, CountedVote>,
  stored: StoredVote,
  { parent, members }: VotedBlock,
): CountedVote | 'junk' | null {
  const key = voteKey(stored);
  if (kept.has(key)) return null;
  const vote = readStoredVote(stored);
  if (vote === null) return 'junk';
  if (!vote.signatureValid || !members.includes(stored.node)) {
    // Members take at most their share of the map, so what is left is for the others.
    if (kept.size < BOUNDS.ineligibleVotesKept) kept.set(key, vote);
    return 'junk';
  }
  if (!isKept(vote, kept.values(), parent)) return null;
  kept.set(key, vote);
  return vote;
}
