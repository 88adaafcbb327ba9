/**
 * The election pipeline (1.0.1: pipelines/election): follows the store, counts votes in order of height, brings
 * rejections and late votes into the view, and clears what is decided. Works on facts that anyone can read, so a
 * gateway runs it as well.
 */

import { BOUNDS } from '../config/limits.js';
import type { Applier } from '../ledger/applier.js';
import type { BacklogSweep } from '../ledger/backlog-sweep.js';
import type { Heights } from '../ledger/heights.js';
import type { LateVotes } from '../ledger/late-votes.js';
import type { LedgerState } from '../ledger/ledger-state.js';
import type { Rejections } from '../ledger/rejections.js';

export interface ElectionPipelineOptions {
  readonly heights: Heights;
  readonly state: LedgerState;
  readonly applier: Applier;
  readonly rejections: Rejections;
  readonly sweep: BacklogSweep;
  readonly lateVotes: LateVotes;
  /** Wakes the pipeline that judges; a no-op for gateways. */
  readonly wakeVote: () => void;
  /** Runs this step again at once. */
  readonly wakeSelf: () => void;
}

export class ElectionPipeline {
  constructor(private readonly options: ElectionPipelineOptions) {}

  async step(): Promise<void> {
    const { heights, state, applier, rejections, sweep, lateVotes, wakeVote, wakeSelf } = this.options;
    const headBefore = state.head;
    const gone = sweep.takeGone();
    await heights.refresh();
    wakeVote();
    await applier.clear();
    await rejections.readNew();
    await applier.settled();
    sweep.forgetGone(gone);
    await lateVotes.read(BOUNDS.lateVoteHeights);
    await heights.recheckPassedOver();
    if (heights.votesBehind || (heights.isBehind && state.head > headBefore)) wakeSelf();
  }
}
