/**
 * The signed record of an import from BigchainDB 1.0.x: which heights hold blocks that 1.0.1 made, over which
 * federation 1.0.1's election of them is counted, and a digest of what it gives. Those blocks have no claims, because
 * whoever imports has not the keys of their creators; the digest stands in for all of them.
 */

import { canonicalJson } from '../codec/canonical-json.js';
import { sha3Hex } from '../codec/hash.js';
import type { JsonObject, JsonValue } from '../codec/json-value.js';
import { type KeyPair, signText, verifyText } from '../codec/key-pair.js';
import { parseObject } from './parse-object.js';
import { isHex64 } from './text-patterns.js';

export interface ImportParts {
  /** Heights 0 to this one are imported. */
  readonly lastHeight: number;
  /** Public keys over which 1.0.1's elections are counted: its `keyring` and the node's own key. */
  readonly federation: readonly string[];
  /** `importDigest` of the last height. */
  readonly digest: string;
}

/** A record read back; its signature is not verified yet. */
export interface ReadImport extends ImportParts {
  /** Who signed it. */
  readonly node: string;
  readonly signature: string;
  /** What the signature covers: the document without `signature`. */
  readonly signedText: string;
}

export type ImportedStatus = 'valid' | 'invalid' | 'undecided';

/** What `importDigest` takes before height 0. */
export const FIRST_DIGEST = '';

/** The digest up to and with a height, from that up to the height below. */
export function importDigest(
  previous: string,
  height: number,
  blockId: string,
  status: ImportedStatus,
): string {
  return sha3Hex(canonicalJson({ block_id: blockId, height, previous, status }));
}

/** Canonical text of `{digest, federation, heights: {first, last}, node, signature}`. Equal parts give equal bytes. */
export function makeImport(node: KeyPair, { lastHeight, federation, digest }: ImportParts): string {
  const content = {
    digest,
    federation: [...new Set(federation)].sort(),
    heights: { first: 0, last: lastHeight },
    node: node.publicKey,
  };
  const signature = signText(canonicalJson(content), node.privateKey);
  return canonicalJson({ ...content, signature });
}

/** UTF-16 units: a thousand members take 50,000. */
const IMPORT_TEXT_MAX = 131_072;
const MEMBERS = 5;

/** Reads a text that claims to be a record; null when it is not one. Never throws. */
export function readImport(text: string): ReadImport | null {
  const document = text.length > IMPORT_TEXT_MAX ? null : parseObject(text);
  if (document === null || canonicalJson(document) !== text) return null;
  const { digest, federation, heights, node, signature } = document;
  if (typeof digest !== 'string' || !isHex64(digest)) return null;
  if (typeof node !== 'string' || typeof signature !== 'string') return null;
  if (Object.keys(document).length !== MEMBERS || !isStringList(federation)) return null;
  const lastHeight = lastOf(heights);
  if (lastHeight === null) return null;
  const content: JsonObject = { digest, federation, heights: heights ?? null, node };
  return { lastHeight, federation, digest, node, signature, signedText: canonicalJson(content) };
}

/** True when the named node signed it. */
export function verifyImport(record: ReadImport): boolean {
  return verifyText(record.signedText, record.signature, record.node);
}

function lastOf(heights: JsonValue | undefined): number | null {
  if (typeof heights !== 'object' || heights === null || !('last' in heights)) return null;
  const { first, last } = heights;
  return first === 0 && typeof last === 'number' && last >= 0 ? last : null;
}

function isStringList(value: JsonValue | undefined): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
