/**
 * I11: a correct member votes on a block once, never both ways, in order of height, and each of its votes names the
 * block before: they form one path. Nobody votes at a height at which it is no member. (A vote that was on its way when its voter died may become durable when the next
 * life has begun, which cannot have seen it. Two processes with one key give two votes. Equal verdicts count once.)
 */

import { type Checker, type Chronicle, eventsOf } from '../chronicle.js';
import { settingsOf } from './settings.js';
import { type SlowHeight, type SlowVote, slowLedgerOf } from './slow-ledger.js';

interface OwnVote {
  readonly by: string;
  readonly life: number;
  readonly atMs: number;
  readonly placed: SlowHeight;
  readonly read: SlowVote;
}

export const votesOnceAndInOrder: Checker = (chronicle) => {
  const { votes, strange } = ownVotes(chronicle);
  return [...strange, ...wrongPaths(votes), ...repetitions(chronicle, votes), ...disorder(votes)];
};

/** Votes that processes wrote, with what they are about. */
function ownVotes(chronicle: Chronicle): { votes: OwnVote[]; strange: string[] } {
  const byBlock = new Map(slowLedgerOf(chronicle).heights.map((height) => [height.fact.id, height]));
  const running = new Set(chronicle.processes);
  const votes: OwnVote[] = [];
  const strange: string[] = [];
  const settings = settingsOf(chronicle);
  for (const { by, life, atMs, vote } of eventsOf(chronicle, 'vote')) {
    if (!running.has(by)) continue;
    const placed = byBlock.get(vote.blockId);
    if (settings.isOddAt({ node: by, life }, placed?.height ?? Number.POSITIVE_INFINITY)) continue;
    const read = placed?.votes.find(
      ({ fact }) => fact.signature === vote.signature && fact.node === vote.node,
    );
    if (placed !== undefined && read?.isEligible === true) votes.push({ by, life, atMs, placed, read });
    else strange.push(`${by} voted on ${vote.blockId}, which holds no height, or not under its own key`);
  }
  return { votes, strange };
}

function wrongPaths(votes: readonly OwnVote[]): string[] {
  return votes
    .filter(({ placed, read }) => read.previousBlock !== placed.fact.parent)
    .map(({ by, placed }) => `${by} voted on height ${placed.height} with another block before it`);
}

function repetitions(chronicle: Chronicle, votes: readonly OwnVote[]): string[] {
  const startedAt = new Map<string, number>();
  for (const { node, life, atMs } of eventsOf(chronicle, 'started')) startedAt.set(`${node} ${life}`, atMs);
  const found: string[] = [];
  const earlier = new Map<string, OwnVote>();
  const sides = new Map<string, boolean>();
  for (const vote of votes) {
    const { by, life, placed, read } = vote;
    const before = earlier.get(`${by} ${placed.height}`);
    const began = startedAt.get(`${by} ${life}`) ?? 0;
    if (before !== undefined && (before.life === life || before.atMs < began))
      found.push(`${by} voted twice on height ${placed.height}`);
    earlier.set(`${by} ${placed.height}`, vote);
    const member = `${read.fact.node} ${placed.height}`;
    if (sides.has(member) && sides.get(member) !== read.isFor)
      found.push(`${by} voted both ways on height ${placed.height}`);
    sides.set(member, read.isFor);
  }
  return found;
}

function disorder(votes: readonly OwnVote[]): string[] {
  const highest = new Map<string, number>();
  return votes.flatMap(({ by, life, placed }) => {
    const before = highest.get(`${by} ${life}`) ?? 0;
    highest.set(`${by} ${life}`, Math.max(before, placed.height));
    return placed.height < before ? [`${by} voted on height ${placed.height} after ${before}`] : [];
  });
}
