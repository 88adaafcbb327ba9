/** Danger: blocks judged under the wrong list of members. Method: the lists by height, and the refusals at a start. */

import { Federation, sameMembers } from '../../../src/ledger/federation.js';
import { checkDecidedUnder, checkMembers } from '../../../src/ledger/start-checks.js';
import type { BlockRow, ViewReader } from '../../../src/view/view.js';

const genesis = ['a', 'b', 'c'];
const changes = [
  { height: 20, members: ['a', 'b'] },
  { height: 10, members: ['a', 'b', 'c', 'd'] },
];

describe('Federation', () => {
  const federation = new Federation(genesis, changes);

  test.each([
    [0, genesis],
    [9, genesis],
    [10, ['a', 'b', 'c', 'd']],
    [19, ['a', 'b', 'c', 'd']],
    [20, ['a', 'b']],
    [1e9, ['a', 'b']],
  ])('at height %i the members are %j', (height, members) => {
    expect(federation.membersAt(height)).toEqual(members);
  });

  test('a creator is heard again only from a change above its invalid block that names it', () => {
    expect(federation.namedAnew('c', 5)).toBe(10);
    expect(federation.namedAnew('c', 10)).toBeNull();
    expect(federation.namedAnew('a', 12)).toBe(20);
  });

  test('members are compared as sets', () => {
    expect(sameMembers(['a', 'b', 'a'], ['b', 'a'])).toBe(true);
    expect(sameMembers(['a'], ['a', 'b'])).toBe(false);
  });
});

describe('checkMembers', () => {
  const federation = new Federation(genesis, []);

  test('names the keys that one side lacks', () => {
    expect(() => checkMembers(federation, ['a', 'b', 'x'], true)).toThrow(
      /c, which keyring lacks.*name x, unknown/,
    );
    expect(() => checkMembers(federation, ['c', 'a', 'b'], true)).not.toThrow();
  });

  test('a gateway may know only some of the members, but none that is not', () => {
    expect(() => checkMembers(federation, ['a'], false)).not.toThrow();
    expect(() => checkMembers(federation, ['x'], false)).toThrow(/x/);
  });
});

describe('checkDecidedUnder', () => {
  /** A view in which every height holds a valid block of these voters. */
  function viewOf(votersByHeight: readonly (readonly string[])[]): ViewReader {
    const row = (height: number) => ({ height, status: 'valid', voters: votersByHeight[height] }) as BlockRow;
    return {
      height: () => votersByHeight.length - 1,
      blockByHeight: (height: number) => (votersByHeight[height] === undefined ? null : row(height)),
    } as ViewReader;
  }
  const decided = [genesis, genesis, genesis, ['a', 'b'], ['a', 'b']];

  test('a change for heights to come is taken', () => {
    const federation = new Federation(genesis, [
      { height: 3, members: ['a', 'b'] },
      { height: 9, members: ['a'] },
    ]);
    expect(() => checkDecidedUnder(federation, viewOf(decided))).not.toThrow();
  });

  test('a change at or below a decided height is refused', () => {
    const earlier = new Federation(genesis, [{ height: 2, members: ['a', 'b'] }]);
    expect(() => checkDecidedUnder(earlier, viewOf(decided))).toThrow(
      /height 2 was decided under other members/,
    );
  });

  test('a forgotten change is refused', () => {
    expect(() => checkDecidedUnder(new Federation(genesis, []), viewOf(decided))).toThrow(
      /federation.changes must say so/,
    );
  });
});
