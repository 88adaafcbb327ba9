/**
 * What the clients of one run do: they create, divide, merge and chain assets, post one transaction at several doors
 * and again, spend twice at two doors at once, post wrong ones, ask what became of what was acknowledged, list outputs
 * and follow the stream. What they are told goes into the chronicle.
 */

import type { SubmitOutcome } from '../../src/ledger/ledger.js';
import type { MadeTransaction } from '../../src/model/make-transaction.js';
import type { SeededRandom } from '../support/simulated-random.js';
import { publicKeyOf } from '../support/transactions.js';
import { Actors } from './actors.js';
import { short } from './shared-store.js';
import type { Simulation } from './simulation.js';
import type { SimulationNode } from './simulation-node.js';
import { WRONG_KINDS, wrongTransaction } from './wrong-transactions.js';

/** How often a client posts one transaction before it gives up; it gives up none that it has been promised. */
const TRIES_MAX = 12;
const CLIENT_TIMEOUT_MS = 5000;
const PAGE_ROWS = 1000;

export class Workload {
  readonly acknowledged = new Set<string>();
  readonly actors: Actors;
  private readonly random: SeededRandom;
  /** Transactions that spend what another spends. */
  private readonly contested = new Set<string>();
  private serial = 0;

  constructor(private readonly simulation: Simulation) {
    this.random = simulation.world.random;
    this.actors = new Actors(this.random, simulation.seed);
  }

  /** Does one thing, chosen by chance. Waits for nothing. */
  act(): void {
    const kind = this.random.integer(20);
    if (kind < 6) this.create();
    else if (kind < 11) this.postIfAny(this.actors.transfer());
    else if (kind < 13) this.postRivals();
    else if (kind < 14) this.postChain();
    else if (kind < 16) this.postWrong();
    else if (kind < 18) this.askAgain();
    else this.list();
  }

  /** A client makes a new asset. */
  create(): void {
    this.post(this.actors.create());
  }

  private postIfAny(made: MadeTransaction | null): void {
    if (made !== null) this.post(made);
  }

  private postRivals(): void {
    for (const rival of this.actors.rivals() ?? []) {
      this.contested.add(rival.id);
      this.post(rival);
    }
  }

  /** All at once and in any order: a door must refuse what it does not know the inputs of, and never lose it. */
  private postChain(): void {
    for (const made of this.actors.chain(2 + this.random.integer(4))) this.post(made);
  }

  private post(made: MadeTransaction): void {
    this.send(this.door(), made, TRIES_MAX);
    // The same at another door.
    if (this.random.chance(0.2)) this.send(this.door(), made, 1);
  }

  private postWrong(): void {
    const holding = this.actors.peek();
    const node = this.door();
    if (holding === null || node.core === null) return;
    const { what, text } = wrongTransaction(this.random.pick(WRONG_KINDS), holding, this.serial++);
    node.core.access.submit([text]).then(
      ([outcome]) => {
        if (outcome?.accepted) this.simulation.record({ kind: 'wrong accepted', node: node.name, what });
      },
      () => undefined,
    );
  }

  /** Posts, and posts again at another door until there is a definite answer or the tries are used up. */
  private send(node: SimulationNode, made: MadeTransaction, tries: number): void {
    const { world } = this.simulation;
    const again = (): void => {
      if (tries <= 1) return;
      const waitMs = 300 + this.random.integer(1500);
      world.schedule('client again', waitMs, () => this.send(this.door(), made, tries - 1));
    };
    if (node.core === null) {
      again();
      return;
    }
    let isOver = false;
    const end = (outcome: SubmitOutcome | null): void => {
      if (isOver && outcome === null) return;
      if (!isOver && (outcome === null || !this.settle(node, made.id, outcome))) again();
      else if (isOver && outcome !== null) this.settle(node, made.id, outcome);
      isOver = true;
    };
    // A client whose node dies under it hears nothing, and tries elsewhere.
    const timeout = world.schedule('client timeout', CLIENT_TIMEOUT_MS, () => end(null));
    node.core.access.submit([made.text]).then(
      ([outcome]) => {
        timeout.cancel();
        end(outcome ?? null);
      },
      () => undefined,
    );
  }

  /** True when the answer is definite. */
  private settle(node: SimulationNode, transactionId: string, outcome: SubmitOutcome): boolean {
    const { simulation } = this;
    const answer = outcome.accepted ? 'accepted' : outcome.problem.code;
    simulation.tell(node.name, `answers ${short(transactionId)} ${answer}`);
    if (outcome.accepted) {
      this.acknowledged.add(transactionId);
      simulation.record({ kind: 'acknowledged', node: node.name, transactionId });
      if (this.random.chance(0.1)) this.ask(transactionId);
      this.simulation.world.schedule('read back', this.random.integer(3000), () => this.ask(transactionId));
      return true;
    }
    const { code } = outcome.problem;
    // An input that is still on its way is worth another try; everything else is final.
    if (outcome.retryable || code === 'INPUT_DOES_NOT_EXIST' || code === 'TRANSACTION_NOT_IN_VALID_BLOCK')
      return false;
    const isContested = this.contested.has(transactionId);
    simulation.record({ kind: 'refused', node: node.name, transactionId, code, isContested });
    return true;
  }

  private askAgain(): void {
    if (this.acknowledged.size === 0) return;
    this.ask(this.random.pick([...this.acknowledged]));
  }

  /** From its acknowledgement on, no door may miss a transaction, whichever node it was sent to. */
  private ask(transactionId: string): void {
    const node = this.door();
    const { core } = node;
    if (core === null) return;
    const known = core.access.transactionState(transactionId);
    const tell = (status: string | null): void => {
      this.simulation.record({ kind: 'answered', node: node.name, transactionId, status });
    };
    if (known !== null) {
      tell(known.status);
      return;
    }
    core.access.look([transactionId]).then(
      () => tell(core.access.transactionState(transactionId)?.status ?? null),
      () => undefined,
    );
  }

  private list(): void {
    const node = this.simulation.nodes.find((each) => each.lists !== null && each.core !== null);
    if (node?.lists == null) return;
    const height = node.view.read.height();
    const asOf = this.random.chance(0.5) ? height : this.random.integer(height + 2) - 1;
    const publicKey = publicKeyOf(this.actors.name());
    const spent = this.random.chance(0.5);
    node.lists.outputs({ publicKey, spent }, { asOf, order: 'OLDEST_FIRST', limit: PAGE_ROWS }).then(
      ({ rows }) => {
        const links = rows.map(({ transactionId, outputIndex }) => `${transactionId}:${outputIndex}`);
        this.simulation.record({ kind: 'listed', node: node.name, publicKey, spent, asOf, links });
      },
      () => undefined,
    );
  }

  private door(): SimulationNode {
    return this.random.pick(this.simulation.nodes);
  }
}
