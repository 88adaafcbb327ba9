/**
 * Blocks and their claims as texts (1.0.1: sections 1.4 and 3.1; architecture, section 4). A block's text is the
 * canonical JSON of its `block` member; because the texts of its transactions are canonical already, it is a join.
 */

import { canonicalJson } from '../codec/canonical-json.js';
import { sha3Hex } from '../codec/hash.js';
import { type KeyPair, signText, verifyText } from '../codec/key-pair.js';

export interface BlockParts {
  /** Public key of the creator. */
  readonly nodePubkey: string;
  /** Unix seconds. */
  readonly timestamp: string;
  /** Canonical texts, in block order. */
  readonly transactionTexts: readonly string[];
  readonly voters: readonly string[];
}

export interface MadeBlock {
  /** SHA3-256 of `text`. */
  readonly id: string;
  /** What is hashed and signed. */
  readonly text: string;
  /** The creator's, over `text`, base58. */
  readonly signature: string;
}

export interface ClaimParts {
  readonly blockId: string;
  readonly height: number;
  /** Id of the block at the nearest lower height that holds one; '' at height 0. */
  readonly parent: string;
}

/** Canonical JSON of `{node_pubkey, timestamp, transactions, voters}`. */
export function blockText(parts: BlockParts): string {
  const { transactionTexts, voters } = parts;
  return `${blockHead(parts)}${transactionTexts.join(',')}],"voters":${canonicalJson([...voters])}}`;
}

/** What stands before the first transaction in a block's text. */
export function blockHead(parts: Pick<BlockParts, 'nodePubkey' | 'timestamp'>): string {
  const { nodePubkey, timestamp } = parts;
  return `{"node_pubkey":${canonicalJson(nodePubkey)},"timestamp":${canonicalJson(timestamp)},"transactions":[`;
}

/** Makes and signs a block. Throws for an empty one (1.0.1: `Empty block creation is not allowed`). */
export function makeBlock(creator: KeyPair, parts: Omit<BlockParts, 'nodePubkey'>): MadeBlock {
  if (parts.transactionTexts.length === 0) throw new Error('Empty block creation is not allowed');
  const text = blockText({ ...parts, nodePubkey: creator.publicKey });
  return { id: sha3Hex(text), text, signature: signText(text, creator.privateKey) };
}

/** What the creator signs to take a height: canonical JSON of `{block_id, height, parent}`. */
export function claimText(claim: ClaimParts): string {
  const { blockId, height, parent } = claim;
  return canonicalJson({ block_id: blockId, height, parent });
}

/** The creator's signature over a claim, base58. */
export function makeClaim(creator: KeyPair, claim: ClaimParts): string {
  return signText(claimText(claim), creator.privateKey);
}

/** Blocks that were imported from 1.0.x have no claim; the record of the import stands for them. */
export function isClaimed(block: { readonly claimSignature: string }): boolean {
  return block.claimSignature !== '';
}

export function claimVerifies(claim: ClaimParts, signature: string, creator: string): boolean {
  return verifyText(claimText(claim), signature, creator);
}

/** The whole document `{block, id, signature}` as canonical text, as it is served. */
export function blockDocument(text: string, id: string, signature: string): string {
  return `{"block":${text},"id":${canonicalJson(id)},"signature":${canonicalJson(signature)}}`;
}
