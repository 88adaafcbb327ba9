/**
 * What the port promises (`src/store/store.ts`), promise by promise, for any store. An adapter's test file calls
 * `storeSuite` with a way to open its store; several open stores at one place stand for several processes.
 */

import type { EntryState, Store, StoreHint } from '../../src/store/store.js';
import { StoreUnavailable } from '../../src/store/store.js';
import {
  makeBlock,
  makeEntries,
  makeEntry,
  makeRejection,
  makeVote,
  newStamp,
} from '../support/store-facts.js';
import { compareWithModel } from '../support/store-model.js';

/** A place that holds one federation's facts. */
export interface StorePlace {
  open(): Promise<Store>;
  /** Removes the place and whatever is still open in it. */
  remove(): Promise<void>;
}

export function storeSuite(name: string, createPlace: () => Promise<StorePlace>): void {
  describe(name, () => {
    let place: StorePlace;
    let store: Store;
    let opened: Store[];

    async function open(): Promise<Store> {
      const another = await place.open();
      opened.push(another);
      return another;
    }

    beforeEach(async () => {
      place = await createPlace();
      opened = [];
      store = await open();
    });

    afterEach(async () => {
      await Promise.all(opened.map((each) => each.close()));
      await place.remove();
    });

    describe('backlog', () => {
      it('gives entries back exactly, in order of position', async () => {
        const entries = [
          makeEntry(1),
          makeEntry('odd', {
            text: '{"a$b.c\0":"\0é😀\u{10ffff}","":1.0}',
            assignee: '$a.b\0',
            stamp: "s'\0",
          }),
          makeEntry('junk', { digest: 'not hex', transactionId: '', acceptedAtMs: 0 }),
          makeEntry('big', { text: `"${'é'.repeat(700_000)}"` }),
          makeEntry('empty', { text: '' }),
        ];
        expect(await store.addBacklog(entries)).toEqual(entries.map(() => 'ok'));
        const read = await store.readBacklog(0, 100);
        expect(read.map(({ position, ...entry }) => entry)).toEqual(entries);
        const positions = read.map((entry) => entry.position);
        expect(positions).toEqual([...positions].sort((a, b) => a - b));
        expect(new Set(positions).size).toBe(entries.length);
        expect(positions[0]).toBeGreaterThan(0);
      });

      it('re-assigns an entry that is sent again, and answers duplicate', async () => {
        const [first, second] = makeEntries(2);
        await store.addBacklog([first, second].filter((entry) => entry !== undefined));
        const before = await store.readBacklog(0, 10);
        const resent = makeEntry(0, { assignee: 'node-b' });
        expect(await store.addBacklog([resent])).toEqual(['duplicate']);
        const after = await store.readBacklog(before.at(-1)?.position ?? 0, 10);
        expect(after).toMatchObject([{ digest: resent.digest, assignee: 'node-b', stamp: resent.stamp }]);
        expect(after[0]?.text).toBe(resent.text);
        expect(await store.countBacklog()).toBe(2);
      });

      it('refuses other bytes under a digest that stands, and keeps what stands', async () => {
        const entry = makeEntry(1);
        await store.addBacklog([entry]);
        const otherText = { ...entry, text: 'other', stamp: newStamp() };
        const otherId = { ...entry, transactionId: 'other', stamp: newStamp() };
        expect(await store.addBacklog([otherText, makeEntry(2), otherId])).toEqual([
          'conflict',
          'ok',
          'conflict',
        ]);
        expect(await store.backlogStates([entry.digest])).toEqual([
          { digest: entry.digest, stamp: entry.stamp },
        ]);
        expect((await store.backlogByTransaction([entry.transactionId]))[0]?.text).toBe(entry.text);
      });

      it('takes batches of a thousand, repetitions within one included', async () => {
        const entries = makeEntries(1000);
        const again = entries.slice(0, 3).map((entry) => ({ ...entry, stamp: newStamp() }));
        const results = await store.addBacklog([...entries, ...again]);
        expect(results).toEqual([...entries.map(() => 'ok'), 'duplicate', 'duplicate', 'duplicate']);
        expect(await store.countBacklog()).toBe(1000);
        const states = await store.backlogStates(entries.map((entry) => entry.digest));
        expect(states).toHaveLength(1000);
        expect(await store.removeBacklog(states)).toBe(1000);
        expect(await store.countBacklog()).toBe(0);
        expect(await store.readBacklog(0, 10)).toEqual([]);
      });

      it('deletes only in the state that was judged', async () => {
        const [one, two, three] = makeEntries(3) as [
          ReturnType<typeof makeEntry>,
          ReturnType<typeof makeEntry>,
          ReturnType<typeof makeEntry>,
        ];
        await store.addBacklog([one, two, three]);
        const judged: EntryState[] = [
          one,
          { digest: two.digest, stamp: 'another' },
          { digest: 'unknown', stamp: 's' },
        ];
        expect(await store.removeBacklog(judged)).toBe(1);
        expect(await store.removeBacklog(judged)).toBe(0);
        expect((await store.readBacklog(0, 10)).map((entry) => entry.digest)).toEqual([
          two.digest,
          three.digest,
        ]);
      });

      it('re-assigns by compare-and-set on the stamp', async () => {
        const entry = makeEntry(1);
        const other = makeEntry(2);
        await store.addBacklog([entry, other]);
        const last = (await store.readBacklog(0, 10)).at(-1)?.position ?? 0;
        const change = { digest: entry.digest, stamp: entry.stamp, assignee: 'node-c', newStamp: newStamp() };
        const late = { ...change, newStamp: newStamp() };
        expect(await store.reassignBacklog([change, late, { ...late, digest: 'unknown' }])).toBe(1);
        expect(await store.removeBacklog([entry])).toBe(0);
        const moved = await store.readBacklog(last, 10);
        expect(moved).toMatchObject([{ ...entry, assignee: 'node-c', stamp: change.newStamp }]);
        expect(await store.removeBacklog([{ digest: entry.digest, stamp: change.newStamp }])).toBe(1);
      });

      it('never uses a position twice, not even after a restart of an empty backlog', async () => {
        const entries = makeEntries(5);
        await store.addBacklog(entries);
        const last = (await store.readBacklog(0, 10)).at(-1)?.position ?? 0;
        await store.removeBacklog(entries);
        await store.close();
        store = await open();
        await store.addBacklog([makeEntry(6)]);
        expect(await store.readBacklog(last, 10)).toHaveLength(1);
      });

      it('cuts what it reads by count and by about 16 MiB of text, and goes on from there', async () => {
        const entries = Array.from({ length: 20 }, (_, i) =>
          makeEntry(i, { text: `${i}`.padEnd(1024 * 1024) }),
        );
        await store.addBacklog(entries);
        expect(await store.readBacklog(0, 3)).toHaveLength(3);
        const part = await store.readBacklog(0, 1000);
        expect(part.length).toBeGreaterThan(10);
        expect(part.length).toBeLessThan(18);
        const rest = await store.readBacklog(part.at(-1)?.position ?? 0, 1000);
        expect([...part, ...rest].map((entry) => entry.text)).toEqual(entries.map((entry) => entry.text));
        expect(await store.readBacklog(rest.at(-1)?.position ?? 0, 1000)).toEqual([]);
      });

      it('finds every entry of a transaction id, and the states of those that stand', async () => {
        const transactionId = makeEntry('shared').transactionId;
        const twins = [makeEntry('x', { transactionId }), makeEntry('y', { transactionId })];
        const single = makeEntry('z');
        await store.addBacklog([...twins, single, makeEntry('other')]);
        const found = await store.backlogByTransaction([transactionId, single.transactionId, 'unknown']);
        expect(new Set(found.map((entry) => entry.digest))).toEqual(
          new Set([...twins, single].map((e) => e.digest)),
        );
        const wanted = [single.digest, 'unknown', single.digest, twins[0]?.digest ?? ''];
        const states = await store.backlogStates(wanted);
        expect(states).toHaveLength(2);
        expect(new Set(states.map((state) => state.stamp))).toEqual(new Set([single.stamp, twins[0]?.stamp]));
        expect(await store.backlogStates([])).toEqual([]);
        expect(await store.backlogByTransaction([])).toEqual([]);
        expect(await store.addBacklog([])).toEqual([]);
        expect(await store.removeBacklog([])).toBe(0);
      });

      it('does what a list in memory does, over a long random history', async () => {
        await compareWithModel(() => store, 200, 20_171_114);
      });

      it('applies calls in the order they were made, without waiting between them', async () => {
        const entry = makeEntry(1);
        const answers = await Promise.all([
          store.addBacklog([entry]),
          store.countBacklog(),
          store.removeBacklog([entry]),
          store.countBacklog(),
          store.addBacklog([entry]),
          store.countBacklog(),
        ]);
        expect(answers).toEqual([['ok'], 1, 1, 0, ['ok'], 1]);
      });
    });

    describe('blocks', () => {
      it('takes a height once: ok, duplicate, taken, conflict', async () => {
        const block = makeBlock(1);
        expect(await store.claimHeight(block)).toBe('ok');
        expect(await store.claimHeight({ ...block })).toBe('duplicate');
        expect(await store.claimHeight(makeBlock(1, { id: 'another' }))).toBe('taken');
        expect(await store.claimHeight({ ...block, height: 2 })).toBe('conflict');
        expect(await store.claimHeight({ ...block, text: 'other bytes' })).toBe('conflict');
        expect(await store.claimHeight({ ...block, signature: 'other' })).toBe('conflict');
        expect(await store.claimHeight({ ...block, parent: 'other' })).toBe('conflict');
        expect(await store.claimHeight({ ...block, claimSignature: 'other' })).toBe('conflict');
        expect(await store.readBlocks(0, 10)).toEqual([block]);
        expect(await store.claimHeight(makeBlock(2))).toBe('ok');
      });

      it('reads from a height in order, gaps and great heights included', async () => {
        for (const height of [7, 0, 3, Number.MAX_SAFE_INTEGER]) await store.claimHeight(makeBlock(height));
        const heights = async (from: number, limit: number) =>
          (await store.readBlocks(from, limit)).map((block) => block.height);
        expect(await heights(0, 10)).toEqual([0, 3, 7, Number.MAX_SAFE_INTEGER]);
        expect(await heights(1, 2)).toEqual([3, 7]);
        expect(await heights(8, 10)).toEqual([Number.MAX_SAFE_INTEGER]);
        expect(await store.readBlockById(makeBlock(3).id)).toEqual(makeBlock(3));
        expect(await store.readBlockById('unknown')).toBeNull();
      });

      it('keeps the largest block exactly and cuts an answer at about 32 MiB', async () => {
        const text = `"${'é\0'.repeat(2 * 1024 * 1024)}${'x'.repeat(6 * 1024 * 1024)}"`;
        for (const height of [0, 1, 2, 3]) await store.claimHeight(makeBlock(height, { text }));
        const part = await store.readBlocks(0, 100);
        expect(part.length).toBeGreaterThanOrEqual(2);
        expect(part.length).toBeLessThan(4);
        expect(part[0]?.text === text).toBe(true);
        expect(await store.readBlocks(3, 100)).toHaveLength(1);
      });

      it('gives each height to exactly one of two stores that race for it', async () => {
        const rival = await open();
        const outcomes: string[][] = [];
        for (let height = 0; height < 20; height += 1) {
          const claims = [store, rival].map((each, index) =>
            each.claimHeight(makeBlock(height, { id: `${height}-${index}` })),
          );
          outcomes.push((await Promise.all(claims)).sort());
        }
        expect(outcomes).toEqual(outcomes.map(() => ['ok', 'taken']));
        expect(await store.readBlocks(0, 100)).toEqual(await rival.readBlocks(0, 100));
      });
    });

    describe('votes', () => {
      it('keeps one per block, node and signature, in order of insertion', async () => {
        const votes = [
          makeVote(1),
          makeVote(2),
          makeVote(1, { node: 'node-b' }),
          makeVote(1, { blockId: 'another' }),
          makeVote(3, { node: '$.\0', signature: '' }),
        ];
        expect(await store.addVotes(votes)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
        expect(await store.addVotes([makeVote(1), makeVote(2, { text: 'other' }), makeVote(4)])).toEqual([
          'duplicate',
          'conflict',
          'ok',
        ]);
        const own = [votes[0], votes[1], votes[2], votes[4], makeVote(4)];
        expect(await store.readVotes([makeVote(1).blockId], 100)).toEqual(own);
        expect(await store.readVotes([makeVote(1).blockId], 2)).toEqual(own.slice(0, 2));
        const both = await store.readVotes(['another', makeVote(1).blockId, 'unknown', 'another'], 1);
        expect(both).toHaveLength(2);
        expect(both).toEqual(expect.arrayContaining([votes[3], votes[0]]));
        expect(await store.readVotes([], 10)).toEqual([]);
      });
    });

    describe('rejections', () => {
      it('keeps each once and reads them by position and by transaction', async () => {
        const transactionId = makeRejection(1).transactionId;
        const rejections = [makeRejection(1), makeRejection(2), makeRejection(3, { transactionId })];
        expect(await store.addRejections(rejections)).toEqual(['ok', 'ok', 'ok']);
        expect(await store.addRejections([makeRejection(1), makeRejection(2, { text: 'other' })])).toEqual([
          'duplicate',
          'conflict',
        ]);
        const all = await store.readRejections(0, 10);
        expect(all.map(({ position, ...rejection }) => rejection)).toEqual(rejections);
        const [first, second] = all;
        expect(await store.readRejections(first?.position ?? 0, 1)).toEqual([second]);
        expect(await store.readRejections(all.at(-1)?.position ?? 0, 10)).toEqual([]);
        const found = await store.rejectionsByTransaction([transactionId, 'unknown']);
        expect(found).toEqual([all[0], all[2]]);
      });
    });

    it('holds everything it acknowledged after a restart', async () => {
      const entries = makeEntries(300);
      await Promise.all([
        store.addBacklog(entries),
        store.claimHeight(makeBlock(0)),
        store.addVotes([makeVote(1)]),
        store.addRejections([makeRejection(1)]),
      ]);
      await store.removeBacklog(entries.slice(0, 290));
      await store.close();
      store = await open();
      const read = await store.readBacklog(0, 1000);
      expect(read.map(({ position, ...entry }) => entry)).toEqual(entries.slice(290));
      expect(await store.readBlocks(0, 10)).toEqual([makeBlock(0)]);
      expect(await store.readVotes([makeVote(1).blockId], 10)).toEqual([makeVote(1)]);
      expect(await store.readRejections(0, 10)).toMatchObject([makeRejection(1)]);
      expect(await store.addBacklog(entries.slice(0, 1))).toEqual(['ok']);
    });

    describe('two stores at one place', () => {
      it('see each other at once', async () => {
        const other = await open();
        const entry = makeEntry(1);
        await store.addBacklog([entry]);
        expect(await other.addBacklog([{ ...entry, stamp: 'second' }])).toEqual(['duplicate']);
        expect(await store.backlogStates([entry.digest])).toEqual([
          { digest: entry.digest, stamp: 'second' },
        ]);
        await other.claimHeight(makeBlock(0));
        expect(await store.readBlocks(0, 1)).toEqual([makeBlock(0)]);
      });

      it('hint each other, and themselves, of every kind of change', async () => {
        const other = await open();
        const mine = collectHints(store);
        const theirs = collectHints(other);
        const kinds: [keyof StoreHint, () => Promise<unknown>][] = [
          ['backlog', () => store.addBacklog([makeEntry(1)])],
          ['blocks', () => store.claimHeight(makeBlock(0))],
          ['votes', () => store.addVotes([makeVote(1)])],
          ['rejections', () => store.addRejections([makeRejection(1)])],
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
        const other = await open();
        const entry = makeEntry(1);
        await store.addBacklog([entry]);
        const theirs = collectHints(other);
        const moved = theirs.next((hint) => hint.backlog);
        await store.reassignBacklog([{ ...entry, assignee: 'node-b', newStamp: 'moved' }]);
        await moved;
        const removed = theirs.next((hint) => hint.backlog);
        await store.removeBacklog([{ digest: entry.digest, stamp: 'moved' }]);
        await removed;
        theirs.stop();
      });
    });

    it('hints nothing for what changed nothing, and nothing after the stop', async () => {
      const entry = makeEntry(1);
      await store.addBacklog([entry]);
      const hints = collectHints(store);
      await store.removeBacklog([{ digest: entry.digest, stamp: 'another' }]);
      await store.claimHeight(makeBlock(0));
      await store.claimHeight(makeBlock(0));
      expect(hints.hints).toEqual([
        { backlog: false, blocks: true, votes: false, rejections: false, own: true },
      ]);
      hints.stop();
      hints.stop();
      await store.addVotes([makeVote(1)]);
      expect(hints.hints).toHaveLength(1);
    });

    it('is unavailable after close, which may be called twice', async () => {
      await store.addBacklog([makeEntry(1)]);
      await store.close();
      await store.close();
      expect(await store.addBacklog(makeEntries(2))).toEqual(['unavailable', 'unavailable']);
      expect(await store.claimHeight(makeBlock(0))).toBe('unavailable');
      expect(await store.addVotes([makeVote(1)])).toEqual(['unavailable']);
      expect(await store.addRejections([makeRejection(1)])).toEqual(['unavailable']);
      await expect(store.readBacklog(0, 1)).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(store.countBacklog()).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(store.removeBacklog([makeEntry(1)])).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(store.readBlocks(0, 1)).rejects.toBeInstanceOf(StoreUnavailable);
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
