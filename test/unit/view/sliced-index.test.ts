/**
 * Danger: a row lost, kept or doubled on its way from the pending rows into the table. Random changes of few rows, with
 * prefixes that differ only in their last bits, against a plain set; the file is opened again now and then.
 */

import { VIEW } from '../../../src/config/limits.js';
import { lastPendingChanges, PendingRows } from '../../../src/view/pending-rows.js';
import { SCHEMA } from '../../../src/view/schema.js';
import { SlicedIndex } from '../../../src/view/sliced-index.js';
import { Sqlite } from '../../../src/view/sqlite.js';
import { SeededRandom } from '../../support/simulated-random.js';

/** What the index says: its table with the pending changes over it. */
function rowsOf(sqlite: Sqlite): string[] {
  const pending = lastPendingChanges(sqlite, 'ids');
  const table = sqlite
    .prepare('SELECT * FROM ids')
    .all()
    .map((row) => row.join(' '));
  const kept = table.filter((row) => !pending.has(row));
  const added = [...pending].filter(([, change]) => !change.removed).map(([row]) => row);
  return [...kept, ...added].sort();
}

test.each([1, 2, 3])('history %i', (seed) => {
  const random = new SeededRandom('sliced', seed);
  const sqlite = new Sqlite(':memory:');
  sqlite.exec(SCHEMA);
  const pending = new PendingRows(sqlite, 'ids');
  const prefixes = Array.from({ length: 40 }, (_, index) =>
    index % 2 === 0 ? 2 ** 47 + random.integer(6) : random.integer(2 ** 48),
  );
  const model = new Set<string>();
  let index = new SlicedIndex(sqlite, 'ids');
  for (let height = 0; height < 150; height++) {
    if (random.integer(10) === 0) index = new SlicedIndex(sqlite, 'ids');
    const changes = random.integer(5) === 0 ? 0 : random.integer(60);
    for (let change = 0; change < changes; change++) {
      const row = [
        prefixes[random.integer(40)] ?? 0,
        random.integer(3),
        random.integer(4),
        random.integer(3),
      ];
      const [prefix = 0, kind = 0, sequence = 0, outputIndex = 0] = row;
      const present = model.has(row.join(' '));
      if (present) index.remove(prefix, kind, sequence, outputIndex);
      else index.insert(prefix, kind, sequence, outputIndex);
      if (present) model.delete(row.join(' '));
      else model.add(row.join(' '));
    }
    index.endHeight(height);
    expect(rowsOf(sqlite)).toEqual([...model].sort());
    pending.refresh();
    for (const prefix of prefixes.slice(0, 10)) {
      const inTable = sqlite
        .prepare('SELECT sequence FROM ids WHERE prefix = ? AND kind = 1')
        .all(prefix)
        .map((row) => row[0]);
      const found = new Set([...inTable, ...pending.sequencesOf(prefix, 1)]);
      const wanted = [...model].map((row) => row.split(' ').map(Number));
      for (const [of, kind, sequence] of wanted) {
        if (of === prefix && kind === 1) expect(found.has(sequence)).toBe(true);
      }
    }
  }
  for (let height = 150; height < 182; height++) index.endHeight(height);
  expect(sqlite.ask('SELECT count(*) FROM pending_ids')).toEqual([0]);
  expect(sqlite.ask('SELECT count(*) FROM ids')).toEqual([model.size]);
  sqlite.close();
});

test('too many waiting changes are taken in at once', () => {
  const sqlite = new Sqlite(':memory:');
  sqlite.exec(SCHEMA);
  const index = new SlicedIndex(sqlite, 'keys');
  // More than the slice whose turn it is can take in.
  const count = VIEW.pendingChangesMax + 20_000;
  for (let number = 0; number < count; number++) index.insert((number * 2 ** 29) % 2 ** 48, 0, number, 0);
  index.endHeight(0);
  expect(sqlite.ask('SELECT count(*) FROM keys')).toEqual([count]);
  index.insert(5, 0, 7, 0);
  index.endHeight(1);
  expect(sqlite.ask('SELECT count(*) FROM keys')).toEqual([count]);
  index.endHeight(32);
  expect(sqlite.ask('SELECT count(*) FROM keys')).toEqual([count + 1]);
  sqlite.close();
});
