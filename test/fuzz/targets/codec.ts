/** The readers and writers of `codec`, each against a second opinion: JSON.parse, bs58, tweetnacl. */

import nacl from 'tweetnacl';
import { decodeBase58, encodeBase58 } from '../../../src/codec/base58.js';
import { canonicalJson } from '../../../src/codec/canonical-json.js';
import {
  setEd25519Implementation as choose,
  publicKeyOf,
  sign,
  verifySignature,
} from '../../../src/codec/ed25519.js';
import { JsonSyntaxError, parseJson, parseJsonBytes } from '../../../src/codec/json-reader.js';
import { JsonFloat, type JsonValue } from '../../../src/codec/json-value.js';
import { compactJson, prettyJson, spacedJson } from '../../../src/codec/json-writer.js';
import { loadSodium } from '../../support/process-transactions.js';
import { answered, type FuzzTarget, must } from '../target.js';

/** Its types are of an ECMAScript module only, which this output cannot import. */
const bs58 = (require('bs58') as { default: { decodeUnsafe(text: string): Uint8Array | undefined } }).default;

export const JSON_WORDS = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\u',
    '\\ud83c',
    '\\udf7a',
    '\\ud800',
    '\\u0000',
    '\\"',
    '\\\\',
    '\\/',
    '\\n',
  ],
  ...[
    'true',
    'false',
    'null',
    'NaN',
    'Infinity',
    '-',
    '-0',
    '0.',
    '1e',
    '1e400',
    '5e-324',
    '9007199254740993',
    '.5',
    '+1',
  ],
  ...['"__proto__":', '"a":1,', '\u00e9', '\u{1F37A}', '\ufeff', '\u2028', '\ufffd', ' ', '\t', '\r\n'],
  ...[
    Buffer.from([0xc0, 0xaf]),
    Buffer.from([0xed, 0xa0, 0x80]),
    Buffer.from([0xf4, 0x90, 0x80, 0x80]),
    Buffer.from([0xe2, 0x82]),
  ],
];

const JSON_SEEDS = [
  '{"a":[1,-2.50,1e3,true,false,null,"x\\u00e9\\ud83c\\udf7a\\n"],"b":{"":{}},"c":[]}',
  '[123456789012345678901234567890,-0.0,5e-324,1.7976931348623157e308,9007199254740993,0,-0]',
  ' \r\n\t{"id":"12f15448","inputs":[{"fulfillment":null}],"metadata":{"\u00e9":"\u{1F37A}"}} ',
  '"\\"\\\\\\/\\b\\f\\n\\r\\t"',
];

/** Reasons for which this reader refuses what JSON.parse takes. */
const STRICTER =
  /lone surrogate|nested too deep|integer too long|beyond the range of doubles|malformed UTF-8/;

/** What JSON.parse would have made of the same text. */
function asJavaScript(value: JsonValue): unknown {
  if (value instanceof JsonFloat) return value.value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(asJavaScript);
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, member] of Object.entries(value)) object[key] = asJavaScript(member);
  return object;
}

/** Equal values, whatever their prototypes; -0 and 0 are the same here. */
function same(left: unknown, right: unknown): boolean {
  if (typeof left !== 'object' || left === null || typeof right !== 'object' || right === null)
    return left === right || (left === 0 && right === 0);
  const [keys, others] = [Object.keys(left), Object.keys(right)];
  if (Array.isArray(left) !== Array.isArray(right) || keys.length !== others.length) return false;
  const [one, other] = [left as Record<string, unknown>, right as Record<string, unknown>];
  return keys.every((key) => Object.hasOwn(other, key) && same(one[key], other[key]));
}

/** The value, or the sentence of the refusal. */
function read(input: Buffer): { value: JsonValue } | { refusal: string } {
  try {
    return { value: parseJsonBytes(input) };
  } catch (error) {
    if (error instanceof JsonSyntaxError) return { refusal: error.message };
    throw error;
  }
}

const jsonReader: FuzzTarget = {
  name: 'json-reader',
  seeds: () => JSON_SEEDS,
  dictionary: JSON_WORDS,
  bytesMax: 4096,
  batch: 64,
  run(input) {
    const own = read(input);
    let other: { value: unknown } | null = null;
    try {
      other = { value: JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(input)) };
    } catch {
      other = null;
    }
    if ('value' in own) {
      must(other !== null, 'takes what JSON.parse refuses');
      must(same(asJavaScript(own.value), other.value), 'reads something else than JSON.parse');
      must(same(parseJson(input.toString()), own.value), 'reads a text otherwise than its bytes');
    } else if (other !== null)
      must(STRICTER.test(own.refusal), `refuses what JSON.parse takes: ${own.refusal}`);
  },
};

const jsonWriter: FuzzTarget = {
  name: 'json-writer',
  seeds: () => JSON_SEEDS,
  dictionary: JSON_WORDS,
  bytesMax: 4096,
  batch: 64,
  run(input) {
    const value = answered(() => parseJsonBytes(input), JsonSyntaxError);
    if (value === null) return;
    const text = canonicalJson(value);
    must(canonicalJson(parseJson(text)) === text, 'the canonical text is not the canonical text of itself');
    for (const write of [compactJson, spacedJson, prettyJson])
      must(canonicalJson(parseJson(write(value))) === text, 'a writer changes the value');
  },
};

const base58: FuzzTarget = {
  name: 'base58',
  seeds: () => ['4K9sWUMFwTgaDGPfdynrbxWqWS6sWmKbZoTjxLtVUibD', '111', 'z', ''],
  dictionary: ['1', 'z', '0', 'O', 'I', 'l', '11111111', '\u00e9', ' ', '\n'],
  bytesMax: 200,
  batch: 64,
  run(input) {
    const text = input.toString('latin1');
    const own = decodeBase58(text, 150);
    const other = bs58.decodeUnsafe(text) ?? null;
    const fits = other !== null && other.length <= 150;
    must((own !== null) === fits, 'takes another set of texts than bs58');
    if (own === null || other === null) return;
    must(Buffer.compare(own, other) === 0, 'decodes to other bytes than bs58');
    must(encodeBase58(own) === text, 'does not encode back to the text');
    must(
      Buffer.compare(decodeBase58(encodeBase58(input), 200) ?? Buffer.alloc(0), input) === 0,
      'loses bytes',
    );
  },
};

const SEED = Buffer.alloc(32, 7);
const MESSAGE = Buffer.from('message');
const hasSodium = loadSodium() !== null;

/** 32 bytes of a key, 64 of a signature, and the message. */
const ed25519: FuzzTarget = {
  name: 'ed25519',
  seeds: () => [Buffer.concat([publicKeyOf(SEED), sign(MESSAGE, SEED), MESSAGE])],
  dictionary: [
    Buffer.alloc(32),
    Buffer.from(`01${'00'.repeat(31)}`, 'hex'),
    Buffer.from(`ec${'ff'.repeat(30)}7f`, 'hex'),
    Buffer.from('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', 'hex'),
  ],
  bytesMax: 200,
  batch: 16,
  run(input) {
    const [key, signature, message] = [input.subarray(0, 32), input.subarray(32, 96), input.subarray(96)];
    choose('node:crypto');
    const own = verifySignature(message, signature, key);
    if (hasSodium) {
      choose('sodium-native');
      must(verifySignature(message, signature, key) === own, 'sodium-native and node:crypto differ');
    }
    // tweetnacl takes S + L and points of small order besides, never less.
    if (own) must(nacl.sign.detached.verify(message, signature, key), 'takes what tweetnacl refuses');
  },
};

export const codecTargets: readonly FuzzTarget[] = [jsonReader, jsonWriter, base58, ed25519];
