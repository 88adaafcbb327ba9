/** Danger: a filter, a search or an index that says something else than a look at every row would. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha3Hex } from '../../src/codec/hash.js';
import { parseJson } from '../../src/codec/json-reader.js';
import { createDirectView, type QueryableView } from '../../src/view/direct-view.js';
import { FilterInvalid, type PayloadFilter, ScanLimitExceeded } from '../../src/view/list-queries.js';
import { createWorkerView } from '../../src/view/worker-view.js';
import { bulkHeight, OWNER } from './support/bulk.js';

const id = (name: string): string => sha3Hex(name);

/** A filter from its JSON, whose numbers are lossless. */
function filter(json: string): PayloadFilter {
  return parseJson(json) as unknown as PayloadFilter;
}

const METADATA: Record<string, string> = {
  one: '{"order":{"id":7,"total":1.5},"tags":["a","b"],"who":"ann"}',
  two: '{"order":{"id":7.0,"total":2},"who":"Ann"}',
  three: '{"order":{"id":"7"},"tags":["b",{"c":[1,2]}],"who":"anna"}',
  four: '{"order":{"id":123456789012345678901234567890},"who":null}',
  five: '{"order":{"id":123456789012345678901234567891},"who":true}',
  six: '{"order":[{"id":7}],"who":"é"}',
  seven: `{"order":{"id":-3},"who":"${'x'.repeat(70)}1"}`,
  eight: `{"order":{"id":true},"who":"${'x'.repeat(70)}2"}`,
  nine: 'null',
};

const CASES: readonly (readonly [string, readonly string[]])[] = [
  ['{"path":["order","id"],"eq":7}', ['one', 'two']],
  ['{"path":["order","id"],"eq":7.0}', ['one', 'two']],
  ['{"path":["order","id"],"eq":"7"}', ['three']],
  ['{"path":["order","id"],"eq":123456789012345678901234567890}', ['four']],
  ['{"path":["order","id"],"in":[7,"7",true]}', ['one', 'two', 'three', 'eight']],
  ['{"path":["order","id"],"gt":7}', ['four', 'five']],
  ['{"path":["order","id"],"gte":7}', ['one', 'two', 'four', 'five']],
  ['{"path":["order","id"],"gt":123456789012345678901234567890}', ['five']],
  ['{"path":["order","id"],"lt":7}', ['seven']],
  ['{"path":["order","id"],"lte":7.0}', ['one', 'two', 'seven']],
  ['{"path":["order","id"],"gte":"6"}', ['three']],
  ['{"path":["order","id"],"exists":true}', ['one', 'two', 'three', 'four', 'five', 'seven', 'eight']],
  ['{"path":["order","id"],"exists":false}', ['six', 'nine']],
  ['{"path":["order","0","id"],"eq":7}', ['six']],
  ['{"path":["who"],"prefix":"ann"}', ['one', 'three']],
  ['{"path":["who"],"prefix":"é"}', ['six']],
  [`{"path":["who"],"prefix":"${'x'.repeat(70)}"}`, ['seven', 'eight']],
  [`{"path":["who"],"eq":"${'x'.repeat(70)}2"}`, ['eight']],
  ['{"path":["who"],"eq":null}', ['four']],
  ['{"path":["who"],"eq":true}', ['five']],
  ['{"path":["who"],"lt":"a"}', ['two']],
  ['{"path":["who"],"ne":"ann"}', ['two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']],
  ['{"path":["tags"],"contains":"b"}', ['one', 'three']],
  ['{"path":["tags"],"contains":{"c":[1,2.0]}}', ['three']],
  ['{"path":["who"],"contains":"nn"}', ['one', 'two', 'three']],
  ['{"contains":{"who":"ann"}}', ['one']],
  ['{"path":["order"],"eq":{"total":1.5,"id":7}}', ['one']],
  ['{"and":[{"path":["order","id"],"gte":7},{"path":["who"],"eq":"Ann"}]}', ['two']],
  ['{"or":[{"path":["who"],"eq":"ann"},{"path":["order","id"],"lt":0}]}', ['one', 'seven']],
  ['{"not":{"path":["order","id"],"exists":true}}', ['six', 'nine']],
  ['{"path":["order","total"],"gt":1}', ['one', 'two']],
];

describe('payload filters', () => {
  const all = bulkHeight(
    0,
    Object.entries(METADATA).map(([name, metadata]) => ({
      id: id(name),
      metadata,
      asset: `{"data":${metadata}}`,
    })),
  );
  const open = async (payloadIndexes: readonly string[]): Promise<QueryableView> => {
    const view = createDirectView({ path: ':memory:', payloadIndexes });
    await view.apply([all]);
    return view;
  };

  test.each([
    ['without an index', []],
    ['with indexes', ['metadata.order.id', 'metadata.who', 'asset.order.id', 'asset.data.who']],
  ])('%s', async (_, payloadIndexes) => {
    const view = await open(payloadIndexes);
    for (const [json, names] of CASES) {
      const expected = names.map(id);
      for (const order of ['OLDEST_FIRST', 'NEWEST_FIRST'] as const) {
        const page = { asOf: 0, order, limit: 100, count: true };
        const byMetadata = await view.lists.transactions({ metadata: filter(json) }, page);
        const byAsset = await view.lists.assets({ data: filter(json) }, page);
        const found = [byMetadata, byAsset].map(({ rows }) => rows.map((row) => row.id));
        const wanted = order === 'OLDEST_FIRST' ? expected : [...expected].reverse();
        expect({ json, found }).toEqual({ json, found: [wanted, wanted] });
        expect(byMetadata.total).toBe(names.length);
      }
    }
    await view.close();
  });

  test('a filter that nothing can be compared with is refused', async () => {
    const view = await open([]);
    const page = { asOf: 0, order: 'NEWEST_FIRST' as const, limit: 1 };
    const deep = `${'{"not":'.repeat(5)}{"exists":true}${'}'.repeat(5)}`;
    const many = `{"or":[${Array(21).fill('{"exists":true}').join(',')}]}`;
    for (const json of ['{}', '{"path":["a"]}', '{"eq":1,"ne":2}', deep, many]) {
      await expect(view.lists.transactions({ metadata: filter(json) }, page)).rejects.toBeInstanceOf(
        FilterInvalid,
      );
    }
    await view.close();
  });

  test('an index declared later knows what was there before, and one dropped is gone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'view-'));
    const path = join(folder, 'view.sqlite');
    const first = createDirectView({ path });
    const filler = Array.from({ length: 1500 }, (_, index) => ({
      id: id(`filler ${index}`),
      metadata: `{"who":"w${index}"}`,
    }));
    await first.apply([all, bulkHeight(1, filler)]);
    await first.close();
    const second = createDirectView({ path, payloadIndexes: ['metadata.who'] });
    const page = { asOf: 1, order: 'NEWEST_FIRST' as const, limit: 3 };
    const found = await second.lists.transactions({ metadata: { path: ['who'], eq: 'w1400' } }, page);
    expect(found.rows.map((row) => row.id)).toEqual([id('filler 1400')]);
    await second.close();
    const third = createDirectView({ path, payloadIndexes: [] });
    expect(
      (await third.lists.transactions({ metadata: { path: ['who'], eq: 'w3' } }, page)).rows,
    ).toHaveLength(1);
    await third.close();
    expect(() => createDirectView({ path, payloadIndexes: ['order.id'] })).toThrow('order.id');
    rmSync(folder, { recursive: true });
  });
});

describe('search', () => {
  const DATA: Record<string, string> = {
    bike: '{"maker":{"city":"Zürich"},"name":"Red bicycles"}',
    car: '{"name":"red car","parts":["wheel",["engine running"]]}',
    cafe: '{"name":"Café blue","note":"not a car"}',
    keyOnly: '{"bicycle":7}',
    phrase: '{"a":"blue car","b":"car red"}',
    nul: '{"a":"zero\\u0000byte"}',
  };
  let view: QueryableView;
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'view-'));
    view = await createWorkerView({
      path: join(folder, 'view.sqlite'),
      onFailure: (error) => {
        throw error;
      },
    });
    const transactions = Object.entries(DATA).map(([name, data]) => ({
      id: id(name),
      asset: `{"data":${data}}`,
      metadata: name === 'car' ? '{"note":"fragile bicycles"}' : 'null',
    }));
    const never = { id: id('never'), asset: '{"data":{"name":"red invalid bicycle"}}' };
    await view.apply([bulkHeight(0, transactions), bulkHeight(1, [never], 'invalid')]);
  });
  afterAll(async () => {
    await view.close();
    rmSync(folder, { recursive: true });
  });

  test.each([
    ['bicycle', ['bike']],
    ['BICYCLES', ['bike']],
    ['zurich', ['bike']],
    ['cafe', ['cafe']],
    ['run', ['car']],
    ['red', ['bike', 'car', 'phrase']],
    ['red blue', ['bike', 'cafe', 'car', 'phrase']],
    ['red -car', ['bike']],
    ['red -"red car"', ['bike', 'phrase']],
    ['"red car"', ['car']],
    ['"blue car" red', ['phrase']],
    ['"RED Bicycle"', ['bike']],
    ['"bicycle red"', []],
    ['-red', []],
    ['the not a', []],
    ['', []],
    ['" "', []],
    ['byte', ['nul']],
    ['blue-car', ['cafe', 'car', 'phrase']],
    ['red OR nothing', ['bike', 'car', 'phrase']],
    ['name:red* ^car NEAR(red car) {asset} : x', ['bike', 'cafe', 'car', 'phrase']],
    ['"unended red', ['bike', 'car', 'phrase']],
    ['fragile', []],
    [id('cafe'), ['cafe']],
    [id('never'), []],
  ])('%s', async (text, names) => {
    const hits = await view.lists.searchAssets(text, 0);
    expect(hits.map((hit) => hit.id).sort()).toEqual(names.map(id).sort());
    for (const hit of hits) expect(Object.values(DATA)).toContain(hit.data);
    for (const order of ['OLDEST_FIRST', 'RELEVANCE'] as const) {
      const page = await view.lists.assets({ search: text }, { asOf: 1, order, limit: 50 });
      if (text.length < 64) expect(page.rows.map((row) => row.id).sort()).toEqual(names.map(id).sort());
    }
  });

  test('the best hit comes first, and pages by relevance go on where they ended', async () => {
    const first = await view.lists.assets(
      { search: 'red bicycle' },
      { asOf: 1, order: 'RELEVANCE', limit: 1 },
    );
    expect(first.rows[0]?.id).toBe(id('bike'));
    expect(first.hasMore).toBe(true);
    const after = first.rows[0]?.place;
    const rest = await view.lists.assets(
      { search: 'red bicycle' },
      { asOf: 1, order: 'RELEVANCE', limit: 9, after },
    );
    expect(rest.rows).toHaveLength(2);
    await expect(view.lists.assets({}, { asOf: 1, order: 'RELEVANCE', limit: 1 })).rejects.toBeInstanceOf(
      FilterInvalid,
    );
  });

  test('metadata has a search of its own', async () => {
    const hits = await view.lists.searchMetadata('bicycle', 5);
    expect(hits).toEqual([{ id: id('car'), data: '{"note":"fragile bicycles"}', height: 0, position: 1 }]);
  });
});

describe('bounds', () => {
  test('a list that no index narrows is refused rather than made', async () => {
    const view = createDirectView({ path: ':memory:' });
    for (let height = 0; height < 22; height++) {
      const transactions = Array.from({ length: 1000 }, (_, index) => ({ id: id(`${height} ${index}`) }));
      await view.apply([bulkHeight(height, transactions)]);
    }
    const page = { asOf: 21, order: 'NEWEST_FIRST' as const, limit: 5 };
    const rare = { path: ['nowhere'], eq: 1 };
    await expect(view.lists.transactions({ metadata: rare }, page)).rejects.toBeInstanceOf(ScanLimitExceeded);
    await expect(view.lists.transactions({ operation: 'TRANSFER' }, page)).resolves.toMatchObject({
      rows: [],
    });
    await expect(view.lists.balances(OWNER, { asOf: 21, limit: 1 })).rejects.toBeInstanceOf(
      ScanLimitExceeded,
    );
    const many = await view.lists.outputs({ publicKey: OWNER, spent: false }, { ...page, count: true });
    expect([many.rows.length, many.hasMore, many.total]).toEqual([5, true, null]);
    const counted = await view.lists.transactions({}, { ...page, count: true });
    expect(counted.total).toBe(22_000);
    await view.close();
  });
});
