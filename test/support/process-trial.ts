/**
 * One trial of a federation of real processes: load at all doors, members killed with -9, paused and started again at
 * random, the connections of the store broken where it has any, and a member that writes whatever it likes into the
 * store. Afterwards all must come to rest, agree, and stand the audit of the facts against every view. Reports what it
 * found instead of asserting, so that the tests and the soak share it.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { createWorkerChecker } from '../../src/ledger/checker-worker.js';
import { type VerifyResult, verify } from '../../src/node/verify.js';
import type { FactsReader } from '../../src/store/facts-reader.js';
import type { Store } from '../../src/store/store.js';
import { type Door, type FederationOptions, ProcessFederation } from './process-federation.js';
import { FederationLoad } from './process-federation-load.js';
import { HostileWriter } from './process-hostile.js';
import { disagreements, type ListedBlock, listBlocks, untilAtRest } from './process-outcomes.js';
import { type Growth, ProcessSamples } from './process-samples.js';
import { SeededRandom } from './simulated-random.js';

const MEMBERS = 4;
const HOSTILE = 'mallory';
const REST_MS = 90_000;
const SHORT_PAUSE_MS = 3000;
/** In trials that last long enough for it, one member stands still for this long. */
const LONG_PAUSE_MS = 30_000;
const LONG_TRIAL_SECONDS = 120;
const OUTPUT_LINES = 20;

/** Where the federation's facts are. */
export interface TrialPlace {
  readonly settings: FederationOptions['settings'];
  openStore(federation: ProcessFederation): Promise<Store>;
  /** Closed by the reader. */
  openFacts(federation: ProcessFederation): Promise<FactsReader>;
  /** Breaks every connection to the store; null where there are none. */
  readonly breakConnections: (() => void) | null;
}

export interface TrialOptions {
  readonly name: string;
  readonly seconds: number;
  readonly seed: number;
  readonly clientsPerDoor: number;
  /** A fifth member without a process writes junk into the store. */
  readonly hostile: boolean;
  readonly place: TrialPlace;
  /** Told what is done next, with the seconds since the beginning. */
  readonly onPhase?: (phase: string, seconds: number) => void;
}

export interface TrialReport {
  /** Every promise that was broken, a sentence each. */
  readonly problems: readonly string[];
  readonly counts: Readonly<
    Record<
      'kills' | 'pauses' | 'breaks' | 'acknowledged' | 'valid' | 'rivals' | 'looks' | 'height' | 'acts',
      number
    >
  >;
  /** How often the hostile member did what. */
  readonly acts: ReadonlyMap<string, number>;
  readonly growths: readonly Growth[];
  readonly seconds: number;
}

/** Rejects when a node does not start again: with what it printed. */
export async function runTrial(options: TrialOptions): Promise<TrialReport> {
  const trial = new Trial(options);
  try {
    return await trial.run();
  } finally {
    await trial.dispose();
  }
}

class Trial {
  private readonly random: SeededRandom;
  private readonly federation: ProcessFederation;
  private readonly load: FederationLoad;
  private readonly samples: ProcessSamples;
  private readonly problems: string[] = [];
  private readonly startedMs = performance.now();
  private store: Store | null = null;
  private hostile: HostileWriter | null = null;
  private kills = 0;
  private pauses = 0;
  private breaks = 0;

  constructor(private readonly options: TrialOptions) {
    const { name, seed, hostile, place } = options;
    this.random = new SeededRandom(name, seed);
    const settings = { ...place.settings, backlog_reassign_delay: 2 };
    this.federation = new ProcessFederation(MEMBERS, { settings, acted: hostile ? [HOSTILE] : [] });
    this.federation.addGateway();
    this.load = new FederationLoad(`${name} ${seed}`, this.federation.doors, this.random);
    this.samples = new ProcessSamples(this.federation.doors);
  }

  async run(): Promise<TrialReport> {
    this.begin('start');
    // The gateway is first: it must wait for the members to begin the ledger.
    const [gateway] = this.federation.doors.slice(MEMBERS);
    await Promise.all([gateway?.start(), this.federation.start()]);
    const store = await this.options.place.openStore(this.federation);
    this.store = store;
    this.begin('load and faults');
    this.load.start(this.options.clientsPerDoor);
    if (this.options.hostile) this.startHostile(store);
    await this.disturb();
    this.begin('end of the load');
    await this.hostile?.stop();
    await this.load.stop();
    this.problems.push(...this.load.wrong, ...this.load.falseMisses.map((miss) => `a false 404 at ${miss}`));
    return this.judge(store);
  }

  async dispose(): Promise<void> {
    this.samples.stop();
    // First of all its clients: they would ask for ever for doors that never open again.
    await Promise.allSettled([this.load.stop(), this.hostile?.stop()]);
    await this.store?.close();
    await this.federation.dispose();
  }

  private startHostile(store: Store): void {
    const { memberKeys } = this.federation;
    const random = new SeededRandom('hostile', this.options.seed);
    this.hostile = new HostileWriter(store, this.federation.keyOf(HOSTILE), memberKeys, random);
    this.hostile.start();
  }

  /** One member at a time, until the time is up and at least two were killed. */
  private async disturb(): Promise<void> {
    const { seconds, place } = this.options;
    const endMs = performance.now() + seconds * 1000;
    let longPauseMs = seconds >= LONG_TRIAL_SECONDS ? LONG_PAUSE_MS : 0;
    while (this.kills < 2 || performance.now() < endMs) {
      await delay(500 + this.random.integer(1500));
      const victim = this.random.pick(this.federation.members);
      if (longPauseMs > 0 || this.random.integer(4) === 0) {
        await this.pause(victim, longPauseMs || this.random.integer(SHORT_PAUSE_MS));
        longPauseMs = 0;
      }
      if (place.breakConnections !== null && (this.breaks === 0 || this.random.integer(2) === 0)) {
        place.breakConnections();
        this.breaks += 1;
      }
      await victim.crash();
      this.kills += 1;
      await delay(this.random.integer(2500));
      await victim.start();
    }
  }

  /** Stands still as a suspended machine does, and goes on with what it had in memory. */
  private async pause(door: Door, ms: number): Promise<void> {
    this.pauses += 1;
    door.process?.signal('SIGSTOP');
    await delay(ms);
    door.process?.signal('SIGCONT');
    await delay(500);
  }

  private async judge(store: Store): Promise<TrialReport> {
    this.begin('rest');
    const { doors } = this.federation;
    const ids = [...this.load.acknowledged];
    const outcomes = await untilAtRest(doors, ids, REST_MS);
    this.problems.push(...disagreements(outcomes, ids));
    const [first] = outcomes;
    const isValid = (id: string): boolean => first?.isValid(id) ?? false;
    for (const [one, other] of this.load.rivals)
      if (isValid(one) && isValid(other)) this.problems.push(`one output is spent by ${one} and ${other}`);
    const height = first?.height ?? -1;
    const listed = await listBlocks(doors[0]?.http ?? '');
    await this.judgeBlocks(store, listed, height);
    const growths = this.samples.growths();
    this.begin('stop');
    for (const door of doors) await this.stop(door);
    this.begin('audit');
    await this.audit(height);
    return {
      problems: this.problems,
      counts: {
        kills: this.kills,
        pauses: this.pauses,
        breaks: this.breaks,
        acknowledged: ids.length,
        valid: ids.filter(isValid).length,
        rivals: this.load.rivals.length,
        looks: this.load.looks,
        height,
        acts: [...(this.hostile?.counts.values() ?? [])].reduce((sum, count) => sum + count, 0),
      },
      acts: this.hostile?.counts ?? new Map(),
      growths,
      seconds: this.seconds,
    };
  }

  private get seconds(): number {
    return Math.round((performance.now() - this.startedMs) / 1000);
  }

  private begin(phase: string): void {
    this.options.onPhase?.(phase, this.seconds);
  }

  /** No block of a correct member is decided invalid or passed over. */
  private async judgeBlocks(
    store: Store,
    listed: ReadonlyMap<number, ListedBlock>,
    height: number,
  ): Promise<void> {
    for (let from = 1; from <= height; ) {
      const blocks = await store.readBlocks(from, 500);
      const last = blocks.at(-1);
      if (last === undefined) return;
      from = last.height + 1;
      for (const block of blocks) {
        if (block.height > height || this.hostile?.written.has(block.id)) continue;
        const { id, status } = listed.get(block.height) ?? { id: '', status: 'passed over' };
        if (id === block.id && status === 'VALID') continue;
        this.problems.push(`block ${block.id} of a correct member at height ${block.height} is ${status}`);
      }
    }
  }

  private async stop(door: Door): Promise<void> {
    const { process } = door;
    const code = await door.stop();
    if (code === 0) return;
    const output = process?.output().split('\n').slice(-OUTPUT_LINES).join('\n');
    this.problems.push(`${door.name} ended with ${code}: ${output}`);
  }

  /** The facts against each view: every signature, every rule, every status. */
  private async audit(height: number): Promise<void> {
    const onFailure = (error: Error): void => {
      this.problems.push(`the audit broke: ${error.message}`);
    };
    const checker = createWorkerChecker({ threads: 1, ed25519: null, onFailure });
    try {
      for (const door of this.federation.doors) {
        const result = await verify({
          facts: await this.options.place.openFacts(this.federation),
          viewPath: this.federation.viewPath(door),
          federationChanges: [],
          checker,
          onProgress: () => undefined,
        });
        this.judgeAudit(door, result, height);
      }
    } finally {
      await checker.close();
    }
  }

  private judgeAudit(door: Door, { breaches, viewHeight, summary }: VerifyResult, height: number): void {
    for (const { invariant, id, message } of breaches)
      if (!this.hostile?.squatted.has(id))
        this.problems.push(`${door.name}: ${invariant} ${message} (${id})`);
    if (viewHeight === null || viewHeight < height)
      this.problems.push(`the view of ${door.name} ends at ${viewHeight}, not ${height}`);
    if (this.options.hostile) return;
    for (const what of ['invalidBlocks', 'undecidedBlocks', 'passedHeights'] as const)
      if (summary?.[what] !== 0) this.problems.push(`${door.name}: ${what} ${summary?.[what]}`);
  }
}
