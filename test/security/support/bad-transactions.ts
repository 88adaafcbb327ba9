/**
 * Bad inputs 17 to 31 of the fault list and those of the JSON reader, as bodies of a POST: each is wrong (or odd) in
 * one way and right in every other, signed where a signature could make a difference.
 */

import { JsonFloat, type JsonObject, type JsonValue } from '../../../src/codec/json-value.js';
import { detailsOf } from '../../../src/model/make-transaction.js';
import type { ConditionDetails } from '../../../src/model/transaction-types.js';
import {
  create,
  documentOf,
  inputsOf,
  outputsOf,
  publicKeyOf,
  resigned,
  spend,
  textOf,
  to,
  transfer,
  withId,
} from '../../support/transactions.js';

/** A body and what becomes of it: a status, and for refusals a pattern of the message. */
export interface BadInput {
  readonly name: string;
  readonly body: string | Buffer;
  readonly status: number;
  readonly message?: RegExp;
}

const NOT_JSON = /^The browser \(or proxy\) sent a request/;
const SCHEMA = /^Invalid transaction schema: /;

/** Inputs 10 to 16. */
export function badTexts(): BadInput[] {
  const valid = create().text;
  const unreadable = (name: string, body: string | Buffer): BadInput => ({
    name,
    body,
    status: 400,
    message: NOT_JSON,
  });
  const foreign = (name: string, body: string): BadInput => ({
    name,
    body,
    status: 400,
    message: /^Invalid transaction/,
  });
  return [
    { name: '100,000 lists deep', body: '['.repeat(100_000) + ']'.repeat(100_000), status: 413 },
    { name: '100,000 objects deep', body: `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, status: 413 },
    { name: 'deep and never closed', body: '[{"a":'.repeat(50_000), status: 413 },
    foreign(
      'a million keys',
      `{${Array.from({ length: 1_000_000 / 10 }, (_, index) => `"k${index}":1`).join(',')}}`,
    ),
    foreign('a key of a megabyte', `{"${'k'.repeat(1_000_000)}":1}`),
    foreign('a string of five megabytes', `"${'s'.repeat(5_000_000)}"`),
    unreadable('a number of a megabyte', '9'.repeat(1_000_000)),
    ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'].map((key) =>
      foreign(`the key ${key}`, `{"${key}":{"id":"x","admin":true}}`),
    ),
    ...[
      'NaN',
      '-Infinity',
      '{"a":Infinity}',
      '[1e400]',
      '[-1e999]',
      '[01]',
      '[1.]',
      '[.5]',
      '[+1]',
      '[0x1]',
      '[1e]',
    ].map((text) => unreadable(`the number ${text}`, text)),
    unreadable('a lone high surrogate', '{"a":"\\ud800"}'),
    unreadable('a lone low surrogate as a key', '{"\\udc00":1}'),
    unreadable('a raw NUL', '{"a":"\0"}'),
    unreadable('a byte order mark', Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d])),
    unreadable('overlong UTF-8', Buffer.from([0x22, 0xc0, 0xaf, 0x22])),
    unreadable('a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])),
    unreadable('UTF-8 cut in the middle', Buffer.from([0x22, 0xe2, 0x82, 0x22])),
    unreadable('UTF-16', Buffer.from(valid, 'utf16le')),
    unreadable('nothing', ''),
    unreadable('blanks', ' \r\n\t '),
    unreadable('two documents', `${valid}${valid}`),
    unreadable('two documents in lines', `${valid}\n${valid}`),
    unreadable('a comment', `/* */${valid}`),
    unreadable('single quotes', "{'id':1}"),
    unreadable('a trailing comma', '{"id":1,}'),
    unreadable('a form', 'id=1&version=1.0'),
    ...['null', 'true', '[]', '"x"', '1', '1.0', '-0'].map((text) => ({
      name: `just ${text}`,
      body: text,
      status: 400,
      message: SCHEMA,
    })),
  ];
}

function changed(change: (document: JsonObject) => void): JsonObject {
  const document = documentOf(create());
  change(document);
  return document;
}

function refused(
  name: string,
  document: JsonObject,
  message: RegExp = /^Invalid transaction/,
  status = 400,
): BadInput {
  return { name, body: textOf(document), status, message };
}

function output(document: JsonObject): JsonObject {
  return outputsOf(document)[0] as JsonObject;
}

function condition(document: JsonObject): JsonObject {
  return output(document).condition as JsonObject;
}

function withAmount(amount: JsonValue): JsonObject {
  return resigned(
    changed((document) => {
      output(document).amount = amount;
    }),
  );
}

function withDetails(details: JsonValue): JsonObject {
  return resigned(
    changed((document) => {
      condition(document).details = details;
    }),
  );
}

function nested(depth: number): ConditionDetails {
  let details: ConditionDetails = { type: 'ed25519-sha-256', public_key: publicKeyOf('alice') };
  for (let level = 0; level < depth; level++) {
    details = { type: 'threshold-sha-256', threshold: 1, subconditions: [details] };
  }
  return details;
}

function withFulfillment(fulfillment: JsonValue): JsonObject {
  const document = documentOf(create());
  for (const input of inputsOf(document)) input.fulfillment = fulfillment;
  return document;
}

function der(...bytes: (number | Buffer)[]): string {
  return Buffer.concat(bytes.map((part) => (typeof part === 'number' ? Buffer.from([part]) : part))).toString(
    'base64url',
  );
}

/** Inputs 17 to 20. */
function badFields(): BadInput[] {
  const known = create();
  const link = (index: JsonValue): JsonObject => {
    const document = documentOf(transfer(known.id, [spend(known, 0, 'alice')], [to('bob')]));
    for (const input of inputsOf(document))
      input.fulfills = { transaction_id: known.id, output_index: index };
    return resigned(document);
  };
  return [
    refused(
      'an id within a longer text',
      changed((document) => {
        document.id = `x${document.id}x`;
      }),
    ),
    refused(
      'an id of another body',
      changed((document) => {
        document.id = 'a'.repeat(64);
      }),
      /InvalidHash/,
    ),
    refused(
      'a transaction id within a longer text',
      (() => {
        const document = documentOf(transfer(known.id, [spend(known, 0, 'alice')], [to('bob')]));
        for (const input of inputsOf(document))
          input.fulfills = { transaction_id: `x${known.id}`, output_index: 0 };
        return resigned(document);
      })(),
    ),
    ...[
      '0',
      '01',
      '-1',
      '1.0',
      '1e3',
      '',
      ' 1',
      '9000000000000000001',
      '9'.repeat(21),
      '\u0661',
      '\uff11',
    ].map((amount) => refused(`amount ${JSON.stringify(amount)}`, withAmount(amount))),
    refused('an amount that is a number', withAmount(1)),
    refused('an amount that is a float', withAmount(new JsonFloat(1))),
    ...[-1, 1e9, new JsonFloat(1.5), new JsonFloat(0), 2n ** 70n, '0', null].map((index) =>
      refused(
        `output_index ${index instanceof JsonFloat ? 'float' : String(index)}`,
        link(index as JsonValue),
      ),
    ),
    refused(
      'no inputs',
      withId(
        changed((document) => {
          document.inputs = [];
        }),
      ),
      SCHEMA,
    ),
    refused(
      'two inputs of a CREATE',
      resigned(
        changed((document) => {
          document.inputs = [...inputsOf(document), ...inputsOf(document)];
        }),
      ),
      SCHEMA,
    ),
    refused(
      '10,000 inputs',
      resigned(
        (() => {
          const document = documentOf(transfer(known.id, [spend(known, 0, 'alice')], [to('bob')]));
          document.inputs = Array.from({ length: 10_000 }, () => ({ ...inputsOf(document)[0] })) as JsonValue;
          return document;
        })(),
      ),
      undefined,
      413,
    ),
    refused(
      '10,000 outputs',
      resigned(
        changed((document) => {
          document.outputs = Array.from({ length: 10_000 }, () => ({ ...output(document) })) as JsonValue;
        }),
      ),
      undefined,
      413,
    ),
  ];
}

/** Inputs 21 to 28 and 30. */
function badRules(): BadInput[] {
  const key = publicKeyOf('alice');
  const leaf = { type: 'ed25519-sha-256', public_key: key };
  const threshold = (count: JsonValue, subconditions: JsonValue[]): JsonValue => ({
    type: 'threshold-sha-256',
    threshold: count,
    subconditions,
  });
  const signature = Buffer.alloc(64, 1);
  const publicKey = Buffer.alloc(32, 2);
  const body = Buffer.concat([Buffer.from([0x80, 0x20]), publicKey, Buffer.from([0x81, 0x40]), signature]);
  return [
    refused(
      'a CREATE with the fields of a TRANSFER',
      resigned(
        changed((document) => {
          document.asset = { id: 'a'.repeat(64) };
        }),
      ),
      SCHEMA,
    ),
    refused(
      'a TRANSFER with the fields of a CREATE',
      resigned(
        changed((document) => {
          document.operation = 'TRANSFER';
        }),
      ),
      SCHEMA,
    ),
    refused(
      'GENESIS from outside',
      resigned(
        changed((document) => {
          document.operation = 'GENESIS';
        }),
      ),
    ),
    refused('threshold 0', withDetails(threshold(0, [leaf, leaf]))),
    refused('threshold above its conditions', withDetails(threshold(3, [leaf, leaf]))),
    refused('threshold 1.0', withDetails(threshold(new JsonFloat(1), [leaf]))),
    refused('threshold of nothing', withDetails(threshold(1, []))),
    refused('101 thresholds deep', withDetails(nested(101) as unknown as JsonValue), /ThresholdTooDeep/),
    refused(
      'a tree that costs more than a number holds',
      withDetails(
        threshold(
          100,
          Array.from({ length: 2000 }, () => leaf),
        ),
      ),
      undefined,
    ),
    ...[
      ['a length of eight bytes', der(0xa4, 0x88, Buffer.alloc(8, 0xff), body)],
      ['the indefinite form', der(0xa4, 0x80, body, 0, 0)],
      ['a length that is not minimal', der(0xa4, 0x81, 0x64, body)],
      ['trailing bytes', der(0xa4, 0x64, body, 0x00)],
      ['a wrong tag', der(0xa5, 0x64, body)],
      ['a cut body', der(0xa4, 0x64, body.subarray(0, 50))],
      ['sequences in sequences', der(Buffer.alloc(30_000, Buffer.from([0xa2, 0x80])))],
      ['a preimage', 'oAKAAA'],
      ['nothing', ''],
      ['one letter', 'a'],
      ['padding', `${der(0xa4, 0x64, body)}==`],
      ['other alphabets', `${der(0xa4, 0x64, body)}+/`],
    ].map(([name, text]) => refused(`a fulfillment of ${name}`, withFulfillment(text as string))),
    refused('a fulfillment that is an object', withFulfillment(leaf)),
    refused('a signature that is not one', withFulfillment(der(0xa4, 0x64, body)), /InvalidSignature/),
    refused(
      'a public key of small order',
      withFulfillment(
        der(
          0xa4,
          0x64,
          Buffer.from([0x80, 0x20]),
          Buffer.from([1]),
          Buffer.alloc(31),
          Buffer.from([0x81, 0x40]),
          signature,
        ),
      ),
      /InvalidSignature/,
    ),
    refused(
      'a public key of zeros',
      withFulfillment(
        der(
          0xa4,
          0x64,
          Buffer.from([0x80, 0x20]),
          Buffer.alloc(32),
          Buffer.from([0x81, 0x40]),
          Buffer.alloc(64),
        ),
      ),
      /InvalidSignature/,
    ),
    refused('a key that is not base58', withDetails({ type: 'ed25519-sha-256', public_key: 'O'.repeat(44) })),
    refused(
      'a key of a megabyte',
      withDetails({ type: 'ed25519-sha-256', public_key: 'z'.repeat(1_000_000) }),
      undefined,
      400,
    ),
    refused(
      'metadata without keys',
      resigned(
        changed((document) => {
          document.metadata = {};
        }),
      ),
      SCHEMA,
    ),
    refused(
      'asset data that is a list',
      resigned(
        changed((document) => {
          document.asset = { data: [1] };
        }),
      ),
      SCHEMA,
    ),
    refused(
      'a transaction of a megabyte',
      resigned(
        changed((document) => {
          document.metadata = { filler: 'x'.repeat(1_000_000) };
        }),
      ),
      undefined,
      413,
    ),
  ];
}

export function badTransactions(): BadInput[] {
  return [...badFields(), ...badRules()];
}

let serial = 0;

/** Inputs 27, 29 and 31, and odd numbers: accepted, and given back as they came. */
export function oddTransactions(): BadInput[] {
  const accepted = (name: string, document: JsonObject): BadInput => ({
    name,
    body: textOf(document),
    status: 202,
  });
  const withData = (data: JsonObject): JsonObject =>
    documentOf(create({ data: { ...data, serial: serial++ }, metadata: data }));
  return [
    accepted(
      'public_keys that lie about the condition',
      resigned(
        changed((document) => {
          output(document).public_keys = [publicKeyOf('bob')];
        }),
      ),
    ),
    accepted(
      'public_keys null',
      resigned(
        changed((document) => {
          output(document).public_keys = null;
        }),
      ),
    ),
    accepted(
      'no outputs',
      resigned(
        changed((document) => {
          document.outputs = [];
        }),
      ),
    ),
    accepted(
      '99 thresholds deep',
      documentOf(create({ outputs: [{ publicKeys: [publicKeyOf('alice')], details: nested(99) }] })),
    ),
    accepted(
      'keys with $, ., NUL and nothing',
      withData({ $where: 1, 'a.b': { $gt: '' }, 'n\0l': 2, '': 3 }),
    ),
    accepted('an unknown language', withData({ language: 'klingon', nested: [{ language: 'xx' }] })),
    accepted(
      'keys of prototypes',
      withData(JSON.parse('{"constructor": {"prototype": {"a": 1}}, "toString": 2}')),
    ),
    accepted(
      'numbers that JavaScript rounds',
      withData({
        big: 123456789012345678901234567890n,
        one: new JsonFloat(1),
        zero: new JsonFloat(-0),
        tiny: new JsonFloat(5e-324),
      }),
    ),
    accepted(
      'keys that JavaScript sorts otherwise',
      withData({ '10': 1, '9': 2, '\u{1F37A}': 3, '\ufffd': 4, '\u00e9': 5, 'e\u0301': 6 }),
    ),
    accepted(
      'characters at the edges',
      withData({ text: '\u2028\u2029\u0000\u001f\u007f\ufeff\u{10ffff}"\\/' }),
    ),
    accepted(
      'a condition of a hundred keys',
      documentOf(
        create({
          outputs: [
            {
              publicKeys: [],
              details: detailsOf(
                Array.from({ length: 100 }, () => publicKeyOf('alice')),
                50,
              ),
            },
          ],
        }),
      ),
    ),
  ];
}
