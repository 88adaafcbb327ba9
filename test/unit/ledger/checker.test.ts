/**
 * Danger: the two runners of the checks answer differently, mix up the order of answers, or leave a caller waiting when
 * a thread dies. Method: one suite over both, and the pure functions as the judge.
 */

import { sha3Hex, sha256Hex } from '../../../src/codec/hash.js';
import { signText } from '../../../src/codec/key-pair.js';
import { DOOR } from '../../../src/config/limits.js';
import type { Checker } from '../../../src/ledger/checker.js';
import { createDirectChecker } from '../../../src/ledger/checker-direct.js';
import {
  packBlock,
  packCheckedBlock,
  packChecks,
  packTexts,
  unpackBlock,
  unpackCheckedBlock,
  unpackChecks,
  unpackTexts,
} from '../../../src/ledger/checker-packing.js';
import { createWorkerChecker } from '../../../src/ledger/checker-worker.js';
import { makeBlock, makeClaim } from '../../../src/model/block.js';
import { checkBlock } from '../../../src/model/check-block.js';
import { checkTransaction, LEDGER_LIMITS } from '../../../src/model/check-transaction.js';
import type { StoredBlock } from '../../../src/store/store.js';
import {
  chain,
  create,
  documentOf,
  keyPairOf,
  resigned,
  spend,
  textOf,
  to,
  transfer,
  transferTo,
  withId,
} from '../../support/transactions.js';

const node = keyPairOf('node');

/** A clock that moves one millisecond a look, and a scheduler that counts the turns. */
function countingRuntime() {
  let nowMs = 0;
  const counts = { turns: 0 };
  const clock = { nowMs: () => nowMs++, monotonicMs: () => nowMs++ };
  const scheduler = {
    after: () => ({ cancel: () => undefined }),
    yieldTurn: async () => {
      counts.turns++;
    },
  };
  return { clock, scheduler, counts };
}

const failures: Error[] = [];
const kinds: [string, () => Checker][] = [
  ['direct', () => createDirectChecker(countingRuntime())],
  [
    'one thread',
    () => createWorkerChecker({ threads: 1, ed25519: null, onFailure: (error) => failures.push(error) }),
  ],
  [
    'two threads over node:crypto',
    () =>
      createWorkerChecker({ threads: 2, ed25519: 'node:crypto', onFailure: (error) => failures.push(error) }),
  ],
];

/** Good, bad and ugly, with some of every kind of answer. */
function samples(): (string | Uint8Array)[] {
  const made = create({ data: { text: 'é \u{1f37a} \u0000', n: 2n ** 70n } });
  const shares = create({ outputs: [to('alice', 5), to(['alice', 'bob'], 6)] });
  const moved = transfer(
    shares.id,
    [spend(shares, 0, 'alice'), spend(shares, 1, ['alice', 'bob'])],
    [to('carol', 11)],
  );
  const document = documentOf(transferTo(made, 'alice', 'bob'));
  return [
    made.text,
    Buffer.from(made.text),
    `  ${made.text}\n`,
    moved.text,
    Buffer.concat([Buffer.from([0xff]), Buffer.from(made.text)]),
    'junk',
    '',
    '[]',
    textOf(withId({ ...document, metadata: { unsigned: true } })),
    textOf({ ...document, version: '2.0' }),
    textOf(resigned({ ...documentOf(made), operation: 'GENESIS' })),
    ...chain(5).map((each) => each.text),
    new Uint8Array(Buffer.from(`padding${made.text}padding`)).subarray(7, 7 + Buffer.byteLength(made.text)),
  ];
}

function storedBlock(texts: readonly string[], overrides: Partial<StoredBlock> = {}): StoredBlock {
  const made = makeBlock(node, {
    timestamp: '1500000000',
    transactionTexts: texts,
    voters: [node.publicKey],
  });
  const claimSignature = makeClaim(node, { blockId: made.id, height: 3, parent: 'p' });
  return { height: 3, parent: 'p', claimSignature, ...made, ...overrides };
}

describe.each(kinds)('%s', (_name, start) => {
  let checker: Checker;
  beforeAll(() => {
    checker = start();
  });
  afterAll(() => checker.close());

  test('answers as the pure check does, in order', async () => {
    const texts = samples();
    const expected = texts.map((text) => checkTransaction(text, DOOR));
    expect(await checker.checkTransactions(texts, DOOR)).toEqual(expected);
    expect(expected.some((each) => each.notJson)).toBe(true);
    expect(expected.some((each) => !each.result.ok && each.result.transaction !== undefined)).toBe(true);
  });

  test('no text, no answer', async () => {
    expect(await checker.checkTransactions([], DOOR)).toEqual([]);
  });

  test('a list that is cut for the threads comes back in order', async () => {
    const texts = Array.from({ length: 150 }, (_, index) => (index % 7 === 0 ? 'junk' : create().text));
    const checked = await checker.checkTransactions(texts, LEDGER_LIMITS);
    expect(checked.map((each) => (each.result.ok ? each.result.transaction.text : 'junk'))).toEqual(texts);
  });

  test('many callers at once get their own answers, and the queue is counted', async () => {
    const made = Array.from({ length: 60 }, () => create());
    const calls = made.map((each) => checker.checkTransactions([Buffer.from(each.text)], DOOR));
    expect(checker.queued).toBe(60);
    const answers = await Promise.all(calls);
    expect(answers.map(([first]) => (first?.result.ok ? first.result.transaction.id : null))).toEqual(
      made.map((each) => each.id),
    );
    expect(checker.queued).toBe(0);
  });

  test('limits are the caller’s', async () => {
    const made = create();
    const [tooLarge] = await checker.checkTransactions([made.text], {
      transactionBytesMax: 10,
      signaturesMax: 1,
    });
    expect(tooLarge?.result).toMatchObject({ ok: false, problem: { code: 'TOO_LARGE' } });
    const [fine] = await checker.checkTransactions([made.text], LEDGER_LIMITS);
    expect(fine?.result.ok).toBe(true);
  });

  test('blocks, right and wrong', async () => {
    const good = chain(3).map((each) => each.text);
    const forged = textOf(withId({ ...documentOf(create()), metadata: { a: 'é' } }));
    const extra = textOf({ ...documentOf({ text: storedBlock(good).text }), zzz: 1, aaa: 2 });
    const blocks = [
      storedBlock(good),
      storedBlock([...good, forged, '{"not":"a transaction"}']),
      storedBlock(good, { signature: signText('x', node.privateKey) }),
      storedBlock(good, { id: 'b'.repeat(64) }),
      storedBlock(good, { text: '{' }),
      stored(extra),
      stored(textOf({ ...documentOf({ text: storedBlock(good).text }), timestamp: 5 })),
    ];
    for (const block of blocks)
      expect(await checker.checkBlock(block, [])).toEqual(checkBlock(block, new Set()));
    expect(await checker.checkBlock(blocks[3] ?? storedBlock(good), [])).toBeNull();
  });

  function stored(text: string): StoredBlock {
    const signed = { id: sha3Hex(text), signature: signText(text, node.privateKey) };
    return storedBlock(['{}'], {
      ...signed,
      text,
      claimSignature: makeClaim(node, { blockId: signed.id, height: 3, parent: 'p' }),
    });
  }

  test('what is known is not verified again', async () => {
    const forged = textOf(withId({ ...documentOf(create()), metadata: { a: 1 } }));
    const block = storedBlock([create().text, forged]);
    const first = await checker.checkBlock(block, []);
    expect(first?.transactions.map((each) => each.ok)).toEqual([true, false]);
    const second = await checker.checkBlock(block, ['0'.repeat(64), sha256Hex(forged)]);
    expect(second?.transactions.map((each) => each.ok)).toEqual([true, true]);
  });
});

describe('packing', () => {
  test('texts, checks and their order survive the crossing', () => {
    const texts = samples();
    const sent = unpackTexts(structuredClone(packTexts(texts, LEDGER_LIMITS)));
    expect(sent.limits).toEqual(LEDGER_LIMITS);
    expect(sent.texts.map((text) => Buffer.from(text))).toEqual(texts.map((text) => Buffer.from(text)));
    const checks = texts.map((text) => checkTransaction(text, DOOR));
    expect(unpackChecks(structuredClone(packChecks(checks)), checks.length)).toEqual(checks);
  });

  test('blocks survive it, the texts of their transactions as places in their own', () => {
    const block = storedBlock([...chain(3).map((each) => each.text), '{"no":"transaction"}']);
    const known = new Set(['1'.repeat(64), '2'.repeat(64)]);
    expect(unpackBlock(structuredClone(packBlock(block, [...known])))).toEqual({ block, known });
    const checked = checkBlock(block, new Set());
    const packed = packCheckedBlock(checked);
    expect(packed?.strings.join('')).not.toContain('fulfillment":"');
    expect(packed === null ? null : unpackCheckedBlock(structuredClone(packed), block)).toEqual(checked);
    expect(packCheckedBlock(null)).toBeNull();
  });

  test('a block that is wrong in itself survives it, too', () => {
    const texts = chain(2).map((each) => each.text);
    const more = textOf({ ...documentOf({ text: storedBlock(texts).text }), aaa: 'before the usual head' });
    const claimed = (text: string, signature: string): StoredBlock => {
      const id = sha3Hex(text);
      const claimSignature = makeClaim(node, { blockId: id, height: 3, parent: 'p' });
      return { height: 3, parent: 'p', id, text, signature, claimSignature };
    };
    for (const block of [
      claimed(more, signText(more, node.privateKey)),
      storedBlock(texts, { signature: signText('x', node.privateKey) }),
    ]) {
      const checked = checkBlock(block, new Set());
      const packed = packCheckedBlock(checked);
      expect(checked?.shapeProblem === null && checked.signatureValid).toBe(false);
      expect(packed === null ? null : unpackCheckedBlock(structuredClone(packed), block)).toEqual(checked);
    }
  });

  test('an answer that is cut short is an error, never a guess', () => {
    const packed = packChecks([checkTransaction(create().text, DOOR)]);
    expect(() => unpackChecks({ strings: [], numbers: packed.numbers }, 1)).toThrow(/end early/);
    expect(() => unpackChecks({ strings: packed.strings, numbers: [] }, 1)).toThrow(/end early/);
  });
});

test('direct: hands over the event loop while it checks a large block', async () => {
  const runtime = countingRuntime();
  const checker = createDirectChecker(runtime);
  const texts = Array.from({ length: 100 }, () => create().text);
  expect((await checker.checkBlock(storedBlock(texts), []))?.transactions).toHaveLength(100);
  expect(runtime.counts.turns).toBeGreaterThan(5);
  await checker.checkTransactions(texts, DOOR);
  expect(runtime.counts.turns).toBeGreaterThan(6);
});

test('worker: after close every call is rejected, and closing twice is harmless', async () => {
  const checker = createWorkerChecker({
    threads: 2,
    ed25519: null,
    onFailure: (error) => failures.push(error),
  });
  const last = checker.checkTransactions([create().text], DOOR);
  await checker.close();
  expect((await last)[0]?.result.ok).toBe(true);
  await checker.close();
  await expect(checker.checkTransactions([create().text], DOOR)).rejects.toThrow(/gone|closed/);
  expect(checker.queued).toBe(0);
  expect(failures).toEqual([]);
});
