/**
 * I20: no node stops by itself, and no rejection is left unhandled, while fewer than half of the members are faulty; but
 * who goes by another list of members than the others stops and says so, as soon as it can tell: when a majority of its own
 * list has voted on a block that by its list is none.
 */

import { type Checker, type Chronicle, eventsOf, type VoteFact } from '../chronicle.js';
import { type Doer, settingsOf } from './settings.js';
import { slowLedgerOf } from './slow-ledger.js';

/** What it says must lead its operator to what is wrong. */
const LEADS_THERE = /federation\.changes|keyring/;
/** In this time a node that runs reads the votes that have come. */
const READING_MS = 30_000;

export const nodesStopOnlyForAReason: Checker = (chronicle) => [
  ...eventsOf(chronicle, 'failed').map(({ node, error }) => `${node} stopped: ${error}`),
  ...eventsOf(chronicle, 'unhandled').map(({ error }) => `unhandled rejection: ${error}`),
  ...stopsWithoutReason(chronicle),
  ...silentOnes(chronicle),
];

function stopsWithoutReason(chronicle: Chronicle): string[] {
  const settings = settingsOf(chronicle);
  return eventsOf(chronicle, 'stopped')
    .filter(({ error, ...doer }) => !settings.isOddAt(doer, Infinity) || !LEADS_THERE.test(error))
    .map(({ node, error }) => `${node} stopped: ${error}`);
}

function silentOnes(chronicle: Chronicle): string[] {
  const stopped = eventsOf(chronicle, 'stopped');
  return eventsOf(chronicle, 'had time to notice')
    .filter((event) => couldTell(chronicle, event, event.atMs - READING_MS))
    .filter(({ node, atMs }) => !stopped.some((event) => event.node === node && event.atMs <= atMs))
    .map(({ node }) => `${node} goes by another list of members than the others, and has not said so`);
}

/** Whether by then a majority of its own list had voted on a block above the height at which it went its own way. */
function couldTell(chronicle: Chronicle, doer: Doer, atMs: number): boolean {
  const settings = settingsOf(chronicle);
  const nameOf = ({ node, signature }: VoteFact): string => `${node} ${signature}`;
  const cast = eventsOf(chronicle, 'vote').filter((event) => event.atMs <= atMs);
  const durable = new Set(cast.map(({ vote }) => nameOf(vote)));
  return slowLedgerOf(chronicle).heights.some(({ height, status, votes }) => {
    if (status === 'passed' || !settings.isOddAt(doer, height)) return false;
    const own = settings.membersBy(doer, height);
    const seen = votes.filter(({ fact, isEligible }) => isEligible && durable.has(nameOf(fact)));
    const voters = new Set(seen.map(({ fact }) => fact.node).filter((node) => own.includes(node)));
    return 2 * voters.size > own.length;
  });
}
