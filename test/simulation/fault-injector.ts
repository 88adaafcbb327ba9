/**
 * Injects the faults of a swarm: decides store calls and hints one by one, and plans crashes, cuts, pauses and jumps
 * over the safety phase. Counts all it does. After `heal` nothing is injected any more.
 */

import { FAILPOINT_NAMES } from '../../src/runtime/failpoints.js';
import type { SeededRandom } from '../support/simulated-random.js';
import type { SimulatedWorld } from '../support/simulated-runtime.js';
import type { StoreCallName, StoreFault, StoreFaults } from '../support/store-faults.js';
import type { SharedStore } from './shared-store.js';
import type { SimulationNode } from './simulation-node.js';
import type { FaultKind, Swarm } from './swarm.js';

export interface InjectorOptions {
  readonly world: SimulatedWorld;
  readonly swarm: Swarm;
  readonly tell: (node: string, line: string) => void;
}

const SLOW_CALL_MS = 3000;
const SLOW_DISK_MS = 1000;
const LATE_MS = 5000;

/** Simulated clients call the ledger itself, so no door is there to reply. */
const SEAMS = FAILPOINT_NAMES.filter((name) => name !== 'submit.after_reply');

export class FaultInjector {
  /** Injected faults by kind. */
  readonly counts = new Map<string, number>();
  private readonly random: SeededRandom;
  private healed = false;
  private outageUntilMs = 0;
  private readonly cutOffUntilMs = new Map<string, number>();

  constructor(private readonly options: InjectorOptions) {
    this.random = options.world.random;
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** True while faults of this kind are on. */
  has(kind: FaultKind): boolean {
    return !this.healed && this.options.swarm.kinds.has(kind);
  }

  heal(): void {
    this.healed = true;
    this.outageUntilMs = 0;
    this.cutOffUntilMs.clear();
  }

  /** Longest sync of the shared disk now. */
  syncMsMax(): number {
    if (!this.has('slow disk')) return this.options.swarm.syncMs;
    this.count('slow disk');
    return SLOW_DISK_MS;
  }

  /** What happens on the way between one process and the store. */
  storeFaults(node: SimulationNode): StoreFaults {
    const { world } = this.options;
    return {
      decide: (name) => this.decideCall(node.name, name),
      beforeCall: () => world.delay(this.travelMs()),
      afterCall: async () => {
        await world.delay(this.travelMs());
        while (node.simulated.pausedMs > 0) await world.delay(node.simulated.pausedMs);
      },
      later: (apply) => void world.schedule('late call', this.random.fraction() * LATE_MS, apply),
      deliverHint: () => {
        if (!this.has('lost hints') || !this.random.chance(this.options.swarm.lostHintRate)) return true;
        this.count('lost hints');
        return false;
      },
    };
  }

  /** When copies of one hint reach their reader, in milliseconds from now. */
  hintDelaysMs(): number[] {
    const delays = [this.random.fraction() * this.options.swarm.latencyMs];
    if (!this.has('late hints') || !this.random.chance(0.5)) return delays;
    this.count('late hints');
    return [...delays, this.random.fraction() * LATE_MS];
  }

  /** Plans the incidents of the safety phase. */
  plan(nodes: readonly SimulationNode[], store: SharedStore, phaseMs: number): void {
    const { swarm } = this.options;
    const incidents: readonly [FaultKind, (node: SimulationNode) => void][] = [
      ['crash', (node) => this.crash(node)],
      ['failpoint', (node) => this.armFailpoint(node)],
      ['pause', (node) => this.pause(node)],
      ['partition', (node) => this.cutOff(node)],
      ['clock jump', (node) => this.jumpClock(node)],
      ['outage', () => this.outage(store)],
      ['power cut', () => this.powerCut(nodes, store)],
    ];
    for (const [kind, happen] of incidents) {
      if (!swarm.kinds.has(kind)) continue;
      const times = kind === 'power cut' || kind === 'outage' ? 1 + swarm.incidents / 4 : swarm.incidents;
      for (let each = 0; each < times; each += 1) {
        const node = this.random.pick(nodes);
        this.at(kind, this.random.fraction() * phaseMs, () => {
          if (this.healed) return;
          this.count(kind);
          happen(node);
        });
      }
    }
  }

  private decideCall(node: string, name: StoreCallName): StoreFault {
    const nowMs = this.options.world.nowMs();
    if (nowMs < this.outageUntilMs || nowMs < (this.cutOffUntilMs.get(node) ?? 0)) {
      this.count('unreachable store');
      return this.random.pick<StoreFault>(['unavailable', 'unavailable', 'unknown-not-applied']);
    }
    if (this.healed || !this.random.chance(this.options.swarm.callRate)) return 'none';
    const faults: StoreFault[] = [];
    if (this.has('unavailable')) faults.push('unavailable');
    if (this.has('unknown')) faults.push('unknown-applied', 'unknown-not-applied', 'unknown-late');
    if (this.has('repeated')) faults.push('repeated');
    if (faults.length === 0) return 'none';
    const fault = this.random.pick(faults);
    this.count(fault);
    this.options.tell(node, `fault ${fault} at ${name}`);
    return fault;
  }

  private travelMs(): number {
    const { latencyMs } = this.options.swarm;
    const slow = this.has('slow calls') && this.random.chance(0.05);
    if (slow) this.count('slow calls');
    return this.random.fraction() * (slow ? SLOW_CALL_MS : latencyMs);
  }

  private crash(node: SimulationNode): void {
    node.die();
    const forMs = this.random.pick([50, 1000, 10_000, 60_000]) * this.random.fraction();
    this.restart(node, forMs);
  }

  private restart(node: SimulationNode, afterMs: number): void {
    this.at('restart', afterMs, () => {
      if (node.isLost) return;
      if (!node.up && this.has('view rollback')) {
        this.count('view rollback');
        node.rollBackView(1 + this.random.integer(3));
      }
      node.startAgain();
    });
  }

  private armFailpoint(node: SimulationNode): void {
    const name = this.random.pick(SEAMS);
    node.simulated.armFailpoint(name, 1 + this.random.integer(3));
    this.options.tell(node.name, `will die at ${name}`);
    // It may never get there; whoever is down some time later starts again.
    this.restart(node, 5000 + this.random.integer(30_000));
  }

  private pause(node: SimulationNode): void {
    node.simulated.pause(this.random.integer(60_000));
    this.options.tell(node.name, `stands still for ${Math.round(node.simulated.pausedMs)} ms`);
  }

  private cutOff(node: SimulationNode): void {
    const forMs = this.random.integer(30_000);
    this.cutOffUntilMs.set(node.name, this.options.world.nowMs() + forMs);
    this.options.tell(node.name, `does not reach the store for ${forMs} ms`);
  }

  private jumpClock(node: SimulationNode): void {
    const byMs = this.random.pick([-86_400_000, -3_600_000, -1000, 1000, 3_600_000, 86_400_000]);
    node.simulated.jumpClock(byMs);
    this.options.tell(node.name, `wall clock jumps by ${byMs} ms`);
  }

  private outage(store: SharedStore): void {
    const forMs = this.random.integer(30_000);
    this.outageUntilMs = this.options.world.nowMs() + forMs;
    store.loseUnsynced();
    this.options.tell('store', `is away for ${forMs} ms and has lost what was not synced`);
  }

  private powerCut(nodes: readonly SimulationNode[], store: SharedStore): void {
    this.options.tell('store', 'power cut');
    store.loseUnsynced();
    // An hour in the dark costs nothing to simulate.
    const forMs = this.random.pick([100, 5000, 3_600_000]) * this.random.fraction();
    for (const node of nodes) {
      if (!node.up) continue;
      node.die();
      this.restart(node, forMs + this.random.fraction() * 2000);
    }
  }

  private at(label: string, afterMs: number, action: () => void): void {
    this.options.world.schedule(label, afterMs, action);
  }

  private count(kind: string): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }
}
