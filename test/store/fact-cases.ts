/** What the port promises about blocks, votes and rejections. */

import { makeBlock, makeRejection, makeVote } from '../support/store-facts.js';
import type { OpenPlace } from './open-place.js';

export function factCases(at: OpenPlace): void {
  describe('blocks', () => {
    it('takes a height once: ok, duplicate, taken, conflict', async () => {
      const block = makeBlock(1);
      expect(await at.store.claimHeight(block)).toBe('ok');
      expect(await at.store.claimHeight({ ...block })).toBe('duplicate');
      expect(await at.store.claimHeight(makeBlock(1, { id: 'another' }))).toBe('taken');
      expect(await at.store.claimHeight({ ...block, height: 2 })).toBe('conflict');
      expect(await at.store.claimHeight({ ...block, text: 'other bytes' })).toBe('conflict');
      expect(await at.store.claimHeight({ ...block, signature: 'other' })).toBe('conflict');
      expect(await at.store.claimHeight({ ...block, parent: 'other' })).toBe('conflict');
      expect(await at.store.claimHeight({ ...block, claimSignature: 'other' })).toBe('conflict');
      expect(await at.store.readBlocks(0, 10)).toEqual([block]);
      expect(await at.store.claimHeight(makeBlock(2))).toBe('ok');
    });

    it('reads from a height in order, gaps and great heights included', async () => {
      for (const height of [7, 0, 3, Number.MAX_SAFE_INTEGER]) await at.store.claimHeight(makeBlock(height));
      const heights = async (from: number, limit: number) =>
        (await at.store.readBlocks(from, limit)).map((block) => block.height);
      expect(await heights(0, 10)).toEqual([0, 3, 7, Number.MAX_SAFE_INTEGER]);
      expect(await heights(1, 2)).toEqual([3, 7]);
      expect(await heights(8, 10)).toEqual([Number.MAX_SAFE_INTEGER]);
      expect(await at.store.readBlockById(makeBlock(3).id)).toEqual(makeBlock(3));
      expect(await at.store.readBlockById('unknown')).toBeNull();
    });

    it('keeps the largest block exactly and cuts an answer at about 32 MiB', async () => {
      const text = `"${'é\0'.repeat(2 * 1024 * 1024)}${'x'.repeat(6 * 1024 * 1024)}"`;
      for (const height of [0, 1, 2, 3]) await at.store.claimHeight(makeBlock(height, { text }));
      const part = await at.store.readBlocks(0, 100);
      expect(part.length).toBeGreaterThanOrEqual(2);
      expect(part.length).toBeLessThan(4);
      expect(part[0]?.text === text).toBe(true);
      expect(await at.store.readBlocks(3, 100)).toHaveLength(1);
    });

    it('gives each height to exactly one of two stores that race for it', async () => {
      const rival = await at.open();
      const outcomes: string[][] = [];
      for (let height = 0; height < 20; height += 1) {
        const claims = [at.store, rival].map((each, index) =>
          each.claimHeight(makeBlock(height, { id: `${height}-${index}` })),
        );
        outcomes.push((await Promise.all(claims)).sort());
      }
      expect(outcomes).toEqual(outcomes.map(() => ['ok', 'taken']));
      expect(await at.store.readBlocks(0, 100)).toEqual(await rival.readBlocks(0, 100));
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
      expect(await at.store.addVotes(votes)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
      expect(await at.store.addVotes([makeVote(1), makeVote(2, { text: 'other' }), makeVote(4)])).toEqual([
        'duplicate',
        'conflict',
        'ok',
      ]);
      const own = [votes[0], votes[1], votes[2], votes[4], makeVote(4)];
      const read = async (...query: Parameters<typeof at.store.readVotes>) =>
        (await at.store.readVotes(...query)).map(({ position, ...vote }) => vote);
      expect(await read([makeVote(1).blockId], 100)).toEqual(own);
      expect(await read([makeVote(1).blockId], 2)).toEqual(own.slice(0, 2));
      const both = await read(['another', makeVote(1).blockId, 'unknown', 'another'], 1);
      expect(both).toHaveLength(2);
      expect(both).toEqual(expect.arrayContaining([votes[3], votes[0]]));
      expect(await at.store.readVotes([], 10)).toEqual([]);
    });
  });

  describe('votes behind others', () => {
    it('are read page by page, each block from its own position', async () => {
      const flood = Array.from({ length: 250 }, (_, index) => makeVote(index + 1));
      await at.store.addVotes([...flood, makeVote(1, { blockId: 'another' })]);
      const { blockId } = makeVote(1);
      const seen = new Set<string>();
      const after = new Map<string, number>();
      for (let page = 0; page < 100 && seen.size < flood.length; page += 1) {
        const votes = await at.store.readVotes([blockId], 100, after);
        for (const vote of votes) {
          seen.add(vote.signature);
          after.set(blockId, Math.max(after.get(blockId) ?? 0, vote.position ?? 0));
        }
      }
      expect(seen.size).toBe(flood.length);
      const both = await at.store.readVotes([blockId, 'another'], 1, after);
      expect(both.some((vote) => vote.blockId === 'another')).toBe(true);
      // What comes later is found behind the position.
      await at.store.addVotes([makeVote(1000)]);
      const later = await at.store.readVotes([blockId], 100, after);
      expect(later.some((vote) => vote.signature === makeVote(1000).signature)).toBe(true);
    });
  });

  describe('rejections', () => {
    it('keeps each once and reads them by position and by transaction', async () => {
      const transactionId = makeRejection(1).transactionId;
      const rejections = [makeRejection(1), makeRejection(2), makeRejection(3, { transactionId })];
      expect(await at.store.addRejections(rejections)).toEqual(['ok', 'ok', 'ok']);
      expect(await at.store.addRejections([makeRejection(1), makeRejection(2, { text: 'other' })])).toEqual([
        'duplicate',
        'conflict',
      ]);
      const all = await at.store.readRejections(0, 10);
      expect(all.map(({ position, ...rejection }) => rejection)).toEqual(rejections);
      const [first, second] = all;
      expect(await at.store.readRejections(first?.position ?? 0, 1)).toEqual([second]);
      expect(await at.store.readRejections(all.at(-1)?.position ?? 0, 10)).toEqual([]);
      const found = await at.store.rejectionsByTransaction([transactionId, 'unknown']);
      expect(found).toEqual([all[0], all[2]]);
    });
  });

  describe('the record of an import', () => {
    it('is there once: ok, duplicate, conflict', async () => {
      expect(await at.store.readImport()).toBeNull();
      const record = { text: '{"digest":"a","note":"ü\u2028"}' };
      expect(await at.store.addImport(record)).toBe('ok');
      expect(await at.store.addImport({ ...record })).toBe('duplicate');
      expect(await at.store.addImport({ text: '{}' })).toBe('conflict');
      const another = await at.open();
      expect(await another.readImport()).toEqual(record);
      expect(await another.addImport({ text: '{}' })).toBe('conflict');
    });
  });
}
