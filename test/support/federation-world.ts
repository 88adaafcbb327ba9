/**
 * A federation in one process: real nodes (the shipping composition of `pipelines/core`) on one shared store, under
 * one seed that owns order, time, chance and crashes. Used by the tests in `test/federation`.
 */

import type { KeyPair } from '../../src/codec/key-pair.js';
import { DOOR } from '../../src/config/limits.js';
import { LedgerEvents } from '../../src/events/head-events.js';
import { createDirectChecker } from '../../src/ledger/checker-direct.js';
import { type Core, startCore } from '../../src/pipelines/core.js';
import { createDirectStore, SharedDatabase } from '../../src/store/embedded/direct.js';
import { keyPairOf } from './keys.js';
import { MemoryView } from './memory-view.js';
import { createSimulatedWorld, type SimulatedNode, type SimulatedWorld } from './simulated-runtime.js';
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

/** What an operator writes into the configuration; read at each start. */
export interface NodeSettings {
  /** Names of the other members. */
  readonly keyring: readonly string[];
  readonly changes: readonly { readonly height: number; readonly members: readonly string[] }[];
}

/** One life of one node. */
interface Life {
  readonly store: FaultyStore;
  core: Core | null;
}

export class FederationNode {
  /** Two nodes may have one by mistake. */
  keyPair: KeyPair;
  readonly failures: Error[] = [];
  /** Survives a crash, as a file would: each height is in it whole or not at all. */
  readonly view = new MemoryView();
  settings: NodeSettings;
  /** A gateway has no key. */
  isGateway = false;
  private life: Life | null = null;

  constructor(
    private readonly world: FederationWorld,
    readonly name: string,
    private readonly simulated: SimulatedNode,
  ) {
    this.keyPair = keyPairOf(name);
    this.settings = { keyring: world.membersWithout(name), changes: [] };
  }

  /** Lines of its log, newest last. */
  get logs(): readonly string[] {
    return this.simulated.logs;
  }

  get core(): Core | null {
    return this.life?.core ?? null;
  }

  get up(): boolean {
    return this.life !== null;
  }

  /** Starts the node on what is durable. Its start goes on in the background. */
  start(): void {
    const { runtime } = this.simulated;
    const store = this.world.openStore();
    const life: Life = { store, core: null };
    this.life = life;
    const events = new LedgerEvents(this.view.height(), (error) => this.failures.push(error as Error));
    const alive = (): boolean => this.life === life;
    startCore({
      store,
      view: this.view,
      checker: createDirectChecker(runtime),
      runtime,
      keyPair: this.isGateway ? null : this.keyPair,
      keyring: keysOf(this.settings.keyring),
      federationChanges: this.settings.changes.map(({ height, members }) => ({
        height,
        members: keysOf(members),
      })),
      blockIntervalMs: 100,
      reassignDelayMs: 10_000,
      limits: { transactionBytesMax: DOOR.transactionBytesMax, signaturesMax: DOOR.signaturesMax },
      onHead: (height) => {
        if (!alive()) return;
        this.world.note(this.name, height);
        events.publishHead(height);
      },
      onRejected: (id) => events.publishRejection(id),
      onChange: (listener) => {
        const stops = [events.onHead(listener), events.onRejection(listener)];
        return () => {
          for (const stop of stops) stop();
        };
      },
      isStopping: () => !alive(),
      onFailure: (error) => {
        if (!alive()) return;
        this.failures.push(error);
        // The process ends with exit 1.
        this.crash();
      },
    }).then(
      (core) => {
        if (alive()) life.core = core;
      },
      (error: Error) => {
        // A store that does not answer at the start: an operator's supervisor starts the node again.
        if (!alive()) return;
        this.life = null;
        this.simulated.crash();
        if (error.name === 'StoreUnavailable')
          this.world.world.schedule(`${this.name} supervisor`, 500, () => this.startAgain());
        else this.failures.push(error);
      },
    );
  }

  /** Memory is gone, nothing pending ever resumes; store and view keep what they have. */
  crash(): void {
    if (this.life === null) return;
    this.life.store.kill();
    this.life = null;
    this.simulated.crash();
  }

  startAgain(): void {
    if (this.life !== null) return;
    this.simulated.restart();
    this.start();
  }
}

export class FederationWorld {
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
      return new FederationNode(this, name, this.world.node(name, { clockOffsetMs }));
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
  note(node: string, height: number): void {
    this.world.trace(`${node} head ${height}`);
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

function keysOf(names: readonly string[]): string[] {
  return names.map((name) => keyPairOf(name).publicKey);
}
