/**
 * One seed from its beginning to its verdict. Safety phase: clients, hostile members and faults at once. Liveness phase:
 * the faults end, a majority of the members is up, and everything must come to rest in bounded time. Then the checkers
 * judge the chronicle; and in some seeds somebody tampers with copies of the store, which the audit must find.
 */

import { keyPairOf } from '../support/keys.js';
import { RestlessWorld } from '../support/simulated-runtime.js';
import { NOTHING, type TamperingOutcome, tamper } from './audit-tampered.js';
import { type Breach, judge } from './checkers/all.js';
import { slowLedgerOf } from './checkers/slow-ledger.js';
import type { Chronicle } from './chronicle.js';
import { HostileMember } from './hostile-member.js';
import { unrest } from './rest.js';
import { keysOfLists, Simulation } from './simulation.js';
import { Subscriber } from './subscriber.js';
import type { FaultKind } from './swarm.js';
import { recordView } from './view-record.js';
import { Workload } from './workload.js';

/** Virtual time in which everything must come to rest: an entry with an unknown input is refused after ten minutes. */
const REST_MS = 1_500_000;
const ACTIONS = 40;

export interface SeedOutcome {
  readonly seed: number;
  /** Empty when all is well. */
  readonly breaches: readonly Breach[];
  readonly traceHash: string;
  readonly virtualMs: number;
  readonly heights: number;
  readonly acknowledged: number;
  readonly crashes: number;
  /** Faults that were injected, crashes included. */
  readonly faultCount: number;
  readonly hostileActs: number;
  readonly members: number;
  /** What was done to the store after the run (Z8), and what the audit found of it. */
  readonly tampering: TamperingOutcome;
  /** Kinds of faults that were on. */
  readonly kinds: readonly FaultKind[];
  /** The last lines of the trace. */
  readonly trace: readonly string[];
}

/** Runs one seed. Faults of the kinds in `without` are left out. Never throws for what the nodes do. */
export async function runSeed(
  seed: number,
  without: ReadonlySet<FaultKind> = new Set(),
): Promise<SeedOutcome> {
  const simulation = new Simulation(seed, without);
  const onUnhandled = (error: unknown): void =>
    simulation.record({ kind: 'unhandled', error: String(error) });
  process.on('unhandledRejection', onUnhandled);
  try {
    return await new SeedRun(simulation).run();
  } finally {
    process.off('unhandledRejection', onUnhandled);
  }
}

class SeedRun {
  private readonly workload: Workload;
  private readonly hostile: readonly HostileMember[];
  private readonly subscribers: readonly Subscriber[];

  constructor(private readonly simulation: Simulation) {
    this.workload = new Workload(simulation);
    this.hostile = simulation.hostile.map((name) => new HostileMember(simulation, this.workload, name));
    this.subscribers = ['subscriber-1', 'subscriber-2'].map((name) => new Subscriber(simulation, name));
  }

  async run(): Promise<SeedOutcome> {
    const { breaches, tampering } = await this.judged();
    for (const node of this.simulation.nodes) {
      node.die();
      await node.closeView();
    }
    return this.outcome([...breaches, ...tampering.breaches], tampering);
  }

  /** A world that spins is over: nothing more can be run in it, so there is no rest and nothing else to judge. */
  private async judged(): Promise<Pick<SeedOutcome, 'breaches' | 'tampering'>> {
    try {
      await this.safetyPhase();
      const reason = await this.livenessPhase();
      const chronicle = await this.chronicle(reason);
      const breaches = judge(chronicle);
      // What a run has broken needs nobody who tampers with it.
      if (breaches.length > 0) return { breaches, tampering: NOTHING };
      const heights = slowLedgerOf(chronicle).decided;
      return { breaches, tampering: await tamper(this.simulation, heights, chronicle.changes) };
    } catch (error) {
      if (!(error instanceof RestlessWorld)) throw error;
      return { breaches: [{ invariant: 'I14', message: error.message }], tampering: NOTHING };
    }
  }

  private async safetyPhase(): Promise<void> {
    const { simulation } = this;
    const { world, nodes, faults, store } = simulation;
    const phaseMs = world.random.pick([20_000, 60_000, 600_000, 1_800_000, 3_600_000]);
    for (const node of nodes)
      if (!node.isLost) world.schedule('start', world.random.integer(500), () => node.startAgain());
    this.loseMinority(phaseMs);
    faults.plan(nodes, store, phaseMs);
    // Clients come in bursts, with quiet hours between them.
    const bursts = Array.from({ length: 1 + world.random.integer(4) }, () => world.random.integer(phaseMs));
    simulation.change?.begin(bursts);
    for (let action = 0; action < ACTIONS; action += 1) {
      const atMs = world.random.pick(bursts) + world.random.integer(15_000);
      world.schedule('workload', atMs, () => this.workload.act());
    }
    for (const member of this.hostile) {
      for (let act = 0; act < 8 + world.random.integer(20); act += 1)
        world.schedule('hostile', world.random.pick(bursts) + world.random.integer(15_000), () =>
          member.act(),
        );
    }
    for (const subscriber of this.subscribers)
      world.schedule('subscriber', world.random.integer(5000), () => subscriber.start());
    await world.runFor(phaseMs + 20_000);
  }

  /** Dies at some time and never comes back; with the hostile ones they stay fewer than half. */
  private loseMinority(phaseMs: number): void {
    const { world, correct, bearable, change, swarm, faults } = this.simulation;
    if (!swarm.kinds.has('lost member')) return;
    const spared = [change?.plan.odd?.name, change?.plan.added];
    // What one key's second process does is that member's doing still.
    for (const node of correct.filter(({ name }) => !spared.includes(name)).slice(1, 1 + bearable)) {
      if (node.name === 'twin') continue;
      world.schedule('lost', world.random.integer(phaseMs), () => {
        node.isLost = true;
        faults.counts.set('lost member', (faults.counts.get('lost member') ?? 0) + 1);
        node.die();
      });
    }
  }

  /** Null when everything came to rest, else why not. */
  private async livenessPhase(): Promise<string | null> {
    const { simulation, workload } = this;
    const { world, nodes, faults } = simulation;
    faults.heal();
    simulation.tell('store', 'the faults end');
    for (const node of nodes) {
      node.simulated.resume();
      node.simulated.disarm();
      node.startAgain();
    }
    const deadlineMs = world.nowMs() + REST_MS;
    await simulation.change?.finish(() => workload.create(), deadlineMs);
    let reason: string | null = null;
    const isAtRest = (): boolean => {
      reason = unrest(simulation, workload);
      return reason === null;
    };
    while (!isAtRest() && world.nowMs() < deadlineMs) await world.runFor(1000);
    // What was sent twice and cleared once more; late votes; the last events of the streams.
    await world.runFor(15_000);
    for (const subscriber of this.subscribers)
      subscriber.connect(world.random.pick(nodes.filter((node) => !node.isLost)));
    await world.runFor(1000);
    // Clients that were refused may have sent again meanwhile.
    while (!isAtRest() && world.nowMs() < deadlineMs) await world.runFor(1000);
    return reason;
  }

  private async chronicle(reason: string | null): Promise<Chronicle> {
    const { simulation } = this;
    const { world, store, nodes } = simulation;
    const rebuilt = simulation.addRebuilt();
    const height = Math.max(...nodes.map((node) => node.view.read.height()));
    rebuilt.start();
    await world.runUntil(() => rebuilt.view.read.height() >= height, 60_000);
    const up = [...nodes.filter((node) => !node.isLost), rebuilt];
    for (const node of [...nodes, rebuilt])
      for (const failure of node.failures)
        simulation.record({ kind: 'failed', node: node.name, error: String(failure) });
    const views = up.map((node) => recordView(node.name, node.view.read));
    rebuilt.die();
    await rebuilt.closeView();
    const { facts } = store;
    return {
      events: simulation.events,
      facts: {
        entries: facts.readBacklog(0, Number.MAX_SAFE_INTEGER),
        blocks: facts.readBlocks(0, Number.MAX_SAFE_INTEGER),
        votes: facts.allVotes(),
        rejections: facts.readRejections(0, Number.MAX_SAFE_INTEGER),
      },
      members: simulation.members.map((name) => keyPairOf(name).publicKey),
      changes: keysOfLists(simulation.change?.agreed ?? []),
      processes: [...nodes, rebuilt].map((node) => node.name),
      views,
      unrest: reason,
    };
  }

  private outcome(breaches: readonly Breach[], tampering: TamperingOutcome): SeedOutcome {
    const { simulation, hostile } = this;
    const { world, nodes, faults } = simulation;
    const acts = hostile.flatMap((member) => [...member.counts.values()]);
    return {
      seed: simulation.seed,
      breaches,
      traceHash: world.traceHash(),
      virtualMs: world.nowMs(),
      heights: simulation.store.facts.readBlocks(0, Number.MAX_SAFE_INTEGER).length,
      acknowledged: this.workload.acknowledged.size,
      crashes: nodes.reduce((sum, node) => sum + node.crashes, 0),
      faultCount: faults.total,
      hostileActs: acts.reduce((sum, count) => sum + count, 0),
      members: simulation.members.length,
      tampering,
      kinds: [...simulation.swarm.kinds],
      trace: simulation.traceTail(),
    };
  }
}
