/** What every runner of the view promises, held against a model in plain lists. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha3Hex } from '../../src/codec/hash.js';
import { makeVote } from '../../src/model/vote.js';
import type { QueryableView } from '../../src/view/direct-view.js';
import { keyPairOf, publicKeyOf } from '../support/transactions.js';
import { makeHistory, OWNERS } from './support/history.js';
import { wholeList } from './support/paging.js';
import { ViewModel } from './support/view-model.js';

export type OpenView = (path: string) => Promise<QueryableView>;

const HEIGHTS = 80;

export function viewSuite(name: string, seeds: readonly number[], openView: OpenView): void {
  describe(name, () => {
    let folder = '';
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'view-'));
    });
    afterEach(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    const path = (): string => join(folder, 'view.sqlite');

    describe.each(seeds)('history %i', (seed) => {
      const history = makeHistory({ seed, heights: HEIGHTS });
      const model = new ViewModel(history);
      const places = [HEIGHTS - 1, Math.floor(HEIGHTS / 2), 3];
      let view: QueryableView;

      beforeEach(async () => {
        view = await openView(path());
        // Heights come one by one and several in a commit.
        for (let from = 0; from < history.length; ) {
          const upTo = from + 1 + ((from * 7 + seed) % 5);
          await view.apply(history.slice(from, upTo));
          from = upTo;
        }
      });
      afterEach(async () => {
        await view.close();
      });

      test('point look-ups', () => {
        expect(view.read.height()).toBe(HEIGHTS - 1);
        for (const asOf of places) {
          for (const { id } of model.standings) {
            const standings = model.standings.filter((each) => each.id === id && each.height <= asOf);
            const found = view.read.occurrences(id, asOf);
            expect(found.map(({ height, position, status }) => [height, position, status])).toEqual(
              standings.map(({ height, position, status }) => [height, position, status]),
            );
            expect(found.every(({ text }) => text === standings[0]?.text)).toBe(true);
            const valid = standings.find(({ status }) => status === 'valid');
            expect(view.read.validTransaction(id, asOf)?.height).toBe(valid?.height);
            standings[0]?.document.outputs.forEach((_, index) => {
              const spender = view.read.spender(id, index, asOf);
              const expected = valid === undefined ? null : model.spender(id, index, asOf);
              expect(spender === null ? null : [spender.transactionId, spender.inputIndex]).toEqual(
                expected === null ? null : [expected.id, expected.input],
              );
            });
          }
        }
      });

      test('blocks and their parts', () => {
        const invalid = new Map<string, number>();
        for (const { height, block, decidedAtMs } of history) {
          const row = view.read.blockByHeight(height);
          if (block === null) {
            expect(row).toBeNull();
            continue;
          }
          const { id, timestamp, creator, signature, parent, status, invalidReason, transactions } = block;
          expect(row).toEqual({
            ...{ height, id, timestamp, creator, signature, parent, status, invalidReason, decidedAtMs },
            voters: ['node-1', 'node-2', 'node-3'].map(publicKeyOf),
            transactionCount: transactions.length,
          });
          expect(view.read.blockById(id)).toEqual(row);
          const texts = view.read.blockTransactions(height, 0, 1000).map(({ text }) => text);
          expect(texts).toEqual(transactions.map(({ text }) => text));
          expect(view.read.blockTransactions(height, 1, 2).map(({ text }) => text)).toEqual(
            texts.slice(1, 3),
          );
          expect(view.read.blockVotes(height)).toEqual(block.votes.map((vote) => ({ ...vote, late: false })));
          if (status === 'invalid') invalid.set(creator, height);
        }
        const last = view.read.lastInvalidHeights().map(({ creator, height }) => [creator, height]);
        expect(new Map(last as [string, number][])).toEqual(invalid);
        expect(view.read.blockById(sha3Hex('none'))).toBeNull();
        expect(view.read.blockByHeight(HEIGHTS)).toBeNull();
      });

      test('transactions by filter', async () => {
        const assets = [...new Set(model.standings.map(({ assetId }) => assetId))].slice(0, 12);
        const filters = [
          {},
          { operation: 'CREATE' as const },
          { operation: 'TRANSFER' as const },
          { operation: 'GENESIS' as const },
          { status: 'invalid' as const },
          { status: 'undecided' as const },
          { status: 'invalid' as const, publicKey: publicKeyOf('alice') },
          { timestampAfter: '1500000090', timestampBefore: '1500000300' },
          { ids: model.standings.slice(5, 25).map(({ id }) => id) },
          ...OWNERS.map((owner) => ({ publicKey: publicKeyOf(owner) })),
          { publicKey: publicKeyOf('mallory') },
          { publicKey: publicKeyOf('alice'), operation: 'TRANSFER' as const },
          ...assets.map((assetId) => ({ assetId })),
          ...assets.slice(0, 3).map((assetId) => ({ assetId, operation: 'TRANSFER' as const })),
          ...history.slice(8, 14).map(({ block }) => ({ blockId: block?.id ?? sha3Hex('none') })),
        ];
        for (const filter of filters) {
          for (const asOf of places) {
            const rows = await wholeList((page) => view.lists.transactions(filter, page), asOf, 7);
            expect(rows.map(({ id, height, position }) => [id, height, position])).toEqual(
              model.transactions(filter, asOf).map(({ id, height, position }) => [id, height, position]),
            );
          }
        }
        const latest = await view.lists.latestOfAssets(assets, HEIGHTS - 1);
        expect(latest.map((row) => row?.id)).toEqual(
          assets.map((assetId) => model.transactions({ assetId }, HEIGHTS - 1).at(-1)?.id),
        );
      });

      test('outputs by filter, and balances', async () => {
        const assets = [...new Set(model.standings.map(({ assetId }) => assetId))].slice(0, 8);
        const filters = [
          {},
          { spent: true },
          ...OWNERS.flatMap((owner) => {
            const publicKey = publicKeyOf(owner);
            return [{ publicKey }, { publicKey, spent: false }, { publicKey, spent: true }];
          }),
          { publicKey: publicKeyOf('mallory') },
          { publicKey: publicKeyOf('bob'), spent: false, minimumAmount: '5' },
          ...assets.flatMap((assetId) => [{ assetId }, { assetId, spent: false }, { assetId, spent: true }]),
          ...model.standings.slice(0, 6).map(({ id }) => ({ transactionId: id })),
        ];
        for (const filter of filters) {
          for (const asOf of places) {
            const rows = await wholeList((page) => view.lists.outputs(filter, page), asOf, 5);
            expect(rows.map((row) => [row.transactionId, row.outputIndex])).toEqual(
              model.outputs(filter, asOf).map(({ standing, index }) => [standing.id, index]),
            );
            for (const row of rows) {
              const spender = model.spender(row.transactionId, row.outputIndex, asOf);
              expect(row.spentBy?.transactionId).toBe(spender?.id);
            }
          }
        }
        for (const asOf of places) {
          for (const owner of OWNERS) {
            const publicKey = publicKeyOf(owner);
            const page = await view.lists.balances(publicKey, { asOf, limit: 1000 });
            expect(balanceTexts(page.rows)).toEqual(model.balances({ publicKey }, asOf));
          }
          for (const assetId of assets) {
            const page = await view.lists.holders(assetId, { asOf, limit: 1000, count: true });
            expect(balanceTexts(page.rows)).toEqual(model.balances({ assetId }, asOf));
            expect(page.total).toBe(page.rows.length);
          }
        }
      });

      test('blocks, votes, assets and counts', async () => {
        for (const asOf of places) {
          const seen = history.filter(({ height, block }) => height <= asOf && block !== null);
          const creator = publicKeyOf('node-2');
          const transactionId = model.standings[7]?.id ?? '';
          const blockFilters = [
            {},
            ...(['valid', 'invalid', 'undecided'] as const).map((status) => ({ status })),
            { creator },
            { transactionId },
          ];
          for (const filter of blockFilters) {
            const rows = await wholeList((page) => view.lists.blocks(filter, page), asOf, 4);
            const expected = seen.filter(
              ({ block }) =>
                (!('status' in filter) || block?.status === filter.status) &&
                (!('creator' in filter) || block?.creator === creator) &&
                (!('transactionId' in filter) || block?.transactions.some(({ id }) => id === transactionId)),
            );
            expect(rows.map(({ height }) => height)).toEqual(expected.map(({ height }) => height));
          }
          const voteFilters = [
            {},
            { node: creator },
            { isBlockValid: false },
            { blockId: seen[4]?.block?.id ?? '', isBlockValid: true },
          ];
          for (const filter of voteFilters) {
            const rows = await wholeList((page) => view.lists.votes(filter, page), asOf, 4);
            expect(rows.map(({ signature }) => signature)).toEqual(model.votes(filter, asOf));
          }
          const creates = model.transactions({ operation: 'CREATE' }, asOf);
          const assets = await wholeList((page) => view.lists.assets({}, page), asOf, 6);
          expect(assets.map(({ id }) => id)).toEqual(creates.map(({ id }) => id));
          const key = publicKeyOf('carol');
          const created = await wholeList((page) => view.lists.assets({ creator: key }, page), asOf, 6);
          expect(created.map(({ id }) => id)).toEqual(
            creates
              .filter(({ document }) => document.inputs[0]?.owners_before.includes(key))
              .map(({ id }) => id),
          );
          expect(await view.lists.counters(asOf)).toEqual({
            transactions: model.valid(asOf).length,
            assets: creates.length,
            blocks: seen.length,
            validBlocks: seen.filter(({ block }) => block?.status === 'valid').length,
            invalidBlocks: seen.filter(({ block }) => block?.status === 'invalid').length,
            votes: model.votes({}, asOf).length,
          });
        }
      });

      test('a view made again from the same heights says the same', async () => {
        const again = await openView(join(folder, 'again.sqlite'));
        await again.apply(history);
        const asOf = HEIGHTS - 1;
        for (const read of [dump, dumpOutputs])
          expect(await read(again, asOf)).toEqual(await read(view, asOf));
        await again.close();
      });
    });

    test('a view that is opened again stands where it was and goes on', async () => {
      const history = makeHistory({ seed: 9, heights: 60 });
      const first = await openView(path());
      await first.apply(history.slice(0, 41));
      await first.close();
      const second = await openView(path());
      expect(second.read.height()).toBe(40);
      await expect(second.apply(history.slice(42))).rejects.toThrow('not 41');
      expect(second.read.height()).toBe(40);
      await second.apply(history.slice(41));
      const model = new ViewModel(history);
      const rows = await wholeList((page) => second.lists.outputs({ spent: false }, page), 59, 9);
      expect(rows.map((row) => [row.transactionId, row.outputIndex])).toEqual(
        model.outputs({ spent: false }, 59).map(({ standing, index }) => [standing.id, index]),
      );
      await second.close();
    });

    test('a height that cannot be applied leaves nothing of its commit', async () => {
      const history = makeHistory({ seed: 4, heights: 30 });
      const view = await openView(path());
      const spoiled = [...history];
      const at = history.findLastIndex(({ block }) => block?.status === 'valid');
      const block = history[at]?.block;
      const broken = block?.transactions.map((transaction) => ({
        ...transaction,
        text: '{"id":"no transaction"}',
      }));
      spoiled[at] = { ...history[at], block: { ...block, transactions: broken } } as (typeof history)[number];
      await expect(view.apply(spoiled)).rejects.toThrow();
      expect(view.read.height()).toBe(-1);
      await view.apply(history);
      expect(view.read.height()).toBe(29);
      await view.close();
    });

    test('late votes and rejections are kept once', async () => {
      const history = makeHistory({ seed: 5, heights: 12 });
      const view = await openView(path());
      await view.apply(history);
      const { height, block } = history.find(({ block: each }) => each?.status === 'valid') ?? { height: 0 };
      const late = makeVote(keyPairOf('node-9'), {
        blockId: block?.id ?? '',
        previousBlock: sha3Hex('before'),
        isBlockValid: true,
        timestamp: '1500000000',
      });
      const vote = { ...late, standing: 'ineligible' as const, height };
      const before = (await view.lists.counters(11)).votes;
      await view.addLateVotes([vote, vote]);
      await view.addLateVotes([vote]);
      expect(view.read.blockVotes(height).filter((each) => each.late)).toEqual([
        { ...late, standing: 'ineligible', late: true },
      ]);
      expect((await view.lists.counters(11)).votes).toBe(before + 1);
      const [member] = await view.lists.memberVotes([publicKeyOf('node-9')], 5);
      expect(member?.last?.height).toBe(height);

      const rejection = {
        ...{ transactionId: sha3Hex('gone'), code: 'AMOUNT_ERROR', message: 'too much', atMs: 5000 },
        ...{ node: publicKeyOf('node-1'), position: 7, digest: sha3Hex('digest'), text: '{}' },
      };
      expect(view.rejectionPosition()).toBe(0);
      await view.addRejections([rejection], 9);
      await view.addRejections([rejection, { ...rejection, position: 12, message: 'again' }], 12);
      expect(view.rejectionPosition()).toBe(12);
      expect(view.read.rejection(rejection.transactionId)?.message).toBe('again');
      expect((await view.lists.rejections(0, 10)).map(({ position }) => position)).toEqual([7, 12]);
      expect((await view.lists.newestRejections(10)).map(({ position }) => position)).toEqual([12, 7]);
      expect(await view.lists.newestRejections(1)).toMatchObject([{ position: 12, message: 'again' }]);
      expect(await view.lists.lastRejectionPosition()).toBe(12);
      const points = await view.lists.activity('MINUTE', 10_000);
      expect(points.reduce((sum, point) => sum + point.rejections, 0)).toBe(2);
      await view.close();
    });
  });
}

function balanceTexts(
  rows: readonly { assetId: string; publicKeys: readonly string[]; amount: string; outputs: number }[],
): Record<string, string> {
  return Object.fromEntries(
    rows.map(({ assetId, publicKeys, amount, outputs }) => [
      [assetId, ...publicKeys].join(' '),
      `${amount} ${outputs}`,
    ]),
  );
}

function dump(view: QueryableView, asOf: number): Promise<unknown> {
  return wholeList((page) => view.lists.transactions({}, page), asOf, 1000);
}

function dumpOutputs(view: QueryableView, asOf: number): Promise<unknown> {
  return wholeList((page) => view.lists.outputs({}, page), asOf, 1000);
}
