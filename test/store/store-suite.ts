/**
 * What the port promises (`src/store/store.ts`), promise by promise, for any store. An adapter's test file calls
 * `storeSuite` with a way to open its store; several open stores at one place stand for several processes.
 */

import type { Store, StoreHint } from '../../src/store/store.js';
import { StoreUnavailable } from '../../src/store/store.js';
import { compareWithFacts } from '../support/store-differential.js';
import { makeBlock, makeEntries, makeEntry, makeRejection, makeVote } from '../support/store-facts.js';
import { backlogCases } from './backlog-cases.js';
import { factCases } from './fact-cases.js';
import type { OpenPlace } from './open-place.js';

/** A place that holds one federation's facts. */
export interface StorePlace {
  open(): Promise<Store>;
  /** Removes the place and whatever is still open in it. */
  remove(): Promise<void>;
}

export function storeSuite(name: string, createPlace: () => Promise<StorePlace>): void {
  describe(name, () => {
    let place: StorePlace;
    let opened: Store[];
    const at = {} as OpenPlace;
    at.open = async () => {
      const another = await place.open();
      opened.push(another);
      return another;
    };

    beforeEach(async () => {
      place = await createPlace();
      opened = [];
      at.store = await at.open();
    });

    afterEach(async () => {
      await Promise.all(opened.map((each) => each.close()));
      await place.remove();
    });

    backlogCases(at);
    factCases(at);

    it('answers a random history of all calls as the simulated store does', async () => {
      await compareWithFacts(at.store, 400, Number(process.env.SEED ?? 20_171_115));
    });

    it('holds everything it acknowledged after a restart', async () => {
      const entries = makeEntries(300);
      await Promise.all([
        at.store.addBacklog(entries),
        at.store.claimHeight(makeBlock(0)),
        at.store.addVotes([makeVote(1)]),
        at.store.addRejections([makeRejection(1)]),
      ]);
      await at.store.removeBacklog(entries.slice(0, 290));
      await at.store.close();
      at.store = await at.open();
      const read = await at.store.readBacklog(0, 1000);
      expect(read.map(({ position, ...entry }) => entry)).toEqual(entries.slice(290));
      expect(await at.store.readBlocks(0, 10)).toEqual([makeBlock(0)]);
      expect(
        (await at.store.readVotes([makeVote(1).blockId], 10)).map(({ position, ...vote }) => vote),
      ).toEqual([makeVote(1)]);
      expect(await at.store.readRejections(0, 10)).toMatchObject([makeRejection(1)]);
      expect(await at.store.addBacklog(entries.slice(0, 1))).toEqual(['ok']);
    });

    describe('two stores at one place', () => {
      it('see each other at once', async () => {
        const other = await at.open();
        const entry = makeEntry(1);
        await at.store.addBacklog([entry]);
        expect(await other.addBacklog([{ ...entry, stamp: 'second' }])).toEqual(['duplicate']);
        expect(await at.store.backlogStates([entry.digest])).toEqual([
          { digest: entry.digest, stamp: 'second' },
        ]);
        await other.claimHeight(makeBlock(0));
        expect(await at.store.readBlocks(0, 1)).toEqual([makeBlock(0)]);
      });

      it('hint each other, and themselves, of every kind of change', async () => {
        const other = await at.open();
        const mine = collectHints(at.store);
        const theirs = collectHints(other);
        const kinds: [keyof StoreHint, () => Promise<unknown>][] = [
          ['backlog', () => at.store.addBacklog([makeEntry(1)])],
          ['blocks', () => at.store.claimHeight(makeBlock(0))],
          ['votes', () => at.store.addVotes([makeVote(1)])],
          ['rejections', () => at.store.addRejections([makeRejection(1)])],
        ];
        for (const [kind, write] of kinds) {
          const seen = theirs.next((hint) => hint[kind] && !hint.own);
          const own = mine.next((hint) => hint[kind] && hint.own);
          await write();
          await Promise.all([seen, own]);
        }
        expect(mine.hints.filter((hint) => !hint.own)).toEqual([]);
        mine.stop();
        theirs.stop();
      });

      it('hint a re-assignment and a removal as changes of the backlog', async () => {
        const other = await at.open();
        const entry = makeEntry(1);
        await at.store.addBacklog([entry]);
        const theirs = collectHints(other);
        const moved = theirs.next((hint) => hint.backlog);
        await at.store.reassignBacklog([{ ...entry, assignee: 'node-b', newStamp: 'moved' }]);
        await moved;
        const removed = theirs.next((hint) => hint.backlog);
        await at.store.removeBacklog([{ digest: entry.digest, stamp: 'moved' }]);
        await removed;
        theirs.stop();
      });
    });

    it('hints nothing for what changed nothing, and nothing after the stop', async () => {
      const entry = makeEntry(1);
      await at.store.addBacklog([entry]);
      const hints = collectHints(at.store);
      await at.store.removeBacklog([{ digest: entry.digest, stamp: 'another' }]);
      await at.store.claimHeight(makeBlock(0));
      await at.store.claimHeight(makeBlock(0));
      expect(hints.hints).toEqual([
        { backlog: false, blocks: true, votes: false, rejections: false, own: true },
      ]);
      hints.stop();
      hints.stop();
      await at.store.addVotes([makeVote(1)]);
      expect(hints.hints).toHaveLength(1);
    });

    it('is unavailable after close, which may be called twice', async () => {
      await at.store.addBacklog([makeEntry(1)]);
      await at.store.close();
      await at.store.close();
      expect(await at.store.addBacklog(makeEntries(2))).toEqual(['unavailable', 'unavailable']);
      expect(await at.store.claimHeight(makeBlock(0))).toBe('unavailable');
      expect(await at.store.addVotes([makeVote(1)])).toEqual(['unavailable']);
      expect(await at.store.addRejections([makeRejection(1)])).toEqual(['unavailable']);
      await expect(at.store.readBacklog(0, 1)).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(at.store.countBacklog()).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(at.store.removeBacklog([makeEntry(1)])).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(at.store.readBlocks(0, 1)).rejects.toBeInstanceOf(StoreUnavailable);
    });
  });
}

interface CollectedHints {
  readonly hints: StoreHint[];
  /** Resolves with the first hint from now on that `wanted` accepts. */
  next(wanted: (hint: StoreHint) => boolean): Promise<StoreHint>;
  stop(): void;
}

function collectHints(store: Store): CollectedHints {
  const hints: StoreHint[] = [];
  const waiting = new Map<(hint: StoreHint) => boolean, (hint: StoreHint) => void>();
  const stop = store.follow((hint) => {
    hints.push(hint);
    for (const [wanted, resolve] of waiting) {
      if (!wanted(hint)) continue;
      waiting.delete(wanted);
      resolve(hint);
    }
  });
  return { hints, stop, next: (wanted) => new Promise((resolve) => waiting.set(wanted, resolve)) };
}
