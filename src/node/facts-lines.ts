/**
 * The file of `export` and `import`: all facts of a store as NDJSON, one JSON object a line, in the order of the
 * ledger. Texts are strings, because what is hashed and signed must come back to the byte, junk included. The first
 * line names the format; the last one counts the facts and holds the SHA-256 of every line before it, so a file that
 * was cut off or changed is known.
 */

import { createHash, type Hash } from 'node:crypto';
import { JsonSyntaxError, parseJson } from '../codec/json-reader.js';
import type { JsonObject } from '../codec/json-value.js';
import { compactJson } from '../codec/json-writer.js';
import type { BacklogEntry, StoredBlock, StoredImport, StoredRejection, StoredVote } from '../store/store.js';

const FORMAT = 'bigchaindb-facts';
const VERSION = 1;

/** One fact of a file. The record of an import comes before all blocks. Votes follow their block; stray ones, about no block of the store, follow all blocks. */
export type FactLine =
  | { readonly kind: 'import'; readonly record: StoredImport }
  | { readonly kind: 'block'; readonly block: StoredBlock }
  | { readonly kind: 'vote'; readonly vote: StoredVote }
  | { readonly kind: 'stray_vote'; readonly vote: StoredVote }
  | { readonly kind: 'rejection'; readonly rejection: StoredRejection }
  | { readonly kind: 'backlog'; readonly entry: BacklogEntry };

export type FactKind = FactLine['kind'];
export type FactCounts = Record<FactKind, number>;

const KINDS: readonly FactKind[] = ['import', 'block', 'vote', 'stray_vote', 'rejection', 'backlog'];

/** The file is not one that `export` wrote, or not all of it. The message names the line. */
export class NotExported extends Error {
  override readonly name = 'NotExported';
}

export function noCounts(): FactCounts {
  return { import: 0, block: 0, vote: 0, stray_vote: 0, rejection: 0, backlog: 0 };
}

/** Makes the lines of one file, in order. */
export class LineWriter {
  readonly counts = noCounts();
  private readonly hash: Hash = createHash('sha256');

  header(): string {
    return this.hashed({ kind: 'header', format: FORMAT, version: VERSION });
  }

  fact(fact: FactLine): string {
    this.counts[fact.kind] += 1;
    return this.hashed({ kind: fact.kind, ...columnsOf(fact) });
  }

  end(): string {
    return `${compactJson({ kind: 'end', ...this.counts, sha256: this.hash.digest('hex') })}\n`;
  }

  private hashed(document: Record<string, unknown>): string {
    const line = `${compactJson(document)}\n`;
    this.hash.update(line);
    return line;
  }
}

/** Reads the lines of one file, in order; throws NotExported for the first that is wrong. */
export class LineReader {
  readonly counts = noCounts();
  private readonly hash: Hash = createHash('sha256');
  private line = 0;
  private complete = false;

  /** The fact of a line, without its line feed; null for the first and the last one. */
  take(line: string): FactLine | null {
    this.line += 1;
    const document = this.parse(line);
    const { kind } = document;
    if (this.complete) throw this.wrong('nothing follows the end');
    if (this.line === 1) {
      if (kind !== 'header' || document.format !== FORMAT) throw this.wrong('no file of `bigchaindb export`');
      if (document.version !== VERSION) throw this.wrong('written by a program that this one does not know');
    } else if (kind === 'end') {
      this.end(document);
      return null;
    }
    this.hash.update(line);
    this.hash.update('\n');
    if (this.line === 1) return null;
    const fact = this.factOf(document);
    this.counts[fact.kind] += 1;
    return fact;
  }

  /** Throws NotExported unless the last line has been taken. */
  finish(): void {
    if (!this.complete) throw new NotExported('the file ends early: its last lines are missing');
  }

  private end(document: JsonObject): void {
    const sameCounts = KINDS.every((kind) => (document[kind] ?? 0) === this.counts[kind]);
    if (!sameCounts || document.sha256 !== this.hash.digest('hex'))
      throw this.wrong('the file was changed after it was written: counts or digest do not fit');
    this.complete = true;
  }

  private factOf(document: JsonObject): FactLine {
    const text = (name: string): string => {
      const value = document[name];
      if (typeof value !== 'string') throw this.wrong(`${name} is missing`);
      return value;
    };
    const number = (name: string): number => {
      const value = document[name];
      if (typeof value !== 'number') throw this.wrong(`${name} is missing`);
      return value;
    };
    switch (document.kind) {
      case 'import':
        return { kind: 'import', record: { text: text('text') } };
      case 'block':
        return {
          kind: 'block',
          block: {
            height: number('height'),
            id: text('id'),
            parent: text('parent'),
            signature: text('signature'),
            claimSignature: text('claim_signature'),
            text: text('text'),
          },
        };
      case 'vote':
      case 'stray_vote':
        return {
          kind: document.kind,
          vote: {
            blockId: text('block_id'),
            node: text('node'),
            signature: text('signature'),
            text: text('text'),
          },
        };
      case 'rejection':
        return {
          kind: 'rejection',
          rejection: {
            digest: text('digest'),
            transactionId: text('transaction_id'),
            text: text('text'),
          },
        };
      case 'backlog':
        return {
          kind: 'backlog',
          entry: {
            digest: text('digest'),
            transactionId: text('transaction_id'),
            assignee: text('assignee'),
            stamp: text('stamp'),
            acceptedAtMs: number('accepted_at_ms'),
            text: text('text'),
          },
        };
      default:
        throw this.wrong('an unknown kind of fact');
    }
  }

  private parse(line: string): JsonObject {
    try {
      const value = parseJson(line);
      if (typeof value === 'object' && value !== null && 'kind' in value) return value;
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
    }
    throw this.wrong('no JSON object with a kind');
  }

  private wrong(what: string): NotExported {
    return new NotExported(`line ${this.line}: ${what}`);
  }
}

function columnsOf(fact: FactLine): Record<string, unknown> {
  switch (fact.kind) {
    case 'import':
      return { text: fact.record.text };
    case 'block': {
      const { height, id, parent, signature, claimSignature, text } = fact.block;
      return { height, id, parent, signature, claim_signature: claimSignature, text };
    }
    case 'vote':
    case 'stray_vote': {
      const { blockId, node, signature, text } = fact.vote;
      return { block_id: blockId, node, signature, text };
    }
    case 'rejection': {
      const { digest, transactionId, text } = fact.rejection;
      return { digest, transaction_id: transactionId, text };
    }
    case 'backlog': {
      const { digest, transactionId, assignee, stamp, acceptedAtMs, text } = fact.entry;
      return {
        digest,
        transaction_id: transactionId,
        assignee,
        stamp,
        accepted_at_ms: acceptedAtMs,
        text,
      };
    }
  }
}
