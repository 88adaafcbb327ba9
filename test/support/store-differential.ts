/**
 * The simulator's facts beside a real store: one random history of every call of the port, whose answers and contents
 * must agree (I17). What the simulator proves of the nodes holds on the stores that ship only as far as they do.
 */

import type { BacklogEntry, PlacedEntry, Store, StoredBlock } from '../../src/store/store.js';
import { type Author, SharedFacts } from '../simulation/shared-facts.js';
import { SeededRandom } from './simulated-random.js';
import { digestOf, makeBlock, makeEntry, makeRejection, makeVote, newStamp } from './store-facts.js';

const BY: Author = { name: 'differential', life: 1 };
const ALL = 1_000_000;
/** Few, so that most keys are met again. */
const ENTRIES = 150;
const BLOCKS = 60;
const VOTERS = 4;
const VOTES_OF_EACH = 3;
const REJECTIONS = 80;
const BATCH_MAX = 4;
/** Calls between two comparisons of everything that is stored. */
const COMPARED_EVERY = 100;

type Call = () => Promise<void>;

/** Makes `calls` calls of the port. Throws (by jest's expect) at the first difference, with the call's number. */
export async function compareWithFacts(store: Store, calls: number, seed: number): Promise<void> {
  const differential = new Differential(store, new SeededRandom('differential', seed));
  for (let call = 1; call <= calls; call += 1) {
    await differential.step();
    if (call % COMPARED_EVERY === 0 || call === calls) await differential.compareAll();
  }
}

class Differential {
  private readonly facts = new SharedFacts(() => undefined);
  private readonly calls: readonly Call[];
  private highest = -1;

  constructor(
    private readonly store: Store,
    private readonly random: SeededRandom,
  ) {
    const writes = [() => this.addBacklog(), () => this.claimHeight(), () => this.addVotes()];
    this.calls = [
      ...writes,
      ...writes,
      () => this.reassign(),
      () => this.remove(),
      () => this.addRejections(),
      () => this.readEntries(),
      () => this.readBlocks(),
      () => this.readVotes(),
      () => this.readRejections(),
    ];
  }

  step(): Promise<void> {
    return this.random.pick(this.calls)();
  }

  async compareAll(): Promise<void> {
    const { store, facts } = this;
    expect(bare(await store.readBacklog(0, ALL))).toEqual(bare(facts.readBacklog(0, ALL)));
    expect(await store.countBacklog()).toBe(facts.countBacklog());
    expect(await store.readBlocks(0, ALL)).toEqual(facts.readBlocks(0, ALL));
    for (let height = 0; height < BLOCKS; height += 1)
      expect(await this.pagedVotes(blockId(height))).toEqual(bare(facts.readVotes([blockId(height)], ALL)));
    expect(bare(await store.readRejections(0, ALL))).toEqual(bare(facts.readRejections(0, ALL)));
  }

  private some<T>(make: () => T): T[] {
    return Array.from({ length: 1 + this.random.integer(BATCH_MAX) }, make);
  }

  private async addBacklog(): Promise<void> {
    const entries = this.some(() => this.entry());
    expect(await this.store.addBacklog(entries)).toEqual(this.facts.addBacklog(entries, BY));
  }

  /** Now and then other bytes, or another transaction, under a digest that may be taken. */
  private entry(): BacklogEntry {
    const entry = makeEntry(this.random.integer(ENTRIES), { acceptedAtMs: this.random.integer(ALL) });
    const kind = this.random.integer(12);
    if (kind === 0) return { ...entry, text: `${entry.text} ` };
    if (kind === 1) return { ...entry, transactionId: digestOf('another transaction') };
    return { ...entry, assignee: `node-${this.random.integer(3)}` };
  }

  /** Each digest once, and some under a stamp that is not theirs any more. */
  private states(): PlacedEntry[] {
    const standing = this.facts.readBacklog(0, ALL).filter(() => this.random.integer(20) === 0);
    return standing.map((entry) =>
      this.random.integer(4) === 0 ? { ...entry, stamp: 'a former one' } : entry,
    );
  }

  private async reassign(): Promise<void> {
    const changes = this.states().map(({ digest, stamp }) => ({
      ...{ digest, stamp, newStamp: newStamp() },
      assignee: `node-${this.random.integer(3)}`,
    }));
    expect(await this.store.reassignBacklog(changes)).toBe(this.facts.reassignBacklog(changes, BY));
  }

  private async remove(): Promise<void> {
    const states = this.states().map(({ digest, stamp }) => ({ digest, stamp }));
    expect(await this.store.removeBacklog(states)).toBe(this.facts.removeBacklog(states, BY));
  }

  private async claimHeight(): Promise<void> {
    const block = this.block();
    const result = this.facts.claimHeight(block, BY);
    if (result === 'ok') this.highest = Math.max(this.highest, block.height);
    expect(await this.store.claimHeight(block)).toBe(result);
  }

  /** The next height mostly; one that is taken, one far above, a block at a second height, other bytes of one. */
  private block(): StoredBlock {
    const next = makeBlock(Math.min(this.highest + 1, BLOCKS - 1));
    const other = makeBlock(this.random.integer(BLOCKS));
    switch (this.random.integer(8)) {
      case 0:
        return other;
      case 1:
        return { ...other, id: digestOf(`rival ${other.height}`) };
      case 2:
        return { ...other, height: this.random.integer(2 * BLOCKS) };
      case 3:
        return { ...other, [this.random.pick(['text', 'signature', 'parent', 'claimSignature'])]: 'other' };
      default:
        return next;
    }
  }

  private async addVotes(): Promise<void> {
    const votes = this.some(() => {
      const seed = this.random.integer(VOTES_OF_EACH);
      const node = `node-${this.random.integer(VOTERS)}`;
      const changes = { blockId: blockId(this.random.integer(BLOCKS)), node };
      return makeVote(seed, this.random.integer(10) === 0 ? { ...changes, text: 'other' } : changes);
    });
    expect(await this.store.addVotes(votes)).toEqual(this.facts.addVotes(votes, BY));
  }

  private async addRejections(): Promise<void> {
    const rejections = this.some(() => {
      const rejection = makeRejection(this.random.integer(REJECTIONS));
      return this.random.integer(10) === 0 ? { ...rejection, text: 'other' } : rejection;
    });
    expect(await this.store.addRejections(rejections)).toEqual(this.facts.addRejections(rejections, BY));
  }

  /** From a place that both name in their own way: behind the n-th entry. */
  private async readEntries(): Promise<void> {
    const { store, facts, random } = this;
    const behind = random.integer(facts.countBacklog() + 1);
    const limit = 1 + random.integer(40);
    const after = (read: readonly PlacedEntry[]): number => read.at(-1)?.position ?? 0;
    const here = facts.readBacklog(0, behind);
    const there = behind === 0 ? [] : await store.readBacklog(0, behind);
    const read = await store.readBacklog(after(there), limit);
    expect(bare(read)).toEqual(bare(facts.readBacklog(after(here), limit)));
    const digests = this.some(() => makeEntry(random.integer(ENTRIES)).digest);
    const states = await store.backlogStates(digests);
    expect(sorted(states)).toEqual(sorted(facts.backlogStates([...new Set(digests)])));
    const ids = this.some(() => makeEntry(random.integer(ENTRIES)).transactionId);
    expect(sorted(bare(await store.backlogByTransaction(ids)))).toEqual(
      sorted(bare(facts.backlogByTransaction(ids))),
    );
  }

  private async readBlocks(): Promise<void> {
    const { store, facts, random } = this;
    const [from, limit] = [random.integer(2 * BLOCKS), 1 + random.integer(20)];
    expect(await store.readBlocks(from, limit)).toEqual(facts.readBlocks(from, limit));
    const id = blockId(random.integer(BLOCKS));
    expect(await store.readBlockById(id)).toEqual(facts.readBlockById(id));
  }

  private async readVotes(): Promise<void> {
    const ids = this.some(() => blockId(this.random.integer(BLOCKS)));
    const limit = 1 + this.random.integer(6);
    const read = bare(await this.store.readVotes(ids, limit));
    for (const id of ids)
      expect(read.filter((vote) => vote.blockId === id)).toEqual(bare(this.facts.readVotes([id], limit)));
  }

  /** All votes on a block, two at a time; a store may give some of them again. */
  private async pagedVotes(id: string): Promise<unknown[]> {
    const found = new Map<string, unknown>();
    for (let after = 0, more = true; more; ) {
      const page = await this.store.readVotes([id], 2, new Map([[id, after]]));
      for (const { position, ...vote } of page) found.set(`${vote.node} ${vote.signature}`, vote);
      const last = page.at(-1)?.position ?? after;
      more = page.length === 2 && last > after;
      after = last;
    }
    return [...found.values()];
  }

  private async readRejections(): Promise<void> {
    const { store, facts, random } = this;
    const ids = this.some(() => makeRejection(random.integer(REJECTIONS)).transactionId);
    expect(sorted(bare(await store.rejectionsByTransaction(ids)))).toEqual(
      sorted(bare(facts.rejectionsByTransaction(ids))),
    );
  }
}

function blockId(height: number): string {
  return makeBlock(height).id;
}

/** Without positions, which every store counts in its own way. */
function bare<T extends { readonly position?: number }>(facts: readonly T[]): Omit<T, 'position'>[] {
  return facts.map(({ position, ...fact }) => fact);
}

function sorted<T extends { readonly digest: string }>(facts: readonly T[]): T[] {
  return [...facts].sort((left, right) => (left.digest < right.digest ? -1 : 1));
}
