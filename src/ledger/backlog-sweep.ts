/**
 * Keeps the mirror of the backlog true to the store: reads new and re-assigned entries, verifies them like input from
 * outside, drops those that are gone, and quarantines junk (counted, logged once, skipped). 1.0.1 read the backlog by
 * its feed alone and forgot what it missed.
 */

import { BOUNDS, LEDGER } from '../config/limits.js';
import type { Logger, Runtime } from '../runtime/runtime.js';
import type { EntryState, PlacedEntry, Store } from '../store/store.js';
import type { Backlog, KnownEntry } from './backlog.js';
import type { Checker } from './checker.js';
import type { LedgerState } from './ledger-state.js';

const ENTRIES_PER_READ = 500;
/** Now and then everything is read again, so that no entry depends on what this process remembers of it. */
const FROM_BEGINNING_MS = 60_000;
/** And what this node has known for so long is compared with the store, so that nothing stays that is gone there. */
const COMPARE_MS = 10_000;

export interface BacklogSweepOptions {
  readonly store: Store;
  readonly checker: Checker;
  readonly state: LedgerState;
  readonly backlog: Backlog;
  readonly runtime: Runtime;
  readonly publicKey: string | null;
}

/** An entry that can never stand in a block by its own bytes, assigned to this node. */
export interface UnfitEntry {
  readonly entry: PlacedEntry;
  readonly code: string;
  readonly message: string;
}

export class BacklogSweep {
  private readonly log: Logger;
  private position = 0;
  /** Known entries that the store no longer holds, with the stamp they had. A part of the backlog's mirror. */
  private gone = new Map<KnownEntry, string>();
  /** By digest; about as many as are refused at a time. */
  private readonly unfitEntries = new Map<string, UnfitEntry>();
  private beganAtMs = Number.NEGATIVE_INFINITY;
  private comparedAtMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: BacklogSweepOptions) {
    this.log = options.runtime.logger('ledger');
  }

  /** What must be refused for good; the block pipeline does that, as often as it takes (`refused`). */
  unfit(): UnfitEntry[] {
    return [...this.unfitEntries.values()];
  }

  /** These entries have been refused. */
  refused(digests: readonly string[]): void {
    for (const digest of digests) this.unfitEntries.delete(digest);
  }

  /** Reads what is new. */
  async readNew(): Promise<void> {
    await this.compareOld();
    const now = this.options.runtime.clock.monotonicMs();
    if (now - this.beganAtMs >= FROM_BEGINNING_MS) {
      this.position = 0;
      this.beganAtMs = now;
    }
    for (;;) {
      // What is left waits for the next sweep, from this position on.
      if (this.options.backlog.full || this.unfitEntries.size >= BOUNDS.clearBatch) return;
      const entries = await this.options.store.readBacklog(this.position, ENTRIES_PER_READ);
      await this.take(entries);
      const last = entries[entries.length - 1];
      if (last === undefined) return;
      this.position = last.position;
    }
  }

  /** An entry may be decided or rejected elsewhere while this node was just taking it in. */
  private async compareOld(): Promise<void> {
    const { backlog, runtime } = this.options;
    const now = runtime.clock.monotonicMs();
    if (now - this.comparedAtMs < COMPARE_MS) return;
    this.comparedAtMs = now;
    const old: string[] = [];
    for (const entry of backlog.values()) {
      if (old.length >= BOUNDS.clearBatch) break;
      if (entry.stored && now - entry.assignedSinceMs >= COMPARE_MS) old.push(entry.transaction.digest);
    }
    if (old.length > 0) await this.compare(old);
  }

  /** Reads the entries of these transactions now, whatever the position, and drops known ones that are gone. */
  async readOf(transactionIds: readonly string[]): Promise<void> {
    const { store, backlog } = this.options;
    const before = transactionIds
      .flatMap((id) => backlog.ofTransaction(id))
      .filter((entry) => entry.stored)
      .map((entry) => ({ entry, stamp: entry.stamp }));
    const entries = await store.backlogByTransaction(transactionIds);
    await this.take(entries);
    const standing = new Set(entries.map((entry) => entry.digest));
    for (const { entry, stamp } of before) {
      // A resend may have been accepted since the store was read: then it has another stamp.
      if (!standing.has(entry.transaction.digest) && entry.stamp === stamp) this.note(entry);
    }
  }

  /** Compares known entries with the store: drops the gone, notes new assignments. */
  async compare(digests: readonly string[]): Promise<void> {
    const { store, backlog, runtime } = this.options;
    for (let start = 0; start < digests.length; start += BOUNDS.clearBatch) {
      const batch = digests.slice(start, start + BOUNDS.clearBatch);
      const stamps = new Map(batch.map((digest) => [digest, backlog.get(digest)?.stamp]));
      const states = new Map((await store.backlogStates(batch)).map((state) => [state.digest, state]));
      const now = runtime.clock.monotonicMs();
      for (const digest of batch) {
        const entry = backlog.get(digest);
        if (entry === undefined || !entry.stored || entry.stamp !== stamps.get(digest)) continue;
        const state = states.get(digest);
        if (state === undefined) this.note(entry);
        else if (state.stamp !== entry.stamp) entry.assignedSinceMs = now;
      }
    }
  }

  /**
   * The store does not hold this entry any more: it was decided or rejected. The mirror keeps it until what followed has
   * been read (`forgetGone`); else a door could find the transaction nowhere in between.
   */
  private note(entry: KnownEntry): void {
    if (this.options.backlog.get(entry.transaction.digest) !== entry) return;
    this.options.backlog.release(entry);
    this.gone.set(entry, entry.stamp);
  }

  /** Entries that were found gone so far. */
  takeGone(): ReadonlyMap<KnownEntry, string> {
    const taken = this.gone;
    this.gone = new Map();
    return taken;
  }

  /** Drops entries that had been taken before heights and rejections were read, unless they were sent again since. */
  forgetGone(gone: ReadonlyMap<KnownEntry, string>): void {
    const { backlog } = this.options;
    for (const [entry, stamp] of gone) {
      const { digest } = entry.transaction;
      if (backlog.get(digest) === entry && entry.stamp === stamp) backlog.remove(digest);
    }
  }

  private async take(entries: readonly PlacedEntry[]): Promise<void> {
    const { backlog, runtime, state, store } = this.options;
    const now = runtime.clock.monotonicMs();
    const decided: EntryState[] = [];
    const unknown: PlacedEntry[] = [];
    for (const entry of entries) {
      const known = backlog.get(entry.digest);
      if (known !== undefined) backlog.assign(known, entry.assignee, entry.stamp, now);
      else if (state.view.validTransaction(entry.transactionId) !== null) decided.push(entry);
      else unknown.push(entry);
    }
    if (decided.length > 0) await store.removeBacklog(decided);
    await this.check(unknown);
  }

  private async check(entries: readonly PlacedEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const limits = {
      transactionBytesMax: LEDGER.transactionBytesMax,
      signaturesMax: Number.MAX_SAFE_INTEGER,
    };
    const checked = await this.options.checker.checkTransactions(
      entries.map((entry) => entry.text),
      limits,
    );
    const decided: EntryState[] = [];
    entries.forEach((entry, index) => {
      const result = checked[index]?.result;
      if (result?.ok && result.transaction.digest === entry.digest) {
        // It may have been decided while it was checked: then nobody would ever take it from the backlog again.
        if (this.options.state.view.validTransaction(entry.transactionId) !== null) decided.push(entry);
        else this.remember(entry, result.transaction);
        return;
      }
      this.options.runtime.metrics.counter('bigchaindb_junk_total', 'backlog').add();
      this.log.warn('backlog.junk', { digest: entry.digest.slice(0, 64) });
      if (entry.assignee !== this.options.publicKey) return;
      const reason = result !== undefined && !result.ok ? result.problem : null;
      this.unfitEntries.set(entry.digest, {
        entry,
        code: reason?.code ?? 'NOT_CANONICAL',
        message: reason?.message ?? 'the entry is not the canonical text of its transaction',
      });
    });
    if (decided.length > 0) await this.options.store.removeBacklog(decided);
  }

  private remember(entry: PlacedEntry, transaction: Parameters<Backlog['add']>[0]['transaction']): void {
    const { backlog, runtime } = this.options;
    const now = runtime.clock.monotonicMs();
    backlog.add({
      transaction,
      assignee: entry.assignee,
      stamp: entry.stamp,
      acceptedAtMs: entry.acceptedAtMs,
      assignedSinceMs: now,
      seenAtMs: now,
      stored: true,
      waitedAtHeight: null,
    });
  }
}
