/**
 * The backlog as a list in memory, and a random history applied to it and to a real store: their answers and their
 * contents must agree. Entries leave in scattered order, so texts that were written together part company.
 */

import type { BacklogEntry, EntryState, Store, WriteResult } from '../../src/store/store.js';
import { SeededRandom } from './simulated-random.js';
import { makeEntry, newStamp } from './store-facts.js';

class BacklogModel {
  /** In order of position: a re-assigned entry moves to the end. */
  private entries: BacklogEntry[] = [];

  add(entry: BacklogEntry): WriteResult {
    const standing = this.entries.find((each) => each.digest === entry.digest);
    if (standing === undefined) {
      this.entries.push(entry);
      return 'ok';
    }
    if (standing.text !== entry.text || standing.transactionId !== entry.transactionId) return 'conflict';
    this.moveToEnd(standing, entry.assignee, entry.stamp);
    return 'duplicate';
  }

  reassign(state: EntryState, assignee: string, stamp: string): number {
    const standing = this.inState(state);
    if (standing === undefined) return 0;
    this.moveToEnd(standing, assignee, stamp);
    return 1;
  }

  remove(state: EntryState): number {
    const standing = this.inState(state);
    this.entries = this.entries.filter((each) => each !== standing);
    return standing === undefined ? 0 : 1;
  }

  all(): readonly BacklogEntry[] {
    return this.entries;
  }

  private inState(state: EntryState): BacklogEntry | undefined {
    return this.entries.find((each) => each.digest === state.digest && each.stamp === state.stamp);
  }

  private moveToEnd(entry: BacklogEntry, assignee: string, stamp: string): void {
    this.entries = [...this.entries.filter((each) => each !== entry), { ...entry, assignee, stamp }];
  }
}

/** Throws (by jest's expect) at the first difference. */
export async function compareWithModel(store: () => Store, steps: number, seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  const model = new BacklogModel();
  const some = (part: number): BacklogEntry[] => model.all().filter(() => random.integer(100) < part);
  const newEntry = (): BacklogEntry =>
    makeEntry(random.integer(3000), { text: String(random.integer(3000)).padEnd(random.integer(9000), 'é') });
  const batch = (): BacklogEntry[] => Array.from({ length: random.integer(60) }, newEntry);
  for (let step = 0; step < steps; step += 1) {
    const kind = random.integer(10);
    if (kind < 4) {
      const entries = batch();
      expect(await store().addBacklog(entries)).toEqual(entries.map((entry) => model.add(entry)));
    } else if (kind < 5) {
      const resent = some(5).map((entry) => ({ ...entry, stamp: newStamp() }));
      expect(await store().addBacklog(resent)).toEqual(resent.map((entry) => model.add(entry)));
    } else if (kind < 6) {
      const changes = some(10).map((entry) => ({ ...entry, newStamp: newStamp() }));
      const count = changes.map((each) => model.reassign(each, each.assignee, each.newStamp));
      expect(await store().reassignBacklog(changes)).toBe(count.reduce((sum, each) => sum + each, 0));
    } else {
      const states = some(random.integer(70));
      const count = states.map((each) => model.remove(each));
      expect(await store().removeBacklog(states)).toBe(count.reduce((sum, each) => sum + each, 0));
    }
    const read = await store().readBacklog(0, 100_000);
    expect(read.map(({ position, ...entry }) => entry)).toEqual(model.all());
  }
}
