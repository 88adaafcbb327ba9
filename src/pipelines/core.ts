/**
 * Puts ledger and pipelines together over a given store, view and checker: everything of a node but its doors and
 * its concrete adapters. The same composition runs in production (worker runners, real time) and in simulation
 * (direct runners, seeded time). With `keyPair: null` it is a gateway: it follows, counts and answers, and never votes.
 */

import type { KeyPair } from '../codec/key-pair.js';
import { BOUNDS } from '../config/limits.js';
import { Access } from '../ledger/access.js';
import { Applier } from '../ledger/applier.js';
import { Backlog } from '../ledger/backlog.js';
import { BacklogSweep } from '../ledger/backlog-sweep.js';
import type { Checker, CheckLimits } from '../ledger/checker.js';
import type { FederationChange } from '../ledger/federation.js';
import { adoptGenesis } from '../ledger/genesis.js';
import { Heights } from '../ledger/heights.js';
import { LateVotes } from '../ledger/late-votes.js';
import { LedgerState } from '../ledger/ledger-state.js';
import { Look } from '../ledger/look.js';
import { Rejections } from '../ledger/rejections.js';
import { Stamps } from '../ledger/stamps.js';
import { checkDecidedUnder, checkMembers, checkViewBelongs } from '../ledger/start-checks.js';
import { Submit } from '../ledger/submit.js';
import { watchedView } from '../ledger/view-failed.js';
import type { CheckedBlock } from '../model/block-types.js';
import type { Runtime } from '../runtime/runtime.js';
import { type Store, type StoreHint, StoreUnavailable } from '../store/store.js';
import type { View } from '../view/view.js';
import { BlockPipeline } from './block.js';
import { ElectionPipeline } from './election.js';
import { Pipeline } from './pipeline.js';
import { StalePipeline } from './stale.js';
import { VotePipeline } from './vote.js';

export interface CoreOptions {
  readonly store: Store;
  readonly view: View;
  readonly checker: Checker;
  readonly runtime: Runtime;
  readonly keyPair: KeyPair | null;
  /** The other members' keys. */
  readonly keyring: readonly string[];
  readonly federationChanges: readonly FederationChange[];
  readonly blockIntervalMs: number;
  readonly reassignDelayMs: number;
  readonly limits: CheckLimits;
  /** After each commit of the view, in order. */
  readonly onHead: (height: number) => void;
  readonly onRejected: (transactionId: string) => void;
  /** See AccessOptions. */
  readonly onChange: (listener: () => void) => () => void;
  /** The node is being stopped before it has started. */
  readonly isStopping: () => boolean;
  /** The node cannot go on: an invariant is broken, or a file failed. */
  readonly onFailure: (error: Error) => void;
}

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
const LOOK_TIMEOUT_MS = 1000;
/** A store that has not answered for this long makes the node «not ready». */
const STORE_TROUBLE_MS = 5000;

/** Adopts or makes the genesis block, checks that store, view and settings belong together, and starts the pipelines. */
export async function startCore(options: CoreOptions): Promise<Core> {
  const { store, view, keyPair } = options;
  const members = keyPair === null ? options.keyring : [...options.keyring, keyPair.publicKey];
  const genesis = await waitForGenesis(options, members);
  await checkViewBelongs(view.read, store, genesis);
  const parts = composeLedger(options, keyPair?.publicKey ?? null);
  parts.state.setFederation(genesis.voters, options.federationChanges);
  checkMembers(parts.state.federation, members, keyPair !== null);
  checkDecidedUnder(parts.state.federation, view.read);
  if (parts.state.head < 0) {
    parts.applier.add(parts.state.place(genesis), null);
    await parts.applier.settled();
    const [failure] = parts.failures;
    if (failure !== undefined) throw failure;
  }
  return new RunningCore(options, parts);
}

/** A gateway makes no genesis block; it waits until a member has. */
async function waitForGenesis(options: CoreOptions, members: readonly string[]): Promise<CheckedBlock> {
  const { store, checker, runtime, keyPair } = options;
  let told = false;
  for (;;) {
    try {
      return await adoptGenesis({ store, checker, runtime, keyPair, members });
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

type LedgerParts = ReturnType<typeof composeLedger>;

function composeLedger(options: CoreOptions, publicKey: string | null) {
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
    this.access = this.createAccess();
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

  private createAccess(): Access {
    const { runtime, store, checker, keyPair } = this.options;
    const { state, backlog, heights, applier, sweep, rejections, failures } = this.parts;
    const look = new Look({
      scheduler: runtime.scheduler,
      timeoutMs: LOOK_TIMEOUT_MS,
      idsMax: BOUNDS.idsPerLook,
      readBacklogOf: (ids) => sweep.readOf(ids),
      readRejectionsOf: (ids) => rejections.readOf(ids),
      readHeights: async () => {
        await heights.refresh();
        await heights.judgeDecided();
        this.vote?.wake();
        if (heights.isBehind || heights.votesBehind)
          throw new StoreUnavailable('this node is still reading what the store holds');
        await applier.settled();
        const [failure] = failures;
        if (failure !== undefined) throw new StoreUnavailable(failure.message);
      },
    });
    const submit = new Submit({
      store,
      checker,
      state,
      backlog,
      runtime,
      stamps: this.parts.stamps,
      limits: this.options.limits,
      checksQueuedMax: BOUNDS.checksQueuedMax,
      chooseAssignee: () => this.assignee(),
      look: (ids) => look.take(ids),
      onAccepted: () => this.block?.wake(),
    });
    return new Access({
      publicKey: keyPair?.publicKey ?? null,
      keyring: this.options.keyring,
      state,
      backlog,
      submit,
      look,
      runtime,
      onChange: this.options.onChange,
      notReady: () => this.notReady(),
    });
  }

  /** This node; a random member for a gateway, and for a node that is not a member at this height. */
  private assignee(): string {
    const members = this.parts.state.federation.membersAt(this.parts.state.head + 1);
    const me = this.options.keyPair?.publicKey;
    if (me !== undefined && members.includes(me)) return me;
    return members[this.options.runtime.random.integer(Math.max(1, members.length))] ?? '';
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
