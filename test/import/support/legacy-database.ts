/**
 * Makes databases as BigchainDB 1.0.x left them (1.0.1: section 1.6): signed blocks whose assets are stored apart, votes
 * of each member that name what that member finished before, a backlog. Writes them as mongoexport does, in each of its
 * dialects, or hands out the documents for a MongoDB.
 */

import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../../src/codec/canonical-json.js';
import { parseJson } from '../../../src/codec/json-reader.js';
import { JsonFloat, type JsonObject, type JsonValue } from '../../../src/codec/json-value.js';
import type { KeyPair } from '../../../src/codec/key-pair.js';
import { makeBlock } from '../../../src/model/block.js';
import { makeGenesisBlock } from '../../../src/model/genesis.js';
import { makeVote } from '../../../src/model/vote.js';

export const COLLECTIONS = ['bigchain', 'votes', 'assets', 'backlog'] as const;
export type Collection = (typeof COLLECTIONS)[number];

/** `v1`: mongoexport before 4.2. `relaxed`, `canonical`: since. */
export type Dialect = 'v1' | 'relaxed' | 'canonical';

export interface LegacyBlockOptions {
  /** Index of the member that makes it; 0 by default. */
  readonly by?: number;
  /** What each member votes: its index → valid or not. Default: everybody, valid. */
  readonly votes?: Readonly<Record<number, boolean>>;
  /** Unix seconds; by default each block is a second later than the one before. */
  readonly timestamp?: number;
  readonly voters?: readonly string[];
}

export class LegacyDatabase {
  readonly documents: Record<Collection, JsonObject[]> = { bigchain: [], votes: [], assets: [], backlog: [] };
  readonly genesisId: string;
  /** What each member voted on last. */
  private readonly lastVoted: string[];
  private readonly assetIds = new Set<string>();
  private time = 1_500_000_000;

  constructor(readonly members: readonly KeyPair[]) {
    const genesis = makeGenesisBlock(this.member(0), {
      timestamp: String(this.time),
      voters: this.federation,
    });
    this.genesisId = genesis.id;
    this.lastVoted = members.map(() => genesis.id);
    this.addBlock({ id: genesis.id, signature: genesis.signature, block: parseJson(genesis.text) });
  }

  get federation(): string[] {
    return this.members.map((member) => member.publicKey);
  }

  /** Adds a block of these canonical texts and the votes about it; its id. */
  block(transactionTexts: readonly string[], options: LegacyBlockOptions = {}): string {
    this.time += 1;
    const made = makeBlock(this.member(options.by ?? 0), {
      timestamp: String(options.timestamp ?? this.time),
      transactionTexts,
      voters: options.voters ?? this.federation,
    });
    this.addBlock({ id: made.id, signature: made.signature, block: parseJson(made.text) });
    const votes = options.votes ?? Object.fromEntries(this.members.map((_, index) => [index, true]));
    for (const [index, isBlockValid] of Object.entries(votes))
      this.vote(made.id, Number(index), isBlockValid);
    return made.id;
  }

  /** `previous`: what the member finished before, unless told otherwise. */
  vote(blockId: string, by: number, isBlockValid: boolean, previous = this.lastVoted[by] ?? ''): void {
    const timestamp = String(this.time);
    const { text } = makeVote(this.member(by), { blockId, previousBlock: previous, isBlockValid, timestamp });
    this.lastVoted[by] = blockId;
    this.documents.votes.push(parseJson(text) as JsonObject);
  }

  wait(transactionText: string): void {
    const transaction = parseJson(transactionText) as JsonObject;
    const assignee = this.member(0).publicKey;
    const row = { ...transaction, assignee, assignment_timestamp: new JsonFloat(this.time + 0.25) };
    this.documents.backlog.push(row);
  }

  private addBlock(document: JsonObject): void {
    const { block, assets } = splitBlock(document);
    this.documents.bigchain.push(block);
    for (const asset of assets) {
      if (!this.assetIds.has(String(asset.id))) this.documents.assets.push(asset);
      this.assetIds.add(String(asset.id));
    }
  }

  private member(index: number): KeyPair {
    const member = this.members[index];
    if (member === undefined) throw new Error(`the federation has no member ${index}`);
    return member;
  }
}

/** A whole block document as 1.0.1 stored it: the assets of its CREATE and GENESIS transactions stand apart. */
export function splitBlock(document: JsonObject): {
  readonly block: JsonObject;
  readonly assets: JsonObject[];
} {
  const assets: JsonObject[] = [];
  const block = document.block as JsonObject;
  const transactions = (block.transactions as JsonObject[]).map((transaction) => {
    if (transaction.operation === 'TRANSFER') return transaction;
    const { asset, ...rest } = transaction;
    assets.push({ ...(asset as JsonObject), id: transaction.id ?? null });
    return rest;
  });
  return { block: { ...document, block: { ...block, transactions } }, assets };
}

/** Writes a folder as `mongoexport` leaves it, some documents at a time. */
export class FolderWriter {
  private count = 0;

  constructor(
    readonly folder: string,
    private readonly dialect: Dialect = 'v1',
  ) {
    mkdirSync(folder, { recursive: true });
    for (const name of COLLECTIONS) writeFileSync(this.path(name), '');
  }

  write(documents: Readonly<Record<Collection, readonly JsonObject[]>>): void {
    for (const name of COLLECTIONS)
      appendFileSync(this.path(name), documents[name].map((each) => this.line(each)).join(''));
  }

  path(name: Collection): string {
    return join(this.folder, `${name}.json`);
  }

  private line(document: JsonObject): string {
    const _id = { $oid: (this.count++).toString(16).padStart(24, '0') };
    return `${extendedJson({ _id, ...document }, this.dialect)}\n`;
  }
}

function extendedJson(document: JsonObject, dialect: Dialect): string {
  return canonicalJson(extended(document, dialect));
}

function extended(value: JsonValue, dialect: Dialect): JsonValue {
  if (Array.isArray(value)) return value.map((item) => extended(item, dialect));
  if (value instanceof JsonFloat)
    return dialect === 'canonical' ? { $numberDouble: canonicalJson(value) } : value;
  if (typeof value === 'number' || typeof value === 'bigint') return integer(value, dialect);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, extended(item, dialect)]));
}

function integer(value: number | bigint, dialect: Dialect): JsonValue {
  const small = value >= -(2 ** 31) && value < 2 ** 31;
  if (dialect === 'relaxed' || (dialect === 'v1' && small)) return value;
  return small ? { $numberInt: String(value) } : { $numberLong: String(value) };
}
