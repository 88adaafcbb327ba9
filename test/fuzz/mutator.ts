/** Makes new inputs out of known ones: one to eight small changes, drawn from a seed. */

import type { SeededRandom } from '../support/simulated-random.js';

const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x20, 0x0a, 0x22, 0x5b, 0x7b, 0x5c, 0x2d];
const NUMBERS = ['0', '-1', '1.0', '1e400', '9007199254740993', '18446744073709551616', '1e-7', '-0.0', '00'];
const REPEATED_MAX = 64;

type Change = (random: SeededRandom, input: Buffer, pool: Pool) => Buffer;

/** What a change may draw on. */
export interface Pool {
  readonly corpus: readonly Buffer[];
  readonly dictionary: readonly Buffer[];
}

function replaced(input: Buffer, from: number, to: number, by: Buffer): Buffer {
  return Buffer.concat([input.subarray(0, from), by, input.subarray(to)]);
}

/** A piece of `input` of at most `lengthMax`; where it begins and ends. */
function piece(random: SeededRandom, input: Buffer, lengthMax = input.length): [number, number] {
  const from = random.integer(input.length + 1);
  return [from, Math.min(input.length, from + random.integer(lengthMax + 1))];
}

const CHANGES: readonly Change[] = [
  function flipBit(random, input) {
    const changed = Buffer.from(input);
    if (changed.length > 0) {
      const at = random.integer(changed.length);
      changed[at] = (changed[at] ?? 0) ^ (1 << random.integer(8));
    }
    return changed;
  },
  function setByte(random, input) {
    const changed = Buffer.from(input);
    const value = random.chance(0.5) ? random.pick(EDGES) : random.integer(256);
    if (changed.length > 0) changed[random.integer(changed.length)] = value;
    return changed;
  },
  function insert(random, input) {
    const at = random.integer(input.length + 1);
    return replaced(input, at, at, Buffer.from(random.bytes(1 + random.integer(8))));
  },
  function remove(random, input) {
    const [from, to] = piece(random, input, random.chance(0.8) ? 16 : input.length);
    return replaced(input, from, to, Buffer.alloc(0));
  },
  function word(random, input, { dictionary }) {
    if (dictionary.length === 0) return input;
    const [from, to] = random.chance(0.5) ? piece(random, input, 16) : piece(random, input, 0);
    return replaced(input, from, to, random.pick(dictionary));
  },
  function repeat(random, input) {
    const [from, to] = piece(random, input, 64);
    const times = 1 + random.integer(random.chance(0.9) ? 4 : REPEATED_MAX);
    return replaced(
      input,
      to,
      to,
      Buffer.concat(Array.from({ length: times }, () => input.subarray(from, to))),
    );
  },
  function move(random, input) {
    const [from, to] = piece(random, input, 64);
    const at = random.integer(input.length + 1);
    return replaced(input, at, at, input.subarray(from, to));
  },
  function splice(random, input, { corpus }) {
    const other = corpus.length === 0 ? input : random.pick(corpus);
    const [from, to] = piece(random, other);
    const [start, end] = piece(random, input);
    return replaced(input, start, end, other.subarray(from, to));
  },
  function number(random, input) {
    const text = input.toString('latin1');
    const found = [...text.matchAll(/-?\d+(\.\d+)?/g)];
    if (found.length === 0) return input;
    const match = random.pick(found);
    return replaced(input, match.index, match.index + match[0].length, Buffer.from(random.pick(NUMBERS)));
  },
];

/** A new input of at most `bytesMax` bytes. */
export function mutated(random: SeededRandom, input: Buffer, pool: Pool, bytesMax: number): Buffer {
  let changed = input;
  for (let times = 1 + random.integer(random.chance(0.7) ? 3 : 8); times > 0; times--)
    changed = random.pick(CHANGES)(random, changed, pool).subarray(0, bytesMax);
  return Buffer.from(changed);
}
