/**
 * A client that follows every valid transaction over the shipping path of the GraphQL door (`followLedger`), loses its
 * node now and then, and goes on from its cursor at any other one.
 */

import { followLedger } from '../../src/graphql/streams/follow.js';
import type { Place } from './chronicle.js';
import type { Simulation } from './simulation.js';
import type { SimulationNode } from './simulation-node.js';

type FollowArguments = Parameters<typeof followLedger>;

const ROWS = 1000;

export class Subscriber {
  private place: Place | null = null;
  private stop: (() => void) | null = null;

  constructor(
    private readonly simulation: Simulation,
    private readonly name: string,
  ) {}

  /** Connects now, if the node of its choice takes connections, and elsewhere after a while, again and again. */
  start(): void {
    const { world, nodes } = this.simulation;
    this.connect(world.random.pick(nodes));
    world.schedule('subscriber', 5000 + world.random.integer(60_000), () => this.start());
  }

  /** Leaves the node it is connected to, and goes on at this one. */
  connect(node: SimulationNode): void {
    const { simulation } = this;
    this.stop?.();
    this.stop = null;
    if (node.core === null || node.events === null) return;
    if (this.place === null) {
      this.place = { height: node.events.head() + 1, position: -1 };
      simulation.record({ kind: 'subscribed', subscriber: this.name, after: this.place });
    }
    void this.follow(node, this.place);
  }

  private async follow(node: SimulationNode, from: Place): Promise<void> {
    const abort = new AbortController();
    this.stop = () => abort.abort();
    const { view, events, runtime } = node;
    // The parts of a door and of an operation that following the ledger uses.
    const parts = { events, runtime } as unknown as FollowArguments[0];
    const control = { signal: abort.signal } as unknown as FollowArguments[1];
    const read = (height: number, behind: number): { id: string; place: Place }[] =>
      view.read.blockByHeight(height)?.status === 'valid'
        ? view.read
            .blockTransactions(height, behind + 1, ROWS)
            .map(({ id }, index) => ({ id, place: { height, position: behind + 1 + index } }))
        : [];
    for await (const { id, place } of followLedger(parts, control, from, read)) {
      this.place = place;
      this.simulation.record({ kind: 'delivered', subscriber: this.name, transactionId: id, place });
    }
  }
}
