/**
 * Danger: a transaction that was composed in the browser is refused, or a changed one passes «check it here». Method:
 * what the built browser code makes is judged by the node's own check; what the node's makers make is changed in one
 * place and judged by the browser's.
 */

import { canonicalJson } from '../../src/codec/canonical-json.js';
import { parseJson } from '../../src/codec/json-reader.js';
import type { JsonObject, JsonValue } from '../../src/codec/json-value.js';
import { LEDGER_LIMITS, checkTransaction as nodeCheck } from '../../src/model/check-transaction.js';
import { detailsOf, makeCreate, makeTransfer } from '../../src/model/make-transaction.js';
import { keyPairOf, publicKeyOf, to } from '../support/transactions.js';
import { type BrowserCode, loadBrowserCode } from './support/load-browser-code.js';

let browser: BrowserCode;

beforeAll(() => {
  browser = loadBrowserCode();
}, 120_000);

const [alice, bob, carol] = ['alice', 'bob', 'carol'].map(keyPairOf) as [Pair, Pair, Pair];
type Pair = ReturnType<typeof keyPairOf>;
const TWO_OF_THREE = detailsOf(['alice', 'bob', 'carol'].map(publicKeyOf), 2);

/** The browser's values are its own: its big integers and floats are not this world's. */
function inBrowser(value: JsonValue): JsonValue {
  return browser.readJson(canonicalJson(value));
}

function accepted(text: string | null) {
  const { result } = nodeCheck(text ?? '', LEDGER_LIMITS);
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`);
  return result.transaction;
}

describe('composing', () => {
  const data = { name: 'bicycle', price: '1.0' };

  test('a CREATE by one key is what the node makes, to the byte', () => {
    const key = browser.importKeyPair(alice.privateKey);
    expect(key.publicKey).toBe(alice.publicKey);
    const draft = browser.makeCreate({
      owners: [key.publicKey],
      outputs: [{ amount: '3', publicKeys: [bob.publicKey], threshold: 1 }],
      data: inBrowser(data),
      metadata: inBrowser({}),
    });
    expect(browser.missing(draft)).toEqual([{ input: 0, publicKeys: [alice.publicKey] }]);
    expect(browser.complete(draft)).toBeNull();
    const text = browser.complete(browser.signDraft(draft, [key]));
    const made = makeCreate({ signers: [alice], outputs: [to('bob', 3)], data });
    expect(text).toBe(made.text);
    expect(accepted(text).id).toBe(draft.id);
  });

  test('floats and big integers keep their digits', () => {
    const text = '{"a":1.0,"b":123456789012345678901234567890,"c":1e-7}';
    const key = browser.makeKeyPair();
    const draft = browser.makeCreate({
      owners: [key.publicKey],
      outputs: [{ amount: '1', publicKeys: [key.publicKey], threshold: 1 }],
      data: browser.readJson(text),
      metadata: null,
    });
    const { text: stored } = accepted(browser.complete(browser.signDraft(draft, [key])));
    expect(stored).toContain('"data":{"a":1.0,"b":123456789012345678901234567890,"c":1e-7}');
  });

  test('2 of 3: unsigned to others, signatures back in any order', () => {
    const created = makeCreate({ signers: [alice], outputs: [to(['alice', 'bob', 'carol'], 5, 2)] });
    const draft = browser.makeTransfer({
      assetId: created.id,
      spends: [
        { transactionId: created.id, outputIndex: 0, details: inBrowser(TWO_OF_THREE as never), amount: '5' },
      ],
      outputs: [
        { amount: '2', publicKeys: [bob.publicKey], threshold: 1 },
        { amount: '3', publicKeys: [alice.publicKey, carol.publicKey], threshold: 1 },
      ],
      metadata: null,
    });
    const carols = browser.signDraft(browser.importText(browser.exportText(draft)), [carol]);
    expect(browser.complete(carols)).toBeNull();
    expect(browser.missing(carols)).toEqual([{ input: 0, publicKeys: [alice.publicKey, bob.publicKey] }]);
    const returned = browser.importText(browser.exportText(carols), draft);
    const merged = browser.mergeSignatures(browser.signDraft(draft, [alice]), returned);
    const text = browser.complete(merged);
    const { spends } = accepted(text);
    expect(spends).toEqual([
      { transactionId: created.id, outputIndex: 0, conditionUri: created.outputs[0]?.condition.uri },
    ]);
    const check = browser.checkTransaction(browser.readJson(text ?? ''), [inBrowser(TWO_OF_THREE as never)]);
    expect(check).toMatchObject({ passed: true, inputs: [{ matchesSpent: true }] });
    expect(states(check.inputs[0]?.tree)).toEqual(['valid', 'missing', 'valid']);
  });

  test('a transaction that a driver signed is taken back', () => {
    const created = makeCreate({ signers: [alice], data });
    const draft = browser.makeCreate({
      owners: [alice.publicKey],
      outputs: [{ amount: '1', publicKeys: [alice.publicKey], threshold: 1 }],
      data: inBrowser(data),
      metadata: null,
    });
    expect(browser.complete(browser.mergeSignatures(draft, browser.importText(created.text, draft)))).toBe(
      created.text,
    );
    const unsigned = JSON.parse(browser.exportText(draft)).transaction as JsonObject;
    expect(browser.importText(JSON.stringify(unsigned)).id).toBe(created.id);
  });

  test.each<[string, RegExp, (code: BrowserCode) => unknown]>([
    ['no private key', /32 bytes in base58/, (code) => code.importKeyPair('0OIl')],
    ['no transaction', /not a transaction/, (code) => code.importText('[1]')],
    ['no JSON', /not a transaction in JSON/, (code) => code.importText('{')],
    [
      'a changed id',
      /not the hash/,
      (code) => code.importText(changed((tx) => ({ ...tx, id: '0'.repeat(64) }))),
    ],
    [
      'a changed body',
      /not the hash/,
      (code) => code.importText(changed((tx) => ({ ...tx, metadata: { a: 1 } }))),
    ],
    ['a foreign key', /No input asks/, (code) => code.signDraft(aliceDraft(code), [bob])],
    [
      'another transaction',
      /another transaction/,
      (code) =>
        code.importText(
          changed((tx) => tx),
          aliceDraft(code),
        ),
    ],
    ['no amount', /An amount is an integer/, (code) => aliceDraft(code, { amount: '0' })],
    ['a fraction', /An amount is an integer/, (code) => aliceDraft(code, { amount: '1.5' })],
    ['too much', /An amount is an integer/, (code) => aliceDraft(code, { amount: '9000000000000000001' })],
    ['no owner', /at least one owner/, (code) => aliceDraft(code, { publicKeys: [] })],
    [
      'an owner twice',
      /twice/,
      (code) => aliceDraft(code, { publicKeys: [alice.publicKey, alice.publicKey] }),
    ],
    ['no key', /no public key/, (code) => aliceDraft(code, { publicKeys: ['x'] })],
    [
      'a threshold above the owners',
      /cannot be used/,
      (code) => aliceDraft(code, { publicKeys: [alice.publicKey, bob.publicKey], threshold: 3 }),
    ],
    [
      'sums that differ',
      /must be equal/,
      (code) =>
        code.makeTransfer({
          assetId: 'a'.repeat(64),
          spends: [{ transactionId: 'a'.repeat(64), outputIndex: 0, details: {}, amount: '2' }],
          outputs: [{ amount: '1', publicKeys: [bob.publicKey], threshold: 1 }],
          metadata: null,
        }),
    ],
  ])('%s is refused with a sentence', (_name, message, action) => {
    expect(() => action(browser)).toThrow(message);
  });
});

function aliceDraft(
  code: BrowserCode,
  output: Partial<{ amount: string; publicKeys: string[]; threshold: number }> = {},
) {
  return code.makeCreate({
    owners: [alice.publicKey],
    outputs: [{ amount: '1', publicKeys: [alice.publicKey], threshold: 1, ...output }],
    data: null,
    metadata: null,
  });
}

const original = makeCreate({ signers: [alice, bob], data: { a: { b: 1 } }, metadata: { note: 'x' } });

function changed(change: (transaction: JsonObject) => JsonValue): string {
  return canonicalJson(change(parseJson(original.text) as JsonObject));
}

function states(node: unknown): unknown[] {
  const { state, children } = node as { state?: string; children?: unknown[] };
  return children === undefined ? [state] : children.flatMap(states);
}

describe('a changed transaction is seen', () => {
  test('the original passes, with every signature', () => {
    const check = browser.checkTransaction(browser.readJson(original.text));
    expect(check).toMatchObject({ passed: true, computedId: original.id, problem: null });
    expect(states(check.inputs[0]?.tree)).toEqual(['valid', 'valid']);
  });

  test.each<[string, (transaction: JsonObject) => JsonValue]>([
    ['metadata', (tx) => ({ ...tx, metadata: { note: 'y' } })],
    ['asset', (tx) => ({ ...tx, asset: { data: { a: { b: 2 } } } })],
    ['a number as a float', (tx) => ({ ...tx, asset: parseJson('{"data":{"a":{"b":1.0}}}') })],
    ['id', (tx) => ({ ...tx, id: 'f'.repeat(64) })],
    ['another member', (tx) => ({ ...tx, extra: 1 })],
    ['no inputs', (tx) => ({ ...tx, inputs: [] })],
  ])('%s', (_name, change) => {
    expect(browser.checkTransaction(browser.readJson(changed(change))).passed).toBe(false);
  });

  test('an id that fits a changed body does not mend the signatures', () => {
    const body = parseJson(changed((tx) => ({ ...tx, metadata: { note: 'y' } }))) as JsonObject;
    const { computedId } = browser.checkTransaction(browser.readJson(canonicalJson(body)));
    const check = browser.checkTransaction(browser.readJson(canonicalJson({ ...body, id: computedId })));
    expect(check).toMatchObject({ idMatches: true, passed: false });
    expect(states(check.inputs[0]?.tree)).toEqual(['invalid', 'invalid']);
  });

  test('an output of somebody else is seen by its condition', () => {
    const spend = { transaction_id: original.id, output_index: 0, details: detailsOf([alice.publicKey]) };
    const transfer = makeTransfer({
      assetId: original.id,
      spends: [{ ...spend, signers: [alice] }],
      outputs: [to('bob')],
    });
    const document = browser.readJson(transfer.text);
    const check = (publicKey: string) =>
      browser.checkTransaction(document, [inBrowser(detailsOf([publicKey]) as never)]);
    expect(check(alice.publicKey)).toMatchObject({ passed: true, inputs: [{ matchesSpent: true }] });
    expect(check(bob.publicKey)).toMatchObject({
      passed: false,
      inputs: [{ matchesSpent: false, satisfied: true }],
    });
    expect(browser.checkTransaction(document)).toMatchObject({
      passed: true,
      inputs: [{ matchesSpent: null }],
    });
  });

  test('what is no object is refused', () => {
    expect(() => browser.checkTransaction(null)).toThrow('a transaction is a JSON object');
  });
});
