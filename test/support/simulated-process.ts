/**
 * One process of a simulated federation, over its lives: the shipping composition of `pipelines/core` on the store and
 * view that its host gives it. A crash ends a life in the middle of whatever it does; the next one begins with what is
 * durable. Used by the scenes in `test/federation` and by the simulator.
 */

import type { KeyPair } from '../../src/codec/key-pair.js';
import { DOOR } from '../../src/config/limits.js';
import { LedgerEvents } from '../../src/events/head-events.js';
import { createDirectChecker } from '../../src/ledger/checker-direct.js';
import { type Core, startCore } from '../../src/pipelines/core.js';
import type { Runtime } from '../../src/runtime/runtime.js';
import type { View } from '../../src/view/view.js';
import { keyPairOf } from './keys.js';
import type { SimulatedNode, SimulatedWorld } from './simulated-runtime.js';
import type { FaultyStore } from './store-faults.js';

/** Where processes live. */
export interface ProcessHost {
  readonly world: SimulatedWorld;
  /** A connection of its own for the life that begins. */
  openStore(process: SimulatedProcess): FaultyStore;
  /** Called after each commit of the process's view. */
  onHead(process: SimulatedProcess, height: number): void;
}

/** What an operator writes into the configuration; read at each start. */
export interface NodeSettings {
  /** Names of the other members. */
  readonly keyring: readonly string[];
  readonly changes: readonly { readonly height: number; readonly members: readonly string[] }[];
}

/** One life of one process. */
interface Life {
  readonly store: FaultyStore;
  readonly events: LedgerEvents;
  core: Core | null;
}

/** A supervisor starts a process again that could not start because the store did not answer. */
const SUPERVISOR_MS = 500;

export abstract class SimulatedProcess {
  abstract readonly view: View;
  /** Two processes may have one by mistake. */
  keyPair: KeyPair;
  readonly failures: Error[] = [];
  settings: NodeSettings;
  /** A gateway has no key. */
  isGateway = false;
  private life: Life | null = null;

  constructor(
    private readonly host: ProcessHost,
    readonly simulated: SimulatedNode,
    keyring: readonly string[],
  ) {
    this.keyPair = keyPairOf(simulated.name);
    this.settings = { keyring, changes: [] };
    simulated.onCrash = () => {
      this.life?.store.kill();
      this.life = null;
    };
  }

  get name(): string {
    return this.simulated.name;
  }

  /** Lines of its log, newest last. */
  get logs(): readonly string[] {
    return this.simulated.logs;
  }

  /** Null while the process is down or starting. */
  get core(): Core | null {
    return this.life?.core ?? null;
  }

  /** Who is told of new heights in this life. */
  get events(): LedgerEvents | null {
    return this.life?.events ?? null;
  }

  get runtime(): Runtime {
    return this.simulated.runtime;
  }

  get up(): boolean {
    return this.life !== null;
  }

  /** Starts on what is durable. The start goes on in the background. */
  start(): void {
    const events = new LedgerEvents(this.view.read.height(), (error) => this.failures.push(error as Error));
    const life: Life = { store: this.host.openStore(this), events, core: null };
    this.life = life;
    this.compose(life, () => this.life === life).then(
      (core) => {
        if (this.life === life) life.core = core;
      },
      (error: Error) => {
        if (this.life === life) this.startFailed(life, error);
      },
    );
  }

  /** Memory is gone, nothing pending ever resumes; store and view keep what they have. */
  crash(): void {
    if (this.life !== null) this.simulated.crash();
  }

  startAgain(): void {
    if (this.life !== null) return;
    this.simulated.restart();
    this.start();
  }

  private compose({ store, events }: Life, alive: () => boolean): Promise<Core> {
    const { runtime } = this.simulated;
    return startCore({
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
        this.host.onHead(this, height);
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
    });
  }

  private startFailed(life: Life, error: Error): void {
    life.store.kill();
    this.life = null;
    this.simulated.crash();
    if (error.name === 'StoreUnavailable')
      this.host.world.schedule(`${this.name} supervisor`, SUPERVISOR_MS, () => this.startAgain());
    else this.failures.push(error);
  }
}

function keysOf(names: readonly string[]): string[] {
  return names.map((name) => keyPairOf(name).publicKey);
}
