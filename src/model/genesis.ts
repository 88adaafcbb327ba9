/** The first block (1.0.1: section 3.1): one GENESIS transaction from the node to itself. It is never voted on. */

import type { KeyPair } from '../codec/key-pair.js';
import { type MadeBlock, makeBlock } from './block.js';
import { makeGenesisTransaction } from './make-transaction.js';

export interface GenesisParts {
  /** Unix seconds. */
  readonly timestamp: string;
  /** The federation at height 0. */
  readonly voters: readonly string[];
}

/** Amount 1, asset `{"data":null}`, metadata as 1.0.1 has it; signer and recipient are the node. */
export function makeGenesisBlock(node: KeyPair, parts: GenesisParts): MadeBlock {
  return makeBlock(node, { ...parts, transactionTexts: [makeGenesisTransaction(node).text] });
}
