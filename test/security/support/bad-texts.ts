/** Items 10 to 16: bodies that are no JSON, hardly JSON, or JSON that is no transaction. */

import { create } from '../../support/transactions.js';
import { type BadDocument, REFUSED, SCHEMA } from './bad-documents.js';

const NOT_JSON = /^The browser \(or proxy\) sent a request/;
const ANY = /./;
const VALID = create().text;

function unreadable(item: number, name: string, body: string | Buffer): BadDocument {
  return { item, name, body, status: 400, message: NOT_JSON };
}

function foreign(item: number, name: string, body: string, message = REFUSED): BadDocument {
  return { item, name, body, status: 400, message };
}

function tooDeep(name: string, body: string): BadDocument {
  return { item: 10, name, body, status: 413, message: ANY };
}

function depths(): BadDocument[] {
  const inMetadata = (levels: number): string =>
    VALID.replace('"metadata":null', `"metadata":{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`);
  return [
    tooDeep('100,000 lists deep', '['.repeat(100_000) + ']'.repeat(100_000)),
    tooDeep('100,000 objects deep', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`),
    tooDeep('lists and objects in turn, never closed', '[{"a":'.repeat(50_000)),
    tooDeep('513 lists', '['.repeat(513) + ']'.repeat(513)),
    tooDeep('metadata 600 deep', inMetadata(600)),
    foreign(10, '512 lists', '['.repeat(512) + ']'.repeat(512), SCHEMA),
    unreadable(10, 'brackets that close too often', `${VALID}}}}}`),
  ];
}

function sizes(): BadDocument[] {
  const keys = (count: number): string =>
    `{${Array.from({ length: count }, (_, index) => `"${index.toString(36)}":1`).join(',')}}`;
  return [
    foreign(11, '800,000 keys', keys(800_000)),
    foreign(11, 'a key of a megabyte', `{"${'k'.repeat(1_000_000)}":1}`),
    foreign(11, 'a string of five megabytes', `"${'s'.repeat(5_000_000)}"`),
    foreign(11, '1,000,000 numbers', `[${'1,'.repeat(999_999)}1]`),
    foreign(11, '1,000,000 empty lists', `[${'[],'.repeat(999_999)}[]]`),
    unreadable(11, 'a number of a megabyte', '9'.repeat(1_000_000)),
    foreign(11, 'a float of a megabyte', `0.${'9'.repeat(1_000_000)}`),
    foreign(11, 'a megabyte of escapes', `"${'\\u0000'.repeat(170_000)}"`),
  ];
}

function keys(): BadDocument[] {
  const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
  const into = (place: string, key: string): string =>
    VALID.replace(place, `${place}"${key}":{"id":"x","admin":true},`);
  return [
    foreign(12, 'the id twice, the wrong one last', VALID.replace(/}$/, `,"id":"${'a'.repeat(64)}"}`)),
    foreign(12, 'the operation twice, the wrong one last', VALID.replace(/}$/, ',"operation":"TRANSFER"}')),
    foreign(
      12,
      'an output`s amount twice, the wrong one last',
      VALID.replace('"amount":"1"', '"amount":"1","amount":"2"'),
    ),
    ...names.flatMap((key) => [
      foreign(13, `the key ${key} alone`, `{"${key}":{"id":"x","admin":true}}`),
      foreign(13, `the key ${key} in a transaction`, VALID.replace('{', `{"${key}":{"admin":true},`)),
      foreign(13, `the key ${key} in an input`, into('"inputs":[{', key)),
      foreign(13, `the key ${key} in an output`, into('"outputs":[{', key)),
      foreign(13, `the key ${key} in a condition`, into('"condition":{', key)),
      foreign(13, `the key ${key} in details`, into('"details":{', key)),
      foreign(13, `the key ${key} in an asset`, into('"asset":{', key)),
    ]),
  ];
}

function numbers(): BadDocument[] {
  const none = [
    'NaN',
    '-Infinity',
    'Infinity',
    '1e400',
    '-1e999',
    '01',
    '-01',
    '1.',
    '.5',
    '+1',
    '0x1',
    '1e',
    '1e+',
    '--1',
    '-',
    '1_0',
    '\u0661',
  ];
  return none.flatMap((text) => [
    unreadable(14, `the number ${text}`, `[${text}]`),
    unreadable(
      14,
      `the number ${text} in metadata`,
      VALID.replace('"metadata":null', `"metadata":{"a":${text}}`),
    ),
  ]);
}

function characters(): BadDocument[] {
  const bytes = (name: string, ...values: readonly number[]): BadDocument =>
    unreadable(15, name, Buffer.from(values));
  return [
    unreadable(15, 'a lone high surrogate', '{"a":"\\ud800"}'),
    unreadable(15, 'a lone low surrogate as a key', '{"\\udc00":1}'),
    unreadable(15, 'surrogates in the wrong order', '"\\udc00\\ud800"'),
    unreadable(15, 'a raw NUL', '{"a":"\0"}'),
    unreadable(15, 'a raw line feed in a string', '{"a":"\n"}'),
    unreadable(15, 'an unknown escape', '"\\x41"'),
    unreadable(15, 'half an escape', '"\\u12"'),
    unreadable(15, 'an escape at the end', '"\\'),
    bytes('a byte order mark', 0xef, 0xbb, 0xbf, 0x7b, 0x7d),
    bytes('overlong UTF-8', 0x22, 0xc0, 0xaf, 0x22),
    bytes('overlong UTF-8 of three bytes', 0x22, 0xe0, 0x80, 0xaf, 0x22),
    bytes('a surrogate in UTF-8', 0x22, 0xed, 0xa0, 0x80, 0x22),
    bytes('UTF-8 cut in the middle', 0x22, 0xe2, 0x82, 0x22),
    bytes('UTF-8 beyond Unicode', 0x22, 0xf4, 0x90, 0x80, 0x80, 0x22),
    bytes('a lone continuation byte', 0x22, 0x80, 0x22),
    bytes('a byte that is in no UTF-8', 0x22, 0xff, 0x22),
    unreadable(15, 'UTF-16', Buffer.from(VALID, 'utf16le')),
  ];
}

function documents(): BadDocument[] {
  return [
    unreadable(16, 'nothing', ''),
    unreadable(16, 'blanks', ' \r\n\t '),
    unreadable(16, 'two documents', `${VALID}${VALID}`),
    unreadable(16, 'two documents in lines', `${VALID}\n${VALID}`),
    unreadable(16, 'a document cut off', VALID.slice(0, -1)),
    unreadable(16, 'a comment', `/* */${VALID}`),
    unreadable(16, 'single quotes', "{'id':1}"),
    unreadable(16, 'a trailing comma', '{"id":1,}'),
    unreadable(16, 'a missing comma', '{"id":1 "a":2}'),
    unreadable(16, 'a key without quotes', '{id:1}'),
    unreadable(16, 'a form', 'id=1&version=1.0'),
    ...['null', 'true', '[]', '"x"', '1', '1.0', '-0', '{}', '[[]]', `[${VALID}]`].map((text) =>
      foreign(16, `just ${text.slice(0, 10)}`, text, SCHEMA),
    ),
  ];
}

export function badTexts(): BadDocument[] {
  return [...depths(), ...sizes(), ...keys(), ...numbers(), ...characters(), ...documents()];
}
