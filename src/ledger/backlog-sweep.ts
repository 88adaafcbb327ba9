/**
 * Keeps the mirror of the backlog true to the store: reads new and re-assigned entries, verifies them like input from
 * outside, drops those that are gone, and quarantines junk (counted, logged once, skipped). 1.0.1 read the backlog by
 * its feed alone and forgot what it missed.
 */

import { BOUNDS, LEDGER } from '../config/limits.js';
import type { Logger, Runtime } from '../runtime/runtime.js';
import type { EntryState, PlacedEntry, Store } from '../store/store.js';
import type { Backlog } from './backlog.js';
import type { Checker } from './checker.js';
import type { LedgerState } from './ledger-state.js';

const ENTRIES_PER_READ = 500;
/** Now and then everything is read again, so that no entry depends on what this process remembers of it. */
const FROM_BEGINNING_MS = 60_000;

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
  private beganAtMs = Number.NEGATIVE_INFINITY;
  /** Entries that cannot be judged because they are junk; counted for metrics. */
  junk = 0;

  constructor(private readonly options: BacklogSweepOptions) {
    this.log = options.runtime.logger('ledger');
  }

  /** Reads what is new. Answers what must be refused for good; the block pipeline does that. */
  async readNew(): Promise<UnfitEntry[]> {
    const unfit: UnfitEntry[] = [];
    const now = this.options.runtime.clock.monotonicMs();
    if (now - this.beganAtMs >= FROM_BEGINNING_MS) {
      this.position = 0;
      this.beganAtMs = now;
    }
    for (;;) {
      if (this.options.backlog.full) return unfit;
      const entries = await this.options.store.readBacklog(this.position, ENTRIES_PER_READ);
      unfit.push(...(await this.take(entries)));
      const last = entries[entries.length - 1];
      if (last === undefined) return unfit;
      this.position = last.position;
    }
  }

  /** Reads the entries of these transactions now, whatever the position, and drops known ones that are gone. */
  async readOf(transactionIds: readonly string[]): Promise<void> {
    const { store, backlog } = this.options;
    const before = transactionIds.flatMap((id) => backlog.ofTransaction(id)).filter((entry) => entry.stored);
    const entries = await store.backlogByTransaction(transactionIds);
    await this.take(entries);
    const standing = new Set(entries.map((entry) => entry.digest));
    for (const entry of before) {
      if (!standing.has(entry.transaction.digest)) backlog.remove(entry.transaction.digest);
    }
  }

  /** Compares known entries with the store: drops the gone, notes new assignments. */
  async compare(digests: readonly string[]): Promise<void> {
    const { store, backlog, runtime } = this.options;
    for (let start = 0; start < digests.length; start += BOUNDS.clearBatch) {
      const batch = digests.slice(start, start + BOUNDS.clearBatch);
      const states = new Map((await store.backlogStates(batch)).map((state) => [state.digest, state]));
      const now = runtime.clock.monotonicMs();
      for (const digest of batch) {
        const entry = backlog.get(digest);
        if (entry === undefined || !entry.stored) continue;
        const state = states.get(digest);
        if (state === undefined) backlog.remove(digest);
        else if (state.stamp !== entry.stamp) entry.assignedSinceMs = now;
      }
    }
  }

  private async take(entries: readonly PlacedEntry[]): Promise<UnfitEntry[]> {
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
    return this.check(unknown);
  }

  private async check(entries: readonly PlacedEntry[]): Promise<UnfitEntry[]> {
    if (entries.length === 0) return [];
    const limits = {
      transactionBytesMax: LEDGER.transactionBytesMax,
      signaturesMax: Number.MAX_SAFE_INTEGER,
    };
    const checked = await this.options.checker.checkTransactions(
      entries.map((entry) => entry.text),
      limits,
    );
    const unfit: UnfitEntry[] = [];
    entries.forEach((entry, index) => {
      const result = checked[index]?.result;
      if (result?.ok && result.transaction.digest === entry.digest) {
        this.remember(entry, result.transaction);
        return;
      }
      this.junk += 1;
      this.log.warn('backlog.junk', { digest: entry.digest.slice(0, 64) });
      if (entry.assignee !== this.options.publicKey) return;
      const reason = result !== undefined && !result.ok ? result.problem : null;
      unfit.push({
        entry,
        code: reason?.code ?? 'NOT_CANONICAL',
        message: reason?.message ?? 'the entry is not the canonical text of its transaction',
      });
    });
    return unfit;
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
