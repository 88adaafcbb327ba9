/** The parts of the ledger that the pipelines drive, each given what it stands on. */

import { Applier } from '../ledger/applier.js';
import { Backlog } from '../ledger/backlog.js';
import { BacklogSweep } from '../ledger/backlog-sweep.js';
import { Heights } from '../ledger/heights.js';
import { LateVotes } from '../ledger/late-votes.js';
import { LedgerState } from '../ledger/ledger-state.js';
import { Rejections } from '../ledger/rejections.js';
import { Stamps } from '../ledger/stamps.js';
import { watchedView } from '../ledger/view-failed.js';
import type { CoreOptions } from './core-options.js';

/** `publicKey`: of this member; null for a gateway. */
export function composeLedger(options: CoreOptions, publicKey: string | null) {
  const { store, checker, runtime } = options;
  const failures: Error[] = [];
  const onFailure = (error: Error): void => {
    if (failures.length === 0) failures.push(error);
    options.onFailure(error);
  };
  const committed = { wake: (): void => undefined };
  const view = watchedView(options.view, onFailure);
  const state = new LedgerState(view.read, runtime.clock);
  const backlog = new Backlog(publicKey);
  const applier = new Applier({
    view,
    store,
    state,
    backlog,
    runtime,
    onCommitted: (height) => {
      options.onHead(height);
      committed.wake();
    },
    onFailure,
  });
  const votesReader = { store, clock: runtime.clock, scheduler: runtime.scheduler };
  const heights = new Heights({ store, checker, state, applier, backlog, publicKey, runtime });
  const sweep = new BacklogSweep({ store, checker, state, backlog, runtime, publicKey });
  const rejections = new Rejections({
    store,
    view,
    state,
    backlog,
    sweep,
    runtime,
    onRejected: options.onRejected,
  });
  const stamps = new Stamps(runtime.random);
  const lateVotes = new LateVotes(votesReader, view, state);
  return {
    state,
    backlog,
    applier,
    heights,
    sweep,
    rejections,
    lateVotes,
    stamps,
    committed,
    failures,
    onFailure,
  };
}

export type LedgerParts = ReturnType<typeof composeLedger>;
