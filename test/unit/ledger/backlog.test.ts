/**
 * Danger: the mirror of the backlog says other things than the store: an entry that is put into blocks by nobody or by two,
 * an output that stays reserved, memory that grows.
 * Method: entries are added, re-assigned, taken away; every answer is compared with what must stand there.
 */

import { BOUNDS } from '../../../src/config/limits.js';
import { Backlog, type KnownEntry } from '../../../src/ledger/backlog.js';
import type { WellFormedTransaction } from '../../../src/model/transaction-types.js';

function entry(name: string, spends: readonly (readonly [string, number])[] = [], bytes = 10): KnownEntry {
  const transaction = {
    id: `id of ${name}`,
    digest: name,
    bytes,
    spends: spends.map(([transactionId, outputIndex]) => ({ transactionId, outputIndex })),
  };
  return {
    // The mirror looks at nothing else of a transaction.
    transaction: transaction as unknown as WellFormedTransaction,
    assignee: 'me',
    stamp: 'first',
    acceptedAtMs: 0,
    assignedSinceMs: 5,
    seenAtMs: 5,
    stored: true,
    waitedAtHeight: null,
  };
}

test('an entry that is added twice is there once', () => {
  const backlog = new Backlog('me');
  const first = backlog.add(entry('a'));
  expect(backlog.add(entry('a'))).toBe(first);
  expect([backlog.count, backlog.get('a'), [...backlog.values()]]).toEqual([1, first, [first]]);
  expect(backlog.ofTransaction('id of a')).toEqual([first]);
  expect(backlog.ofTransaction('another')).toEqual([]);
});

test('mine is what is stored and assigned to me, in order of assignment', () => {
  const backlog = new Backlog('me');
  const [a, b, c] = ['a', 'b', 'c'].map((name) => backlog.add(entry(name))) as [
    KnownEntry,
    KnownEntry,
    KnownEntry,
  ];
  backlog.add({ ...entry('reserved'), stored: false });
  backlog.add({ ...entry('theirs'), assignee: 'other' });
  expect([...backlog.mine()]).toEqual([a, b, c]);
  backlog.assign(a, 'other', 'second', 9);
  backlog.release(b);
  backlog.assign(b, 'me', 'third', 9);
  expect([[...backlog.mine()], backlog.mineCount]).toEqual([[c, b], 2]);
  backlog.remove('c');
  expect([...backlog.mine()]).toEqual([b]);
});

test('an assignment is as old as its stamp: seen again it does not become younger', () => {
  const backlog = new Backlog('me');
  const a = backlog.add(entry('a'));
  backlog.assign(a, 'me', 'first', 70);
  expect(a.assignedSinceMs).toBe(5);
  backlog.assign(a, 'me', 'second', 80);
  expect([a.assignedSinceMs, a.stamp]).toEqual([80, 'second']);
});

test('an assignment of what has left the mirror does not bring it back', () => {
  const backlog = new Backlog('me');
  const a = backlog.add(entry('a'));
  backlog.remove('a');
  backlog.remove('a');
  backlog.assign(a, 'me', 'second', 80);
  expect([backlog.count, backlog.mineCount, a.stored]).toEqual([0, 0, true]);
});

test('an output is reserved as long as an entry of another transaction means to spend it', () => {
  const backlog = new Backlog('me');
  backlog.add(entry('a', [['coin', 0]]));
  backlog.add(
    entry('b', [
      ['coin', 0],
      ['coin', 1],
    ]),
  );
  const other = (index: number, by: string) => backlog.otherSpender('coin', index, `id of ${by}`);
  expect([other(0, 'a'), other(0, 'b'), other(1, 'b'), other(1, 'a')]).toEqual([
    'id of b',
    'id of a',
    null,
    'id of b',
  ]);
  backlog.remove('a');
  expect([other(0, 'b'), other(0, 'c')]).toEqual([null, 'id of b']);
  backlog.remove('b');
  expect([other(0, 'c'), other(1, 'c')]).toEqual([null, null]);
});

test('it is full by count or by bytes, and has room again when entries leave', () => {
  const backlog = new Backlog('me');
  backlog.add(entry('big', [], BOUNDS.backlogBytesMax - 1));
  expect(backlog.full).toBe(false);
  backlog.add(entry('small', [], 1));
  expect(backlog.full).toBe(true);
  backlog.remove('big');
  expect(backlog.full).toBe(false);
  for (let count = 1; count < BOUNDS.backlogEntriesMax; count += 1)
    backlog.add(entry(`entry ${count}`, [], 0));
  expect(backlog.full).toBe(true);
  backlog.remove('entry 1');
  expect(backlog.full).toBe(false);
});

test('the oldest are those that were seen first', () => {
  const backlog = new Backlog(null);
  expect([backlog.oldestSeenAtMs, backlog.oldestDigests(2)]).toEqual([null, []]);
  for (const [seenAtMs, name] of ['a', 'b', 'c'].entries()) backlog.add({ ...entry(name), seenAtMs });
  expect([backlog.oldestSeenAtMs, backlog.oldestDigests(2), backlog.oldestDigests(9)]).toEqual([
    0,
    ['a', 'b'],
    ['a', 'b', 'c'],
  ]);
  backlog.remove('a');
  expect([backlog.oldestSeenAtMs, backlog.oldestDigests(1)]).toEqual([1, ['b']]);
});
