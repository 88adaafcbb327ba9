/**
 * I9: an election depends on the votes and the federation alone. Nodes saw the votes in other orders, some twice and
 * some late. Each decision must be what the votes say that were durable when it was taken, and what all of them say in
 * the end, counted backwards and twice, over the federation in force at the height.
 */

import { type Checker, type Chronicle, eventsOf, type VoteFact } from '../chronicle.js';
import { settingsOf } from './settings.js';
import { decide, type SlowHeight, slowLedgerOf } from './slow-ledger.js';

export const electionsCountVotesAlone: Checker = (chronicle) => [
  ...slowLedgerOf(chronicle).heights.flatMap(orderMatters),
  ...decisionsAgainstVotes(chronicle),
];

function orderMatters({ height, votes, status, members }: SlowHeight): string[] {
  if (status !== 'valid' && status !== 'invalid') return [];
  if (decide(members, [...votes, ...votes].reverse()) === status) return [];
  return [`height ${height}: the order of its votes changes ${status}`];
}

function decisionsAgainstVotes(chronicle: Chronicle): string[] {
  const { heights } = slowLedgerOf(chronicle);
  const settings = settingsOf(chronicle);
  // A forger may write the signature of one under the key of another.
  const nameOf = ({ node, signature }: VoteFact): string => `${node} ${signature}`;
  const durableAt = new Map<string, number>();
  for (const { vote, atMs } of eventsOf(chronicle, 'vote')) durableAt.set(nameOf(vote), atMs);
  const found: string[] = [];
  for (const { node, life, height, status, atMs } of eventsOf(chronicle, 'decided')) {
    const counted = heights[height];
    if (counted === undefined || height === 0 || settings.isOddAt({ node, life }, height)) continue;
    const seen = counted.votes.filter(({ fact }) => (durableAt.get(nameOf(fact)) ?? 0) <= atMs);
    const then = counted.status === 'passed' ? 'passed' : decide(counted.members, seen);
    if (then !== status) found.push(`${node} decided height ${height} ${status} when its votes said ${then}`);
    if (counted.status !== status)
      found.push(`${node} decided height ${height} ${status}; its votes say ${counted.status}`);
  }
  return found;
}
