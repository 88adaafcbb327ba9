/**
 * A change of the federation as operators make it: they agree on a height and a list, each writes both into the settings
 * of its node and starts it again, all before that height and each at another time. In some runs one of them forgets it or
 * writes another height, and corrects that later, with a rebuild where the node asks for it. Whoever is removed gets no
 * new settings: its node has to notice by itself.
 */

import type { NodeSettings } from '../support/simulated-process.js';
import type { SeededRandom } from '../support/simulated-random.js';
import type { ChangePlan } from './change-plan.js';
import type { Simulation } from './simulation.js';
import type { SimulationNode } from './simulation-node.js';

/** How near the last block may come to the agreed height while somebody has not written it yet. */
const HEIGHTS_NEAR = 3;
/** Between the head and the height that is agreed on; the second is how much chance adds. */
const HEIGHTS_AHEAD = [6, 12] as const;
const OPERATORS_MS = 8000;
const DOWN_MS = 2000;
const WATCH_MS = 1000;
/** Far more than it takes: where nothing is decided any more, more of them tell nothing. */
const POSTS_MAX = 60;
/** In this time, with blocks coming, a node notices that the others go by another list. */
const NOTICE_MS = 60_000;

export class FederationChange {
  /** From where the list of the plan is in force; null until the operators have agreed. */
  height: number | null = null;
  private head = -1;
  /** Nodes whose operators have not had their turn. */
  private readonly waiting = new Set<SimulationNode>();
  private readonly done = new Set<SimulationNode>();
  private correctedInTime = false;
  private isCorrected = false;

  constructor(
    private readonly simulation: Simulation,
    readonly plan: ChangePlan,
    private readonly random: SeededRandom,
  ) {}

  /** What a right operator has in `federation.changes`. */
  get agreed(): NodeSettings['changes'] {
    return this.height === null ? [] : [{ height: this.height, members: this.plan.members }];
  }

  /** Lets the operators agree some time after a burst of clients begins. */
  begin(bursts: readonly number[]): void {
    const afterMs = this.random.pick(bursts) + this.random.integer(5000);
    this.correctedInTime = this.random.chance(0.4);
    this.after(afterMs, () => this.agree());
    this.after(WATCH_MS, () => this.watch());
  }

  /** Another block stands in the store. Operators who see that the height comes too soon agree on a later one. */
  onBlock(): void {
    const { facts } = this.simulation.store;
    while (facts.readBlocks(this.head + 1, 1)[0]?.height === this.head + 1) this.head += 1;
    if (this.height === null || this.waiting.size === 0 || this.head < this.height - HEIGHTS_NEAR) return;
    this.agreeOnHeight();
    // Who runs with the old height is stopped at once: it must never come to that.
    for (const node of this.done) this.restartWith(node, this.changesFor(node));
  }

  /** Whether all have their settings, and every right member of the new list has decided this height. */
  isReached(height: number): boolean {
    const { nodes } = this.simulation;
    const { odd, members } = this.plan;
    const rightOnes = nodes.filter(
      ({ name, isLost }) => !isLost && members.includes(name) && name !== odd?.name,
    );
    return (
      this.height !== null &&
      this.waiting.size === 0 &&
      rightOnes.every(({ view }) => view.read.height() >= height)
    );
  }

  /** Clients go on until the list is in force and some heights are decided under it, by whoever is right. */
  async finish(post: () => void, deadlineMs: number): Promise<void> {
    const { world, nodes } = this.simulation;
    const before = this.head;
    const isReached = (): boolean => this.isReached(Math.max(this.height ?? 0, before) + 2);
    for (let posted = 0; !isReached() && world.nowMs() < deadlineMs; posted += 1) {
      if (posted < POSTS_MAX) post();
      await world.runFor(WATCH_MS);
    }
    await world.runFor(NOTICE_MS);
    this.takeFailures();
    for (const node of nodes)
      if (this.isOdd(node) && !node.isLost)
        this.simulation.record({ kind: 'had time to notice', node: node.name });
    this.correct();
    for (const node of nodes) {
      if (node.name !== this.plan.removed) continue;
      node.isLost = true;
      node.die();
    }
    await world.runFor(DOWN_MS + WATCH_MS);
  }

  /** Why the change is not through; null when it is. */
  unfinished(): string | null {
    if (this.height === null) return 'the operators have agreed on no height';
    return this.isReached(this.height + 2) ? null : `the agreed height ${this.height} is not reached`;
  }

  private agree(): void {
    if (this.head < 0) {
      // Nobody has begun a ledger yet.
      this.after(WATCH_MS, () => this.agree());
      return;
    }
    this.agreeOnHeight();
    for (const node of this.simulation.nodes) {
      if (node.name === this.plan.removed) continue;
      this.waiting.add(node);
      this.after(1 + this.random.integer(OPERATORS_MS), () => this.takeTurn(node));
    }
    if (this.correctedInTime) this.after(OPERATORS_MS + this.random.integer(120_000), () => this.correct());
  }

  private agreeOnHeight(): void {
    const [least, more] = HEIGHTS_AHEAD;
    this.height = this.head + least + this.random.integer(more);
    const names = this.plan.members.join(' ');
    this.simulation.tell('operators', `agree on ${names} from height ${this.height} on`);
  }

  private takeTurn(node: SimulationNode): void {
    this.waiting.delete(node);
    if (node.name === this.plan.added) node.isLost = false;
    if (node.isLost) return;
    if (node.name === this.plan.odd?.name && this.plan.odd.mistake === 'forgets') return;
    this.done.add(node);
    this.restartWith(node, this.changesFor(node));
  }

  /** What the operator of a node writes. */
  private changesFor({ name }: SimulationNode): NodeSettings['changes'] {
    const { odd } = this.plan;
    if (this.isCorrected || name !== odd?.name || odd.mistake === 'forgets') return this.agreed;
    const by = odd.mistake === 'writes a later height' ? 1 : -1;
    return this.agreed.map(({ height, members }) => ({ height: height + by, members }));
  }

  private restartWith(node: SimulationNode, changes: NodeSettings['changes']): void {
    node.die();
    this.configure(node, changes);
    this.after(this.random.integer(DOWN_MS), () => node.startAgain());
  }

  private configure(node: SimulationNode, changes: NodeSettings['changes']): void {
    this.takeFailures();
    this.simulation.configure(node, changes);
    const heights = changes.map(({ height }) => height).join(' ');
    this.simulation.tell(node.name, `gets the settings: change at ${heights}`);
  }

  /** Whether its settings are wrong now, or can be no other. */
  private isOdd({ name }: SimulationNode): boolean {
    return (name === this.plan.odd?.name && !this.isCorrected) || name === this.plan.removed;
  }

  /** The operator of the odd one sees what is wrong, and starts it again; whether it needs more, the node must say. */
  private correct(): void {
    const node = this.simulation.nodes.find(({ name }) => name === this.plan.odd?.name);
    if (node === undefined || this.isCorrected || this.height === null) return;
    this.takeFailures();
    this.isCorrected = true;
    this.waiting.delete(node);
    this.done.add(node);
    this.restartWith(node, this.agreed);
  }

  private watch(): void {
    this.takeFailures();
    this.after(WATCH_MS, () => this.watch());
  }

  /** What the odd one and the removed one say when they stop; rebuilds the view of one that asks for it. */
  private takeFailures(): void {
    const { nodes } = this.simulation;
    for (const node of nodes) {
      if (node.name !== this.plan.odd?.name && node.name !== this.plan.removed) continue;
      for (const { message } of node.failures.splice(0)) {
        this.simulation.record({ kind: 'stopped', node: node.name, error: message });
        this.simulation.tell(node.name, `stops: ${message.slice(0, 90)}`);
        if (this.isOdd(node) || node.up) continue;
        this.simulation.rebuildView(node);
        node.startAgain();
      }
    }
  }

  private after(delayMs: number, action: () => void): void {
    this.simulation.world.schedule('operators', delayMs, action);
  }
}
