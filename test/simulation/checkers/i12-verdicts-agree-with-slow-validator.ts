/**
 * I12: a correct member votes for a block when the slow validator finds nothing wrong with it, and only then; and it
 * rejects only what breaks a rule for good.
 */

import { type Checker, type Chronicle, eventsOf, type VoteFact } from '../chronicle.js';
import { type Json, objectOf } from './documents.js';
import { settingsOf } from './settings.js';
import { slowLedgerOf } from './slow-ledger.js';
import { brokenRule, readTransaction } from './slow-transactions.js';

export const verdictsAgreeWithSlowValidator: Checker = (chronicle) => [
  ...wrongVotes(chronicle),
  ...wrongRejections(chronicle),
];

function wrongVotes(chronicle: Chronicle): string[] {
  const running = new Set(chronicle.processes);
  const settings = settingsOf(chronicle);
  const own = new Map(
    eventsOf(chronicle, 'vote')
      .filter(({ by }) => running.has(by))
      .map(({ by, life, vote }) => [`${vote.node} ${vote.signature}`, { node: by, life }]),
  );
  const isRight = ({ node, signature }: VoteFact, height: number): boolean => {
    const doer = own.get(`${node} ${signature}`);
    return doer !== undefined && !settings.isOddAt(doer, height);
  };
  return slowLedgerOf(chronicle).decided.flatMap(({ height, votes, fault }) =>
    votes
      .filter(
        ({ fact, isEligible, isFor }) => isEligible && isRight(fact, height) && isFor !== (fault === null),
      )
      .map(({ fact, isFor }) => {
        const verdict = isFor ? 'for' : 'against';
        return `${fact.node} voted ${verdict} height ${height}: ${fault ?? 'nothing is wrong with it'}`;
      }),
  );
}

/** Refusals for an input that was not valid yet at the height up to which the ledger was known. */
const UNKNOWN_INPUT: ReadonlySet<Json | undefined> = new Set([
  'INPUT_DOES_NOT_EXIST',
  'TRANSACTION_NOT_IN_VALID_BLOCK',
]);

/** What breaks no rule in the end never broke one: only an unknown input may have come to be after the refusal. */
function wrongRejections(chronicle: Chronicle): string[] {
  const ledger = slowLedgerOf(chronicle);
  const running = new Set(chronicle.processes);
  const texts = new Map(eventsOf(chronicle, 'entry').map(({ entry }) => [entry.digest, entry.text]));
  const settings = settingsOf(chronicle);
  return eventsOf(chronicle, 'rejection').flatMap(({ by, life, atMs, rejection }) => {
    if (settings.isOddBy({ node: by, life }, atMs)) return [];
    const { code, digest, height } = objectOf(rejection.text) ?? {};
    if (!running.has(by)) return [];
    const transaction = readTransaction((objectOf(texts.get(String(digest)) ?? '') ?? null) as Json);
    if (typeof transaction === 'string' || transaction.operation === 'GENESIS') return [];
    if (brokenRule(transaction, ledger) !== null) return [];
    const cameLater = ({ link }: { readonly link: string }): boolean =>
      (ledger.validHeights.get(link.split(':')[0] ?? '') ?? []).every((each) => each > Number(height));
    if (UNKNOWN_INPUT.has(code) && transaction.spends.some(cameLater)) return [];
    return [`${by} rejected ${transaction.id} as ${String(code)}, which breaks no rule`];
  });
}
