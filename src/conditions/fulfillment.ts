/**
 * Fulfillments: base64url of DER, single keys and thresholds (1.0.1, section 1.5); reading first, then building. Only
 * the one canonical spelling of a fulfillment is taken. 1.0.1 reads others too and stores them rewritten, under an id
 * that the client never saw; here they are refused (architecture, section 10), as is one that needs no signature.
 *
 * Nothing here verifies: `signatures` names what the caller has to.
 */

import { decodeKey } from '../codec/base58.js';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from '../codec/ed25519.js';
import { LEDGER } from '../config/limits.js';
import {
  Condition,
  ConditionError,
  conditionFromDetails,
  ED25519,
  ed25519Condition,
  isCompound,
  THRESHOLD,
  thresholdCondition,
} from './condition.js';
import { DerError, DerReader, type Element, encode, encodeSet } from './der.js';

export type FulfillmentErrorKind =
  | 'undecodable'
  | 'not-canonical'
  | 'unsupported-type'
  | 'too-deep'
  | 'incomplete';

/** A text that is no fulfillment this node takes. */
export class FulfillmentError extends Error {
  override readonly name = 'FulfillmentError';
  constructor(
    /**
     * `undecodable`: 1.0.1 cannot read it either. `not-canonical`: it can, but would store another spelling.
     * `unsupported-type`: preimage, prefix or RSA, or a threshold of nothing. `too-deep`: more than 99 thresholds.
     * `incomplete`: too few signatures to build one.
     */
    readonly kind: FulfillmentErrorKind,
    message: string,
  ) {
    super(message);
  }
}

/** One signature that must verify. */
export interface FulfillmentSignature {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

export interface Fulfillment {
  /** URI of the condition that it fulfills, when all `signatures` verify. */
  readonly conditionUri: string;
  /** At least one. */
  readonly signatures: readonly FulfillmentSignature[];
}

const BASE64URL = /^[A-Za-z0-9_-]*$/;
/** base64url of A4 64 80: every fulfillment of one key starts so and has 102 bytes. */
const ED25519_START = 'pGSAI';
const ED25519_CHARACTERS = 136;
const ED25519_BYTES = 102;
const KEY_AT = 4;
const SIGNATURE_AT = 38;

/** Reads a fulfillment. Throws `FulfillmentError`. */
export function parseFulfillment(text: string): Fulfillment {
  const bytes = Buffer.from(text, 'base64url');
  return ed25519Fast(text, bytes) ?? parseAny(text, bytes);
}

/** The one form of a single key, or null when `text` is anything else. */
function ed25519Fast(text: string, bytes: Buffer): Fulfillment | null {
  if (text.length !== ED25519_CHARACTERS || bytes.length !== ED25519_BYTES) return null;
  if (!text.startsWith(ED25519_START) || bytes[3] !== 0x20 || bytes[36] !== 0x81 || bytes[37] !== 0x40)
    return null;
  // Decoding skips foreign characters; 136 characters of 102 bytes have one spelling.
  if (bytes.toString('base64url') !== text) return null;
  const publicKey = bytes.subarray(KEY_AT, KEY_AT + 32);
  const signature = bytes.subarray(SIGNATURE_AT);
  return { conditionUri: ed25519Condition(publicKey).uri, signatures: [{ publicKey, signature }] };
}

function parseAny(text: string, bytes: Buffer): Fulfillment {
  if (!BASE64URL.test(text) || text.length % 4 === 1) {
    throw new FulfillmentError('undecodable', 'a fulfillment is base64url without padding');
  }
  const reader = new DerReader(bytes);
  const signatures: FulfillmentSignature[] = [];
  try {
    const whole = reader.element(0, bytes.length);
    const condition = readFulfillment(reader, whole, signatures, 0);
    if (!reader.canonical || whole.end !== bytes.length || bytes.toString('base64url') !== text) {
      throw new FulfillmentError('not-canonical', 'the fulfillment is not in its canonical form');
    }
    return { conditionUri: condition.uri, signatures };
  } catch (error) {
    if (error instanceof DerError || error instanceof ConditionError) {
      throw new FulfillmentError('undecodable', `the fulfillment cannot be decoded: ${error.message}`);
    }
    throw error;
  }
}

function readFulfillment(
  reader: DerReader,
  element: Element,
  signatures: FulfillmentSignature[],
  depth: number,
): Condition {
  switch (element.tag) {
    case 0xa0 + ED25519:
      return readKeyFulfillment(reader, element, signatures);
    case 0xa0 + THRESHOLD:
      if (depth >= LEDGER.thresholdDepthMax) {
        throw new FulfillmentError('too-deep', `thresholds nested deeper than ${LEDGER.thresholdDepthMax}`);
      }
      return readThresholdFulfillment(reader, element, signatures, depth + 1);
    case 0xa0:
    case 0xa1:
    case 0xa3:
      throw new FulfillmentError(
        'unsupported-type',
        'only ed25519-sha-256 and threshold-sha-256 are supported',
      );
    default:
      throw new DerError(`tag ${element.tag} is no fulfillment`);
  }
}

function readKeyFulfillment(
  reader: DerReader,
  element: Element,
  signatures: FulfillmentSignature[],
): Condition {
  const publicKey = octets(reader, 0x80, element.start, element.end, 32);
  const signature = octets(reader, 0x81, publicKey.end, element.end, 64);
  atEnd(signature, element);
  const key = reader.bytes.subarray(publicKey.start, publicKey.end);
  signatures.push({ publicKey: key, signature: reader.bytes.subarray(signature.start, signature.end) });
  return ed25519Condition(key);
}

/** The threshold is not in it: it is the number of subfulfillments (1.0.1, section 1.5). */
function readThresholdFulfillment(
  reader: DerReader,
  element: Element,
  signatures: FulfillmentSignature[],
  depth: number,
): Condition {
  const fulfilled = reader.expect(0xa0, element.start, element.end);
  const unfulfilled = reader.expect(0xa1, fulfilled.end, element.end);
  atEnd(unfulfilled, element);
  const conditions = reader
    .members(fulfilled)
    .map((each) => readFulfillment(reader, each, signatures, depth));
  const threshold = conditions.length;
  if (threshold === 0)
    throw new FulfillmentError('unsupported-type', 'a threshold of nothing needs no signature');
  for (const each of reader.members(unfulfilled)) conditions.push(readCondition(reader, each));
  return thresholdCondition(threshold, conditions);
}

/** An unfulfilled branch, which may be of any type. */
function readCondition(reader: DerReader, element: Element): Condition {
  const typeId = element.tag - 0xa0;
  if (typeId < 0 || typeId > ED25519) throw new DerError(`tag ${element.tag} is no condition`);
  const fingerprint = octets(reader, 0x80, element.start, element.end, 32);
  const costElement = reader.expect(0x81, fingerprint.end, element.end);
  const cost = reader.unsigned(costElement);
  const bytes = reader.bytes.subarray(fingerprint.start, fingerprint.end);
  if (!isCompound(typeId)) {
    atEnd(costElement, element);
    return new Condition(typeId, bytes, cost, 0);
  }
  const subtypes = reader.expect(0x82, costElement.end, element.end);
  atEnd(subtypes, element);
  return new Condition(typeId, bytes, cost, readSubtypes(reader, subtypes));
}

/** One byte with a bit for each type, after the number of bits that do not count; trailing zero bits are left out. */
function readSubtypes(reader: DerReader, element: Element): number {
  if (element.end - element.start !== 2) throw new DerError('subtypes that cannot be read');
  const unused = reader.bytes.readUInt8(element.start);
  const byte = reader.bytes.readUInt8(element.start + 1);
  if (unused > 7) throw new DerError('subtypes that cannot be read');
  let subtypes = 0;
  for (let typeId = 0; typeId < 8; typeId++) if (byte & (0x80 >> typeId)) subtypes |= 1 << typeId;
  if (subtypes === 0 || subtypes >= 1 << (ED25519 + 1)) throw new DerError('unknown subtypes');
  if (unused !== 7 - (31 - Math.clz32(subtypes))) reader.canonical = false;
  return subtypes;
}

function octets(reader: DerReader, tag: number, at: number, limit: number, length: number): Element {
  const element = reader.expect(tag, at, limit);
  if (element.end - element.start !== length) throw new DerError(`${length} bytes expected`);
  return element;
}

function atEnd(last: Element, whole: Element): void {
  if (last.end !== whole.end) throw new DerError('something after the last field');
}

/** Fulfillment of a single key (32 bytes) by its signature (64 bytes). Throws RangeError for other lengths. */
export function ed25519Fulfillment(publicKey: Uint8Array, signature: Uint8Array): string {
  return encodeKeyFulfillment(publicKey, signature).toString('base64url');
}

export interface ThresholdFulfillmentParts {
  /** Condition details of the output that is spent; a single key will do as well. */
  readonly details: unknown;
  /** Signatures, 64 bytes, by public key in base58. Those of other keys do no harm. */
  readonly signatures: ReadonlyMap<string, Uint8Array>;
}

/**
 * Fulfillment of nested m-of-n conditions. Of more subfulfillments than needed each threshold keeps the first ones
 * after a stable sort by cost, as 1.0.1 does; the rest stand as conditions. Throws `FulfillmentError` (`incomplete`)
 * when signatures are missing, `ConditionError` for wrong details, RangeError for a signature of another length.
 */
export function thresholdFulfillment(parts: ThresholdFulfillmentParts): string {
  conditionFromDetails(parts.details);
  const { encoded } = build(parts.details as ConditionDetails, parts.signatures);
  if (encoded === null) throw new FulfillmentError('incomplete', 'signatures are missing');
  return encoded.toString('base64url');
}

/** What `conditionFromDetails` has checked. */
type ConditionDetails =
  | { readonly type: 'ed25519-sha-256'; readonly public_key: string }
  | {
      readonly type: 'threshold-sha-256';
      readonly threshold: number;
      readonly subconditions: readonly ConditionDetails[];
    };

interface Node {
  readonly condition: Condition;
  /** DER of its fulfillment; null while signatures are missing. */
  readonly encoded: Buffer | null;
}

/** `details` have been checked. */
function build(details: ConditionDetails, signatures: ReadonlyMap<string, Uint8Array>): Node {
  if (details.type === 'ed25519-sha-256') return buildKey(details.public_key, signatures);
  const nodes = details.subconditions.map((each) => build(each, signatures));
  const { threshold } = details;
  const condition = thresholdCondition(
    threshold,
    nodes.map((node) => node.condition),
  );
  const chosen = new Set(
    nodes
      .filter((node) => node.encoded !== null)
      .sort((a, b) => a.condition.cost - b.condition.cost)
      .slice(0, threshold),
  );
  if (chosen.size < threshold) return { condition, encoded: null };
  const fulfilled: Uint8Array[] = [];
  const unfulfilled: Uint8Array[] = [];
  for (const node of nodes) {
    if (node.encoded !== null && chosen.has(node)) fulfilled.push(node.encoded);
    else unfulfilled.push(node.condition.encoded);
  }
  const encoded = encode(0xa0 + THRESHOLD, [encodeSet(0xa0, fulfilled), encodeSet(0xa1, unfulfilled)]);
  return { condition, encoded };
}

function buildKey(publicKey: string, signatures: ReadonlyMap<string, Uint8Array>): Node {
  const key = decodeKey(publicKey);
  if (key === null) throw new RangeError('a public key is 32 bytes in base58');
  const signature = signatures.get(publicKey);
  const encoded = signature === undefined ? null : encodeKeyFulfillment(key, signature);
  return { condition: ed25519Condition(key), encoded };
}

function encodeKeyFulfillment(publicKey: Uint8Array, signature: Uint8Array): Buffer {
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) {
    throw new RangeError('a fulfillment needs a key of 32 bytes and a signature of 64');
  }
  return encode(0xa0 + ED25519, [encode(0x80, [publicKey]), encode(0x81, [signature])]);
}
