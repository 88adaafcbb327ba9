/** Random condition details over a few named keys, with five-bells-condition as the second opinion about them. */

import fc from 'fast-check';
import { decodeKey } from '../../../src/codec/base58.js';
import { sign } from '../../../src/codec/ed25519.js';
import { keyPairOf, seedOf } from '../../support/keys.js';

export type Details =
  | { type: 'ed25519-sha-256'; public_key: string }
  | { type: 'threshold-sha-256'; threshold: number; subconditions: Details[] };

export const NAMES = ['alice', 'bob', 'carol', 'dave', 'eve', 'frank', 'grace', 'heidi'];

export function keyDetails(name: string): Details {
  return { type: 'ed25519-sha-256', public_key: keyPairOf(name).publicKey };
}

export function thresholdDetails(threshold: number, subconditions: Details[]): Details {
  return { type: 'threshold-sha-256', threshold, subconditions };
}

/** Nested thresholds, 1 to 5 wide and `depth` deep at most; keys repeat. */
export function detailsArbitrary(depth: number): fc.Arbitrary<Details> {
  const key = fc.constantFrom(...NAMES).map(keyDetails);
  if (depth === 0) return key;
  const below = fc.oneof(key, detailsArbitrary(depth - 1));
  return fc
    .tuple(fc.array(below, { minLength: 1, maxLength: 5 }), fc.nat())
    .map(([subconditions, chance]) => thresholdDetails(1 + (chance % subconditions.length), subconditions));
}

export const MESSAGE = Buffer.from('{"hello":"world"}');

/** Signatures of `names` over MESSAGE. */
export function signaturesOf(names: readonly string[]): Map<string, Uint8Array> {
  return new Map(names.map((name) => [keyPairOf(name).publicKey, sign(MESSAGE, seedOf(name))]));
}

export function rawKey(publicKey: string): Uint8Array {
  const key = decodeKey(publicKey);
  if (key === null) throw new Error(`no key: ${publicKey}`);
  return key;
}

/** What is used of five-bells-condition, which has no types. */
interface OracleFulfillment {
  getConditionUri(): string;
  getCondition(): { getCost(): number; serializeBinary(): Buffer };
  serializeUri(): string;
  validate(message: Buffer): boolean;
}
interface OracleEd25519 extends OracleFulfillment {
  setPublicKey(key: Buffer): void;
  setSignature(signature: Buffer): void;
}
interface OracleThreshold extends OracleFulfillment {
  setThreshold(threshold: number): void;
  addSubfulfillment(fulfillment: OracleFulfillment): void;
  addSubcondition(condition: unknown): void;
}
interface FiveBells {
  Ed25519Sha256: new () => OracleEd25519;
  ThresholdSha256: new () => OracleThreshold;
  Fulfillment: { fromUri(text: string): OracleFulfillment };
}
export const fiveBells: FiveBells = require('five-bells-condition');

/** The oracle's object for `details`, with the signatures there are; unsigned parts stand as conditions. */
export function oracleOf(details: Details, signatures: ReadonlyMap<string, Uint8Array>): OracleFulfillment {
  if (details.type === 'ed25519-sha-256') {
    const leaf = new fiveBells.Ed25519Sha256();
    leaf.setPublicKey(Buffer.from(rawKey(details.public_key)));
    const signature = signatures.get(details.public_key);
    if (signature !== undefined) leaf.setSignature(Buffer.from(signature));
    return leaf;
  }
  const node = new fiveBells.ThresholdSha256();
  node.setThreshold(details.threshold);
  for (const each of details.subconditions) {
    const below = oracleOf(each, signatures);
    if (isFulfilled(each, signatures)) node.addSubfulfillment(below);
    else node.addSubcondition(below.getCondition());
  }
  return node;
}

export function isFulfilled(details: Details, signatures: ReadonlyMap<string, Uint8Array>): boolean {
  if (details.type === 'ed25519-sha-256') return signatures.has(details.public_key);
  return details.subconditions.filter((each) => isFulfilled(each, signatures)).length >= details.threshold;
}
