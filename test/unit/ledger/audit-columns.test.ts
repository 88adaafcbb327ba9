/** Danger: an id that is found as another, or lost when the table grows. Method: ids whose first bits collide, beside a Map. */

import { sha256Hex } from '../../../src/codec/hash.js';
import { AmountColumn, IdTable, wideColumn } from '../../../src/ledger/audit-columns.js';
import { AuditedOutputs } from '../../../src/ledger/audit-outputs.js';

test('every id keeps its index through growth, and no other is found', () => {
  const table = new IdTable();
  const ids = Array.from({ length: 1500 }, (_, index) => {
    const hash = sha256Hex(String(index));
    // Half of them share their first 32 bits, which choose the slot.
    return index % 2 === 0 ? hash : `00000001${hash.slice(8)}`;
  });
  const indexes = ids.map((id) => table.add(id));
  expect(indexes).toEqual([...ids.keys()]);
  expect(ids.map((id) => table.find(id))).toEqual(indexes);
  expect(indexes.map((index) => table.idAt(index))).toEqual(ids);
  const others = Array.from({ length: 100 }, (_, index) => `00000001${sha256Hex(`x${index}`).slice(8)}`);
  expect(others.filter((id) => table.find(id) !== -1)).toEqual([]);
  expect(table.find('short')).toBe(-1);
  expect(() => table.add('A'.repeat(64))).toThrow(RangeError);
});

test('columns hold what was pushed, across pieces', () => {
  const wide = wideColumn();
  const amounts = new AmountColumn();
  for (let index = 0; index < 70_000; index++) {
    wide.push(index * 2 ** 33);
    amounts.push(BigInt(index) * 2n ** 46n);
  }
  wide.set(66_000, 1);
  expect([wide.at(65_535), wide.at(65_536), wide.at(66_000)]).toEqual([
    65_535 * 2 ** 33,
    65_536 * 2 ** 33,
    1,
  ]);
  expect(amounts.at(69_999)).toBe(69_999n * 2n ** 46n);
});

test('sums of an asset beyond 64 bits are exact', () => {
  const amount = 9_000_000_000_000_000_000n;
  const id = (name: string): string => sha256Hex(name);
  const make = (count: number) => Array.from({ length: count }, () => ({ amount, conditionUri: 'x' }));
  const ledger = new AuditedOutputs();
  const asset = ledger.add({
    id: id('coin'),
    assetId: id('coin'),
    height: 1,
    position: 0,
    outputs: make(10),
  });
  const moved = { id: id('moved'), assetId: id('coin'), height: 2, position: 0, outputs: make(10) };
  const spender = ledger.add(moved);
  for (let index = 0; index < 10; index++) ledger.spend(ledger.output(asset, index), spender);
  expect([...ledger.imbalances()]).toEqual([]);
  ledger.add({ ...moved, id: id('minted'), outputs: make(7) });
  expect([...ledger.imbalances()]).toEqual([{ assetId: id('coin'), excess: 7n * amount }]);
});
