/** What the port promises about the backlog. */

import type { EntryState } from '../../src/store/store.js';
import { makeEntries, makeEntry, makeRejection, newStamp } from '../support/store-facts.js';
import { compareWithModel } from '../support/store-model.js';
import type { OpenPlace } from './open-place.js';

export function backlogCases(at: OpenPlace): void {
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
      expect(await at.store.addBacklog(entries)).toEqual(entries.map(() => 'ok'));
      const read = await at.store.readBacklog(0, 100);
      expect(read.map(({ position, ...entry }) => entry)).toEqual(entries);
      const positions = read.map((entry) => entry.position);
      expect(positions).toEqual([...positions].sort((a, b) => a - b));
      expect(new Set(positions).size).toBe(entries.length);
      expect(positions[0]).toBeGreaterThan(0);
    });

    it('re-assigns an entry that is sent again, and answers duplicate', async () => {
      const [first, second] = makeEntries(2);
      await at.store.addBacklog([first, second].filter((entry) => entry !== undefined));
      const before = await at.store.readBacklog(0, 10);
      const resent = makeEntry(0, { assignee: 'node-b' });
      expect(await at.store.addBacklog([resent])).toEqual(['duplicate']);
      const after = await at.store.readBacklog(before.at(-1)?.position ?? 0, 10);
      expect(after).toMatchObject([{ digest: resent.digest, assignee: 'node-b', stamp: resent.stamp }]);
      expect(after[0]?.text).toBe(resent.text);
      expect(await at.store.countBacklog()).toBe(2);
    });

    it('refuses other bytes under a digest that stands, and keeps what stands', async () => {
      const entry = makeEntry(1);
      await at.store.addBacklog([entry]);
      const otherText = { ...entry, text: 'other', stamp: newStamp() };
      const otherId = { ...entry, transactionId: 'other', stamp: newStamp() };
      expect(await at.store.addBacklog([otherText, makeEntry(2), otherId])).toEqual([
        'conflict',
        'ok',
        'conflict',
      ]);
      expect(await at.store.backlogStates([entry.digest])).toEqual([
        { digest: entry.digest, stamp: entry.stamp },
      ]);
      expect((await at.store.backlogByTransaction([entry.transactionId]))[0]?.text).toBe(entry.text);
    });

    it('takes batches of a thousand, repetitions within one included', async () => {
      const entries = makeEntries(1000);
      const again = entries.slice(0, 3).map((entry) => ({ ...entry, stamp: newStamp() }));
      const results = await at.store.addBacklog([...entries, ...again]);
      expect(results).toEqual([...entries.map(() => 'ok'), 'duplicate', 'duplicate', 'duplicate']);
      expect(await at.store.countBacklog()).toBe(1000);
      const states = await at.store.backlogStates(entries.map((entry) => entry.digest));
      expect(states).toHaveLength(1000);
      expect(await at.store.removeBacklog(states)).toBe(1000);
      expect(await at.store.countBacklog()).toBe(0);
      expect(await at.store.readBacklog(0, 10)).toEqual([]);
    });

    it('deletes only in the state that was judged', async () => {
      const [one, two, three] = makeEntries(3) as [
        ReturnType<typeof makeEntry>,
        ReturnType<typeof makeEntry>,
        ReturnType<typeof makeEntry>,
      ];
      await at.store.addBacklog([one, two, three]);
      const judged: EntryState[] = [
        one,
        { digest: two.digest, stamp: 'another' },
        { digest: 'unknown', stamp: 's' },
      ];
      expect(await at.store.removeBacklog(judged)).toBe(1);
      expect(await at.store.removeBacklog(judged)).toBe(0);
      expect((await at.store.readBacklog(0, 10)).map((entry) => entry.digest)).toEqual([
        two.digest,
        three.digest,
      ]);
    });

    it('re-assigns by compare-and-set on the stamp', async () => {
      const entry = makeEntry(1);
      const other = makeEntry(2);
      await at.store.addBacklog([entry, other]);
      const last = (await at.store.readBacklog(0, 10)).at(-1)?.position ?? 0;
      const change = { digest: entry.digest, stamp: entry.stamp, assignee: 'node-c', newStamp: newStamp() };
      const late = { ...change, newStamp: newStamp() };
      expect(await at.store.reassignBacklog([change, late, { ...late, digest: 'unknown' }])).toBe(1);
      expect(await at.store.removeBacklog([entry])).toBe(0);
      const moved = await at.store.readBacklog(last, 10);
      expect(moved).toMatchObject([{ ...entry, assignee: 'node-c', stamp: change.newStamp }]);
      expect(await at.store.removeBacklog([{ digest: entry.digest, stamp: change.newStamp }])).toBe(1);
    });

    it('never uses a position twice, not even after a restart of an empty backlog', async () => {
      const entries = makeEntries(5);
      await at.store.addBacklog(entries);
      const last = (await at.store.readBacklog(0, 10)).at(-1)?.position ?? 0;
      await at.store.removeBacklog(entries);
      await at.store.close();
      at.store = await at.open();
      await at.store.addBacklog([makeEntry(6)]);
      expect(await at.store.readBacklog(last, 10)).toHaveLength(1);
    });

    it('cuts what it reads by count and by about 16 MiB of text, and goes on from there', async () => {
      const entries = Array.from({ length: 20 }, (_, i) =>
        makeEntry(i, { text: `${i}`.padEnd(1024 * 1024) }),
      );
      await at.store.addBacklog(entries);
      expect(await at.store.readBacklog(0, 3)).toHaveLength(3);
      const part = await at.store.readBacklog(0, 1000);
      expect(part.length).toBeGreaterThan(10);
      expect(part.length).toBeLessThan(18);
      const rest = await at.store.readBacklog(part.at(-1)?.position ?? 0, 1000);
      expect([...part, ...rest].map((entry) => entry.text)).toEqual(entries.map((entry) => entry.text));
      expect(await at.store.readBacklog(rest.at(-1)?.position ?? 0, 1000)).toEqual([]);
    });

    it('finds every entry of a transaction id, and the states of those that stand', async () => {
      const transactionId = makeEntry('shared').transactionId;
      const twins = [makeEntry('x', { transactionId }), makeEntry('y', { transactionId })];
      const single = makeEntry('z');
      await at.store.addBacklog([...twins, single, makeEntry('other')]);
      const found = await at.store.backlogByTransaction([transactionId, single.transactionId, 'unknown']);
      expect(new Set(found.map((entry) => entry.digest))).toEqual(
        new Set([...twins, single].map((e) => e.digest)),
      );
      const wanted = [single.digest, 'unknown', single.digest, twins[0]?.digest ?? ''];
      const states = await at.store.backlogStates(wanted);
      expect(states).toHaveLength(2);
      expect(new Set(states.map((state) => state.stamp))).toEqual(new Set([single.stamp, twins[0]?.stamp]));
      expect(await at.store.backlogStates([])).toEqual([]);
      expect(await at.store.backlogByTransaction([])).toEqual([]);
      expect(await at.store.addBacklog([])).toEqual([]);
      expect(await at.store.removeBacklog([])).toBe(0);
    });

    it('does what a list in memory does, over a long random history', async () => {
      await compareWithModel(() => at.store, 200, 20_171_114);
    });

    it('applies calls in the order they were made, without waiting between them', async () => {
      const entry = makeEntry(1);
      const answers = await Promise.all([
        at.store.addBacklog([entry]),
        at.store.countBacklog(),
        at.store.removeBacklog([entry]),
        at.store.countBacklog(),
        at.store.addBacklog([entry]),
        at.store.countBacklog(),
      ]);
      expect(answers).toEqual([['ok'], 1, 1, 0, ['ok'], 1]);
    });

    it('keeps what is left of a batch, whatever its size and order', async () => {
      const small = makeEntries(40);
      const big = makeEntry('big', { text: 'x'.repeat(300_000) });
      await at.store.addBacklog([...small, big]);
      const moved = small.slice(0, 2).map((entry) => ({ ...entry, newStamp: newStamp() }));
      await at.store.reassignBacklog(moved);
      expect(await at.store.removeBacklog(small.slice(2))).toBe(38);
      const left = [big, ...moved.map(({ newStamp: stamp, ...entry }) => ({ ...entry, stamp }))];
      const read = async () => (await at.store.readBacklog(0, 10)).map(({ position, ...entry }) => entry);
      expect(await read()).toEqual(left);
      expect(await at.store.removeBacklog(left.slice(0, 1))).toBe(1);
      expect(await read()).toEqual(left.slice(1));
      expect(await at.store.removeBacklog(left)).toBe(2);
      expect(await read()).toEqual([]);
    });

    it('keeps keys apart that begin alike', async () => {
      const digests = ['a', 'b', 'c'].map((end) => `${'5'.repeat(63)}${end}`);
      const entries = digests.map((digest) => makeEntry(digest, { digest, transactionId: digest }));
      expect(await at.store.addBacklog(entries.slice(0, 2))).toEqual(['ok', 'ok']);
      expect(await at.store.backlogStates(digests)).toHaveLength(2);
      expect(await at.store.backlogByTransaction(digests.slice(1))).toMatchObject([entries[1]]);
      expect(await at.store.removeBacklog(entries.slice(1))).toBe(1);
      expect(await at.store.readBacklog(0, 10)).toMatchObject([entries[0]]);
      const rejections = digests.map((digest) => makeRejection(digest, { digest, transactionId: digest }));
      expect(await at.store.addRejections(rejections)).toEqual(['ok', 'ok', 'ok']);
      expect(await at.store.rejectionsByTransaction(digests.slice(2))).toMatchObject([rejections[2]]);
    });
  });
}
