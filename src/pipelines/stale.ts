/**
 * The stale pipeline (1.0.1: pipelines/stale): entries that wait too long under one assignment go to another member.
 * Age counts from when this node first saw the assignment, never from another's clock. A double take is harmless:
 * heights forbid a double inclusion.
 */

import { BOUNDS } from '../config/limits.js';
import type { Backlog, KnownEntry } from '../ledger/backlog.js';
import type { BacklogSweep } from '../ledger/backlog-sweep.js';
import type { LedgerState } from '../ledger/ledger-state.js';
import type { Stamps } from '../ledger/stamps.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Reassignment, Store } from '../store/store.js';

export interface StalePipelineOptions {
  readonly store: Store;
  readonly state: LedgerState;
  readonly backlog: Backlog;
  readonly sweep: BacklogSweep;
  readonly runtime: Runtime;
  readonly stamps: Stamps;
  readonly publicKey: string;
  readonly reassignDelayMs: number;
}

export class StalePipeline {
  constructor(private readonly options: StalePipelineOptions) {}

  async step(): Promise<void> {
    const { sweep, store, runtime, stamps } = this.options;
    const suspects = this.stale();
    if (suspects.length === 0) return;
    await sweep.compare(suspects.map((entry) => entry.transaction.digest));
    const changes: Reassignment[] = this.stale().map((entry) => ({
      digest: entry.transaction.digest,
      stamp: entry.stamp,
      assignee: this.nextAssignee(entry.assignee),
      newStamp: stamps.next(),
    }));
    if (changes.length === 0) return;
    runtime.failpoints.hit('stale.mid_reassign');
    // A crash here leaves the old assignment; the next sweep of any member finds it stale again.
    await store.reassignBacklog(changes);
    await sweep.readNew();
  }

  /** Entries of others that are older than the delay, and do not stand in an undecided block. */
  private stale(): KnownEntry[] {
    const { backlog, runtime, reassignDelayMs, publicKey, state } = this.options;
    const now = runtime.clock.monotonicMs();
    const stale: KnownEntry[] = [];
    for (const entry of backlog.values()) {
      if (stale.length >= BOUNDS.clearBatch) break;
      if (!entry.stored || now - entry.assignedSinceMs < reassignDelayMs) continue;
      const standsElsewhere = entry.assignee !== publicKey;
      if (standsElsewhere && state.inclusion(entry.transaction.id) === 'none') stale.push(entry);
    }
    return stale;
  }

  /** 1.0.1 section 4.4: a random member other than the present assignee. */
  private nextAssignee(present: string): string {
    const { state, runtime, publicKey } = this.options;
    const others = state.federation.membersAt(state.head + 1).filter((member) => member !== present);
    return others[runtime.random.integer(Math.max(1, others.length))] ?? publicKey;
  }
}
