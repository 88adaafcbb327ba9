/**
 * One node's ledger on a store in memory, without pipelines: a test puts facts of a made ledger into the store, drives
 * the parts by hand, and sees every answer, log line and commit.
 */

import { DOOR } from '../../../../src/config/limits.js';
import type { BlockFact, VoteFact } from '../../../../src/ledger/audit-types.js';
import { createDirectChecker } from '../../../../src/ledger/checker-direct.js';
import { adoptBeginning, type Beginning } from '../../../../src/ledger/genesis.js';
import { ImportedHeights } from '../../../../src/ledger/imported-heights.js';
import type { CoreOptions } from '../../../../src/pipelines/core-options.js';
import { createAccess } from '../../../../src/pipelines/create-access.js';
import { composeLedger } from '../../../../src/pipelines/ledger-parts.js';
import type { Runtime } from '../../../../src/runtime/runtime.js';
import { createDirectStore, SharedDatabase } from '../../../../src/store/embedded/direct.js';
import { keyPairOf } from '../../../support/keys.js';
import type { MadeHeight, MadeLedger } from '../../../support/made-ledger.js';
import { MemoryView } from '../../../support/memory-view.js';
import { createSimulatedWorld, type SimulatedWorld } from '../../../support/simulated-runtime.js';
import { FaultyStore, type StoreCallName, type StoreFault } from '../../../support/store-faults.js';

export interface SceneOptions {
  /** Whose genesis block the store holds. */
  readonly made: MadeLedger;
  /** Name of this node; null for a gateway. Default: the first member. */
  readonly me?: string | null;
  /** As the setting `federation.changes` has them, by names. */
  readonly changes?: readonly { readonly height: number; readonly members: readonly string[] }[];
  /** The record of an import, which the store gets before any block. */
  readonly importText?: string;
  /** What this node has concluded in an earlier life. */
  readonly view?: MemoryView;
  /** Milliseconds that pass between two readings of the monotonic clock. */
  readonly msPerReading?: number;
}

/** A fault for each call of the verbs named; none for the others. */
export type FaultOf = (name: StoreCallName) => StoreFault;

export class LedgerScene {
  readonly world: SimulatedWorld = createSimulatedWorld(1);
  readonly view: MemoryView;
  readonly store: FaultyStore;
  /** Without faults. */
  readonly facts;
  readonly checker;
  readonly runtime: Runtime;
  readonly options: CoreOptions;
  readonly parts;
  readonly access;
  readonly heads: number[] = [];
  readonly rejected: string[] = [];
  readonly failures: Error[] = [];
  /** Called after each commit and rejection. */
  readonly listeners = new Set<() => void>();
  /** Why the doors should not be used. */
  readonly notReady: string[] = [];
  /** Hand-offs of the event loop. */
  turns = 0;
  faultOf: FaultOf = () => 'none';
  /** Runs after a call was carried out and before its answer comes. */
  afterCall: (name: StoreCallName) => Promise<void> = async () => undefined;
  private readonly made: MadeLedger;

  private constructor(options: SceneOptions) {
    const { made, me = made.first, msPerReading = 0 } = options;
    this.made = made;
    this.view = options.view ?? new MemoryView();
    const shared = new SharedDatabase(':memory:', (error) => {
      throw error;
    });
    this.facts = createDirectStore({ shared });
    this.store = new FaultyStore(createDirectStore({ shared }), {
      decide: (name) => this.faultOf(name),
      afterCall: (name) => this.afterCall(name),
    });
    this.runtime = this.runtimeOf(msPerReading);
    this.checker = createDirectChecker(this.runtime);
    this.options = {
      store: this.store,
      view: this.view,
      checker: this.checker,
      runtime: this.runtime,
      keyPair: me === null ? null : keyPairOf(me),
      keyring: made.members.filter((name) => name !== me).map((name) => keyPairOf(name).publicKey),
      federationChanges: (options.changes ?? []).map(({ height, members }) => ({
        height,
        members: members.map((name) => keyPairOf(name).publicKey),
      })),
      blockIntervalMs: 100,
      reassignDelayMs: 10_000,
      limits: { transactionBytesMax: DOOR.transactionBytesMax, signaturesMax: DOOR.signaturesMax },
      onHead: (height) => {
        this.heads.push(height);
        this.tell();
      },
      onRejected: (id) => {
        this.rejected.push(id);
        this.tell();
      },
      onChange: (listener) => {
        this.listeners.add(listener);
        return () => void this.listeners.delete(listener);
      },
      isStopping: () => false,
      onFailure: (error) => void this.failures.push(error),
    };
    this.parts = composeLedger(this.options, this.options.keyPair?.publicKey ?? null);
    this.access = createAccess(this.options, this.parts, {
      wakeVote: () => undefined,
      wakeBlock: () => undefined,
      notReady: () => this.notReady,
    });
  }

  /** The store holds the genesis block, and this node has adopted it. */
  static async open(options: SceneOptions): Promise<LedgerScene> {
    const scene = new LedgerScene(options);
    if (options.importText !== undefined) await scene.facts.addImport({ text: options.importText });
    const stored = options.importText === undefined ? options.made.heights.slice(0, 1) : options.made.heights;
    for (const height of stored) await scene.put(height);
    await scene.begin();
    return scene;
  }

  /** Blocks and votes that another process writes. */
  async put({ block, votes }: MadeHeight): Promise<void> {
    await this.putBlock(block);
    await this.putVotes(votes);
  }

  async putBlock(block: BlockFact): Promise<void> {
    expect(await this.facts.claimHeight(block)).toBe('ok');
  }

  async putVotes(votes: readonly VoteFact[]): Promise<void> {
    await this.facts.addVotes(votes);
  }

  /** Puts all heights of the made ledger from `from` on, and lets the node read, judge, decide and commit. */
  async follow(from: number): Promise<void> {
    for (const height of this.made.heights.slice(from)) await this.put(height);
    await this.catchUp();
  }

  async catchUp(): Promise<void> {
    await this.parts.heights.refresh();
    await this.parts.heights.judgeDecided();
    await this.parts.applier.settled();
  }

  /** `status` of every height that the view holds. */
  statuses(): (string | null)[] {
    return this.view.heights.map(({ block }) => block?.status ?? null);
  }

  /** Lines of the log that name this event. */
  logged(event: string): string[] {
    return this.world.node('me').logs.filter((line) => line.includes(` ${event}`));
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }

  private async begin(): Promise<void> {
    const { options, parts } = this;
    const beginning = await adoptBeginning({ ...options, members: this.made.keys() });
    this.setFederation(beginning);
    if (parts.state.head < 0) parts.applier.add(parts.state.place(beginning.genesis), null);
    await parts.applier.settled();
  }

  private setFederation({ genesis, imported }: Beginning): void {
    const heights = imported === null ? null : new ImportedHeights(imported);
    this.parts.state.setFederation(genesis.voters, this.options.federationChanges, heights);
  }

  private runtimeOf(msPerReading: number): Runtime {
    const { runtime } = this.world.node('me');
    let readings = 0;
    return {
      ...runtime,
      clock: {
        nowMs: () => runtime.clock.nowMs(),
        monotonicMs: () => {
          readings += 1;
          return runtime.clock.monotonicMs() + readings * msPerReading;
        },
      },
      scheduler: {
        after: (delayMs, action) => runtime.scheduler.after(delayMs, action),
        yieldTurn: async () => {
          this.turns += 1;
        },
      },
    };
  }
}

/** The height's facts; throws when it was not made. */
export function heightOf(made: MadeLedger, height: number): MadeHeight {
  const found = made.heights[height];
  if (found === undefined) throw new Error(`height ${height} was not made`);
  return found;
}
