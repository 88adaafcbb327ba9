/** Danger: a file that is no view, or half of one, taken for what the store says. */

import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha3Hex } from '../../src/codec/hash.js';
import { createDirectView } from '../../src/view/direct-view.js';
import { Sqlite } from '../../src/view/sqlite.js';
import { ViewUnreadable } from '../../src/view/unreadable.js';
import { createWorkerView } from '../../src/view/worker-view.js';
import { bulkHeight, bulkText } from './support/bulk.js';

const PAGE = 4096;
/** The only row of FTS5's settings: a name and a small integer. */
const FULL_TEXT_VERSION = 'version\u0004';

let folder = '';
let closing: () => Promise<void> = async () => undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'view-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const path = (): string => join(folder, 'sub', 'view.sqlite');

const onFailure = (error: Error): void => {
  throw error;
};

function spoil(change: (sqlite: Sqlite) => void): void {
  const sqlite = new Sqlite(path());
  change(sqlite);
  sqlite.close();
}

test('the file is private, and its log is folded at the end', async () => {
  const view = createDirectView({ path: path() });
  await view.apply([bulkHeight(0, [{ id: sha3Hex('a') }])]);
  await view.close();
  expect(statSync(path()).mode & 0o777).toBe(0o600);
  expect(readFileSync(path()).includes(sha3Hex('a'))).toBe(true);
});

test.each([
  ['another program’s', (sqlite: Sqlite) => sqlite.exec('PRAGMA application_id = 7')],
  ['an older version’s', (sqlite: Sqlite) => sqlite.exec('PRAGMA user_version = 0')],
  ['one without its tables', (sqlite: Sqlite) => sqlite.exec('DROP TABLE heights')],
  ['one without its full text', (sqlite: Sqlite) => sqlite.exec('DROP TABLE words')],
])('a file that is %s is refused, by name', async (_, change) => {
  await createDirectView({ path: path() }).close();
  spoil(change);
  expect(() => createDirectView({ path: path() })).toThrow(ViewUnreadable);
  expect(() => createDirectView({ path: path() })).toThrow(path());
  const refused = createWorkerView({ path: path(), onFailure });
  await expect(refused).rejects.toBeInstanceOf(ViewUnreadable);
  await expect(refused).rejects.toThrow('bigchaindb rebuild');
});

test('a file that is no database is refused and left as it is', async () => {
  await createDirectView({ path: path() }).close();
  const junk = Buffer.alloc(8192, 'no database');
  writeFileSync(path(), junk);
  expect(() => createDirectView({ path: path() })).toThrow(ViewUnreadable);
  await expect(createWorkerView({ path: path(), onFailure })).rejects.toBeInstanceOf(ViewUnreadable);
  expect(readFileSync(path())).toEqual(junk);
});

test('what waits outside the indexes is found before, while and after it is taken in, and after a restart', async () => {
  const heights = Array.from({ length: 100 }, (_, height) => {
    const made = { id: sha3Hex(`create ${height}`) };
    // Each output is spent 20 heights after it was made: some while pending, and taken in as nothing.
    const spent = sha3Hex(`create ${height - 20}`);
    const spends = [[spent, 0]] as const;
    const moved = {
      ...{
        id: sha3Hex(`transfer ${height}`),
        asset: `{"id":"${spent}"}`,
        operation: 'TRANSFER' as const,
        spends,
      },
    };
    return bulkHeight(height, height < 20 ? [made] : [made, moved]);
  });
  let view = createDirectView({ path: path() });
  for (const [height, decided] of heights.entries()) {
    await view.apply([decided]);
    if (height % 13 === 0) {
      await view.close();
      view = createDirectView({ path: path() });
    }
    for (const back of [0, 5, 19, 20, 21, 31, 32, 40]) {
      const id = sha3Hex(`create ${height - back}`);
      const made = height - back;
      expect(view.read.validTransaction(id)?.height).toBe(made < 0 ? undefined : made);
      expect(view.read.spender(id, 0)?.height).toBe(made >= 0 && back >= 20 ? made + 20 : undefined);
      const { rows } = await view.lists.transactions(
        { assetId: id },
        { asOf: height, order: 'OLDEST_FIRST', limit: 9 },
      );
      expect(rows.map((row) => row.height)).toEqual(made < 0 ? [] : back >= 20 ? [made, made + 20] : [made]);
      const holders = await view.lists.holders(id, { asOf: height, limit: 9 });
      expect(holders.rows.map((row) => row.amount)).toEqual(made < 0 ? [] : ['1']);
    }
    const { total } = await view.lists.outputs(
      { publicKey: '4K9sWUMFwTgaDGPfdynrbxWqWS6sWmKbZoTjxLtVUibD', spent: false },
      { asOf: height, order: 'NEWEST_FIRST', limit: 1, count: true },
    );
    expect(total).toBe(height + 1);
  }
  await view.close();
  const sqlite = new Sqlite(path());
  const waiting = sqlite.ask('SELECT count(*), min(height) FROM pending_ids');
  expect(waiting).toEqual([31, 69]);
  sqlite.close();
});

test('after an unclean stop a damaged file is found out', async () => {
  const transactions = Array.from({ length: 1000 }, (_, index) => ({ id: sha3Hex(`${index}`) }));
  const made = createDirectView({ path: path() });
  for (let height = 0; height < 40; height++) {
    await made.apply([bulkHeight(height, height === 0 ? transactions : [])]);
  }
  await made.close();
  const root = new Sqlite(path());
  const [page] = root.ask("SELECT rootpage FROM sqlite_schema WHERE name = 'keys'");
  root.close();
  const file = openSync(path(), 'r+');
  writeSync(file, Buffer.alloc(2000, 0x5a), 0, 2000, (Number(page) - 1) * 4096 + 2000);
  closeSync(file);
  writeFileSync(`${path()}-wal`, 'left by a process that was killed');
  const found = await new Promise<Error>((resolve, reject) => {
    createWorkerView({ path: path(), onFailure: resolve }).then((view) => {
      closing = () => view.close();
    }, reject);
  });
  await closing();
  expect(found).toBeInstanceOf(ViewUnreadable);
  expect(found.message).toContain('is damaged');
});

// Danger: SQLite has no checksums: a letter that changed on the disk would be served as what was signed.
test('a text in which one bit flipped is never given out, and ends the node', async () => {
  const texts = Array.from({ length: 30 }, (_, index) => ({
    id: sha3Hex(`${index}`),
    asset: `{"data":{"note":"find me ${index}"}}`,
  }));
  const made = createDirectView({ path: path() });
  await made.apply([bulkHeight(0, texts)]);
  await made.close();
  const bytes = readFileSync(path());
  const at = bytes.lastIndexOf('find me 7"');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path(), bytes);

  const direct = createDirectView({ path: path() });
  expect(direct.read.validTransaction(sha3Hex('6'))?.text).toBe(bulkText(texts[6] as never));
  expect(() => direct.read.validTransaction(sha3Hex('7'))).toThrow(ViewUnreadable);
  await direct.close();

  for (const use of ['look-up', 'list'] as const) {
    const failures: Error[] = [];
    const view = await createWorkerView({ path: path(), onFailure: (error) => failures.push(error) });
    const all = { asOf: 0, order: 'OLDEST_FIRST', limit: 100 } as const;
    if (use === 'look-up') expect(() => view.read.blockTransactions(0, 0, 100)).toThrow(ViewUnreadable);
    else await expect(view.lists.transactions({}, all)).rejects.toThrow('is not what was written');
    expect(failures).toEqual([expect.any(ViewUnreadable)]);
    await view.close();
  }
});

test('a vote and a rejection in which one bit flipped are never given out', async () => {
  const made = createDirectView({ path: path() });
  const { block, ...height } = bulkHeight(0, [{ id: sha3Hex('a') }]);
  const text = '{"node_pubkey":"node-1","vote":{"is_block_valid":true}}';
  const vote = { node: 'node-1', signature: 'signature-1', text, standing: 'counted' } as const;
  if (block === null) throw new Error('a block is needed');
  await made.apply([{ ...height, block: { ...block, votes: [{ ...vote, blockId: block.id }] } }]);
  const told = { transactionId: sha3Hex('b'), code: 'DOUBLE_SPEND', message: 'told so', atMs: 1 };
  await made.addRejections([{ ...told, node: 'node-1', digest: 'd', text: '{}', position: 1 }], 1);
  await made.close();
  const bytes = readFileSync(path());
  for (const found of ['is_block_valid":true', 'told so']) {
    const damaged = Buffer.from(bytes);
    const at = damaged.lastIndexOf(found);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    writeFileSync(path(), damaged);
    const view = createDirectView({ path: path() });
    const isVote = found !== 'told so';
    const votes = (): unknown => view.read.blockVotes(0);
    const rejection = (): unknown => view.read.rejection(told.transactionId);
    expect(isVote ? votes : rejection).toThrow(ViewUnreadable);
    expect(isVote ? rejection : votes).not.toThrow();
    const all = { asOf: 0, order: 'OLDEST_FIRST', limit: 100 } as const;
    const listed = isVote ? view.lists.votes({}, all) : view.lists.rejections(0, 10);
    await expect(listed).rejects.toThrow('is not what was written');
    await view.close();
  }
});

test.each([
  ['a page of zeros', (page: Buffer) => page.fill(0)],
  [
    'another version',
    (page: Buffer) => page.writeUInt8(9, page.indexOf(FULL_TEXT_VERSION) + 'version'.length),
  ],
])('a full text with %s where its settings should stand is refused, by name', async (_, change) => {
  await createDirectView({ path: path() }).close();
  const bytes = readFileSync(path());
  const start = Math.floor(bytes.indexOf(FULL_TEXT_VERSION) / PAGE) * PAGE;
  change(bytes.subarray(start, start + PAGE));
  writeFileSync(path(), bytes);
  expect(() => createDirectView({ path: path() })).toThrow(ViewUnreadable);
  expect(() => createDirectView({ path: path() })).toThrow(path());
});

test.each([
  ['none', '7'],
  ['others', 'zeroblob(length(changes))'],
  ['not all', 'substr(changes, 1, length(changes) - 8)'],
  ['not even numbers', 'substr(changes, 1, length(changes) - 1)'],
])('pending rows of an index that hold %s are refused', async (_, changes) => {
  const made = createDirectView({ path: path() });
  await made.apply([bulkHeight(0, [{ id: sha3Hex('a') }])]);
  await made.close();
  spoil((sqlite) => sqlite.exec(`UPDATE pending_ids SET changes = ${changes}`));
  expect(() => createDirectView({ path: path() })).toThrow(ViewUnreadable);
});

test('texts of any length and any characters come back as they were', async () => {
  const notes = ['', 'é\u{1f37a}', 'x'.repeat(5000), '\\u0000', '"'.repeat(3).replaceAll('"', '\\"')];
  const transactions = notes.map((note, index) => ({
    id: index === 3 ? 'junk\0id' : sha3Hex(note),
    metadata: `{"note":"${note}"}`,
  }));
  const view = createDirectView({ path: path() });
  await view.apply([bulkHeight(0, transactions, 'invalid')]);
  const found = view.read.blockTransactions(0, 0, 10);
  expect(found.map(({ id, text }) => [id, text])).toEqual(
    transactions.map((each) => [each.id, bulkText(each)]),
  );
  expect(view.read.occurrences('junk\0id')).toHaveLength(1);
  await view.close();
});
