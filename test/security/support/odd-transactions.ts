/** Items 12 to 31 as far as they are no mistakes, and odd numbers: transactions that are accepted, and given back as they came. */

import { isDeepStrictEqual } from 'node:util';
import { parseJson } from '../../../src/codec/json-reader.js';
import { JsonFloat, type JsonObject, type JsonValue } from '../../../src/codec/json-value.js';
import { detailsOf } from '../../../src/model/make-transaction.js';
import { create, documentOf, inputsOf, publicKeyOf, resigned, textOf } from '../../support/transactions.js';
import { nested } from './bad-conditions.js';
import { changedAndSigned, outputOf } from './bad-documents.js';
import { type BadInput, oneOf } from './target.js';

let serial = 0;

const DECIDED =
  'mutation ($t: JSON!) { submitTransaction(input: { transaction: $t, wait: DECIDED }) { status } }';

/** Posted as `text`, it is accepted, becomes valid, and comes back over both doors as it was. */
function accepted(item: number, name: string, document: JsonObject, text = textOf(document)): BadInput {
  return {
    item,
    name: `accepted: ${name}`,
    check: async (target) => {
      const answer = await target.exchange({ method: 'POST', path: '/api/v1/transactions', body: text });
      oneOf(answer.status, [202], answer.body);
      // The same once more is harmless, and says when it is decided.
      const { data, text: said } = await target.query(DECIDED, { t: text });
      const submitted = { status: 'VALID' };
      if (!isDeepStrictEqual(plain(data?.submitTransaction), submitted)) throw new Error(said.slice(0, 300));
      const found = await target.exchange({ path: `/api/v1/transactions/${String(document.id)}` });
      oneOf(found.status, [200], found.body);
      const body = Buffer.from(found.body, 'latin1').toString();
      if (textOf(parseJson(body)) !== textOf(document)) throw new Error(`came back as ${body.slice(0, 300)}`);
    },
  };
}

/** Without the null prototypes of the lossless reader. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}

function withData(data: JsonObject): JsonObject {
  return documentOf(create({ data: { ...data, serial: serial++ }, metadata: data }));
}

function withPublicKeys(keys: JsonValue): JsonObject {
  return changedAndSigned((document) => {
    outputOf(document).public_keys = keys;
  });
}

/** The same document with a member of its metadata twice; the last one is right. */
function twice(): BadInput {
  const document = withData({ a: 1 });
  const text = textOf(document).replace('"metadata":{"a":1}', '"metadata":{"a":2,"a":1}');
  return accepted(12, 'a key twice, the right one last', document, text);
}

const PROTOTYPES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
const KEYS = ['$where', '$gt', 'a.b', '.', 'n\0l', '', ' ', '\u{1F37A}', '\ufffd', 'e\u0301', 'id', 'data'];

export function oddTransactions(): BadInput[] {
  const aHundred = detailsOf(
    Array.from({ length: 100 }, () => publicKeyOf('alice')),
    50,
  );
  return [
    twice(),
    ...PROTOTYPES.map((key) =>
      accepted(
        13,
        `the key ${key} in payloads`,
        withData(parseJson(`{"${key}":{"a":[{"${key}":1}]}}`) as JsonObject),
      ),
    ),
    accepted(
      14,
      'numbers that JavaScript rounds',
      withData({
        big: 123456789012345678901234567890n,
        odd: 2n ** 53n + 1n,
        one: new JsonFloat(1),
        zero: new JsonFloat(-0),
        tiny: new JsonFloat(5e-324),
        large: new JsonFloat(1.7976931348623157e308),
      }),
    ),
    accepted(14, 'an integer of 4,000 digits', withData({ big: 10n ** 3999n })),
    accepted(
      15,
      'keys that JavaScript sorts otherwise',
      withData({ '10': 1, '9': 2, '\u{1F37A}': 3, '\ufffd': 4, '\u00e9': 5, 'e\u0301': 6 }),
    ),
    accepted(
      15,
      'characters at the edges',
      withData({ text: '\u2028\u2029\u0000\u001f\u007f\ufeff\u{10ffff}"\\/' }),
    ),
    ...[`${publicKeyOf('bob')}\n`, `x${publicKeyOf('bob')}x`, `l${publicKeyOf('bob').slice(1)}`].map((text) =>
      // 1.0.1's pattern of a key is not anchored, and the owners before of a CREATE decide nothing.
      accepted(
        17,
        `an owner before of ${text.length} characters`,
        changedAndSigned((document) => {
          for (const input of inputsOf(document)) input.owners_before = [text];
        }),
      ),
    ),
    accepted(
      28,
      'asset data without members',
      changedAndSigned((document) => {
        document.asset = { data: {} };
      }),
    ),
    accepted(27, 'public_keys that are empty', withPublicKeys([])),
    accepted(20, 'no outputs', resigned({ ...documentOf(create()), outputs: [] })),
    accepted(
      22,
      '99 thresholds deep',
      documentOf(create({ outputs: [{ publicKeys: [publicKeyOf('alice')], details: nested(99) }] })),
    ),
    accepted(
      22,
      'a condition of a hundred keys',
      documentOf(create({ outputs: [{ publicKeys: [], details: aHundred }] })),
    ),
    accepted(27, 'public_keys that lie about the condition', withPublicKeys([publicKeyOf('bob')])),
    accepted(27, 'public_keys null', withPublicKeys(null)),
    ...KEYS.map((key) => accepted(29, `the key ${JSON.stringify(key)}`, withData({ [key]: { [key]: [1] } }))),
    ...['klingon', 'xx', 'none', '', '\0', 5, null, { a: 1 }].map((language) =>
      accepted(31, `language ${JSON.stringify(language)}`, withData({ language, nested: [{ language }] })),
    ),
  ];
}
