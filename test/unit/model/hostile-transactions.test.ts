/**
 * Danger: one posted text stops a node, hangs it, or slips in under another id. Method: every bad input of the fault
 * list that concerns documents, each with the definite answer that it must get; nothing may throw.
 */

import { JsonFloat, type JsonObject, type JsonValue } from '../../../src/codec/json-value.js';
import { DOOR, LEDGER } from '../../../src/config/limits.js';
import {
  checkTransaction,
  checkTransactionSteps,
  LEDGER_LIMITS,
} from '../../../src/model/check-transaction.js';
import { detailsOf } from '../../../src/model/make-transaction.js';
import { REPR_CHARACTERS_MAX } from '../../../src/model/python-repr.js';
import { runSteps } from '../../../src/model/steps.js';
import type { CheckLimits, ConditionDetails } from '../../../src/model/transaction-types.js';
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
  transferTo,
  withId,
} from '../../support/transactions.js';

/** Code and message of the refusal, or `ok`. */
function verdict(text: string | Uint8Array, limits: CheckLimits = LEDGER_LIMITS): string {
  const { result, notJson } = checkTransaction(text, limits);
  if (notJson) return 'not JSON';
  return result.ok ? 'ok' : `${result.problem.code} ${result.problem.message}`;
}

function changedCreate(change: (document: JsonObject) => void): JsonObject {
  const document = documentOf(create());
  change(document);
  return resigned(document);
}

describe('texts', () => {
  test.each<[string, string | Uint8Array]>([
    ['empty', ''],
    ['two documents', '{}{}'],
    ['byte order mark', '\ufeff{}'],
    ['NaN', '{"a":NaN}'],
    ['Infinity', '[Infinity]'],
    ['1e400', '[1e400]'],
    ['leading zeros', '[01]'],
    ['lone surrogate', '{"a":"\\ud800"}'],
    ['overlong UTF-8', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ['truncated UTF-8', Buffer.from([0x22, 0xe2, 0x82, 0x22])],
    ['BOM in bytes', Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d])],
  ])('%s is not JSON', (_name, text) => {
    expect(verdict(text)).toBe('not JSON');
  });

  test.each<[string, string, string]>([
    ['null', 'null', "SCHEMA_VALIDATION None is not of type 'object'"],
    ['array', '[]', "SCHEMA_VALIDATION [] is not of type 'object'"],
    ['string', '"x"', "SCHEMA_VALIDATION 'x' is not of type 'object'"],
    ['float', '1.0', "SCHEMA_VALIDATION 1.0 is not of type 'object'"],
    ['empty object', '{}', "SCHEMA_VALIDATION 'id' is a required property"],
    [
      '__proto__',
      '{"__proto__":{"id":"x"}}',
      "SCHEMA_VALIDATION Additional properties are not allowed ('__proto__' was unexpected)",
    ],
    [
      'two foreign keys',
      '{"constructor":1,"toString":2}',
      "SCHEMA_VALIDATION Additional properties are not allowed ('constructor', 'toString' were unexpected)",
    ],
  ])('%s', (_name, text, expected) => {
    expect(verdict(text)).toBe(expected);
  });

  test('nesting of 100,000 is refused as too large, not as a crash', () => {
    expect(verdict('['.repeat(100_000))).toMatch(/^TOO_LARGE/);
    const { notJson } = checkTransaction('[[[[', LEDGER_LIMITS);
    expect(notJson).toBe(true);
  });

  test('a million keys are refused in bounded words', () => {
    const keys = Array.from({ length: 200_000 }, (_, index) => `"k${index}":0`).join(',');
    const answer = verdict(`{${keys}}`);
    expect(answer).toMatch(/^SCHEMA_VALIDATION Additional properties/);
    expect(answer.length).toBeLessThan(REPR_CHARACTERS_MAX + 200);
  });
});

describe('payloads', () => {
  const payloads: Record<string, JsonObject> = {
    'dollar, dot, NUL and empty keys': {
      $set: 1,
      'a.b': 2,
      'a\u0000b': 3,
      '': 4,
      nested: { $where: { '.': 1 } },
    },
    'prototype keys': { constructor: 1, prototype: 2, toString: { valueOf: 3 } },
    'language no index knows': { language: 'klingon', nested: { language: 'xx' } },
    'integers of any size': { a: 2n ** 63n, b: -(10n ** 30n), c: 9_007_199_254_740_991 },
    'floats stay floats': { a: new JsonFloat(1), b: new JsonFloat(-0), c: new JsonFloat(1e21), d: 1 },
    'keys in code point order': { '\ue000': 1, '\u{1f37a}': 2, z: 3, '9': 4, '10': 5 },
    'both normal forms': { é: 1, 'e\u0301': 2 },
    'controls and separators': { a: '\u0000\u001f\u007f\u2028\u2029\ufeff"\\' },
  };

  test.each(Object.entries(payloads))('%s', (_name, data) => {
    const made = create({ data, metadata: data });
    const { result } = checkTransaction(made.text, LEDGER_LIMITS);
    expect(result).toMatchObject({ ok: true, transaction: { id: made.id, text: made.text } });
    // As a client would send it: other white space, other order.
    const spaced = ` ${made.text.replace(/^\{/, '{ ')}\n`;
    expect(checkTransaction(Buffer.from(spaced), LEDGER_LIMITS).result).toEqual(result);
  });

  test('__proto__ is a key like any other', () => {
    const text = create({ data: { marker: 1 } }).text;
    const document = documentOf({ text });
    const named = textOf(document).replace('"marker"', '"__proto__"');
    // The id no longer fits, which proves that the key was seen.
    expect(verdict(named)).toMatch(/^INVALID_HASH/);
  });

  test('1 and 1.0 are different transactions', () => {
    const one = create({ data: { a: 1 } });
    const float = create({ data: { a: new JsonFloat(1) } });
    expect(one.id).not.toBe(float.id);
    expect(verdict(one.text.replace('"a":1', '"a":1.0'))).toMatch(/^INVALID_HASH/);
  });

  test('a repeated key: the last one wins, as in 1.0.1', () => {
    const made = create({ data: { a: 2 } });
    expect(verdict(made.text.replace('"a":2', '"a":1,"a":2'))).toBe('ok');
    expect(verdict(made.text.replace('"a":2', '"a":2,"a":1'))).toMatch(/^INVALID_HASH/);
  });

  test('metadata {} and asset data that is no object', () => {
    expect(verdict(textOf(changedCreate((document) => (document.metadata = {}))))).toBe(
      'SCHEMA_VALIDATION {} is not valid under any of the given schemas',
    );
    expect(verdict(textOf(changedCreate((document) => (document.asset = { data: 'x' }))))).toBe(
      "SCHEMA_VALIDATION 'x' is not valid under any of the given schemas",
    );
  });
});

describe('ids', () => {
  test('an id with 64 hex digits inside a longer string never passes', () => {
    const document = documentOf(create());
    const answer = verdict(textOf({ ...document, id: `x${String(document.id)}` }));
    expect(answer).toMatch(/^INVALID_HASH The transaction's id 'x/);
    const long = verdict(textOf({ ...document, id: `${String(document.id)}${'z'.repeat(100_000)}` }));
    expect(long.length).toBeLessThan(500);
  });

  test('the claimed id is reported only when it is one', () => {
    const document = documentOf(create());
    const wrong = checkTransaction(textOf({ ...document, version: '2.0' }), LEDGER_LIMITS).result;
    expect(wrong).toMatchObject({ ok: false, id: document.id });
    const none = checkTransaction(textOf({ ...document, id: 'x' }), LEDGER_LIMITS).result;
    expect(none).toMatchObject({ ok: false, id: null });
  });

  test('a run of 63 hex digits again and again takes linear time', () => {
    const document = documentOf(create());
    const id = `${'f'.repeat(63)}g`.repeat(2000);
    const start = process.hrtime.bigint();
    expect(verdict(textOf({ ...document, id }))).toMatch(/does not match '\[0-9a-f\]\{64\}'$/);
    expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(200);
  });
});

describe('amounts', () => {
  const amount = (value: JsonValue) =>
    verdict(
      textOf(changedCreate((document) => Object.assign(outputsOf(document)[0] ?? {}, { amount: value }))),
    );

  test.each<[string, JsonValue, RegExp]>([
    ['zero', '0', /^AMOUNT_ERROR `amount` must be greater than 0$/],
    ['zeros', '00', /^AMOUNT_ERROR `amount` must be greater than 0$/],
    ['one with a zero in front', '01', /^AMOUNT_ERROR .*leading zeros/],
    ['9e18', '9000000000000000000', /^ok$/],
    ['9e18 + 1', '9000000000000000001', /^AMOUNT_ERROR `amount` must be <= 9000000000000000000$/],
    ['21 digits', '100000000000000000000', /^SCHEMA_VALIDATION .* does not match/],
    ['Arabic digits', '\u0661', /^SCHEMA_VALIDATION/],
    ['a number', 1, /^SCHEMA_VALIDATION 1 is not of type 'string'$/],
    ['with a newline', '1\n', /^SCHEMA_VALIDATION '1\\n' does not match/],
  ])('%s', (_name, value, expected) => {
    expect(amount(value)).toMatch(expected);
  });
});

describe('conditions', () => {
  function withDetails(details: JsonValue, uri?: string): string {
    const document = documentOf(create());
    const output = outputsOf(document)[0] ?? {};
    const condition = output.condition as JsonObject;
    output.condition = { ...condition, details, ...(uri === undefined ? {} : { uri }) };
    return verdict(textOf(withId(document)));
  }

  function nested(levels: number): ConditionDetails {
    let details: ConditionDetails = detailsOf([publicKeyOf('alice')]);
    for (let level = 0; level < levels; level++)
      details = { type: 'threshold-sha-256', threshold: 1, subconditions: [details] };
    return details;
  }

  test('99 thresholds parse, 100 do not, and neither takes long', () => {
    const outputs = [{ publicKeys: [publicKeyOf('alice')], details: nested(99) }];
    expect(verdict(create({ outputs }).text)).toBe('ok');
    expect(withDetails(nested(100) as unknown as JsonValue)).toBe('THRESHOLD_TOO_DEEP ');
    expect(withDetails(nested(101) as unknown as JsonValue)).toBe('THRESHOLD_TOO_DEEP ');
  });

  test.each<[string, JsonValue]>([
    ['threshold 0', { type: 'threshold-sha-256', threshold: 0, subconditions: [] }],
    ['threshold above its subconditions', { type: 'threshold-sha-256', threshold: 2, subconditions: [] }],
    ['threshold 1.0', { type: 'threshold-sha-256', threshold: new JsonFloat(1), subconditions: [] }],
    ['a key of foreign characters', { type: 'ed25519-sha-256', public_key: 'O'.repeat(44) }],
    ['a key of 33 bytes', { type: 'ed25519-sha-256', public_key: `1${publicKeyOf('alice')}` }],
    ['a key of one million characters', { type: 'ed25519-sha-256', public_key: '2'.repeat(1_000_000) }],
  ])('%s is refused with a sentence', (_name, details) => {
    expect(withDetails(details)).toMatch(/^SCHEMA_VALIDATION .+/);
  });

  test('a URI that is not that of the details is refused, however well signed', () => {
    const document = documentOf(create());
    const other = documentOf(create({ by: 'bob' }));
    const output = outputsOf(document)[0] ?? {};
    const [otherOutput = {}] = outputsOf(other);
    const otherUri = (otherOutput.condition as JsonObject).uri ?? null;
    output.condition = { ...(output.condition as JsonObject), uri: otherUri };
    expect(verdict(textOf(resigned(document)))).toMatch(/^NOT_CANONICAL/);
  });

  test('the order of subconditions does not change the URI, and both orders stand', () => {
    const names = ['alice', 'bob', 'carol'].map(publicKeyOf);
    const one = create({ outputs: [{ publicKeys: names, details: detailsOf(names, 2) }] });
    const two = create({ outputs: [{ publicKeys: names, details: detailsOf([...names].reverse(), 2) }] });
    expect(one.outputs[0]?.condition.uri).toBe(two.outputs[0]?.condition.uri);
    expect(verdict(one.text)).toBe('ok');
    expect(verdict(two.text)).toBe('ok');
  });

  test('public_keys and owners_before may lie: only the condition counts', () => {
    const lying = changedCreate((document) => {
      const output = outputsOf(document)[0] ?? {};
      output.public_keys = [publicKeyOf('bob')];
    });
    expect(verdict(textOf(lying))).toBe('ok');
    const nobody = changedCreate((document) => {
      const output = outputsOf(document)[0] ?? {};
      output.public_keys = null;
    });
    expect(verdict(textOf(nobody))).toBe('ok');
  });
});

describe('inputs', () => {
  test('owners_before null', () => {
    const document = changedCreate((each) => {
      const input = inputsOf(each)[0] ?? {};
      input.owners_before = null;
    });
    expect(verdict(textOf(document))).toMatch(/^SCHEMA_VALIDATION `owners_before` must be a list/);
  });

  test('the same input twice is well-formed, and verified once', () => {
    const from = create();
    const twice = transfer(from.id, [spend(from, 0, 'alice'), spend(from, 0, 'alice')], [to('bob', 2)]);
    const { result } = checkTransaction(twice.text, { ...LEDGER_LIMITS, signaturesMax: 1 });
    expect(result).toMatchObject({
      ok: true,
      transaction: { spends: [{ outputIndex: 0 }, { outputIndex: 0 }] },
    });
  });

  test.each<[string, JsonValue, RegExp]>([
    ['-1', -1, /^SCHEMA_VALIDATION/],
    ['1.5', new JsonFloat(1.5), /^SCHEMA_VALIDATION/],
    ['1.0', new JsonFloat(1), /^SCHEMA_VALIDATION/],
    ['true', true, /^SCHEMA_VALIDATION/],
    ['1e9', 1_000_000_000, /^ok$/],
    ['2^53', 2n ** 53n, /^INPUT_DOES_NOT_EXIST/],
    ['2^63', 2n ** 63n, /^INPUT_DOES_NOT_EXIST/],
    ['2^64', 2n ** 64n, /^SCHEMA_VALIDATION/],
    ['30 digits', 10n ** 29n, /^SCHEMA_VALIDATION/],
  ])('output_index %s', (_name, index, expected) => {
    const document = documentOf(transferTo(create(), 'alice', 'bob'));
    const input = inputsOf(document)[0] ?? {};
    input.fulfills = { ...(input.fulfills as JsonObject), output_index: index };
    expect(verdict(textOf(resigned(document)))).toMatch(expected);
  });

  test('a TRANSFER with the fields of a CREATE, and back', () => {
    const transferred = documentOf(transferTo(create(), 'alice', 'bob'));
    const created = documentOf(create());
    expect(verdict(textOf(resigned({ ...transferred, operation: 'CREATE' })))).toBe(
      "SCHEMA_VALIDATION Additional properties are not allowed ('id' was unexpected)",
    );
    expect(verdict(textOf(resigned({ ...created, operation: 'TRANSFER' })))).toBe(
      "SCHEMA_VALIDATION Additional properties are not allowed ('data' was unexpected)",
    );
    expect(verdict(textOf(resigned({ ...created, inputs: [] })))).toBe('SCHEMA_VALIDATION [] is too short');
  });

  test('1,200 signatures: refused by the number of signatures or by size, never by time', () => {
    const from = create({ outputs: Array.from({ length: 1200 }, (_, index) => to(`owner ${index}`)) });
    const spends = from.outputs.map((_, index) => spend(from, index, `owner ${index}`));
    const many = transfer(from.id, spends, [to('bob', 1200)]);
    expect(verdict(many.text, DOOR)).toMatch(/^TOO_LARGE A transaction has at most 1000 signatures/);
    expect(verdict(many.text)).toBe('ok');
  });

  test('GENESIS from outside', () => {
    const genesis = resigned({ ...documentOf(create()), operation: 'GENESIS' });
    expect(verdict(textOf(genesis))).toMatch(/^GENESIS_NOT_ALLOWED/);
    const steps = checkTransactionSteps(textOf(genesis), { limits: LEDGER_LIMITS, genesisAllowed: true });
    expect(runSteps(steps).result.ok).toBe(true);
  });
});

describe('fulfillments', () => {
  function withFulfillment(change: (fulfillment: string) => JsonValue): string {
    const document = documentOf(create());
    const inputs = inputsOf(document).map((input) => ({
      ...input,
      fulfillment: change(String(input.fulfillment)),
    }));
    return verdict(textOf({ ...document, inputs }));
  }

  test.each<[string, (fulfillment: string) => JsonValue, RegExp]>([
    ['empty', () => '', /^INVALID_SIGNATURE Fulfillment URI couldn't been parsed$/],
    ['length 1 mod 4', () => 'pGSAI', /^INVALID_SIGNATURE Fulfillment URI couldn't been parsed$/],
    ['truncated', (each) => each.slice(0, -4), /^INVALID_SIGNATURE/],
    ['trailing bytes', (each) => `${each}AAAA`, /^INVALID_SIGNATURE/],
    ['preimage: nobody signed', () => 'oAKAAA', /^INVALID_SIGNATURE .+/],
    ['padding', (each) => `${each}=`, /^SCHEMA_VALIDATION/],
    ['standard base64', (each) => `+${each.slice(1)}`, /^SCHEMA_VALIDATION/],
    [
      'one bit of the signature',
      (each) => `${each.slice(0, -3)}${each.at(-3) === 'A' ? 'B' : 'A'}${each.slice(-2)}`,
      /^INVALID_SIGNATURE/,
    ],
    [
      'details in place of a signature',
      () => detailsOf([publicKeyOf('alice')]) as unknown as JsonValue,
      /^INVALID_SIGNATURE Transaction signature is invalid.$/,
    ],
    ['indefinite length', () => Buffer.from('a480802000', 'hex').toString('base64url'), /^INVALID_SIGNATURE/],
    [
      'a length of four gigabytes',
      () => Buffer.from('a284ffffffff', 'hex').toString('base64url'),
      /^INVALID_SIGNATURE/,
    ],
  ])('%s', (_name, change, expected) => {
    expect(withFulfillment(change)).toMatch(expected);
  });

  test('another spelling of the same signature is not another transaction', () => {
    const made = create();
    const document = documentOf(made);
    const fulfillment = Buffer.from(String(inputsOf(document)[0]?.fulfillment), 'base64url');
    // S + L: the same signature to a lax verifier.
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const s = BigInt(`0x${Buffer.from(fulfillment.subarray(-32)).reverse().toString('hex')}`) + order;
    const bytes = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse();
    const malleated = Buffer.concat([fulfillment.subarray(0, -32), bytes]).toString('base64url');
    expect(withFulfillmentOf(document, malleated)).toMatch(/^INVALID_SIGNATURE/);
  });

  function withFulfillmentOf(document: JsonObject, fulfillment: string): string {
    return verdict(
      textOf({ ...document, inputs: inputsOf(document).map((input) => ({ ...input, fulfillment })) }),
    );
  }

  test('an all-zero and a small-order key verify nothing', () => {
    for (const first of [0, 1]) {
      const key = Buffer.alloc(32);
      key[0] = first;
      const signature = Buffer.alloc(64);
      signature[0] = 1;
      const bytes = Buffer.concat([
        Buffer.from('a4648020', 'hex'),
        key,
        Buffer.from('8140', 'hex'),
        signature,
      ]);
      expect(withFulfillment(() => bytes.toString('base64url'))).toMatch(/^INVALID_SIGNATURE/);
    }
  });

  test('a TRANSFER that only lacks its signature keeps the summary for the ledger', () => {
    const document = documentOf(transferTo(create(), 'alice', 'bob'));
    const forged = resigned(document, 'mallory');
    const { result } = checkTransaction(textOf(forged), LEDGER_LIMITS);
    // Signed well, by somebody else: only the ledger can tell.
    expect(result.ok).toBe(true);
    const broken = textOf(document).replace('"amount":"1"', '"amount":"2"');
    expect(verdict(broken)).toMatch(/^INVALID_HASH/);
    const resent = withId({ ...document, metadata: { a: 1 } });
    expect(checkTransaction(textOf(resent), LEDGER_LIMITS).result).toMatchObject({
      ok: false,
      problem: { code: 'INVALID_SIGNATURE' },
      transaction: { operation: 'TRANSFER', spends: [{ outputIndex: 0 }] },
    });
  });
});

describe('size', () => {
  test('exactly the limit passes, one byte more does not; bytes are counted, not characters', () => {
    const base = create({ data: { pad: '' } });
    const room = 2000 - Buffer.byteLength(base.text);
    const limits = { ...LEDGER_LIMITS, transactionBytesMax: 2000 };
    expect(verdict(create({ data: { pad: 'x'.repeat(room) } }).text, limits)).toBe('ok');
    expect(verdict(create({ data: { pad: 'x'.repeat(room + 1) } }).text, limits)).toMatch(/^TOO_LARGE/);
    expect(verdict(create({ data: { pad: 'é'.repeat(room / 2 + 1) } }).text, limits)).toMatch(/^TOO_LARGE/);
  });

  test('what a door lets in, every voter accepts', () => {
    expect(DOOR.transactionBytesMax).toBeLessThanOrEqual(LEDGER.transactionBytesMax);
    expect(verdict(create({ data: { pad: 'x'.repeat(900_000) } }).text)).toBe('ok');
    expect(verdict(create({ data: { pad: 'x'.repeat(1_050_000) } }).text)).toMatch(/^TOO_LARGE/);
  });

  test('JSON nested to the limit passes and beyond it does not', () => {
    const deep = (levels: number) => {
      let value: JsonValue = 1;
      for (let level = 0; level < levels; level++) value = [value];
      return create({ data: { value } });
    };
    // The document, the asset and its data are three levels around the arrays.
    expect(verdict(deep(LEDGER.jsonDepthMax - 3).text)).toBe('ok');
    expect(verdict(deep(LEDGER.jsonDepthMax - 2).text)).toMatch(/^TOO_LARGE/);
  });
});

test('the summary says what the ledger needs', () => {
  const from = create({ outputs: [to('alice', 40), to(['alice', 'bob'], 2n ** 62n)] });
  const { result } = checkTransaction(from.text, LEDGER_LIMITS);
  expect(result).toMatchObject({
    ok: true,
    transaction: {
      id: from.id,
      operation: 'CREATE',
      assetId: from.id,
      outputAmount: (40n + 2n ** 62n).toString(),
      spends: [],
      bytes: Buffer.byteLength(from.text),
    },
  });
  const spent = transfer(from.id, [spend(from, 1, ['alice', 'bob'])], [to('carol', 2n ** 62n)]);
  expect(checkTransaction(spent.text, LEDGER_LIMITS).result).toMatchObject({
    ok: true,
    transaction: {
      assetId: from.id,
      spends: [{ transactionId: from.id, outputIndex: 1, conditionUri: from.outputs[1]?.condition.uri }],
    },
  });
});
