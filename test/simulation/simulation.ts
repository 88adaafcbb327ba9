/**
 * One world of the simulator: processes, the store that they share, the faults between them, and the chronicle of what
 * happens. One seed owns all of it. `run-seed.ts` drives it through its two phases.
 */

import { BOUNDS } from '../../src/config/limits.js';
import type { Store, StoreHint } from '../../src/store/store.js';
import { keyPairOf } from '../support/keys.js';
import type { NodeSettings, ProcessHost } from '../support/simulated-process.js';
import { SeededRandom } from '../support/simulated-random.js';
import { type SimulatedClockOptions, SimulatedWorld } from '../support/simulated-runtime.js';
import { FaultyStore } from '../support/store-faults.js';
import { bearable, type ChangePlan, drawChange } from './change-plan.js';
import { isTextOf } from './checkers/slow-transactions.js';
import type { Happening, MembersFrom, Recorded } from './chronicle.js';
import { FaultInjector } from './fault-injector.js';
import { FederationChange } from './federation-change.js';
import type { Author, FactChange } from './shared-facts.js';
import { SharedStore } from './shared-store.js';
import { SimulationNode } from './simulation-node.js';
import { drawSwarm, type FaultKind, type Swarm } from './swarm.js';

/** Lines of the trace that a report shows. */
const LINES_KEPT = 200;
const TEN_YEARS_MS = 315_360_000_000;

function kindsOf({ odd }: ChangePlan): FaultKind[] {
  return odd === null ? ['members change'] : ['members change', 'odd settings'];
}

/** Names of members as their public keys. */
export function keysOfLists(lists: NodeSettings['changes']): MembersFrom[] {
  return lists.map(({ height, members }) => ({
    height,
    members: members.map((name) => keyPairOf(name).publicKey),
  }));
}

export class Simulation implements ProcessHost {
  readonly world: SimulatedWorld;
  readonly swarm: Swarm;
  readonly faults: FaultInjector;
  readonly store: SharedStore;
  /** Names of the first members, hostile ones included. */
  readonly members: readonly string[];
  /** Names of the members that are not run but acted. */
  readonly hostile: readonly string[];
  /** Null where the federation stays what it is. */
  readonly change: FederationChange | null;
  /** Every process: correct members, one that is to come, a twin, a gateway. */
  readonly nodes: SimulationNode[] = [];
  readonly events: Recorded[] = [];
  private readonly lines: string[] = [];
  private readonly seenHeights = new Map<string, number>();
  /** Digest of an entry → its transaction. */
  private readonly entryOf = new Map<string, string>();
  private readonly dropped = new Set<string>();

  constructor(
    readonly seed: number,
    without: ReadonlySet<FaultKind>,
  ) {
    const random = new SeededRandom(seed, 'swarm');
    const swarm = drawSwarm(random, without);
    this.world = new SimulatedWorld(seed, { timerJitterMs: swarm.timerJitterMs });
    const size = random.pick([1, 2, 3, 3, 3, 4, 4, 5, 5, 7]);
    this.members = Array.from({ length: size }, (_, index) => `node-${index + 1}`);
    const hostileCount = 1 + random.integer(Math.max(1, Math.ceil(size / 2) - 1));
    const mayBeHostile = size >= 3 && swarm.kinds.has('hostile');
    this.hostile = mayBeHostile ? this.members.slice(size - hostileCount) : [];
    const chance = new SeededRandom(seed, 'members change');
    const plan = drawChange(chance, this, without);
    this.change = plan === null ? null : new FederationChange(this, plan, chance);
    this.swarm = plan === null ? swarm : { ...swarm, kinds: new Set([...swarm.kinds, ...kindsOf(plan)]) };
    const tell = (node: string, line: string): void => this.tell(node, line);
    this.faults = new FaultInjector({ world: this.world, swarm: this.swarm, tell });
    this.store = new SharedStore({
      world: this.world,
      syncMsMax: () => this.faults.syncMsMax(),
      record: (change, by) => this.recordFact(change, by),
      tell,
    });
    this.createNodes(random);
  }

  /** The member processes that follow the rules. */
  get correct(): SimulationNode[] {
    return this.nodes.filter((node) => !node.isGateway);
  }

  /** How many members may be lost besides those that are faulty otherwise. */
  get bearable(): number {
    return bearable(this.change?.plan ?? null, this);
  }

  /** Names of the members in force at a height. */
  membersAt(height: number): readonly string[] {
    const [change] = this.change?.agreed ?? [];
    return change !== undefined && change.height <= height ? change.members : this.members;
  }

  /** Adds to the chronicle what a process in one of its lives did or said; by default in its present one. */
  record(happening: Happening, life?: number): void {
    const name = 'node' in happening ? happening.node : '';
    const lived = life ?? this.nodes.find((node) => node.name === name)?.lives ?? 0;
    this.events.push({ ...happening, atMs: this.world.nowMs(), life: lived });
  }

  /** The operator of a node that is down writes `federation.changes`, and the keyring that goes with it. */
  configure(node: SimulationNode, changes: NodeSettings['changes']): void {
    const members = changes.at(-1)?.members ?? this.members;
    const own = node.isGateway ? null : node.keyPair.publicKey;
    node.settings = { keyring: members.filter((name) => keyPairOf(name).publicKey !== own), changes };
    this.record({ kind: 'configured', node: node.name, from: node.lives + 1, changes: keysOfLists(changes) });
  }

  /** The operator of a node that is down runs `bigchaindb rebuild`. */
  rebuildView(node: SimulationNode): void {
    node.dropView();
    this.seenHeights.delete(node.name);
    this.record({ kind: 'rebuilt', node: node.name, from: node.lives + 1 });
    this.tell(node.name, 'derives its view anew');
  }

  /** Whether a hostile member took an entry of this transaction out of the backlog: then its client has to resend it. */
  droppedByHostile(transactionId: string): boolean {
    return this.dropped.has(transactionId);
  }

  /** A line of the trace: when, where, what. */
  tell(node: string, line: string): void {
    this.world.trace(`${node} ${line}`);
    this.lines.push(`${(this.world.nowMs() / 1000).toFixed(3).padStart(12)}  ${node.padEnd(9)}  ${line}`);
    if (this.lines.length > LINES_KEPT) this.lines.shift();
  }

  /** The last lines of the trace. */
  traceTail(): readonly string[] {
    return this.lines;
  }

  openStore(process: SimulationNode): FaultyStore {
    const connection = this.store.connect({ name: process.name, life: process.lives });
    const faulty = this.faults.storeFaults(process);
    return new FaultyStore(this.withLateHints(connection), faulty);
  }

  onHead(process: SimulationNode, height: number): void {
    const { name, view, core } = process;
    const from = this.seenHeights.get(name) ?? -1;
    for (let each = Math.min(from + 1, height); each <= height; each += 1) {
      const block = view.read.blockByHeight(each);
      const status = block?.status ?? 'passed';
      this.record({ kind: 'decided', node: name, height: each, blockId: block?.id ?? null, status });
      this.tell(name, `decides height ${each} ${status} ${block?.id.slice(0, 8) ?? ''}`);
    }
    this.seenHeights.set(name, height);
    if (core === null) return;
    const held = [
      { what: 'pending heights', count: core.state.pending.size, limit: BOUNDS.pendingHeightsMax },
      { what: 'backlog entries', count: core.backlog.count, limit: BOUNDS.backlogEntriesMax },
    ];
    for (const each of held) if (each.count > each.limit) this.record({ kind: 'held', node: name, ...each });
  }

  /** A gateway that knows nothing and derives everything from the store. */
  addRebuilt(): SimulationNode {
    const rebuilt = this.createNode('rebuilt', this.members, {}, this.seed % 4 === 0);
    rebuilt.isGateway = true;
    if (this.change !== null) this.configure(rebuilt, this.change.agreed);
    return rebuilt;
  }

  private createNode(
    name: string,
    keyring: readonly string[],
    clock: SimulatedClockOptions,
    hasSqliteView: boolean,
  ): SimulationNode {
    const onLife = (event: 'starts' | 'dies', life: number): void => {
      this.tell(name, `${event} (life ${life})`);
      if (event === 'starts') this.record({ kind: 'started', node: name }, life);
    };
    return new SimulationNode(this, this.world.node(name, clock), keyring, hasSqliteView, onLife);
  }

  private createNodes(random: SeededRandom): void {
    const { kinds } = this.swarm;
    const running = this.members.filter((name) => !this.hostile.includes(name));
    const hasSqliteView = random.chance(0.25);
    const add = (name: string, keyring: readonly string[]): SimulationNode => {
      const clock = {
        clockOffsetMs: kinds.has('clock offset') ? random.integer(2 * TEN_YEARS_MS) - TEN_YEARS_MS : 0,
        clockRate: kinds.has('clock rate') ? 0.95 + random.fraction() * 0.1 : 1,
      };
      const node = this.createNode(name, keyring, clock, hasSqliteView && this.nodes.length === 0);
      this.nodes.push(node);
      return node;
    };
    const without = (name: string): string[] => this.members.filter((member) => member !== name);
    for (const name of running) add(name, without(name));
    const added = this.change?.plan.added ?? null;
    if (added !== null) add(added, this.members).isLost = true;
    const [first = ''] = running;
    const wantsGateway = random.chance(0.3);
    if (kinds.has('twin')) add('twin', without(first)).keyPair = keyPairOf(first);
    if (wantsGateway) add('gateway', this.members).isGateway = true;
  }

  private recordFact(change: FactChange, { name: by, life }: Author): void {
    if (change.kind === 'entry' && isTextOf(change.entry.transactionId, change.entry.text))
      this.entryOf.set(change.entry.digest, change.entry.transactionId);
    if (change.kind === 'entry gone' && this.hostile.includes(by))
      this.dropped.add(this.entryOf.get(change.digest) ?? '');
    this.record({ ...change, by }, life);
    if (change.kind === 'block') this.change?.onBlock();
  }

  private withLateHints(store: Store): Store {
    const follow = (onHint: (hint: StoreHint) => void): (() => void) =>
      store.follow((hint) => {
        for (const delayMs of this.faults.hintDelaysMs())
          this.world.schedule('hint', delayMs, () => onHint(hint));
      });
    return Object.assign(Object.create(store) as Store, { follow });
  }
}
