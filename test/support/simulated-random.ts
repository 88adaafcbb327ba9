/** Seeded chance for tests: xoshiro128** (Blackman, Vigna), whose state comes from a hash of the seed's words. */

import { createHash } from 'node:crypto';
import type { Random } from '../../src/runtime/runtime.js';

function rotateLeft(value: number, count: number): number {
  return (value << count) | (value >>> (32 - count));
}

/** A `Random` that gives the same draws for the same words, and unrelated draws for different ones. */
export class SeededRandom implements Random {
  private readonly state: Int32Array;

  constructor(...seedWords: readonly (string | number)[]) {
    const digest = createHash('sha256').update(JSON.stringify(seedWords)).digest();
    this.state = new Int32Array(4);
    for (let index = 0; index < 4; index++) this.state[index] = digest.readInt32LE(index * 4);
  }

  /** A whole number from 0 to 2^32 - 1. */
  next(): number {
    const [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = this.state;
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    const shifted = s1 << 9;
    const mixed2 = s2 ^ s0;
    const mixed3 = s3 ^ s1;
    this.state[1] = s1 ^ mixed2;
    this.state[0] = s0 ^ mixed3;
    this.state[2] = mixed2 ^ shifted;
    this.state[3] = rotateLeft(mixed3, 11);
    return result;
  }

  integer(below: number): number {
    if (!Number.isSafeInteger(below) || below < 1)
      throw new RangeError(`integer(${below}): needs a positive number`);
    return Math.floor(this.fraction() * below);
  }

  /** A number from 0 up to, not including, 1, with 53 bits. */
  fraction(): number {
    return ((this.next() >>> 5) * 67_108_864 + (this.next() >>> 6)) / 9_007_199_254_740_992;
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** One of `items`, which must not be empty. */
  pick<T>(items: readonly T[]): T {
    return items[this.integer(items.length)] as T;
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let index = 0; index < length; index++) bytes[index] = this.next() >>> 24;
    return bytes;
  }
}
