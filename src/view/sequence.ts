/**
 * The integers by which the tables are keyed. A **sequence** is a place in the ledger: height * 2^20 + position. A
 * **prefix** stands for an id or a key in an index: entries of few bytes instead of 70; whoever finds one compares the
 * whole value (measured: a fifth of the index pages to write).
 */

import type { Place } from './list-queries.js';

/** Positions of one height: above every number of transactions, and votes, that a block can have. */
export const POSITIONS = 2 ** 20;
/** Above every sequence. */
export const SEQUENCE_END = Number.MAX_SAFE_INTEGER;

export function sequenceOf(height: number, position: number): number {
  return height * POSITIONS + position;
}

export function heightOf(sequence: number): number {
  return Math.floor(sequence / POSITIONS);
}

export function positionOf(sequence: number): number {
  return sequence % POSITIONS;
}

/** The first sequence above everything up to and with `height`. */
export function endOf(height: number): number {
  return (height + 1) * POSITIONS;
}

export function placeOf(sequence: number, index = 0): Place {
  return { height: heightOf(sequence), position: positionOf(sequence), index };
}

/** Above every prefix. */
export const PREFIX_END = 2 ** 48;

/** The first 48 bits of a hex id; any other text gets some integer, always the same. */
export function idPrefix(id: string): number {
  const prefix = Number.parseInt(id.slice(0, 12), 16);
  return Number.isNaN(prefix) ? 0 : prefix;
}

const KEY_CHARACTERS = 8;

/**
 * 48 bits of a key: six of each of its last eight characters, which in base58 are as good as random. Who made up keys
 * that collide would gain nothing: anyone can send anyone outputs.
 */
export function keyPrefix(key: string): number {
  let prefix = 0;
  for (let index = Math.max(0, key.length - KEY_CHARACTERS); index < key.length; index++) {
    prefix = prefix * 64 + (BASE58_DIGITS[key.charCodeAt(index) & 127] ?? 0);
  }
  return prefix;
}

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BASE58_DIGITS = Uint8Array.from({ length: 128 }, (_, code) =>
  Math.max(0, ALPHABET.indexOf(String.fromCharCode(code))),
);
