/**
 * Puts ledger and pipelines together over a given store, view and checker: everything of a node but its doors and
 * its concrete adapters. The same composition runs in production (worker runners, real time) and in simulation
 * (direct runners, seeded time). With `keyPair: null` it is a gateway: it follows, counts and answers, and never votes.
 */

import type { KeyPair } from '../codec/key-pair.js';
import type { Access } from '../ledger/access.js';
import type { Backlog } from '../ledger/backlog.js';
import { adoptBeginning, type Beginning } from '../ledger/genesis.js';
import type { Heights } from '../ledger/heights.js';
import { ImportedHeights } from '../ledger/imported-heights.js';
import type { LedgerState } from '../ledger/ledger-state.js';
import {
  checkDecidedUnder,
  checkMembers,
  checkPassedUnder,
  checkViewBelongs,
} from '../ledger/start-checks.js';
import { type StoreHint, StoreUnavailable } from '../store/store.js';
import { BlockPipeline } from './block.js';
import type { CoreOptions } from './core-options.js';
import { createAccess } from './create-access.js';
import { ElectionPipeline } from './election.js';
import { composeLedger, type LedgerParts } from './ledger-parts.js';
import { Pipeline } from './pipeline.js';
import { StalePipeline } from './stale.js';
import { VotePipeline } from './vote.js';

export interface Core {
  readonly access: Access;
  readonly state: LedgerState;
  readonly backlog: Backlog;
  readonly heights: Heights;
  /** Resolves when this node has read what the store held at its start, or after `timeoutMs`, whichever is first. */
  caughtUpOrAfter(timeoutMs: number): Promise<void>;
  /** Lets every step under way end; writes nothing afterwards. Closes neither store nor view. */
  stop(): Promise<void>;
}

const SWEEP_MS = 1000;
const STALE_SWEEP_MS = 2000;
const UNKNOWN_INPUT_MS = 600_000;
const GENESIS_WAIT_MS = 500;
/** A store that has not answered for this long makes the node «not ready». */
const STORE_TROUBLE_MS = 5000;

/** Adopts or makes the genesis block, checks that store, view and settings belong together, and starts the pipelines. */
export async function startCore(options: CoreOptions): Promise<Core> {
  const { store, view, keyPair } = options;
  const members = keyPair === null ? options.keyring : [...options.keyring, keyPair.publicKey];
  const { genesis, imported } = await waitForGenesis(options, members);
  await checkViewBelongs(view.read, store, genesis);
  const parts = composeLedger(options, keyPair?.publicKey ?? null);
  const importedHeights = imported === null ? null : new ImportedHeights(imported);
  parts.state.setFederation(genesis.voters, options.federationChanges, importedHeights);
  checkMembers(parts.state.federation, members, keyPair !== null);
  checkDecidedUnder(parts.state.federation, view.read, imported);
  await checkPassedUnder(parts.state.federation, view.read, options);
  if (parts.state.head < 0) {
    parts.applier.add(parts.state.place(genesis), null);
    await parts.applier.settled();
    const [failure] = parts.failures;
    if (failure !== undefined) throw failure;
  }
  return new RunningCore(options, parts);
}

/** A gateway makes no genesis block; it waits until a member has. */
async function waitForGenesis(options: CoreOptions, members: readonly string[]): Promise<Beginning> {
  const { store, checker, runtime, keyPair } = options;
  let told = false;
  for (;;) {
    try {
      return await adoptBeginning({ store, checker, runtime, keyPair, members });
    } catch (error) {
      if (keyPair !== null || !(error instanceof StoreUnavailable) || options.isStopping()) throw error;
      if (!told) runtime.logger('pipelines').info('gateway.waits_for_genesis', { reason: error.message });
      told = true;
      await new Promise<void>((resolve) => {
        runtime.scheduler.after(GENESIS_WAIT_MS, resolve);
      });
    }
  }
}

class RunningCore implements Core {
  readonly access: Access;
  readonly state: LedgerState;
  readonly backlog: Backlog;
  readonly heights: Heights;
  private readonly pipelines: Pipeline[] = [];
  private readonly election: Pipeline;
  private vote: Pipeline | null = null;
  private block: Pipeline | null = null;
  private blockStep: BlockPipeline | null = null;
  private caughtUp = false;
  private onCaughtUp: (() => void) | null = null;
  private readonly unfollow: () => void;

  constructor(
    private readonly options: CoreOptions,
    private readonly parts: LedgerParts,
  ) {
    this.state = parts.state;
    this.backlog = parts.backlog;
    this.heights = parts.heights;
    this.access = createAccess(options, parts, {
      wakeVote: () => this.vote?.wake(),
      wakeBlock: () => this.block?.wake(),
      notReady: () => this.notReady(),
    });
    this.election = this.createElection();
    if (options.keyPair !== null) this.createMemberPipelines(options.keyPair);
    else this.add('backlog', SWEEP_MS, () => parts.sweep.readNew());
    // Room has come free among the pending heights; what the store holds above them can be read.
    parts.committed.wake = () => {
      if (this.heights.isBehind) this.election.wake();
    };
    this.unfollow = options.store.follow((hint) => this.onHint(hint));
    for (const pipeline of this.pipelines) pipeline.start();
  }

  async stop(): Promise<void> {
    this.unfollow();
    await Promise.all(this.pipelines.map((pipeline) => pipeline.stop()));
    await this.parts.applier.settled();
  }

  private add(name: string, sweepMs: number, step: () => Promise<void>): Pipeline {
    const { runtime } = this.options;
    const pipeline = new Pipeline({ name, runtime, sweepMs, step, onBreach: this.parts.onFailure });
    this.pipelines.push(pipeline);
    return pipeline;
  }

  private createElection(): Pipeline {
    const { heights, applier, rejections, sweep, lateVotes, state } = this.parts;
    const step = new ElectionPipeline({
      heights,
      state,
      applier,
      rejections,
      sweep,
      lateVotes,
      wakeVote: () => this.vote?.wake(),
      wakeSelf: () => this.election.wake(),
    });
    return this.add('election', SWEEP_MS, async () => {
      await step.step();
      if (!heights.isBehind) this.setCaughtUp();
      this.block?.wake();
    });
  }

  private setCaughtUp(): void {
    this.caughtUp = true;
    this.onCaughtUp?.();
  }

  caughtUpOrAfter(timeoutMs: number): Promise<void> {
    if (this.caughtUp) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.options.runtime.scheduler.after(timeoutMs, resolve);
      this.onCaughtUp = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  private createMemberPipelines(keyPair: KeyPair): void {
    const { store, runtime } = this.options;
    const { heights, state, backlog, sweep, rejections } = this.parts;
    const vote = new VotePipeline({ store, heights, state, keyPair, runtime });
    this.vote = this.add('vote', SWEEP_MS, async () => {
      const decidedBefore = state.decidedHeight;
      await vote.step();
      // Room has come free among the pending heights; what the store holds above them can be read.
      if (heights.isBehind && state.decidedHeight > decidedBefore) this.election.wake();
      this.block?.wake();
    });
    const block = new BlockPipeline({
      store,
      heights,
      state,
      backlog,
      sweep,
      rejections,
      keyPair,
      runtime,
      blockIntervalMs: this.options.blockIntervalMs,
      unknownInputMs: UNKNOWN_INPUT_MS,
      sweepMs: SWEEP_MS,
      onClaimed: () => this.vote?.wake(),
      wakeAfter: (delayMs) => this.block?.wakeAfter(delayMs),
      wakeSelf: () => this.block?.wake(),
    });
    this.blockStep = block;
    this.block = this.add('block', SWEEP_MS, () => block.step());
    const stale = new StalePipeline({
      store,
      state,
      backlog,
      sweep,
      runtime,
      stamps: this.parts.stamps,
      publicKey: keyPair.publicKey,
      reassignDelayMs: this.options.reassignDelayMs,
    });
    this.add('stale', STALE_SWEEP_MS, () => stale.step());
  }

  /** What this process wrote itself it knows already; what others wrote is read at once. */
  private onHint(hint: StoreHint): void {
    if (hint.own) return;
    if (hint.blocks || hint.votes || hint.rejections) this.election.wake();
    if (!hint.backlog) return;
    this.blockStep?.readBacklog();
    this.block?.wake();
  }

  private notReady(): readonly string[] {
    const [failure] = this.parts.failures;
    if (failure !== undefined) return [`it is stopping: ${failure.message}`];
    const reasons: string[] = [];
    if (!this.caughtUp) reasons.push('it is still reading what the store holds');
    const now = this.options.runtime.clock.monotonicMs();
    for (const { troubledSinceMs } of this.pipelines) {
      if (troubledSinceMs !== null && now - troubledSinceMs > STORE_TROUBLE_MS) {
        reasons.push('the store does not answer');
        break;
      }
    }
    const { keyPair } = this.options;
    if (keyPair !== null && this.parts.state.isBarred(keyPair.publicKey, this.parts.state.head + 1)) {
      reasons.push(
        'a block of this node was decided invalid; it makes no more until federation.changes names it anew',
      );
    }
    return reasons;
  }
}
