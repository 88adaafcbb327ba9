/** Items 22 to 28 and 30: conditions, fulfillments, keys and payloads. */

import { encodeBase58 } from '../../../src/codec/base58.js';
import { JsonFloat, type JsonObject, type JsonValue } from '../../../src/codec/json-value.js';
import type { ConditionDetails } from '../../../src/model/transaction-types.js';
import { create, documentOf, inputsOf, publicKeyOf } from '../../support/transactions.js';
import { L } from '../../unit/codec/edwards.js';
import {
  type BadDocument,
  changedAndSigned,
  conditionOf,
  REFUSED,
  refused,
  SCHEMA,
  spoken,
} from './bad-documents.js';

const LEAF = { type: 'ed25519-sha-256', public_key: publicKeyOf('alice') };
const SIGNATURE = /InvalidSignature/;

function withDetails(details: JsonValue): JsonObject {
  return changedAndSigned((document) => {
    conditionOf(document).details = details;
  });
}

function threshold(count: JsonValue, subconditions: readonly JsonValue[]): JsonValue {
  return { type: 'threshold-sha-256', threshold: count, subconditions: [...subconditions] };
}

/** A single key under `depth` thresholds. */
export function nested(depth: number): ConditionDetails {
  let details: ConditionDetails = { type: 'ed25519-sha-256', public_key: publicKeyOf('alice') };
  for (let level = 0; level < depth; level++)
    details = { type: 'threshold-sha-256', threshold: 1, subconditions: [details] };
  return details;
}

/** Item 22. */
function trees(): BadDocument[] {
  const leaves = (count: number): JsonValue[] => Array.from({ length: count }, () => LEAF);
  const wide = (levels: number): JsonValue =>
    levels === 0
      ? LEAF
      : threshold(
          1,
          Array.from({ length: 8 }, () => wide(levels - 1)),
        );
  const counts: JsonValue[] = [0, -1, 3, 101, new JsonFloat(1), '1', null, 2n ** 65n];
  return [
    ...counts.map((count) =>
      refused(22, `threshold ${spoken(count)} of two`, withDetails(threshold(count, leaves(2)))),
    ),
    refused(22, 'a threshold of nothing', withDetails(threshold(1, []))),
    refused(22, '100 thresholds deep', withDetails(nested(100) as unknown as JsonValue), /ThresholdTooDeep/),
    refused(22, '101 thresholds deep', withDetails(nested(101) as unknown as JsonValue), /ThresholdTooDeep/),
    refused(22, '160 thresholds deep', withDetails(nested(160) as unknown as JsonValue)),
    refused(22, 'a tree of 512 leaves that none signs', withDetails(wide(3))),
    refused(22, '2,000 keys under one threshold', withDetails(threshold(100, leaves(2000)))),
    refused(
      22,
      'a threshold in place of a list',
      withDetails(threshold(1, [threshold(1, [threshold(1, [])])])),
    ),
    ...[
      null,
      [],
      'x',
      {},
      { type: 'preimage-sha-256' },
      { ...LEAF, type: 'ed25519' },
      { type: LEAF.type },
      { ...LEAF, public_key: 5 },
    ].map((details) =>
      refused(22, `details ${spoken(details as JsonValue)}`, withDetails(details as JsonValue)),
    ),
  ];
}

function base64url(...parts: readonly (number | Buffer)[]): string {
  return Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : part))).toString(
    'base64url',
  );
}

function withFulfillment(fulfillment: JsonValue): JsonObject {
  const document = documentOf(create());
  for (const input of inputsOf(document)) input.fulfillment = fulfillment;
  return document;
}

/** The two fields of a single key's fulfillment. */
function fields(publicKey: Buffer, signature: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x80, 0x20]), publicKey, Buffer.from([0x81, 0x40]), signature]);
}

/** Item 23. */
function encodings(): BadDocument[] {
  const body = fields(Buffer.alloc(32, 2), Buffer.alloc(64, 1));
  const whole = base64url(0xa4, 0x64, body);
  const texts: readonly (readonly [string, string])[] = [
    ['a length of eight bytes', base64url(0xa4, 0x88, Buffer.alloc(8, 0xff), body)],
    ['a length of 126 bytes', base64url(0xa4, 0xfe, Buffer.alloc(126, 0xff), body)],
    ['the reserved length', base64url(0xa4, 0xff, body)],
    ['the indefinite form', base64url(0xa4, 0x80, body, 0, 0)],
    ['a length that is not minimal', base64url(0xa4, 0x81, 0x64, body)],
    ['a length of two bytes that is not minimal', base64url(0xa4, 0x82, 0, 0x64, body)],
    ['trailing bytes', base64url(0xa4, 0x64, body, 0)],
    ['trailing bytes inside', base64url(0xa4, 0x65, body, 0)],
    ['a cut body', base64url(0xa4, 0x64, body.subarray(0, 50))],
    ['fields in the wrong order', base64url(0xa4, 0x64, body.subarray(34), body.subarray(0, 34))],
    ['a field twice', base64url(0xa4, 0x44, body.subarray(0, 34), body.subarray(0, 34))],
    ['a key of 31 bytes', base64url(0xa4, 0x63, 0x80, 0x1f, Buffer.alloc(31), body.subarray(34))],
    ['a long tag', base64url(0xbf, 0x84, 0x64, body)],
    ['a tag of all bits', base64url(0xff, Buffer.alloc(50, 0xff))],
    ['a universal tag', base64url(0x30, 0x64, body)],
    ['sequences in sequences', base64url(Buffer.alloc(30_000, Buffer.from([0xa2, 0x80])))],
    ['thresholds in thresholds', base64url(Buffer.alloc(400, Buffer.from([0xa2, 0x82, 0x01, 0x00, 0xa0])))],
    ['a preimage', 'oAKAAA'],
    ['a prefix', 'oQKAAA'],
    ['an RSA key', 'owKAAA'],
    ['nothing', ''],
    ['one letter', 'a'],
    ['padding', `${whole}==`],
    ['another alphabet', `${whole}+/`],
    ['a line feed', `${whole}\n`],
    ['a blank', `${whole.slice(0, 10)} ${whole.slice(10)}`],
    ['a NUL', `${whole}\0`],
    ['letters that are not ASCII', `${whole}\u00e9`],
  ];
  return [
    ...[0xa0, 0xa1, 0xa3, 0xa5, 0xa6, 0x84, 0x24].map((tag) =>
      refused(23, `tag ${tag.toString(16)}`, withFulfillment(base64url(tag, 0x64, body))),
    ),
    ...texts.map(([name, text]) => refused(23, `a fulfillment of ${name}`, withFulfillment(text))),
    ...[LEAF, null, 5, [], true].map((value) =>
      refused(23, `the fulfillment ${spoken(value as JsonValue)}`, withFulfillment(value as JsonValue)),
    ),
  ];
}

/** Points of small order and encodings that are not canonical (RFC 8032, 5.1.3): little-endian hex. */
const WEAK_KEYS: readonly (readonly [string, string])[] = [
  ['zeros', '00'.repeat(32)],
  ['the neutral point', `01${'00'.repeat(31)}`],
  ['order 2', `ec${'ff'.repeat(30)}7f`],
  ['order 8', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
  ['order 8, the other one', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
  ['p in place of 0', `ed${'ff'.repeat(30)}7f`],
  ['p + 1 in place of 1', `ee${'ff'.repeat(30)}7f`],
  ['zeros with the sign bit', `${'00'.repeat(31)}80`],
  ['all bits', 'ff'.repeat(32)],
  ['no point of the curve', `02${'00'.repeat(31)}`],
];

/** The right fulfillment of a new CREATE with `change` made to the 64 bytes of its signature. */
function withSignature(change: (signature: Buffer) => Buffer): JsonObject {
  const document = documentOf(create());
  for (const input of inputsOf(document)) {
    const bytes = Buffer.from(String(input.fulfillment), 'base64url');
    input.fulfillment = base64url(bytes.subarray(0, -64), change(bytes.subarray(-64)));
  }
  return document;
}

/** The same signature with the order of the base point added to S: equal modulo the order. */
function plusOrder(signature: Buffer): Buffer {
  const scalar = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + L;
  const bytes = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse();
  return Buffer.concat([signature.subarray(0, 32), bytes]);
}

/** Items 24 and 25. */
function signatures(): BadDocument[] {
  const flipped = (at: number) => (signature: Buffer) => {
    const copy = Buffer.from(signature);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };
  return [
    ...WEAK_KEYS.flatMap(([name, hex]) => {
      const key = Buffer.from(hex, 'hex');
      const forged = (signature: Buffer): JsonObject =>
        withFulfillment(base64url(0xa4, 0x64, fields(key, signature)));
      return [
        refused(24, `a key of ${name}, a signature of zeros`, forged(Buffer.alloc(64)), SIGNATURE),
        refused(
          24,
          `a key of ${name}, R the neutral point`,
          forged(Buffer.concat([Buffer.from([1]), Buffer.alloc(63)])),
          SIGNATURE,
        ),
      ];
    }),
    ...[0, 31, 32, 63].map((at) =>
      refused(24, `byte ${at} of the signature changed`, withSignature(flipped(at)), SIGNATURE),
    ),
    refused(
      24,
      'S of zeros',
      withSignature((signature) => Buffer.concat([signature.subarray(0, 32), Buffer.alloc(32)])),
      SIGNATURE,
    ),
    refused(
      24,
      'S of all bits',
      withSignature((signature) => Buffer.concat([signature.subarray(0, 32), Buffer.alloc(32, 0xff)])),
      SIGNATURE,
    ),
    refused(25, 'the right signature with S + L', withSignature(plusOrder), SIGNATURE),
    refused(25, 'the right fulfillment in another DER', longLength()),
    refused(25, 'the right signature under another key', swapped(), SIGNATURE),
  ];
}

function longLength(): JsonObject {
  const document = documentOf(create());
  for (const input of inputsOf(document)) {
    const bytes = Buffer.from(String(input.fulfillment), 'base64url');
    input.fulfillment = base64url(0xa4, 0x81, bytes.subarray(1));
  }
  return document;
}

function swapped(): JsonObject {
  const document = documentOf(create({ by: 'alice' }));
  const [other] = inputsOf(documentOf(create({ by: 'bob' })));
  for (const input of inputsOf(document)) {
    const right = Buffer.from(String(input.fulfillment), 'base64url');
    const wrong = Buffer.from(String(other?.fulfillment), 'base64url');
    input.fulfillment = base64url(wrong.subarray(0, -64), right.subarray(-64));
  }
  return document;
}

/** Items 26 and 27. */
function keys(): BadDocument[] {
  const encoded = (bytes: Buffer): string => encodeBase58(bytes);
  const texts = [
    'O'.repeat(44),
    '0'.repeat(43),
    'l'.repeat(44),
    '1'.repeat(44),
    'z'.repeat(44),
    encoded(Buffer.alloc(31, 5)),
    encoded(Buffer.alloc(33, 5)),
    ` ${LEAF.public_key}`,
    `${LEAF.public_key}\n`,
    '',
    '\u{1F37A}'.repeat(22),
  ];
  return [
    ...texts.map((text) =>
      refused(
        26,
        `the key ${JSON.stringify(text.slice(0, 12))} of ${text.length}`,
        withDetails({ ...LEAF, public_key: text }),
      ),
    ),
    refused(26, 'a key of a megabyte', withDetails({ ...LEAF, public_key: 'z'.repeat(900_000) })),
    refused(26, 'a key of 200 KB', withDetails({ ...LEAF, public_key: 'z'.repeat(200_000) })),
    ...['x', [5], [null], {}].map((list) =>
      refused(
        27,
        `public_keys ${spoken(list as JsonValue)}`,
        changedAndSigned((document) => {
          (document.outputs as JsonObject[])[0] = {
            ...((document.outputs as JsonObject[])[0] as JsonObject),
            public_keys: list as JsonValue,
          };
        }),
        SCHEMA,
      ),
    ),
    ...[
      'ni:///sha-256;x?fpt=ed25519-sha-256&cost=131072',
      '',
      'ni:///sha-256',
      'http://x',
      `ni:///sha-256;${'A'.repeat(100_000)}`,
    ].map((uri) =>
      refused(
        27,
        `the condition URI ${JSON.stringify(uri.slice(0, 30))}`,
        changedAndSigned((document) => {
          conditionOf(document).uri = uri;
        }),
      ),
    ),
    ...[
      ['cost=131072', 'cost=131073'],
      ['cost=131072', 'cost=0131072'],
      ['fpt=ed25519', 'fpt=rsa'],
      ['sha-256;', 'sha-256;A'],
      ['?fpt', '?x=1&fpt'],
      ['ni:', 'NI:'],
    ].map(([from = '', into = '']) =>
      refused(
        27,
        `a condition URI with ${into}`,
        changedAndSigned((document) => {
          conditionOf(document).uri = String(conditionOf(document).uri).replace(from, into);
        }),
      ),
    ),
  ];
}

/** Items 28 and 30. */
function payloads(): BadDocument[] {
  const metadata = (value: JsonValue): JsonObject =>
    changedAndSigned((document) => {
      document.metadata = value;
    });
  const asset = (value: JsonValue): JsonObject =>
    changedAndSigned((document) => {
      document.asset = value;
    });
  const filler = (bytes: number): JsonValue => ({ filler: 'x'.repeat(bytes) });
  return [
    ...[{}, [], 'x', 1, true, [1]].map((value) =>
      refused(28, `metadata ${spoken(value as JsonValue)}`, metadata(value as JsonValue), SCHEMA),
    ),
    ...[[], 'x', 1, true, [1]].map((value) =>
      refused(
        28,
        `asset data ${spoken(value as JsonValue)}`,
        asset({ data: value as JsonValue }),
        value !== null && typeof value === 'object' && !Array.isArray(value) ? REFUSED : SCHEMA,
      ),
    ),
    ...[null, [], 'x', {}, { data: null, more: 1 }, { id: 'x', data: null }].map((value) =>
      refused(28, `asset ${spoken(value as JsonValue)}`, asset(value as JsonValue), SCHEMA),
    ),
    refused(30, 'a transaction of 300 KB', metadata(filler(300_000)), undefined, 413),
    refused(30, 'a transaction of a megabyte', metadata(filler(1_000_000)), undefined, 413),
    refused(30, 'a transaction of 8 MB', metadata(filler(8_000_000)), undefined, 413),
    refused(30, 'an asset of 300 KB', asset({ data: filler(300_000) }), undefined, 413),
    {
      item: 30,
      name: 'a document of 15.9 MB',
      body: `{"a":"${'x'.repeat(15_900_000)}"}`,
      status: 413,
      message: /./,
    },
  ];
}

export function badConditions(): BadDocument[] {
  return [...trees(), ...encodings(), ...signatures(), ...keys(), ...payloads()];
}
