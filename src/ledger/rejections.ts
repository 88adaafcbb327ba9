/**
 * Rejections: the remembered refusal of a transaction that no block will hold (D4; architecture, section 5,
 * "Rejecting"). Writes this node's own, and brings those of all members into the view once their signature verifies.
 */

import type { KeyPair } from '../codec/key-pair.js';
import { BOUNDS } from '../config/limits.js';
import { makeRejection, readRejection, verifyRejection } from '../model/rejection.js';
import type { Logger, Runtime } from '../runtime/runtime.js';
import type { PlacedRejection, Store } from '../store/store.js';
import type { View, ViewRejection } from '../view/view.js';
import type { Backlog } from './backlog.js';
import type { BacklogSweep } from './backlog-sweep.js';
import type { LedgerState } from './ledger-state.js';

/** Longest time that signatures hold the event loop. */
const SLICE_MS = 10;

export interface RejectionsOptions {
  readonly store: Store;
  readonly view: View;
  readonly state: LedgerState;
  readonly backlog: Backlog;
  readonly sweep: BacklogSweep;
  readonly runtime: Runtime;
  readonly onRejected: (transactionId: string) => void;
}

/** What is to be rejected: an entry in the state it was judged in. */
export interface Refusal {
  readonly transactionId: string;
  readonly digest: string;
  readonly stamp: string;
  readonly code: string;
  readonly message: string;
}

export class Rejections {
  private readonly log: Logger;

  constructor(private readonly options: RejectionsOptions) {
    this.log = options.runtime.logger('ledger');
  }

  /**
   * Writes the rejections, then clears the entries. Called by a member with its own key pair. Answers the digests of
   * those whose rejection stands; throws StoreUnavailable when it is not known of all that their entries are cleared.
   */
  async reject(refusals: readonly Refusal[], keyPair: KeyPair): Promise<string[]> {
    if (refusals.length === 0) return [];
    const { store, runtime, state, backlog } = this.options;
    const timestamp = String(Math.round(runtime.clock.nowMs() / 1000));
    const facts = refusals.map((refusal) =>
      makeRejection(keyPair, {
        transactionId: refusal.transactionId,
        digest: refusal.digest,
        code: refusal.code,
        message: refusal.message,
        height: state.decidedHeight,
        timestamp,
      }),
    );
    const results = await store.addRejections(facts);
    runtime.failpoints.hit('block.after_reject');
    // A crash here leaves the rejection and the entry: the entry is judged again, and rejected again with another text.
    const written = refusals.filter((_, index) => results[index] === 'ok' || results[index] === 'duplicate');
    await store.removeBacklog(written.map(({ digest, stamp }) => ({ digest, stamp })));
    // The view has the rejection before the mirror loses the entry: a door always finds one of them.
    await this.readNew();
    for (const { digest, stamp } of written) if (backlog.get(digest)?.stamp === stamp) backlog.remove(digest);
    return written.map((refusal) => refusal.digest);
  }

  /** Brings what the store holds beyond the view's position into the view. */
  async readNew(): Promise<void> {
    const { store, view } = this.options;
    for (;;) {
      const facts = await store.readRejections(view.rejectionPosition(), BOUNDS.rejectionsRead);
      const last = facts[facts.length - 1];
      if (last === undefined) return;
      const taken = await this.verifiedOf(facts);
      // A crash here leaves the view at its former position; the same facts are read again.
      await view.addRejections(taken, last.position);
      await this.dropEntries(taken);
      for (const rejection of taken) this.options.onRejected(rejection.transactionId);
    }
  }

  /** Rejections of these transactions, past the view's position or not. */
  async readOf(transactionIds: readonly string[]): Promise<void> {
    const facts = await this.options.store.rejectionsByTransaction(transactionIds);
    if (facts.some((fact) => fact.position > this.options.view.rejectionPosition())) await this.readNew();
  }

  private async dropEntries(rejections: readonly ViewRejection[]): Promise<void> {
    const { backlog, sweep } = this.options;
    const digests = rejections.flatMap((rejection) =>
      backlog.ofTransaction(rejection.transactionId).map((entry) => entry.transaction.digest),
    );
    if (digests.length > 0) await sweep.compare(digests);
  }

  /** A page of them costs more than the event loop may be held at a time. */
  private async verifiedOf(facts: readonly PlacedRejection[]): Promise<ViewRejection[]> {
    const { clock, scheduler } = this.options.runtime;
    const taken: ViewRejection[] = [];
    let sliceStart = clock.monotonicMs();
    for (const fact of facts) {
      taken.push(...this.verified(fact));
      if (clock.monotonicMs() - sliceStart < SLICE_MS) continue;
      await scheduler.yieldTurn();
      sliceStart = clock.monotonicMs();
    }
    return taken;
  }

  private verified(fact: PlacedRejection): ViewRejection[] {
    const read = readRejection(fact.text);
    const { federation } = this.options.state;
    const eligible =
      read !== null && federation.everHad(read.node) && read.transactionId === fact.transactionId;
    if (!eligible || !verifyRejection(read)) {
      this.options.runtime.metrics.counter('bigchaindb_junk_total', 'rejection').add();
      this.log.warn('rejection.junk', { digest: fact.digest.slice(0, 64) });
      return [];
    }
    return [
      {
        transactionId: read.transactionId,
        code: read.code,
        message: read.message,
        atMs: Number(read.timestamp) * 1000,
        node: read.node,
        position: fact.position,
        digest: fact.digest,
        text: fact.text,
      },
    ];
  }
}
