/**
 * The backlog as this node knows it: accepted transactions that are not decided, its own and the other members', with
 * the outputs they mean to spend. A mirror of the store's entries; losing it loses nothing, the sweep reads them
 * again. Bounded by BOUNDS.backlogEntriesMax and backlogBytesMax at the door (`full`).
 */

import { BOUNDS } from '../config/limits.js';
import type { WellFormedTransaction } from '../model/transaction-types.js';
import { linkKey } from './pending-heights.js';

export interface KnownEntry {
  readonly transaction: WellFormedTransaction;
  assignee: string;
  stamp: string;
  /** Unix milliseconds of the node that accepted it. */
  readonly acceptedAtMs: number;
  /** Monotonic milliseconds when this node first saw this assignment; staleness counts from here. */
  assignedSinceMs: number;
  /** Monotonic milliseconds when this node first saw the entry at all. */
  readonly seenAtMs: number;
  /** The entry is known to be on stable storage; before that it only reserves its outputs at the door. */
  stored: boolean;
  /** It waited for undecided heights when this was the last decided one; looked at again when that has grown. */
  waitedAtHeight: number | null;
}

export class Backlog {
  private readonly entries = new Map<string, KnownEntry>();
  private readonly byTransaction = new Map<string, Set<KnownEntry>>();
  private readonly spends = new Map<string, Set<KnownEntry>>();
  /** Entries assigned to this node, in order of assignment. */
  private readonly own = new Set<KnownEntry>();
  private bytes = 0;

  /** `me`: this node's key, or null for a gateway. */
  constructor(private readonly me: string | null) {}

  get count(): number {
    return this.entries.size;
  }

  /** True when the door must answer BACKLOG_FULL. */
  get full(): boolean {
    return this.count >= BOUNDS.backlogEntriesMax || this.bytes >= BOUNDS.backlogBytesMax;
  }

  get(digest: string): KnownEntry | undefined {
    return this.entries.get(digest);
  }

  /** In order of first sight. */
  values(): IterableIterator<KnownEntry> {
    return this.entries.values();
  }

  ofTransaction(transactionId: string): readonly KnownEntry[] {
    const entries = this.byTransaction.get(transactionId);
    return entries === undefined ? [] : [...entries];
  }

  /** Adds an entry, or gives back the one with its digest. */
  add(entry: KnownEntry): KnownEntry {
    const known = this.entries.get(entry.transaction.digest);
    if (known !== undefined) return known;
    this.entries.set(entry.transaction.digest, entry);
    this.bytes += entry.transaction.bytes;
    join(this.byTransaction, entry.transaction.id, entry);
    for (const spend of entry.transaction.spends) {
      join(this.spends, linkKey(spend.transactionId, spend.outputIndex), entry);
    }
    if (entry.stored && entry.assignee === this.me) this.own.add(entry);
    return entry;
  }

  /** The entry stands in the store under this assignment. */
  assign(entry: KnownEntry, assignee: string, stamp: string, nowMs: number): void {
    if (entry.stamp !== stamp) entry.assignedSinceMs = nowMs;
    entry.assignee = assignee;
    entry.stamp = stamp;
    entry.stored = true;
    if (!this.entries.has(entry.transaction.digest)) return;
    if (assignee === this.me) this.own.add(entry);
    else this.own.delete(entry);
  }

  /** Entries that this node is to put into blocks, oldest assignment first. */
  mine(): IterableIterator<KnownEntry> {
    return this.own.values();
  }

  /** This node puts the entry into no block any more, unless it is assigned anew. */
  release(entry: KnownEntry): void {
    this.own.delete(entry);
  }

  get mineCount(): number {
    return this.own.size;
  }

  remove(digest: string): void {
    const entry = this.entries.get(digest);
    if (entry === undefined) return;
    this.entries.delete(digest);
    this.bytes -= entry.transaction.bytes;
    leave(this.byTransaction, entry.transaction.id, entry);
    this.own.delete(entry);
    for (const spend of entry.transaction.spends) {
      leave(this.spends, linkKey(spend.transactionId, spend.outputIndex), entry);
    }
  }

  /**
   * Digests of the `limit` oldest entries: a signature is verified once per process, so a block that holds these need
   * not have them verified again.
   */
  oldestDigests(limit: number): string[] {
    const digests: string[] = [];
    for (const digest of this.entries.keys()) {
      if (digests.length >= limit) break;
      digests.push(digest);
    }
    return digests;
  }

  /** Id of a transaction other than `byId` in the backlog that means to spend this output. */
  otherSpender(transactionId: string, outputIndex: number, byId: string): string | null {
    for (const entry of this.spends.get(linkKey(transactionId, outputIndex)) ?? []) {
      if (entry.transaction.id !== byId) return entry.transaction.id;
    }
    return null;
  }

  /** Monotonic milliseconds of the oldest entry's first sight; null when empty. */
  get oldestSeenAtMs(): number | null {
    for (const entry of this.entries.values()) return entry.seenAtMs;
    return null;
  }
}

function join(map: Map<string, Set<KnownEntry>>, key: string, entry: KnownEntry): void {
  const set = map.get(key);
  if (set === undefined) map.set(key, new Set([entry]));
  else set.add(entry);
}

function leave(map: Map<string, Set<KnownEntry>>, key: string, entry: KnownEntry): void {
  const set = map.get(key);
  if (set === undefined) return;
  set.delete(entry);
  if (set.size === 0) map.delete(key);
}
