/**
 * I6: from its acknowledgement on, at every instant, a transaction stands in the backlog, in a block that is not
 * invalid, or among the rejections. What a hostile member dropped that had been assigned to it is its client's to send
 * again.
 */

import type { Checker, Chronicle, EntryFact } from '../chronicle.js';
import { isObject, objectOf } from './documents.js';
import { slowLedgerOf } from './slow-ledger.js';
import { isTextOf } from './slow-transactions.js';

export const acknowledgedIsNeverLost: Checker = (chronicle) => {
  const standing = new Standing(chronicle);
  const lost: string[] = [];
  for (const event of chronicle.events) {
    const gone = standing.take(event);
    if (gone !== null && standing.isLost(gone))
      lost.push(`at ${event.atMs.toFixed(0)} ms ${gone} is acknowledged and stands nowhere`);
  }
  return lost;
};

/** Where each transaction stands as the events go by. */
class Standing {
  private readonly entries = new Map<string, string>();
  private readonly entriesOf = new Map<string, number>();
  private readonly inBlocks = new Set<string>();
  private readonly rejected = new Set<string>();
  private readonly acknowledged = new Set<string>();
  private readonly dropped = new Set<string>();
  private readonly deadBlocks: ReadonlySet<string>;
  private readonly processes: ReadonlySet<string>;

  constructor(chronicle: Chronicle) {
    // Final statuses serve for every instant: a block that ends invalid never counted.
    const dead = slowLedgerOf(chronicle).heights.filter(
      ({ status }) => status === 'invalid' || status === 'passed',
    );
    this.deadBlocks = new Set(dead.map(({ fact }) => fact.id));
    this.processes = new Set(chronicle.processes);
  }

  /** The transaction whose standing may have ended by this event. */
  take(event: Chronicle['events'][number]): string | null {
    switch (event.kind) {
      case 'entry':
        this.enter(event.entry);
        return null;
      case 'entry gone': {
        const id = this.entries.get(event.digest) ?? '';
        this.entries.delete(event.digest);
        this.count(id, -1);
        if (!this.processes.has(event.by)) this.dropped.add(id);
        return id;
      }
      case 'block':
        if (!this.deadBlocks.has(event.block.id))
          for (const id of idsIn(event.block.text)) this.inBlocks.add(id);
        return null;
      case 'rejection':
        this.rejected.add(event.rejection.transactionId);
        return null;
      case 'acknowledged':
        this.acknowledged.add(event.transactionId);
        return event.transactionId;
      default:
        return null;
    }
  }

  isLost(id: string): boolean {
    if (!this.acknowledged.has(id) || this.dropped.has(id)) return false;
    return (this.entriesOf.get(id) ?? 0) < 1 && !this.inBlocks.has(id) && !this.rejected.has(id);
  }

  /** Another text under the id of a transaction does not stand for it. */
  private enter({ digest, transactionId, text }: EntryFact): void {
    if (this.entries.has(digest) || !isTextOf(transactionId, text)) return;
    this.count(transactionId, 1);
    this.entries.set(digest, transactionId);
  }

  private count(id: string, by: number): void {
    this.entriesOf.set(id, (this.entriesOf.get(id) ?? 0) + by);
  }
}

function idsIn(blockText: string): string[] {
  const transactions = objectOf(blockText)?.transactions;
  if (!Array.isArray(transactions)) return [];
  return transactions.flatMap((each) => (isObject(each) && typeof each.id === 'string' ? [each.id] : []));
}
