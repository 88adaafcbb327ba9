/**
 * A federation in one process: real nodes (the shipping composition of `pipelines/core`) on one shared store, under
 * one seed that owns order, time, chance and crashes. Used by the tests in `test/federation`.
 */

import { createDirectStore, SharedDatabase } from '../../src/store/embedded/direct.js';
import { MemoryView } from './memory-view.js';
import { type ProcessHost, SimulatedProcess } from './simulated-process.js';
import { createSimulatedWorld, type SimulatedWorld } from './simulated-runtime.js';
import { FaultyStore, type StoreCallName, type StoreFault } from './store-faults.js';

export interface FederationOptions {
  /** Names of the first members. */
  readonly members: readonly string[];
  /** Names of nodes that are there from the beginning, but no members. */
  readonly others?: readonly string[];
  /** Chance of each kind of store fault, per call; none after `heal`. */
  readonly faultRate: number;
  /** Longest time of one way between node and store, virtual milliseconds. */
  readonly latencyMs: number;
  readonly timerJitterMs?: number;
  /** Decides each store call itself, in place of `faultRate`. */
  readonly decide?: (name: StoreCallName) => StoreFault;
  /** Virtual milliseconds that a call of this verb waits before it reaches the store, besides the latency. */
  readonly waitMs?: (name: StoreCallName) => number;
}

/** A node whose conclusions a test can read as a list. */
export class FederationNode extends SimulatedProcess {
  /** Survives a crash, as a file would: each height is in it whole or not at all. */
  override readonly view = new MemoryView();
}

export class FederationWorld implements ProcessHost {
  readonly world: SimulatedWorld;
  readonly nodes: FederationNode[];
  private readonly database = new SharedDatabase(':memory:', (error) => {
    throw error;
  });
  private healed = false;

  constructor(
    seed: number,
    private readonly options: FederationOptions,
  ) {
    this.world = createSimulatedWorld(seed, { timerJitterMs: options.timerJitterMs ?? 0 });
    this.nodes = [...options.members, ...(options.others ?? [])].map((name) => {
      const clockOffsetMs = this.world.random.integer(20_000) - 10_000;
      const simulated = this.world.node(name, { clockOffsetMs });
      return new FederationNode(this, simulated, this.membersWithout(name));
    });
  }

  membersWithout(name: string): string[] {
    return this.options.members.filter((member) => member !== name);
  }

  /** From now on the store answers; what it lost or doubled before stays. */
  heal(): void {
    this.healed = true;
  }

  openStore(): FaultyStore {
    const { latencyMs } = this.options;
    const travel = (): Promise<void> => this.world.delay(this.world.random.fraction() * latencyMs);
    return new FaultyStore(createDirectStore({ shared: this.database }), {
      decide: (name) => this.options.decide?.(name) ?? this.fault(),
      beforeCall: async (name) => {
        await travel();
        const waitMs = this.options.waitMs?.(name) ?? 0;
        if (waitMs > 0) await this.world.delay(waitMs);
      },
      afterCall: travel,
      deliverHint: () => this.healed || !this.world.random.chance(0.2),
    });
  }

  /** A line in the trace for each head, so that equal traces mean equal histories. */
  onHead({ name }: SimulatedProcess, height: number): void {
    this.world.trace(`${name} head ${height}`);
  }

  /** A second pair of eyes on the shared facts, without faults. */
  observer() {
    return createDirectStore({ shared: this.database });
  }

  private fault(): StoreFault {
    const { random } = this.world;
    if (this.healed || !random.chance(this.options.faultRate)) return 'none';
    return random.pick<StoreFault>(['unavailable', 'unknown-applied', 'unknown-not-applied']);
  }
}
