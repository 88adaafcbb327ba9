/**
 * Signed rejections (D4; architecture, section 5): why no block will ever hold a transaction. Every node shows them,
 * so every node must be able to tell who said so.
 */

import { canonicalJson } from '../codec/canonical-json.js';
import { sha256Hex } from '../codec/hash.js';
import type { JsonObject } from '../codec/json-value.js';
import { type KeyPair, signText, verifyText } from '../codec/key-pair.js';
import { parseObject } from './parse-object.js';
import { isHex64 } from './text-patterns.js';

export interface RejectionParts {
  /** ProblemCode. */
  readonly code: string;
  readonly message: string;
  readonly transactionId: string;
  /** SHA-256 of the rejected text: the backlog entry's key. */
  readonly digest: string;
  /** The height up to which the ledger was known when it was refused. */
  readonly height: number;
  /** Unix seconds. */
  readonly timestamp: string;
}

/** A rejection ready to be stored. */
export interface MadeRejection {
  /** SHA-256 of `text`. */
  readonly digest: string;
  readonly transactionId: string;
  /** Canonical text of `{code, digest, height, id, message, node, signature, timestamp}`. */
  readonly text: string;
}

/** A rejection read back; its signature is not verified yet. */
export interface ReadRejection extends RejectionParts {
  readonly node: string;
  readonly signature: string;
  /** What the signature covers: the document without `signature`. */
  readonly signedText: string;
}

export function makeRejection(node: KeyPair, parts: RejectionParts): MadeRejection {
  const { code, digest, height, transactionId, message, timestamp } = parts;
  const content = { code, digest, height, id: transactionId, message, node: node.publicKey, timestamp };
  const signature = signText(canonicalJson(content), node.privateKey);
  const text = canonicalJson({ ...content, signature });
  return { digest: sha256Hex(text), transactionId, text };
}

/** UTF-16 units of a rejection's text: the longest message quotes a value of 16,384 characters. */
const REJECTION_TEXT_MAX = 65_536;
const MEMBERS = 8;

/** Reads a text that claims to be a rejection; null when it is not one. Never throws. */
export function readRejection(text: string): ReadRejection | null {
  const document = text.length > REJECTION_TEXT_MAX ? null : parseObject(text);
  if (document === null || canonicalJson(document) !== text) return null;
  const { code, digest, height, id, message, node, signature, timestamp } = document;
  if (typeof height !== 'number' || typeof id !== 'string' || !isHex64(id)) return null;
  if (typeof digest !== 'string' || !isHex64(digest)) return null;
  if (typeof code !== 'string' || typeof message !== 'string' || typeof timestamp !== 'string') return null;
  if (typeof node !== 'string' || typeof signature !== 'string') return null;
  if (Object.keys(document).length !== MEMBERS) return null;
  const signedText = canonicalJson(without(document, 'signature'));
  return { code, digest, height, transactionId: id, message, node, signature, timestamp, signedText };
}

/** True when the named node signed it. */
export function verifyRejection(rejection: ReadRejection): boolean {
  return verifyText(rejection.signedText, rejection.signature, rejection.node);
}

function without(document: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(document).filter(([key]) => key !== name));
}
