/** Danger: keys and signatures that other implementations of 1.0.1 do not understand. Method: its own keys and signatures. */

import { encodeBase58 } from '../../../src/codec/base58.js';
import { sha3Hex, sha256, sha256Hex } from '../../../src/codec/hash.js';
import { keyPairFromSeed, signText, verifyText } from '../../../src/codec/key-pair.js';
import { keyPairOf, seedOf } from '../../support/keys.js';
import { readVectors } from './vectors.js';

interface NamedKey {
  readonly name: string;
  readonly private_key: string;
  readonly public_key: string;
}
const { keys } = readVectors<{ keys: NamedKey[] }>('crypto-conditions');

test.each(keys)('the key pair of $name', ({ name, private_key, public_key }) => {
  expect(keyPairOf(name)).toEqual({ privateKey: private_key, publicKey: public_key });
  expect(keyPairFromSeed(seedOf(name))).toEqual(keyPairOf(name));
});

interface DocExamples {
  readonly block: {
    hashed_and_signed_text: string;
    correct_signature: string;
    block: { block: { node_pubkey: string }; signature: string };
  };
  readonly vote: { vote: { node_pubkey: string; signature: string }; signed_text: string };
}
const { block, vote } = readVectors<DocExamples>('doc-examples');

test('the documented vote and block signatures', () => {
  expect(verifyText(vote.signed_text, vote.vote.signature, vote.vote.node_pubkey)).toBe(true);
  const creator = block.block.block.node_pubkey;
  expect(verifyText(block.hashed_and_signed_text, block.correct_signature, creator)).toBe(true);
  // The documentation prints a signature that does not belong to the block.
  expect(verifyText(block.hashed_and_signed_text, block.block.signature, creator)).toBe(false);
});

test('what is signed verifies; anything else is false, never an error', () => {
  const { publicKey, privateKey } = keyPairOf('alice');
  const signature = signText('größe 🍺', privateKey);
  expect(verifyText('größe 🍺', signature, publicKey)).toBe(true);
  expect(verifyText('größe', signature, publicKey)).toBe(false);
  expect(verifyText('größe 🍺', signature, keyPairOf('bob').publicKey)).toBe(false);
  for (const bad of [
    '',
    '1',
    `1${signature}`,
    `${signature} `,
    signature.slice(1),
    '0'.repeat(88),
    'z'.repeat(1_000_000),
  ]) {
    expect(verifyText('größe 🍺', bad, publicKey)).toBe(false);
    expect(verifyText('größe 🍺', signature, bad)).toBe(false);
  }
  for (const bad of ['', publicKey.slice(2), encodeBase58(new Uint8Array(33).fill(1)), '0'.repeat(44)]) {
    expect(() => signText('x', bad)).toThrow(RangeError);
  }
});

test('hashes of known texts', () => {
  expect(sha3Hex('')).toBe('a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a');
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(Buffer.from(sha256(Buffer.from('abc'))).toString('hex')).toBe(sha256Hex(Buffer.from('abc')));
  expect(sha3Hex('字')).toBe(sha3Hex(Buffer.from('字', 'utf8')));
});
