/**
 * Danger: a member writes a block that some nodes read and others do not, or that throws out of every node (Z6, Z12).
 * Method: every way of being no block, and every way of being a wrong one, each with its answer.
 */

import { canonicalJson } from '../../../src/codec/canonical-json.js';
import { sha3Hex } from '../../../src/codec/hash.js';
import type { JsonObject, JsonValue } from '../../../src/codec/json-value.js';
import { type KeyPair, signText } from '../../../src/codec/key-pair.js';
import { LEDGER } from '../../../src/config/limits.js';
import { blockDocument, makeBlock, makeClaim } from '../../../src/model/block.js';
import { type BlockToCheck, checkBlock, checkBlockSteps } from '../../../src/model/check-block.js';
import { makeGenesisBlock } from '../../../src/model/genesis.js';
import {
  create,
  documentOf,
  keyPairOf,
  publicKeyOf,
  resigned,
  transferTo,
} from '../../support/transactions.js';

const node = keyPairOf('node');
const NOTHING: ReadonlySet<string> = new Set();

/** Stores any text as a block of `creator`, with the right id, signature and claim for that very text. */
function stored(text: string, overrides: Partial<BlockToCheck> = {}, creator: KeyPair = node): BlockToCheck {
  const id = overrides.id ?? sha3Hex(text);
  const { height = 5, parent = 'a'.repeat(64) } = overrides;
  const claimSignature = makeClaim(creator, { blockId: id, height, parent });
  return {
    height,
    parent,
    id,
    text,
    signature: signText(text, creator.privateKey),
    claimSignature,
    ...overrides,
  };
}

function blockOf(texts: readonly string[], timestamp = '1500000000'): string {
  return makeBlock(node, { timestamp, transactionTexts: texts, voters: [node.publicKey] }).text;
}

function withMembers(members: Record<string, JsonValue>): string {
  return canonicalJson({
    node_pubkey: node.publicKey,
    timestamp: '1500000000',
    transactions: [documentOf(create())],
    voters: [node.publicKey],
    ...members,
  });
}

test('a right block', () => {
  const made = create();
  const text = blockOf([made.text, transferTo(made, 'alice', 'bob').text], '1500000001');
  const block = stored(text);
  const checked = checkBlock(block, NOTHING);
  expect(checked).toMatchObject({
    ...block,
    creator: node.publicKey,
    voters: [node.publicKey],
    timestamp: '1500000001',
    signatureValid: true,
    shapeProblem: null,
    transactions: [{ ok: true, transaction: { id: made.id } }, { ok: true }],
  });
  expect(checked?.transactionTexts[0]).toBe(made.text);
  expect(documentOf({ text: blockDocument(text, block.id, block.signature) })).toMatchObject({
    id: block.id,
  });
});

test('a block without a claim says so; whether it holds a height is not its own to say', () => {
  const block = stored(blockOf([create().text]), { claimSignature: '' });
  expect(checkBlock(block, NOTHING)).toMatchObject({ id: block.id, claimSignature: '' });
});

describe('no block at all', () => {
  const good = blockOf([create().text]);
  const rows: [string, BlockToCheck][] = [
    ['not JSON', stored('{')],
    ['null', stored('null')],
    ['a string', stored('"x"')],
    ['an array', stored('[]')],
    ['nested 100,000 deep', stored('['.repeat(100_000))],
    ['a wrong id', stored(good, { id: 'b'.repeat(64) })],
    [
      'the claim of another height',
      stored(good, { claimSignature: stored(good, { height: 6 }).claimSignature }),
    ],
    [
      'the claim of another parent',
      stored(good, { claimSignature: stored(good, { parent: 'c' }).claimSignature }),
    ],
    ['the claim of somebody else', stored(good, {}, keyPairOf('node2'))],
    ['white space: another text than the canonical one', stored(good.replace('{', '{ '))],
    ['keys in another order', stored(reordered(good))],
    ['a repeated key', stored(good.replace('"timestamp"', '"timestamp":"1","timestamp"'))],
    ['an escape that is not needed', stored(good.replace('"timestamp":"15', '"timestamp":"\\u0031\\u0035'))],
    ['a creator that is no string', stored(withMembers({ node_pubkey: 7 }))],
    ['a creator that is no key', stored(withMembers({ node_pubkey: 'x' }))],
    ['voters that are no list', stored(withMembers({ voters: 'x' }))],
    ['voters that are no strings', stored(withMembers({ voters: [null] }))],
    ['a million voters', stored(withMembers({ voters: Array.from({ length: 1_000_000 }, () => '') }))],
    ['more bytes than a block has', stored(withMembers({ timestamp: 'x'.repeat(LEDGER.blockBytesMax) }))],
    ['an integer written as -0', stored(withMembers({ transactions: [0] }).replace('[0]', '[-0]'))],
  ];

  test.each(rows)('%s', (_name, block) => {
    expect(checkBlock(block, NOTHING)).toBeNull();
  });

  function reordered(text: string): string {
    const member = `"node_pubkey":"${node.publicKey}",`;
    return text.replace(member, '').replace(/}$/, `,${member.slice(0, -1)}}`);
  }
});

describe('a wrong block: it holds its height and is voted on', () => {
  const one = documentOf(create());
  const rows: [string, string, RegExp][] = [
    ['an extra key', withMembers({ x: 1 }), /exactly/],
    [
      'no timestamp',
      canonicalJson({ node_pubkey: node.publicKey, transactions: [one], voters: [] }),
      /exactly/,
    ],
    ['a timestamp that is no string', withMembers({ timestamp: 15 }), /timestamp/],
    ['transactions that are no list', withMembers({ transactions: { a: 1 } }), /list/],
    ['no transactions', withMembers({ transactions: [] }), /Empty block creation is not allowed/],
    ['a transaction twice', withMembers({ transactions: [one, one] }), /Block has duplicate transaction/],
    [
      'one too many',
      withMembers({
        transactions: Array.from({ length: LEDGER.blockTransactionsMax + 1 }, (_, index) => index),
      }),
      /at most 1000/,
    ],
  ];

  test.each(rows)('%s', (_name, text, problem) => {
    expect(checkBlock(stored(text), NOTHING)?.shapeProblem).toMatch(problem);
  });

  test('two million things that are no transactions are counted, not checked', () => {
    const text = withMembers({ transactions: Array.from({ length: 2_000_000 }, () => 0) });
    expect(checkBlock(stored(text), NOTHING)).toMatchObject({ transactions: [], transactionTexts: [] });
  });

  test('the signature is of other data', () => {
    const text = blockOf([create().text]);
    expect(
      checkBlock(stored(text, { signature: signText('other', node.privateKey) }), NOTHING),
    ).toMatchObject({
      signatureValid: false,
      shapeProblem: null,
    });
    expect(checkBlock(stored(text, { signature: 'O0Il' }), NOTHING)?.signatureValid).toBe(false);
  });

  test.each<[string, JsonValue, string]>([
    ['null', null, 'SCHEMA_VALIDATION'],
    ['a wrong version', { ...one, version: '2.0' }, 'SCHEMA_VALIDATION'],
    ['a wrong id', { ...one, id: 'a'.repeat(64) }, 'INVALID_HASH'],
    [
      'a forged signature',
      { ...resigned({ ...one, metadata: { a: 1 } }), inputs: one.inputs ?? null },
      'INVALID_SIGNATURE',
    ],
    ['a second GENESIS', resigned({ ...one, operation: 'GENESIS' }), 'GENESIS_NOT_ALLOWED'],
  ])('a transaction that is %s stands in its place with its problem', (_name, transaction, code) => {
    const good = create();
    const text = withMembers({ transactions: [documentOf(good), transaction] });
    const checked = checkBlock(stored(text), NOTHING);
    expect(checked).toMatchObject({
      shapeProblem: null,
      transactions: [
        { ok: true, transaction: { id: good.id } },
        { ok: false, problem: { code } },
      ],
    });
    expect(checked?.transactionTexts[1]).toBe(canonicalJson(transaction));
  });
});

test('the genesis block holds height 0 only', () => {
  const made = makeGenesisBlock(node, { timestamp: '1500000000', voters: [publicKeyOf('node')] });
  const genesis = stored(made.text, { height: 0, parent: '' });
  expect(checkBlock(genesis, NOTHING)).toMatchObject({
    height: 0,
    shapeProblem: null,
    transactions: [{ ok: true }],
  });
  expect(checkBlock(stored(made.text), NOTHING)?.transactions).toMatchObject([
    { ok: false, problem: { code: 'GENESIS_NOT_ALLOWED' } },
  ]);
});

test('signatures verified before are not verified again: bytes, not ids, are what is known', () => {
  const document = documentOf(create());
  const signed: JsonObject = resigned({ ...document, metadata: { a: 1 } });
  const forged: JsonObject = { ...signed, inputs: document.inputs ?? null };
  const block = stored(withMembers({ transactions: [forged] }));
  const first = checkBlock(block, NOTHING)?.transactions[0];
  expect(first?.ok).toBe(false);
  const asked: string[] = [];
  const liar = { has: (digest: string) => asked.push(digest) > 0 };
  expect(checkBlock(block, liar)?.transactions[0]?.ok).toBe(true);
  expect(checkBlock(block, new Set([String(forged.id)]))?.transactions[0]?.ok).toBe(false);
  expect(asked).toHaveLength(1);
});

test('a large block is checked in steps', () => {
  const texts = Array.from({ length: 50 }, () => create().text);
  const steps = checkBlockSteps(stored(blockOf(texts)), NOTHING);
  let stops = 0;
  let step = steps.next();
  while (!step.done) {
    stops++;
    step = steps.next();
  }
  expect(stops).toBeGreaterThanOrEqual(50);
  expect(step.value?.transactions).toHaveLength(50);
});

test('an empty block cannot be made', () => {
  expect(() => makeBlock(node, { timestamp: '1', transactionTexts: [], voters: [] })).toThrow(
    'Empty block creation is not allowed',
  );
});
