/**
 * Clients of a simulated federation: they create and transfer assets at random doors, post double spends at two doors
 * at once, send again what was not answered, and remember what was acknowledged.
 */

import type { SubmitOutcome } from '../../src/ledger/ledger.js';
import type { MadeTransaction } from '../../src/model/make-transaction.js';
import type { FederationNode, FederationWorld } from './federation-world.js';
import { create, spend, to, transfer } from './transactions.js';

interface Holding {
  readonly transaction: MadeTransaction;
  readonly assetId: string;
  readonly owner: string;
  readonly amount: number;
}

const OWNERS = ['alice', 'bob', 'carol', 'dave'];

export class Workload {
  /** Ids that some door accepted. */
  readonly acknowledged = new Set<string>();
  readonly refused = new Map<string, string>();
  /** Looks at acknowledged transactions that found nothing: each is a false 404. */
  readonly falseMisses: string[] = [];
  looks = 0;
  /** Pairs of ids that spend the same output. */
  readonly rivals: (readonly [string, string])[] = [];
  private readonly holdings: Holding[] = [];
  private serial = 0;

  constructor(private readonly federation: FederationWorld) {}

  private get random() {
    return this.federation.world.random;
  }

  /** Posts one thing, chosen by chance. Does not wait for the answer. */
  act(): void {
    const kind = this.random.integer(10);
    if (kind < 4 || this.holdings.length === 0) this.create();
    else if (kind < 8) this.transfer();
    else this.doubleSpend();
  }

  private create(): void {
    const owner = this.random.pick(OWNERS);
    const amount = 1 + this.random.integer(5);
    const data = { seed: this.federation.world.seed, serial: this.serial++ };
    const made = create({ by: owner, outputs: [to(owner, amount)], data });
    this.post(this.door(), made);
    this.holdings.push({ transaction: made, assetId: made.id, owner, amount });
  }

  private transfer(): void {
    const place = this.random.integer(this.holdings.length);
    const [from] = this.holdings.splice(place, 1);
    if (from === undefined) return;
    const made = this.spendOf(from, this.random.pick(OWNERS));
    this.post(this.door(), made.transaction);
    this.holdings.push(made);
  }

  private doubleSpend(): void {
    const place = this.random.integer(this.holdings.length);
    const [from] = this.holdings.splice(place, 1);
    if (from === undefined) return;
    const [first, second] = [this.spendOf(from, 'alice'), this.spendOf(from, 'bob')];
    this.rivals.push([first.transaction.id, second.transaction.id]);
    this.post(this.door(), first.transaction);
    this.post(this.door(), second.transaction);
  }

  private spendOf(from: Holding, recipient: string): Holding {
    const { amount, assetId, owner } = from;
    const transaction = transfer(assetId, [spend(from.transaction, 0, owner)], [to(recipient, amount)], {
      serial: this.serial++,
    });
    return { transaction, assetId, owner: recipient, amount };
  }

  private door(): FederationNode {
    return this.random.pick(this.federation.nodes);
  }

  /** Posts, and posts again at another door until there is a definite answer or the tries are used up. */
  private post(door: FederationNode, transaction: MadeTransaction, tries = 12): void {
    const again = (): void => {
      if (tries <= 1) return;
      this.federation.world.schedule('client again', 300 + this.random.integer(1500), () =>
        this.post(this.door(), transaction, tries - 1),
      );
    };
    const { core } = door;
    if (core === null) {
      again();
      return;
    }
    let answered = false;
    // A client whose node dies under it hears nothing, and tries elsewhere.
    const giveUp = this.federation.world.schedule('client timeout', 5000, () => {
      if (!answered) again();
    });
    core.access.submit([transaction.text]).then(
      ([outcome]) => {
        answered = true;
        giveUp.cancel();
        if (outcome !== undefined && !this.settle(transaction.id, outcome)) again();
      },
      () => undefined,
    );
  }

  /** True when the answer is definite. */
  private settle(id: string, outcome: SubmitOutcome): boolean {
    this.federation.world.trace(
      `answer ${id.slice(0, 8)} ${outcome.accepted ? 'accepted' : outcome.problem.code}`,
    );
    if (outcome.accepted) {
      this.acknowledged.add(id);
      this.readBack(id);
      return true;
    }
    // An input that is still on its way is worth another try; everything else is final.
    const { code } = outcome.problem;
    if (outcome.retryable || code === 'INPUT_DOES_NOT_EXIST' || code === 'TRANSACTION_NOT_IN_VALID_BLOCK')
      return false;
    this.refused.set(id, code);
    return true;
  }

  /** From its acknowledgement on, no door may miss a transaction, whichever node it was sent to. */
  private readBack(id: string): void {
    const { core } = this.door();
    if (core === null) return;
    core.access.look([id]).then(
      () => {
        this.looks += 1;
        if (core.access.transactionState(id) === null) this.falseMisses.push(id);
      },
      () => undefined,
    );
  }
}
