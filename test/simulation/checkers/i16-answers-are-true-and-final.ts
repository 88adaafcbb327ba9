/**
 * I16: what doors say of a transaction is so: never «unknown» after the acknowledgement, «valid» only of what stands in
 * a valid block, and for ever; right transactions are not refused; a list of outputs is exactly what the ledger says as of its height.
 * A node that goes by another list of members than the others does not know what they decide; it calls nothing valid that is not.
 */

import { type Checker, type Chronicle, eventsOf } from '../chronicle.js';
import { droppedByHostile } from './i13-acknowledged-ends-valid-or-rejected.js';
import { settingsOf } from './settings.js';
import { type SlowLedger, slowLedgerOf } from './slow-ledger.js';

export const answersAreTrueAndFinal: Checker = (chronicle) => [
  ...wrongStates(chronicle),
  ...wrongRefusals(chronicle),
  ...wrongLists(chronicle),
];

function wrongStates(chronicle: Chronicle): string[] {
  const ledger = slowLedgerOf(chronicle);
  const dropped = droppedByHostile(chronicle);
  const rejected = new Set(chronicle.facts.rejections.map(({ transactionId }) => transactionId));
  const valid = new Set<string>();
  const settings = settingsOf(chronicle);
  const found: string[] = [];
  for (const { node, life, atMs, transactionId: id, status } of eventsOf(chronicle, 'answered')) {
    if (status === null && !dropped.has(id) && !settings.isOddBy({ node, life }, atMs))
      found.push(`${node} does not know ${id}, which was acknowledged`);
    if (status === 'valid' && !ledger.validHeights.has(id)) found.push(`${node} calls ${id} valid`);
    if (status === 'rejected' && !rejected.has(id)) found.push(`${node} calls ${id} rejected`);
    if (valid.has(`${node} ${id}`) && status !== 'valid')
      found.push(`${node} called ${id} valid, then ${status}`);
    if (status === 'valid') valid.add(`${node} ${id}`);
  }
  return found;
}

/** A right transaction that nothing competes with is never refused for good. (Hostile members may compete unseen.) */
function wrongRefusals(chronicle: Chronicle): string[] {
  const running = new Set(chronicle.processes);
  if (eventsOf(chronicle, 'entry').some(({ by }) => !running.has(by))) return [];
  const settings = settingsOf(chronicle);
  return eventsOf(chronicle, 'refused')
    .filter(({ code, isContested }) => !isContested || code !== 'DOUBLE_SPEND')
    .filter(({ node, life, atMs }) => !settings.isOddBy({ node, life }, atMs))
    .map(({ node, transactionId, code }) => `${node} refused ${transactionId}, which is right, as ${code}`);
}

function wrongLists(chronicle: Chronicle): string[] {
  const ledger = slowLedgerOf(chronicle);
  const settings = settingsOf(chronicle);
  return eventsOf(chronicle, 'listed').flatMap(({ node, life, publicKey, spent, asOf, links }) => {
    if (settings.isOddAt({ node, life }, asOf)) return [];
    const due = outputsOf(ledger, publicKey, spent, asOf).sort().join();
    if ([...links].sort().join() === due) return [];
    const which = spent ? 'spent' : 'unspent';
    return [`${node} lists ${links.length} ${which} outputs of ${publicKey} as of ${asOf}; they are others`];
  });
}

function outputsOf(ledger: SlowLedger, publicKey: string, spent: boolean, asOf: number): string[] {
  return [...ledger.outputs]
    .filter(([link, output]) => {
      const [height = Number.POSITIVE_INFINITY] = ledger.validHeights.get(link.split(':')[0] ?? '') ?? [];
      if (height > asOf || !output.publicKeys.includes(publicKey)) return false;
      return (ledger.spentAt.get(link) ?? Number.POSITIVE_INFINITY) <= asOf === spent;
    })
    .map(([link]) => link);
}
