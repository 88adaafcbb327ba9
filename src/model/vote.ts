/**
 * Votes: making one, and reading one that anybody may have written (1.0.1: sections 1.4 and 3.3). Only the member
 * `vote` is signed, so only what it says is judged: whoever copies a vote can add keys around it, and must not be able
 * to change what the voter said.
 */

import { canonicalJson } from '../codec/canonical-json.js';
import type { JsonValue } from '../codec/json-value.js';
import { type KeyPair, signText, verifyText } from '../codec/key-pair.js';
import type { VoteContent } from './block-types.js';
import { parseObject } from './parse-object.js';
import { isObject } from './schema-rules.js';
import { voteContentViolation } from './vote-schema.js';

export interface VoteParts {
  readonly blockId: string;
  /** Id of the block before it: its `parent`. */
  readonly previousBlock: string;
  readonly isBlockValid: boolean;
  /** Unix seconds. */
  readonly timestamp: string;
}

/** A vote ready to be stored; keyed by block, node and signature (D1). */
export interface MadeVote {
  readonly blockId: string;
  readonly node: string;
  readonly signature: string;
  /** Canonical text of `{node_pubkey, signature, vote}`. */
  readonly text: string;
}

/** A stored text that is a vote of somebody about some block. Nothing is verified yet. */
export interface ReadVote {
  /** `voting_for_block`; never compared with the store's key here. */
  readonly blockId: string;
  readonly node: string;
  readonly signature: string;
  /** Canonical text of the whole document, as it was read. */
  readonly text: string;
  /** Canonical text of `vote`: what the signature covers. */
  readonly signedText: string;
  /** The signed part when it has the shape of 1.0.1's schema; null = malformed. */
  readonly content: VoteContent | null;
}

/** 1.0.1's refusal of a vote that names its own block as the one before. */
export class CyclicBlockchainError extends Error {
  override readonly name = 'CyclicBlockchainError';
}

/** Makes and signs a vote. `invalid_reason` is always null, as in 1.0.1. */
export function makeVote(voter: KeyPair, parts: VoteParts): MadeVote {
  const { blockId, previousBlock, isBlockValid, timestamp } = parts;
  if (blockId === previousBlock)
    throw new CyclicBlockchainError(`a vote for ${blockId} cannot name it as the block before`);
  const vote = {
    voting_for_block: blockId,
    previous_block: previousBlock,
    is_block_valid: isBlockValid,
    invalid_reason: null,
    timestamp,
  };
  const signature = signText(canonicalJson(vote), voter.privateKey);
  const text = canonicalJson({ node_pubkey: voter.publicKey, signature, vote });
  return { blockId, node: voter.publicKey, signature, text };
}

/** UTF-16 units of a vote's text; 1.0.1's have 500. What is longer is junk and not read. */
const VOTE_TEXT_MAX = 16_384;

/** Reads a text that claims to be a vote; null when it is not one at all (junk: counted and skipped). Never throws. */
export function readVote(text: string): ReadVote | null {
  const document = text.length > VOTE_TEXT_MAX ? null : parseObject(text);
  if (document === null) return null;
  const { node_pubkey: node, signature, vote } = document;
  if (typeof node !== 'string' || typeof signature !== 'string') return null;
  if (vote === undefined || !isObject(vote)) return null;
  const blockId = vote.voting_for_block;
  if (typeof blockId !== 'string' || canonicalJson(document) !== text) return null;
  return {
    blockId,
    node,
    signature,
    text,
    signedText: canonicalJson(vote),
    content: isVoteContent(vote) ? vote : null,
  };
}

/** True when the signature is the named node's, over the signed part. */
export function verifyVote(vote: ReadVote): boolean {
  return verifyText(vote.signedText, vote.signature, vote.node);
}

/** True when the signed part has the shape of 1.0.1's schema. */
export function isVoteContent(value: unknown): value is VoteContent {
  // Only the reader's values come here.
  return voteContentViolation(value as JsonValue) === null;
}
