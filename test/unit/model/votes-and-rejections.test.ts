/**
 * Danger: junk under a member's name is taken for its word, or a copy of its word is turned by what is written around
 * it (Z2, Z4). Method: make, change, read.
 */

import fc from 'fast-check';
import { canonicalJson } from '../../../src/codec/canonical-json.js';
import { sha256Hex } from '../../../src/codec/hash.js';
import type { JsonObject, JsonValue } from '../../../src/codec/json-value.js';
import { signText } from '../../../src/codec/key-pair.js';
import { makeRejection, readRejection, verifyRejection } from '../../../src/model/rejection.js';
import { CyclicBlockchainError, makeVote, readVote, verifyVote } from '../../../src/model/vote.js';
import { documentOf, keyPairOf } from '../../support/transactions.js';

const node = keyPairOf('node');
const parts = {
  blockId: 'b'.repeat(64),
  previousBlock: 'a'.repeat(64),
  isBlockValid: true,
  timestamp: '1500000000',
};

/** A vote signed over `content`, whatever it is. */
function signedVote(content: JsonValue): string {
  const signature = signText(canonicalJson(content), node.privateKey);
  return canonicalJson({ node_pubkey: node.publicKey, signature, vote: content });
}

describe('votes', () => {
  test('made and read back', () => {
    const made = makeVote(node, parts);
    const read = readVote(made.text);
    expect(read).toMatchObject({ blockId: parts.blockId, node: node.publicKey, signature: made.signature });
    expect(read?.content).toEqual({
      voting_for_block: parts.blockId,
      previous_block: parts.previousBlock,
      is_block_valid: true,
      invalid_reason: null,
      timestamp: '1500000000',
    });
    expect(read !== null && verifyVote(read)).toBe(true);
  });

  test('a vote cannot name its block as the one before', () => {
    expect(() => makeVote(node, { ...parts, previousBlock: parts.blockId })).toThrow(CyclicBlockchainError);
  });

  test.each<[string, string]>([
    ['not JSON', '{'],
    ['null', 'null'],
    ['a string', '"x"'],
    ['an array', '[]'],
    ['no vote', canonicalJson({ node_pubkey: 'x', signature: 'y' })],
    ['a vote that is no object', canonicalJson({ node_pubkey: 'x', signature: 'y', vote: 'z' })],
    ['no block', signedVote({ previous_block: 'a'.repeat(64) })],
    ['a block that is no string', signedVote({ voting_for_block: 7 })],
    [
      'a key that is no string',
      canonicalJson({ node_pubkey: 1, signature: 'y', vote: { voting_for_block: 'b' } }),
    ],
    ['white space', makeVote(node, parts).text.replace('{', '{ ')],
    ['a text without end', `"${'x'.repeat(100_000)}"`],
  ])('%s is no vote', (_name, text) => {
    expect(readVote(text)).toBeNull();
  });

  test.each<[string, JsonObject]>([
    ['is_block_valid as a string', { is_block_valid: 'true' }],
    ['previous_block null', { previous_block: null }],
    ['an extra key', { x: 1 }],
    ['a timestamp of nine digits', { timestamp: '150000000' }],
  ])('%s, signed: malformed', (_name, change) => {
    const content = documentOf(makeVote(node, parts)).vote as JsonObject;
    const read = readVote(signedVote({ ...content, ...change }));
    expect(read?.content).toBeNull();
    expect(read !== null && verifyVote(read)).toBe(true);
  });

  test('a changed word breaks the signature', () => {
    const made = makeVote(node, parts);
    const turned = readVote(made.text.replace('"is_block_valid":true', '"is_block_valid":false'));
    expect(turned?.content?.is_block_valid).toBe(false);
    expect(turned !== null && verifyVote(turned)).toBe(false);
    const other = readVote(made.text.replace(node.publicKey, keyPairOf('node2').publicKey));
    expect(other !== null && verifyVote(other)).toBe(false);
  });

  test('keys around a vote change nothing of what was signed', () => {
    const made = makeVote(node, parts);
    const wrapped = readVote(canonicalJson({ ...documentOf(made), zzz: 1 }));
    expect(wrapped?.content).toEqual(readVote(made.text)?.content);
    expect(wrapped !== null && verifyVote(wrapped)).toBe(true);
  });

  test('random JSON never throws', () => {
    const vote = fc.record({ node_pubkey: fc.jsonValue(), signature: fc.jsonValue(), vote: fc.jsonValue() });
    fc.assert(
      fc.property(fc.oneof(vote, fc.jsonValue()), (value) => {
        const read = readVote(JSON.stringify(value));
        expect(read === null || !verifyVote(read)).toBe(true);
      }),
    );
  });
});

describe('rejections', () => {
  const rejection = {
    code: 'DOUBLE_SPEND',
    message: 'input `x` was already spent "\u0000 é',
    transactionId: 'c'.repeat(64),
    digest: 'd'.repeat(64),
    height: 12,
    timestamp: '1500000000',
  };

  test('made and read back', () => {
    const made = makeRejection(node, rejection);
    expect(made.digest).toBe(sha256Hex(made.text));
    expect(Object.keys(documentOf(made)).sort()).toEqual(
      ['code', 'digest', 'height', 'id', 'message', 'node', 'signature', 'timestamp'].sort(),
    );
    const read = readRejection(made.text);
    expect(read).toMatchObject({ ...rejection, node: node.publicKey });
    expect(read !== null && verifyRejection(read)).toBe(true);
  });

  test('a changed word breaks the signature', () => {
    const made = makeRejection(node, rejection);
    for (const [from, to] of [
      ['"height":12', '"height":13'],
      ['DOUBLE_SPEND', 'AMOUNT_ERROR'],
      ['cccc', 'cccd'],
    ] as const) {
      const read = readRejection(made.text.replace(from, to));
      expect(read).not.toBeNull();
      expect(read !== null && verifyRejection(read)).toBe(false);
    }
  });

  test.each<[string, (text: string) => string]>([
    ['not JSON', (text) => text.slice(1)],
    ['white space', (text) => `${text} `],
    ['an extra key', (text) => canonicalJson({ ...documentOf({ text }), x: 1 })],
    ['an id that is none', (text) => text.replace('c'.repeat(64), 'c')],
    ['a digest that is none', (text) => text.replace('d'.repeat(64), 'D'.repeat(64))],
    ['a height as a string', (text) => text.replace('"height":12', '"height":"12"')],
    ['a height as a float', (text) => text.replace('"height":12', '"height":12.0')],
    ['a text without end', (text) => text.replace('already', 'x'.repeat(100_000))],
    ['null', () => 'null'],
  ])('%s is no rejection', (_name, change) => {
    expect(readRejection(change(makeRejection(node, rejection).text))).toBeNull();
  });
});
