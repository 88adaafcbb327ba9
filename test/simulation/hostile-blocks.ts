/** What a hostile member writes in place of a right block (Z6), each wrong in one way. */

import { canonicalJson } from '../../src/codec/canonical-json.js';
import type { KeyPair } from '../../src/codec/key-pair.js';
import { makeGenesisTransaction } from '../../src/model/make-transaction.js';
import { keyPairOf } from '../support/keys.js';

export interface BlockPlace {
  readonly height: number;
  readonly parent: string;
}

/** How a block differs from a right one. */
export interface BlockChange {
  /** Texts of its transactions; `wrong` makes one that no block may hold, `rivals` two that spend one output. */
  readonly texts?: (
    right: readonly string[],
    wrong: () => string,
    rivals: () => readonly string[],
  ) => readonly string[];
  readonly voters?: (key: KeyPair) => readonly string[];
  readonly signer?: () => KeyPair;
  readonly text?: (text: string) => string;
  readonly id?: string;
  readonly parent?: string;
  readonly isUnsigned?: boolean;
  /** What its claim is signed with, instead of what it should be. */
  readonly claim?: 'nothing' | 'another';
}

const NOTHING = '0'.repeat(64);

export const hostileBlocks: readonly BlockChange[] = [
  { id: 'a'.repeat(64) },
  { isUnsigned: true },
  { claim: 'nothing' },
  { claim: 'another' },
  { signer: () => keyPairOf('stranger') },
  { texts: () => [] },
  { texts: (right) => [...right, ...right] },
  { texts: (right, wrong) => [...right, wrong()] },
  { texts: (_right, wrong) => [wrong()] },
  { texts: (right, _wrong, rivals) => [...right, ...rivals()] },
  { texts: (_right, _wrong, rivals) => rivals() },
  { texts: (right) => [...right, 'null', '[]', '"x"'] },
  { texts: (right) => [...right, makeGenesisTransaction(keyPairOf('stranger')).text] },
  { text: (text) => text.replace(/"timestamp":"\d+"/, '"timestamp":17') },
  { text: (text) => text.replace('"voters":', '"visitors":') },
  { text: () => canonicalJson({ nothing: 'a block' }) },
  { text: () => '{' },
  { text: () => '' },
  { parent: NOTHING },
  { voters: (key) => [key.publicKey, key.publicKey] },
  { voters: () => [] },
];
