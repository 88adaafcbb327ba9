/**
 * Conditions of draft-thomas-crypto-conditions-02 as 1.0.1 uses them (1.0.1, section 1.5): fingerprint, cost, subtypes,
 * DER and URI of single keys and of thresholds, nested up to 99 deep. Work and memory grow with the size of the
 * document and no faster; each node of a tree is hashed once.
 */

import { decodeKey } from '../codec/base58.js';
import { BoundedCache } from '../codec/bounded-cache.js';
import { sha256 } from '../codec/hash.js';
import { JsonFloat } from '../codec/json-value.js';
import { BOUNDS, LEDGER } from '../config/limits.js';
import { encode, encodeSet, encodeUnsigned } from './der.js';

/** In the order of their numbers: a type's number is its place, its bit in `subtypes` and part of its tag. */
export const CONDITION_TYPES = [
  'preimage-sha-256',
  'prefix-sha-256',
  'threshold-sha-256',
  'rsa-sha-256',
  'ed25519-sha-256',
] as const;
export type ConditionType = (typeof CONDITION_TYPES)[number];

const PREFIX = 1;
export const THRESHOLD = 2;
export const ED25519 = 4;
/** 1.0.1: the cost of a single key, and what a threshold adds for each subcondition. */
const ED25519_COST = 131_072;
const SUBCONDITION_COST = 1024;
/** draft-02: INTEGER (0..4294967295). */
export const COST_MAX = 2 ** 32 - 1;

export type ConditionErrorKind = 'too-deep' | 'malformed' | 'key' | 'threshold';

/** `details` that describe no condition. */
export class ConditionError extends Error {
  override readonly name = 'ConditionError';
  constructor(
    /**
     * `too-deep`: 1.0.1's ThresholdTooDeep. `key`: not 32 bytes in base58. `threshold`: below 1, above 100, or above
     * the number of subconditions. `malformed`: any other shape.
     */
    readonly kind: ConditionErrorKind,
    message: string,
  ) {
    super(message);
  }
}

/** A condition; never changes. */
export class Condition {
  private uriText: string | null = null;
  private bytes: Uint8Array | null = null;

  constructor(
    /** Place in `CONDITION_TYPES`. */
    readonly typeId: number,
    /** 32 bytes. */
    readonly fingerprint: Uint8Array,
    readonly cost: number,
    /** Bit n stands for type n; 0 for types without subconditions. */
    readonly subtypes: number,
  ) {}

  get type(): ConditionType {
    return CONDITION_TYPES[this.typeId] ?? 'ed25519-sha-256';
  }

  /** `ni:///sha-256;<fingerprint>?fpt=<type>&cost=<cost>`, for compound types also `&subtypes=<list>`. */
  get uri(): string {
    this.uriText ??= uriOf(this);
    return this.uriText;
  }

  /** DER. Shared: never write to it. */
  get encoded(): Uint8Array {
    this.bytes ??= encodeCondition(this);
    return this.bytes;
  }
}

/** Compound types carry the set of types below them. */
export function isCompound(typeId: number): boolean {
  return typeId === THRESHOLD || typeId === PREFIX;
}

/**
 * The condition that an output's `details` describe. Checks their shape on the way: exactly the keys of the type, keys
 * of 32 bytes, 1 <= threshold <= number of subconditions, threshold <= 100. Throws `ConditionError`; nesting is looked
 * at before anything else.
 */
export function conditionFromDetails(details: unknown): Condition {
  checkNesting(details);
  return fromDetails(details);
}

/** The condition of one key, 32 bytes. */
export function ed25519Condition(publicKey: Uint8Array): Condition {
  const name = Buffer.from(publicKey.buffer, publicKey.byteOffset, publicKey.length).toString('latin1');
  const known = singleKeys.get(name);
  if (known !== undefined) return known;
  const fingerprint = sha256(Buffer.concat([ED25519_FINGERPRINT_HEAD, publicKey]));
  const made = new Condition(ED25519, fingerprint, ED25519_COST, 0);
  singleKeys.set(name, made);
  return made;
}

const singleKeys = new BoundedCache<string, Condition>(BOUNDS.conditionsCachedMax);
/** SEQUENCE of 34 bytes, in it [0] of 32 bytes. */
const ED25519_FINGERPRINT_HEAD = Buffer.from([0x30, 0x22, 0x80, 0x20]);

/**
 * `threshold` of the given conditions. Its cost is that of the most expensive way to fulfill it; the order of the
 * conditions does not matter. Throws `ConditionError` when the cost leaves its range.
 */
export function thresholdCondition(threshold: number, subconditions: readonly Condition[]): Condition {
  const costs = subconditions.map((each) => each.cost).sort((a, b) => b - a);
  let cost = SUBCONDITION_COST * subconditions.length;
  for (let index = 0; index < threshold; index++) cost += costs[index] ?? 0;
  if (cost > COST_MAX) throw new ConditionError('malformed', 'cost of the condition beyond 32 bits');
  let subtypes = 0;
  for (const each of subconditions) subtypes |= each.subtypes | (1 << each.typeId);
  const set = encodeSet(
    0xa1,
    subconditions.map((each) => each.encoded),
  );
  const fingerprint = sha256(encode(0x30, [encodeUnsigned(0x80, threshold), set]));
  return new Condition(THRESHOLD, fingerprint, cost, subtypes & ~(1 << THRESHOLD));
}

/** A tree of thresholds is walked level by level, so that no nesting can exhaust the stack. */
function checkNesting(details: unknown): void {
  let level = subconditionsOf(details);
  for (let depth = 1; level !== null; depth++) {
    if (depth > LEDGER.thresholdDepthMax) {
      throw new ConditionError('too-deep', `thresholds nested deeper than ${LEDGER.thresholdDepthMax}`);
    }
    let below: unknown[] | null = null;
    for (const each of level) {
      const inner = subconditionsOf(each);
      if (inner === null) continue;
      below ??= [];
      for (const one of inner) below.push(one);
    }
    level = below;
  }
}

function subconditionsOf(details: unknown): unknown[] | null {
  if (!isObject(details)) return null;
  const subconditions = details.subconditions;
  return Array.isArray(subconditions) ? subconditions : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonFloat)
  );
}

function fromDetails(details: unknown): Condition {
  if (!isObject(details)) throw new ConditionError('malformed', 'condition details must be an object');
  if (details.type === 'ed25519-sha-256') return fromKeyDetails(details);
  if (details.type === 'threshold-sha-256') return fromThresholdDetails(details);
  throw new ConditionError('malformed', 'the type must be ed25519-sha-256 or threshold-sha-256');
}

function fromKeyDetails(details: Record<string, unknown>): Condition {
  const text = details.public_key;
  if (typeof text !== 'string' || Object.keys(details).length !== 2) {
    throw new ConditionError('malformed', 'ed25519-sha-256 has exactly type and public_key');
  }
  const key = decodeKey(text);
  if (key === null) throw new ConditionError('key', 'a public key is 32 bytes in base58');
  return ed25519Condition(key);
}

function fromThresholdDetails(details: Record<string, unknown>): Condition {
  const { threshold, subconditions } = details;
  if (typeof threshold !== 'number' || !Array.isArray(subconditions) || Object.keys(details).length !== 3) {
    throw new ConditionError('malformed', 'threshold-sha-256 has exactly type, threshold and subconditions');
  }
  if (threshold < 1 || threshold > LEDGER.thresholdMax || threshold > subconditions.length) {
    throw new ConditionError(
      'threshold',
      `threshold ${threshold} of ${subconditions.length} subconditions (1 to ${LEDGER.thresholdMax} are possible)`,
    );
  }
  return thresholdCondition(threshold, subconditions.map(fromDetails));
}

function uriOf(condition: Condition): string {
  const fingerprint = Buffer.from(condition.fingerprint).toString('base64url');
  const uri = `ni:///sha-256;${fingerprint}?fpt=${condition.type}&cost=${condition.cost}`;
  if (!isCompound(condition.typeId)) return uri;
  const subtypes = CONDITION_TYPES.filter((_, typeId) => (condition.subtypes & (1 << typeId)) !== 0);
  return `${uri}&subtypes=${subtypes.sort().join(',')}`;
}

function encodeCondition(condition: Condition): Buffer {
  const parts = [encode(0x80, [condition.fingerprint]), encodeUnsigned(0x81, condition.cost)];
  if (isCompound(condition.typeId)) parts.push(encodeSubtypes(condition.subtypes));
  return encode(0xa0 + condition.typeId, parts);
}

/** BIT STRING without trailing zero bits: the number of unused bits, then bit n from the left for type n. */
function encodeSubtypes(subtypes: number): Buffer {
  const highest = 31 - Math.clz32(subtypes);
  let byte = 0;
  for (let typeId = 0; typeId <= highest; typeId++) if (subtypes & (1 << typeId)) byte |= 0x80 >> typeId;
  return encode(0x82, [Buffer.from([7 - highest, byte])]);
}
