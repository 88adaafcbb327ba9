/**
 * A world in one process whose time, chance, timers and crash points are all owned by one seed. Real node code runs
 * on it through `Runtime`; between two events every promise continuation is drained, so the same seed gives the same
 * order, and `traceHash` proves it.
 *
 * Use: `const world = createSimulatedWorld(7)`, `const a = world.node('a', { clockOffsetMs: -4000 })`, give
 * `a.runtime` to the code under test, then `await world.runUntil(() => done, 10_000)`.
 */

import { createHash } from 'node:crypto';
import { Metrics } from '../../src/runtime/metrics.js';
import type {
  Clock,
  Failpoints,
  Logger,
  Random,
  Runtime,
  Scheduler,
  Timer,
} from '../../src/runtime/runtime.js';
import { EventQueue, type WorldEvent } from './event-queue.js';
import { SeededRandom } from './simulated-random.js';

/** Virtual time 0 in Unix milliseconds: 2017-07-14. */
const START_MS = 1_500_000_000_000;
/** Trace lines kept for a report; the hash covers all of them. */
const TRACE_LINES_KEPT = 400;
/** Nothing may go on for ever without letting time pass; the busiest seconds of right nodes have about a thousand. */
const EVENTS_PER_MINUTE_MAX = 300_000;
const MINUTE_MS = 60_000;
/** What one event may ask the clocks before it ends; a loop of promises alone would never give control back. */
const CLOCK_READS_PER_EVENT_MAX = 200_000;

/** Thrown through node code by a failpoint at which the node was told to die. */
export class SimulatedCrash extends Error {
  override readonly name = 'SimulatedCrash';
}

/** The world has ended: something in it does the same again and again and lets (nearly) no time pass. */
export class RestlessWorld extends Error {
  override readonly name = 'RestlessWorld';
}

export interface SimulatedClockOptions {
  /** How far the node's wall clock is from the world's; may be negative. */
  readonly clockOffsetMs?: number;
  /** How fast the node's clocks run: 1 is right, 1.05 is five per cent fast. */
  readonly clockRate?: number;
}

export interface SimulatedWorldOptions {
  /** Every timer fires up to this much late, by chance; 0 (default) = at its instant. */
  readonly timerJitterMs?: number;
  /** More events within a minute of virtual time end the run. */
  readonly eventsPerMinuteMax?: number;
}

/** Lets every promise continuation and `nextTick` that is ready run to its end. */
function drain(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** One node of the world. `runtime` belongs to the present life of the node; `crash` ends it, `restart` begins another. */
export class SimulatedNode {
  runtime: Runtime;
  /** Log lines of this node, newest last, at most 400. */
  readonly logs: string[] = [];
  /** Called when the node dies, by whatever. */
  onCrash: (() => void) | null = null;
  private life = 0;
  private dead = false;
  private wallOffsetMs: number;
  private rate: number;
  private baseWorldMs = 0;
  private baseMonotonicMs = 0;
  private readonly hits = new Map<string, number>();
  private armed: { name: string; hit: number } | null = null;
  private pausedUntilMs = 0;

  constructor(
    private readonly world: SimulatedWorld,
    readonly name: string,
    options: SimulatedClockOptions,
  ) {
    this.wallOffsetMs = options.clockOffsetMs ?? 0;
    this.rate = options.clockRate ?? 1;
    this.runtime = this.createRuntime();
  }

  get alive(): boolean {
    return !this.dead;
  }

  /** The node's timers never fire again, what it awaits of the scheduler never resumes, failpoints throw. */
  crash(): void {
    if (this.dead) return;
    this.dead = true;
    this.world.trace(`${this.name} crash`);
    this.onCrash?.();
  }

  /** A new life with an own stream of chance; clock settings stay. Returns the new runtime. */
  restart(): Runtime {
    this.crash();
    this.life++;
    this.dead = false;
    this.pausedUntilMs = 0;
    this.armed = null;
    this.hits.clear();
    this.world.trace(`${this.name} restart`);
    this.runtime = this.createRuntime();
    return this.runtime;
  }

  /** The process stands still, as after SIGSTOP: what falls due meanwhile happens when it goes on. Clocks run on. */
  pause(forMs: number): void {
    this.pausedUntilMs = this.world.nowMs() + forMs;
    this.world.trace(`${this.name} pause`);
  }

  /** Ends a pause now. */
  resume(): void {
    this.pausedUntilMs = this.world.nowMs();
  }

  /** Milliseconds until the node goes on; 0 when it is not paused. */
  get pausedMs(): number {
    return Math.max(0, this.pausedUntilMs - this.world.nowMs());
  }

  /** Moves the wall clock; the monotonic clock is not touched. */
  jumpClock(byMs: number): void {
    this.wallOffsetMs += byMs;
  }

  /** Changes how fast both clocks run from now on; timers that are set keep their instant. */
  setClockRate(rate: number): void {
    this.baseMonotonicMs = this.monotonicMs();
    this.baseWorldMs = this.world.nowMs();
    this.rate = rate;
  }

  /** The node dies at the `hit`-th time (from 1, counted from now on) it passes that failpoint. */
  armFailpoint(name: string, hit: number): void {
    this.armed = { name, hit: (this.hits.get(name) ?? 0) + hit };
  }

  /** The node passes its failpoints unharmed again. */
  disarm(): void {
    this.armed = null;
  }

  /** How often each failpoint was passed in this life. */
  failpointHits(): ReadonlyMap<string, number> {
    return this.hits;
  }

  private monotonicMs(): number {
    return this.baseMonotonicMs + (this.world.nowMs() - this.baseWorldMs) * this.rate;
  }

  private createRuntime(): Runtime {
    const life = this.life;
    const here = (): boolean => !this.dead && this.life === life;
    const read = (ms: number): number => {
      this.world.noteClockRead(this.name);
      return ms;
    };
    const clock: Clock = {
      nowMs: () => read(Math.floor(START_MS + this.wallOffsetMs + this.monotonicMs())),
      monotonicMs: () => read(this.monotonicMs()),
    };
    const scheduler: Scheduler = {
      after: (delayMs, action) => this.timer('timer', Math.max(0, delayMs) / this.rate, here, action),
      yieldTurn: () =>
        new Promise((resolve) => {
          this.timer('turn', 0, here, resolve);
        }),
    };
    const random: Random = new SeededRandom(this.world.seed, 'node', this.name, life);
    const failpoints: Failpoints = { hit: (name) => this.hit(name, here()) };
    const metrics = new Metrics();
    return {
      clock,
      scheduler,
      random,
      failpoints,
      metrics,
      logger: (folder) => this.createLogger(folder, here),
    };
  }

  private timer(what: string, delayMs: number, here: () => boolean, action: () => void): Timer {
    const label = `${this.name} ${what}`;
    const fire = (): void => {
      if (!here()) return;
      if (this.pausedMs > 0) pending = this.world.schedule(label, this.pausedMs, fire);
      else action();
    };
    let pending = this.world.schedule(label, delayMs, fire);
    return { cancel: () => pending.cancel() };
  }

  private hit(name: string, here: boolean): void {
    if (!here) throw new SimulatedCrash(`${this.name} is dead at ${name}`);
    const count = (this.hits.get(name) ?? 0) + 1;
    this.hits.set(name, count);
    if (this.armed === null || this.armed.name !== name || this.armed.hit !== count) return;
    this.armed = null;
    this.crash();
    throw new SimulatedCrash(`${this.name} dies at ${name}:${count}`);
  }

  private createLogger(folder: string, here: () => boolean): Logger {
    const write = (level: string) => (event: string, fields?: Record<string, unknown>) => {
      if (!here()) return;
      const line = `${this.name} ${level} ${folder} ${event} ${describe(fields)}`.trimEnd();
      this.logs.push(line);
      if (this.logs.length > TRACE_LINES_KEPT) this.logs.shift();
      if (level !== 'debug') this.world.trace(line);
    };
    return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  }
}

function describe(fields: Record<string, unknown> | undefined): string {
  if (fields === undefined) return '';
  return JSON.stringify(fields, (_key, value) => {
    if (typeof value === 'bigint') return `${value}`;
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    return value;
  });
}

/** See the head of this file. */
export class SimulatedWorld {
  /** Chance that belongs to the test itself, apart from every node's and from the order of events. */
  readonly random: SeededRandom;
  /** For what is nobody's node, such as a simulated store: its timers survive every crash. */
  readonly scheduler: Scheduler;
  private readonly order: SeededRandom;
  private readonly queue = new EventQueue();
  private readonly hash = createHash('sha256');
  private readonly lastLines: string[] = [];
  private readonly nodes = new Map<string, SimulatedNode>();
  private currentMs = 0;
  private sequence = 0;
  private minute = 0;
  private eventsThisMinute = 0;
  /** Of the event that is running; null between events, where nobody spins. */
  private clockReads: number | null = null;
  private spin: RestlessWorld | null = null;

  constructor(
    readonly seed: number,
    private readonly options: SimulatedWorldOptions,
  ) {
    this.random = new SeededRandom(seed, 'world');
    this.order = new SeededRandom(seed, 'order');
    this.scheduler = {
      after: (delayMs, action) => this.schedule('world timer', Math.max(0, delayMs), action),
      yieldTurn: () =>
        new Promise((resolve) => {
          this.schedule('world turn', 0, resolve);
        }),
    };
  }

  /** Milliseconds of true time since the world began. */
  nowMs(): number {
    return this.currentMs;
  }

  /** The node of that name; made at its first mention, with these clocks. */
  node(name: string, options: SimulatedClockOptions = {}): SimulatedNode {
    let node = this.nodes.get(name);
    if (node === undefined) {
      node = new SimulatedNode(this, name, options);
      this.nodes.set(name, node);
    }
    return node;
  }

  /** Puts one event on the world's own time. `label` appears in the trace when it runs. */
  schedule(label: string, delayMs: number, action: () => void): Timer {
    const { timerJitterMs = 0 } = this.options;
    const jitterMs = timerJitterMs > 0 && delayMs > 0 ? this.order.fraction() * timerJitterMs : 0;
    const event: WorldEvent = {
      dueMs: this.currentMs + delayMs + jitterMs,
      priority: this.order.next(),
      sequence: this.sequence++,
      label,
      action,
    };
    this.queue.push(event);
    return {
      cancel: () => {
        event.action = null;
      },
    };
  }

  /** Resolves after so much of true time. Moves nothing by itself: somebody must run the world. */
  delay(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.schedule('world delay', delayMs, resolve);
    });
  }

  /** Runs the next event and all promise continuations that follow from it. False when there is none. */
  async step(): Promise<boolean> {
    await drain();
    const event = this.queue.peek();
    if (event === null) return false;
    await this.run(event);
    return true;
  }

  /**
   * Runs events until `condition` holds (asked before the first event and after each) or `maxVirtualMs` have passed;
   * true when it holds. Without any event left it ends early.
   */
  async runUntil(condition: () => boolean, maxVirtualMs: number): Promise<boolean> {
    const deadlineMs = this.currentMs + maxVirtualMs;
    await drain();
    while (!condition()) {
      const event = this.queue.peek();
      if (event === null) return false;
      if (event.dueMs > deadlineMs) {
        this.advanceTo(deadlineMs);
        return condition();
      }
      await this.run(event);
    }
    return true;
  }

  /** Runs everything that is due within `virtualMs` and ends at exactly that time. */
  async runFor(virtualMs: number): Promise<void> {
    const deadlineMs = this.currentMs + virtualMs;
    await this.runUntil(() => false, virtualMs);
    this.advanceTo(deadlineMs);
  }

  /** Runs until no event is left; false when `maxVirtualMs` were not enough (periodic timers never end). */
  async runUntilQuiet(maxVirtualMs: number): Promise<boolean> {
    await this.runUntil(() => this.queue.peek() === null, maxVirtualMs);
    return this.queue.peek() === null;
  }

  /** Runs the world until `promise` settles and gives its value; throws when that takes longer than `maxVirtualMs`. */
  async settle<T>(promise: Promise<T>, maxVirtualMs: number): Promise<T> {
    let settled = false;
    const note = (): void => {
      settled = true;
    };
    promise.then(note, note);
    if (!(await this.runUntil(() => settled, maxVirtualMs)))
      throw new Error(`not settled after ${maxVirtualMs} ms of virtual time (seed ${this.seed})`);
    return promise;
  }

  /** `by` asks its clock. Throws into what never ends, so that control comes back and the run can end. */
  noteClockRead(by: string): void {
    if (this.clockReads === null || ++this.clockReads <= CLOCK_READS_PER_EVENT_MAX) return;
    this.spin ??= this.restless(`${by} asks its clock for ever`);
    throw this.spin;
  }

  /** Adds a line, with the time, to the trace. */
  trace(line: string): void {
    const stamped = `${this.currentMs.toFixed(3)} ${line}`;
    this.hash.update(stamped).update('\n');
    this.lastLines.push(stamped);
    if (this.lastLines.length > TRACE_LINES_KEPT) this.lastLines.shift();
  }

  /** SHA-256 over every trace line so far, events included. */
  traceHash(): string {
    return this.hash.copy().digest('hex');
  }

  /** The last lines of the trace, for a failure's report. */
  traceTail(): readonly string[] {
    return this.lastLines;
  }

  private restless(what: string): RestlessWorld {
    return new RestlessWorld(`it spins at ${this.currentMs.toFixed(0)} ms: ${what} (seed ${this.seed})`);
  }

  private async run(event: WorldEvent): Promise<void> {
    this.queue.pop();
    this.advanceTo(event.dueMs);
    const { eventsPerMinuteMax = EVENTS_PER_MINUTE_MAX } = this.options;
    if (++this.eventsThisMinute > eventsPerMinuteMax) this.spin ??= this.restless(event.label);
    if (this.spin !== null) throw this.spin;
    this.trace(event.label);
    const { action } = event;
    event.action = null;
    this.clockReads = 0;
    action?.();
    await drain();
    this.clockReads = null;
    if (this.spin !== null) throw this.spin;
  }

  private advanceTo(timeMs: number): void {
    if (timeMs <= this.currentMs) return;
    this.currentMs = timeMs;
    const minute = Math.floor(timeMs / MINUTE_MS);
    if (minute === this.minute) return;
    this.minute = minute;
    this.eventsThisMinute = 0;
  }
}

export function createSimulatedWorld(seed: number, options: SimulatedWorldOptions = {}): SimulatedWorld {
  return new SimulatedWorld(seed, options);
}
