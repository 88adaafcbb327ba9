/**
 * The votes of one block, read and counted anew (architecture, section 4, rule 4; 1.0.1: section 3.4): only what a
 * member signed about this very block counts. Shares no line with `voting.ts`, which it is the second opinion of.
 */

import { readVote, verifyVote } from '../model/vote.js';
import type { Report, VoteFact } from './audit-types.js';

export interface VotedBlock {
  readonly height: number | null;
  readonly id: string;
  /** What a valid vote must name as the block before; null when the block itself is not there. */
  readonly parent: string | null;
}

export interface VoteCount {
  /** Members that signed for the block, and against it; one that did both is in both. */
  readonly valid: number;
  readonly invalid: number;
  /** Members that signed anything about it. */
  readonly voters: number;
  readonly members: number;
}

/** Counts `votes` over `federation` and reports what no correct member writes, as evidence. */
export function countVotes(
  block: VotedBlock,
  federation: readonly string[],
  votes: readonly VoteFact[],
  report: Report,
): VoteCount {
  const members = new Set(federation);
  const forIt = new Set<string>();
  const againstIt = new Set<string>();
  for (const fact of votes) {
    const verdict = verdictOf(block, members, fact, report);
    if (verdict === null) continue;
    const side = verdict ? forIt : againstIt;
    if (side.has(fact.node)) report(evidence('I11', block, fact.node, 'signed the same verdict twice'));
    side.add(fact.node);
  }
  for (const node of forIt) {
    if (againstIt.has(node)) report(evidence('I11', block, node, 'signed for both sides'));
  }
  const voters = new Set([...forIt, ...againstIt]).size;
  return { valid: forIt.size, invalid: againstIt.size, voters, members: members.size };
}

/** 1.0.1's table: half against is invalid, and is looked at first; more than half for it is valid. */
export function statusOf({ valid, invalid, members }: VoteCount): 'valid' | 'invalid' | 'undecided' {
  if (invalid * 2 >= members) return 'invalid';
  return valid * 2 > members ? 'valid' : 'undecided';
}

/** More than half of the members signed something about the block. */
export function hasMajority({ voters, members }: VoteCount): boolean {
  return voters * 2 > members;
}

/** The side on which a vote counts; null when it counts nowhere. */
function verdictOf(
  block: VotedBlock,
  members: ReadonlySet<string>,
  fact: VoteFact,
  report: Report,
): boolean | null {
  const vote = readVote(fact.text);
  const isItself =
    vote !== null &&
    vote.blockId === block.id &&
    vote.node === fact.node &&
    vote.signature === fact.signature;
  if (!isItself) {
    report(evidence('I7', block, fact.node, 'the text of a vote is not what it is stored as'));
    return null;
  }
  if (!verifyVote(vote)) {
    report(evidence('I8', block, fact.node, 'a vote was not signed by the node it names'));
    return null;
  }
  if (!members.has(vote.node)) {
    report(evidence('I9', block, fact.node, 'a vote of a node that is no member at this height'));
    return null;
  }
  const { content } = vote;
  if (content === null) {
    report(evidence('I9', block, fact.node, 'a vote without the shape of a vote'));
    return false;
  }
  if (!content.is_block_valid) return false;
  if (block.parent === null || content.previous_block === block.parent) return true;
  report(evidence('I11', block, fact.node, 'a vote names another block as the one before'));
  return false;
}

function evidence(invariant: 'I7' | 'I8' | 'I9' | 'I11', block: VotedBlock, node: string, what: string) {
  const message = `block ${block.id}: ${what}`;
  return { invariant, severity: 'evidence', height: block.height, id: node, message } as const;
}
