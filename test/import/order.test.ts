/**
 * Danger: a spender below its input, an order that depends on how the database was read, or a circle without an end.
 * Method: small cases by hand, and random graphs in random orders against the three rules.
 */

import { type BlockToOrder, orderBlocks } from '../../src/node/legacy/order.js';
import { SeededRandom } from '../support/simulated-random.js';

function block(
  id: string,
  previous = '',
  timestamp = 0,
  kind: BlockToOrder['kind'] = 'decided',
): BlockToOrder {
  return { id, previous, timestamp, kind };
}

function ordered(
  blocks: readonly BlockToOrder[],
  inputs: readonly (readonly [string, string])[] = [],
): string {
  const at = (id: string): number => blocks.findIndex((each) => each.id === id);
  const pairs = inputs.map(([of, from]) => [at(of), at(from)] as const);
  return orderBlocks(blocks, pairs)
    .map((index) => blocks[index]?.id)
    .join(' ');
}

const genesis = block('g', '', 100, 'genesis');

test.each<[string, readonly BlockToOrder[], readonly (readonly [string, string])[], string]>([
  [
    'the chain of votes, whatever the timestamps',
    [block('b', 'a', 1), block('a', 'g', 9), genesis],
    [],
    'g a b',
  ],
  [
    'a fork by timestamps',
    [block('c', 'g', 2), block('b', 'g', 1), genesis, block('d', 'b', 3)],
    [],
    'g b c d',
  ],
  ['equal timestamps by id', [block('c', 'g'), block('b', 'g'), genesis], [], 'g b c'],
  ['no votes at all', [block('b', '', 2), block('a', '', 1), genesis], [], 'g a b'],
  [
    'inputs before the block that the votes name',
    [block('a', 'g'), block('b', 'a'), genesis],
    [['a', 'b']],
    'g b a',
  ],
  ['a circle of votes', [block('a', 'b', 1), block('b', 'a', 2), genesis], [], 'g a b'],
  ['a block that names itself', [block('a', 'a', 1), genesis], [], 'g a'],
  ['a block before that is not there', [block('a', 'x', 2), block('b', 'g', 1), genesis], [], 'g b a'],
  [
    'the undecided last, and their followers as if they were not there',
    [block('u', 'g', 1, 'undecided'), block('b', 'u', 2), block('c', 'b', 3), genesis],
    [],
    'g b c u',
  ],
  [
    'a circle is cut before an undecided one comes',
    [block('u', 'g', 0, 'undecided'), block('a', 'b', 1), block('b', 'a', 2), genesis],
    [],
    'g a b u',
  ],
])('%s', (_name, blocks, inputs, expected) => {
  expect(ordered(blocks, inputs)).toBe(expected);
});

test.each(Array.from({ length: 50 }, (_, seed) => seed))('a random ledger, seed %i', (seed) => {
  const random = new SeededRandom('order', seed);
  const count = 2 + random.integer(40);
  const blocks = [genesis];
  const inputs: [string, string][] = [];
  for (let index = 1; index < count; index += 1) {
    const id = `b${index}`;
    const named = random.integer(4) === 0 ? random.integer(count) : index - 1;
    const kind = random.integer(8) === 0 ? 'undecided' : 'decided';
    blocks.push(block(id, named === 0 ? 'g' : `b${named}`, random.integer(5), kind));
    if (index > 1 && kind === 'decided') {
      const from = 1 + random.integer(index - 1);
      if (blocks[from]?.kind === 'decided') inputs.push([id, `b${from}`]);
    }
  }
  const order = ordered(blocks, inputs);
  const ids = order.split(' ');
  expect([...ids].sort()).toEqual(blocks.map(({ id }) => id).sort());
  expect(ids[0]).toBe('g');
  for (const [of, from] of inputs) expect(ids.indexOf(from)).toBeLessThan(ids.indexOf(of));
  const kinds = ids.map((id) => blocks.find((each) => each.id === id)?.kind);
  expect(kinds.lastIndexOf('decided')).toBeLessThan(
    kinds.includes('undecided') ? kinds.indexOf('undecided') : count,
  );
  const shuffled = [...blocks].sort(() => random.integer(3) - 1);
  expect(ordered(shuffled, inputs)).toBe(order);
});
