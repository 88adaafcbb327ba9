/**
 * Reading what BigchainDB 1.0.x left behind (1.0.1: section 1.6), wherever it lies: documents as it stored them, numbers
 * without loss, MongoDB's `_id` taken away. Nothing is checked here, and nothing is written. Nobody may write to it while
 * it is read.
 */

import type { JsonObject } from '../codec/json-value.js';

/** A document of `bigchain`: its CREATE and GENESIS transactions lack their `asset`. */
export interface LegacyBlock {
  /** Where the source finds it again; short, because one is kept for every block. */
  readonly place: string;
  readonly document: JsonObject;
}

export interface LegacySource {
  /** All blocks, in the order in which they are stored. */
  blocks(): AsyncIterable<LegacyBlock>;
  /** The blocks at these places, in the order given. Throws LegacySourceUnusable when one is gone. */
  blocksAt(places: readonly string[]): Promise<JsonObject[]>;
  /** Documents of `votes` about these blocks, in the order in which they are stored. */
  votes(blockIds: readonly string[]): Promise<JsonObject[]>;
  /** Documents of `assets`, `{data, id}`, of these transactions; those that there are. */
  assets(transactionIds: readonly string[]): Promise<JsonObject[]>;
  /** Documents of `backlog`. */
  backlog(): AsyncIterable<JsonObject>;
  close(): Promise<void>;
}

/** Told of a document that cannot be read, and why. It is left out. */
export type OnUnreadable = (where: string, why: string) => void;

/** It cannot be read at all, or is not what it was a moment ago. The message is for the operator. */
export class LegacySourceUnusable extends Error {
  override readonly name = 'LegacySourceUnusable';
}
