/**
 * What clients of a simulated federation hold and make: divisible assets, splits and merges, thresholds, chains. Pure
 * but for its source of chance; `workload.ts` sends what is made here.
 */

import type { MadeTransaction } from '../../src/model/make-transaction.js';
import type { SeededRandom } from '../support/simulated-random.js';
import { create, spend, to, transfer } from '../support/transactions.js';

/** An output that the clients believe to be unspent. */
export interface Holding {
  readonly transaction: MadeTransaction;
  readonly index: number;
  readonly assetId: string;
  readonly owners: readonly string[];
  readonly threshold: number;
  readonly amount: number;
}

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin'];

export class Actors {
  readonly holdings: Holding[] = [];
  /** What was held and is spent, or meant to be. */
  readonly spent: Holding[] = [];
  private serial = 0;

  constructor(
    private readonly random: SeededRandom,
    private readonly seed: number,
  ) {}

  /** One of the clients' names. */
  name(): string {
    return this.random.pick(NAMES);
  }

  /** A new asset of one to three outputs. */
  create(): MadeTransaction {
    const by = this.name();
    const plans = this.plans(1 + this.random.integer(9));
    const outputs = plans.map((plan) => to(plan.owners, plan.amount, plan.threshold));
    const made = create({ by, outputs, data: { seed: this.seed, serial: this.serial++ } });
    this.keep(made, made.id, plans);
    return made;
  }

  /** Spends one output, or all that are held of one asset, in one to three new outputs; null when nothing is held. */
  transfer(): MadeTransaction | null {
    const first = this.take();
    if (first === null) return null;
    const spent = [first, ...(this.random.chance(0.3) ? this.takeAll(first.assetId) : [])];
    const plans = this.plans(spent.reduce((sum, holding) => sum + holding.amount, 0));
    const made = this.spendAll(spent, plans);
    this.keep(made, first.assetId, plans);
    return made;
  }

  /** Transactions that each spend the same output; what they leave is not spent again. */
  rivals(): readonly [MadeTransaction, MadeTransaction] | null {
    const holding = this.take();
    if (holding === null) return null;
    const plans = [this.name(), this.name()].map((owner) => [
      { owners: [owner], threshold: 1, amount: holding.amount },
    ]);
    const [one, other] = plans.map((plan) => this.spendAll([holding], plan));
    return one === undefined || other === undefined ? null : [one, other];
  }

  /** A transfer, and a transfer of what it leaves, and so on. */
  chain(length: number): MadeTransaction[] {
    const made: MadeTransaction[] = [];
    let holding = this.take();
    while (holding !== null && made.length < length) {
      const plan = { owners: [this.name()], threshold: 1, amount: holding.amount };
      const next = this.spendAll([holding], [plan]);
      made.push(next);
      holding = { transaction: next, index: 0, assetId: holding.assetId, ...plan };
    }
    if (holding !== null) this.holdings.push(holding);
    return made;
  }

  /** A holding that stays held; null when there is none. */
  peek(): Holding | null {
    return this.holdings.length === 0 ? null : this.random.pick(this.holdings);
  }

  /** Signed by as many owners as the condition asks for. */
  spendAll(spent: readonly Holding[], plans: readonly Plan[]): MadeTransaction {
    const [first] = spent;
    if (first === undefined) throw new Error('something must be spent');
    const spends = spent.map(({ transaction, index, owners, threshold }) =>
      spend(transaction, index, owners.slice(0, threshold)),
    );
    const outputs = plans.map((plan) => to(plan.owners, plan.amount, plan.threshold));
    return transfer(first.assetId, spends, outputs, { serial: this.serial++ });
  }

  private take(): Holding | null {
    if (this.holdings.length === 0) return null;
    const [holding] = this.holdings.splice(this.random.integer(this.holdings.length), 1);
    if (holding !== undefined) this.spent.push(holding);
    return holding ?? null;
  }

  private takeAll(assetId: string): Holding[] {
    const all = this.holdings.filter((holding) => holding.assetId === assetId);
    for (const holding of all) this.holdings.splice(this.holdings.indexOf(holding), 1);
    return all;
  }

  private keep(transaction: MadeTransaction, assetId: string, plans: readonly Plan[]): void {
    plans.forEach((plan, index) => {
      this.holdings.push({ transaction, index, assetId, ...plan });
    });
  }

  /** Divides an amount among owners, some of them several with a threshold. */
  private plans(amount: number): Plan[] {
    const parts = Math.min(amount, 1 + this.random.integer(3));
    const plans: Plan[] = [];
    let left = amount;
    for (let part = parts; part > 0; part -= 1) {
      const share = part === 1 ? left : 1 + this.random.integer(left - part + 1);
      left -= share;
      const owners = [...NAMES].slice(0, this.random.chance(0.2) ? 3 : 1);
      if (owners.length === 1) owners[0] = this.name();
      const threshold = owners.length === 1 ? 1 : 1 + this.random.integer(owners.length);
      plans.push({ owners, threshold, amount: share });
    }
    return plans;
  }
}

/** An output to make. */
export interface Plan {
  readonly owners: readonly string[];
  readonly threshold: number;
  readonly amount: number;
}
