/**
 * Copies of the shared facts that no store may answer from, for bugs that are planted in the simulated store: a member
 * of a replica set that is behind, and one that shows what is not yet on the disks of the others.
 */

import type { SimulatedWorld } from '../support/simulated-runtime.js';
import { type Author, type FactChange, SharedFacts } from './shared-facts.js';

/** How far a member is behind, virtual milliseconds. */
const BEHIND_MS = 200;
const NOBODY: Author = { name: '', life: 0 };

/** Has every durable change, a while later and in the same order. */
export class LateCopy {
  readonly facts = new SharedFacts(() => undefined);
  private readonly changes: FactChange[] = [];

  constructor(private readonly world: SimulatedWorld) {}

  take(change: FactChange): void {
    this.changes.push(change);
    this.world.schedule('replication', BEHIND_MS, () => {
      const next = this.changes.shift();
      if (next !== undefined) repeat(this.facts, next);
    });
  }
}

/** Has blocks and votes as soon as they are sent, and loses again what is lost before it is synced. */
export class EarlyCopy {
  facts = new SharedFacts(() => undefined);

  take(change: FactChange): void {
    repeat(this.facts, change);
  }

  /** Only what is durable is left; positions go on from where they were, so that nothing new hides behind them. */
  fallBack(durable: SharedFacts): void {
    const { position } = this.facts as unknown as { position: number };
    this.facts = Object.assign(new SharedFacts(() => undefined), { position });
    for (const block of durable.readBlocks(0, Number.MAX_SAFE_INTEGER))
      repeat(this.facts, { kind: 'block', block });
    for (const vote of durable.allVotes()) repeat(this.facts, { kind: 'vote', vote });
  }
}

function repeat(facts: SharedFacts, change: FactChange): void {
  switch (change.kind) {
    case 'entry':
      facts.addBacklog([change.entry], NOBODY);
      return;
    case 'entry gone':
      facts.removeBacklog(facts.backlogStates([change.digest]), NOBODY);
      return;
    case 'block':
      facts.claimHeight(change.block, NOBODY);
      return;
    case 'vote':
      facts.addVotes([change.vote], NOBODY);
      return;
    case 'rejection':
      facts.addRejections([change.rejection], NOBODY);
  }
}
