/**
 * Danger: what somebody wrote into the store passes for the record of an import, or a wrong one throws through the start.
 * Method: a right record, and the same with one part changed and signed anew, so that only its shape is wrong.
 */

import { canonicalJson } from '../../../src/codec/canonical-json.js';
import type { JsonObject } from '../../../src/codec/json-value.js';
import { signText } from '../../../src/codec/key-pair.js';
import {
  FIRST_DIGEST,
  importDigest,
  makeImport,
  readImport,
  verifyImport,
} from '../../../src/model/import-record.js';
import { keyPairOf } from '../../support/keys.js';
import { documentOf } from '../../support/transactions.js';

const node = keyPairOf('node');
const federation = ['node-b', 'node-a'].map((name) => keyPairOf(name).publicKey);
const digest = importDigest(FIRST_DIGEST, 0, 'a'.repeat(64), 'undecided');
const text = makeImport(node, { lastHeight: 7, federation, digest });

/** The record with these parts in place of its own, signed as a record is. */
function changed(change: JsonObject): string {
  const { signature: _, ...content } = { ...documentOf({ text }), ...change };
  const signature = signText(canonicalJson(content), node.privateKey);
  return canonicalJson({ ...content, signature, ...change });
}

test('a record says what was imported, and who vouches for it', () => {
  const record = readImport(text);
  expect(record).toMatchObject({ lastHeight: 7, digest, node: node.publicKey });
  expect(record?.federation).toEqual([...federation].sort());
  expect(record !== null && verifyImport(record)).toBe(true);
  expect(makeImport(node, { lastHeight: 7, federation: [...federation, ...federation], digest })).toBe(text);
});

test('a record that was changed after it was signed can be read, but nobody signed it', () => {
  for (const other of [text.replace('"last":7', '"last":8'), text.replace(digest, 'b'.repeat(64))]) {
    const record = readImport(other);
    expect(record).not.toBeNull();
    expect(record !== null && verifyImport(record)).toBe(false);
  }
});

test.each<[string, string]>([
  ['no JSON', 'junk'],
  ['not canonical', ` ${text}`],
  ['too long', canonicalJson({ ...documentOf({ text }), federation: ['a'.repeat(131_072)] })],
  ['with a key more', changed({ note: 'more' })],
  ['with a digest that is none', changed({ digest: 'short' })],
  ['with a digest that is a number', changed({ digest: 5 })],
  ['without a node', changed({ node: null })],
  ['without a signature', changed({ signature: null })],
  ['with a federation that is no list', changed({ federation: 'node' })],
  ['with a member that is no key', changed({ federation: ['node', 5] })],
  ['without heights', changed({ heights: null })],
  ['with heights that end nowhere', changed({ heights: { first: 0 } })],
  ['with heights that begin above the genesis block', changed({ heights: { first: 1, last: 7 } })],
  ['with heights below zero', changed({ heights: { first: 0, last: -1 } })],
  ['with heights that are no number', changed({ heights: { first: 0, last: '7' } })],
])('a text %s is no record', (_name, wrong) => {
  expect(readImport(wrong)).toBeNull();
});

test('the digest depends on every height, block and status below', () => {
  const digests = [
    digest,
    importDigest(FIRST_DIGEST, 1, 'a'.repeat(64), 'undecided'),
    importDigest(FIRST_DIGEST, 0, 'b'.repeat(64), 'undecided'),
    importDigest(FIRST_DIGEST, 0, 'a'.repeat(64), 'valid'),
    importDigest(digest, 0, 'a'.repeat(64), 'undecided'),
  ];
  expect(new Set(digests).size).toBe(digests.length);
});
