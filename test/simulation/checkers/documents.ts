/**
 * Documents read anew, for the checkers: JSON, hashes, signatures and fulfillments by Node's own means and the most
 * obvious code. Good for what a simulated run writes; it shares nothing with the node's codec, conditions and model.
 */

import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** The object that a text holds; null when it holds none. */
export function objectOf(text: string): JsonObject | null {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Keys sorted, no spaces. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`);
  return `{${members.join(',')}}`;
}

export function sha3(text: string): string {
  return createHash('sha3-256').update(text, 'utf8').digest('hex');
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** The bytes of a base58 text; null when they are not `length` many. */
export function base58(text: string, length: number): Buffer | null {
  if (text.length > 100) return null;
  let number = 0n;
  for (const character of text) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) return null;
    number = number * 58n + BigInt(digit);
  }
  const hex = number.toString(16);
  return hex.length > 2 * length ? null : Buffer.from(hex.padStart(2 * length, '0'), 'hex');
}

const keys = new Map<string, KeyObject | null>();
const verdicts = new Map<string, boolean>();
const VERDICTS_MAX = 100_000;
/** What stands before the 32 bytes of an Ed25519 key in its SPKI form. */
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

/** Whether a base58 signature of a text is that of a base58 key. */
export function signedBy(text: string, signature: string, publicKey: string): boolean {
  const bytes = base58(signature, 64);
  return bytes !== null && verifies(text, bytes, publicKey);
}

function verifies(text: string, signature: Buffer, publicKey: string): boolean {
  const name = `${publicKey} ${signature.toString('base64')} ${sha256(text)}`;
  const known = verdicts.get(name);
  if (known !== undefined) return known;
  const key = keyOf(publicKey);
  const verdict = key !== null && verify(null, Buffer.from(text), key, signature);
  if (verdicts.size >= VERDICTS_MAX) verdicts.clear();
  verdicts.set(name, verdict);
  return verdict;
}

function keyOf(publicKey: string): KeyObject | null {
  let key = keys.get(publicKey);
  if (key === undefined) {
    const bytes = base58(publicKey, 32);
    key =
      bytes === null
        ? null
        : createPublicKey({ key: Buffer.concat([SPKI_HEAD, bytes]), format: 'der', type: 'spki' });
    keys.set(publicKey, key);
  }
  return key;
}

/** A fulfillment in DER: one signature, or those that a threshold asks for and the number of the others. */
export type Fulfillment =
  | { readonly kind: 'signature'; readonly publicKey: Buffer; readonly signature: Buffer }
  | { readonly kind: 'threshold'; readonly parts: readonly Fulfillment[]; readonly others: number };

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

function elements(bytes: Buffer): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0;
    let length = bytes[at + 1] ?? 0;
    at += 2;
    if (length > 0x80) {
      const count = length - 0x80;
      length = bytes.readUIntBE(at, count);
      at += count;
    }
    if (at + length > bytes.length) throw new RangeError('a DER element ends behind its bytes');
    found.push({ tag, content: bytes.subarray(at, at + length) });
    at += length;
  }
  return found;
}

/** Null when the text is no fulfillment. */
export function fulfillmentOf(text: string): Fulfillment | null {
  try {
    const [only] = elements(Buffer.from(text, 'base64url'));
    return only === undefined ? null : read(only);
  } catch {
    return null;
  }
}

function read({ tag, content }: Element): Fulfillment {
  const [first, second] = elements(content);
  if (tag === 0xa4 && first?.content.length === 32 && second?.content.length === 64)
    return { kind: 'signature', publicKey: first.content, signature: second.content };
  if (tag !== 0xa2 || first === undefined) throw new RangeError('no fulfillment that is known here');
  const others = second === undefined ? 0 : elements(second.content).length;
  return { kind: 'threshold', parts: elements(first.content).map(read), others };
}

/** Whether every signature in a fulfillment is one of `message`. */
export function isSigned(fulfillment: Fulfillment, message: string): boolean {
  if (fulfillment.kind === 'threshold') return fulfillment.parts.every((part) => isSigned(part, message));
  return verifies(message, fulfillment.signature, encode58(fulfillment.publicKey));
}

function encode58(bytes: Buffer): string {
  let number = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  while (number > 0n) {
    text = `${ALPHABET[Number(number % 58n)]}${text}`;
    number /= 58n;
  }
  for (const byte of bytes) {
    if (byte !== 0) break;
    text = `1${text}`;
  }
  return text;
}

/** Whether a fulfillment is one of the condition whose details are given. */
export function satisfies(fulfillment: Fulfillment, details: Json | undefined): boolean {
  if (!isObject(details)) return false;
  if (fulfillment.kind === 'signature')
    return details.type === 'ed25519-sha-256' && details.public_key === encode58(fulfillment.publicKey);
  const { subconditions, threshold, type } = details;
  if (type !== 'threshold-sha-256' || !Array.isArray(subconditions)) return false;
  if (fulfillment.parts.length !== threshold) return false;
  if (fulfillment.parts.length + fulfillment.others !== subconditions.length) return false;
  const left = [...subconditions];
  return fulfillment.parts.every((part) => {
    const place = left.findIndex((each) => satisfies(part, each));
    if (place < 0) return false;
    left.splice(place, 1);
    return true;
  });
}
