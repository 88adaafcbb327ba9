/**
 * One request's reading of the ledger: as of one height, with every look-up made once. Loaders give plain rows, never
 * GraphQL objects; they collect the keys of a level and read them together.
 *
 * What is not decided yet has no height: it is read as this process knows it now.
 */

import DataLoader from 'dataloader';
import { GRAPHQL_DOOR } from '../config/limits.js';
import type { TransactionState, UndecidedBlock } from '../ledger/ledger.js';
import type { AssetRow, MemberVotes, OutputRow } from '../view/list-queries.js';
import type { BlockRow, FoundTransaction, Spender, StandingVote } from '../view/view.js';
import type { OperationControl } from './operation-control.js';
import type { DoorParts } from './options.js';

/** A block of any status. */
export interface BlockData extends Omit<BlockRow, 'decidedAtMs'> {
  /** Null while it is undecided. */
  readonly decidedAtMs: number | null;
  /** Set while it lives in memory only. */
  readonly undecided: UndecidedBlock | null;
}

export interface OutputKey {
  readonly transactionId: string;
  readonly outputIndex: number;
}

export type BlockVote = StandingVote & { readonly late: boolean };

const linkText = (key: OutputKey): string => `${key.transactionId}:${key.outputIndex}`;

export class Scope {
  /** State of a transaction by id; null where this node does not know it. No look is taken. */
  readonly states = this.loader<string, TransactionState | null>(async (ids) => {
    const found = await this.validTransactions(ids);
    return ids.map((id, index) => this.stateOf(id, found[index] ?? null));
  });
  /** Every place where a transaction stands in a decided block. */
  readonly occurrences = this.loader<string, FoundTransaction[]>(async (ids) =>
    ids.map((id) => this.view.occurrences(id, this.asOf)),
  );
  readonly spenders = this.loader<OutputKey, Spender | null, string>(async (keys) => {
    const [only] = keys;
    if (only === undefined || keys.length > 1) return this.queries.spendersByLinks(keys, this.asOf);
    return [this.view.spender(only.transactionId, only.outputIndex, this.asOf)];
  }, linkText);
  readonly outputs = this.loader<OutputKey, OutputRow | null, string>(
    async (keys) => this.queries.outputsByLinks(keys, this.asOf),
    linkText,
  );
  readonly blocksByHeight = this.loader<number, BlockData | null>(async (heights) =>
    heights.map((height) => this.blockAt(height)),
  );
  readonly blocksById = this.loader<string, BlockData | null>(async (ids) => {
    const rows =
      ids.length > 1
        ? await this.queries.blocksByIds(ids, this.asOf)
        : ids.map((id) => this.view.blockById(id));
    return ids.map((id, index) => decidedBlock(rows[index] ?? null) ?? this.undecidedNamed(id));
  });
  readonly votes = this.loader<number, readonly BlockVote[]>(async (heights) =>
    heights.length > 1
      ? this.queries.votesByHeights(heights)
      : heights.map((height) => this.view.blockVotes(height)),
  );
  readonly assets = this.loader<string, AssetRow | null>(async (ids) =>
    this.queries.assetsByIds(ids, this.asOf),
  );
  readonly latest = this.loader<string, FoundTransaction | null>(async (ids) =>
    this.queries.latestOfAssets(ids, this.asOf),
  );
  readonly members = this.loader<string, MemberVotes>(async (nodes) =>
    this.queries.memberVotes(nodes, GRAPHQL_DOOR.evidenceMax),
  );
  readonly counters = once(() => this.list(this.queries.counters(this.asOf)));

  constructor(
    readonly parts: DoorParts,
    readonly control: OperationControl,
    /** The height up to which decided things are seen. */
    readonly asOf: number = parts.ledger.view.height(),
  ) {}

  /** The same request, reading as of now: after a look, or for the next event. */
  renewed(): Scope {
    return new Scope(this.parts, this.control);
  }

  /**
   * What `find` finds, or finds after a fresh look at the store: a miss is never answered from what this process
   * happens to know (architecture, section 5). The answer comes with the scope that it was read in.
   */
  async findWithLook<T>(
    transactionIds: readonly string[],
    find: (scope: Scope) => Promise<T | null>,
  ): Promise<{ readonly scope: Scope; readonly found: T | null }> {
    const known = await find(this);
    if (known !== null) return { scope: this, found: known };
    await this.control.race(this.parts.ledger.look(transactionIds));
    const scope = this.renewed();
    return { scope, found: await find(scope) };
  }

  /** Runs a list query against the end of the operation. */
  list<T>(query: Promise<T>): Promise<T> {
    return this.control.race(query);
  }

  private get view() {
    return this.parts.ledger.view;
  }

  private get queries() {
    return this.parts.queries;
  }

  /** One key costs less on this thread than the way to another one. */
  private async validTransactions(ids: readonly string[]): Promise<readonly (FoundTransaction | null)[]> {
    const [only] = ids;
    if (only === undefined || ids.length > 1) return this.queries.transactionsByIds(ids, this.asOf);
    return [this.view.validTransaction(only, this.asOf)];
  }

  private stateOf(id: string, valid: FoundTransaction | null): TransactionState | null {
    if (valid === null) return this.parts.ledger.transactionState(id);
    const { text, height, position, acceptedAtMs } = valid;
    return { id, status: 'valid', text, height, position, acceptedAtMs, rejection: null };
  }

  private blockAt(height: number): BlockData | null {
    const decided = decidedBlock(this.view.blockByHeight(height));
    if (decided !== null) return decided;
    const undecided = this.parts.ledger.undecidedBlocks().find((block) => block.height === height);
    return undecided === undefined ? null : undecidedBlock(undecided);
  }

  private undecidedNamed(id: string): BlockData | null {
    const undecided = this.parts.ledger.undecidedBlocks().find((block) => block.id === id);
    return undecided === undefined ? null : undecidedBlock(undecided);
  }

  private loader<K, V, C = K>(
    read: (keys: readonly K[]) => Promise<readonly V[]>,
    cacheKeyFn?: (key: K) => C,
  ): Loader<K, V, C> {
    return new Loader<K, V, C>((keys) => {
      this.control.check();
      return this.control.race(read(keys));
    }, cacheKeyFn);
  }
}

/** A DataLoader that is made when it is first asked: most requests need few of theirs. */
class Loader<K, V, C = K> {
  private made: DataLoader<K, V, C> | null = null;

  constructor(
    private readonly batch: (keys: readonly K[]) => Promise<readonly V[]>,
    private readonly cacheKeyFn: ((key: K) => C) | undefined,
  ) {}

  load(key: K): Promise<V> {
    return this.loader.load(key);
  }

  loadMany(keys: readonly K[]): Promise<(V | Error)[]> {
    return this.loader.loadMany([...keys]);
  }

  prime(key: K, value: V): void {
    this.loader.prime(key, value);
  }

  private get loader(): DataLoader<K, V, C> {
    const { batch, cacheKeyFn } = this;
    this.made ??= new DataLoader<K, V, C>(batch, {
      maxBatchSize: GRAPHQL_DOOR.keysPerLookUpMax,
      ...(cacheKeyFn === undefined ? {} : { cacheKeyFn }),
    });
    return this.made;
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}

export function decidedBlock(row: BlockRow | null): BlockData | null {
  return row === null ? null : { ...row, undecided: null };
}

export function undecidedBlock(block: UndecidedBlock): BlockData {
  return {
    height: block.height,
    id: block.id,
    timestamp: block.timestamp,
    creator: block.creator,
    voters: block.voters,
    signature: block.signature,
    parent: block.parent,
    status: 'undecided',
    invalidReason: null,
    decidedAtMs: null,
    transactionCount: block.transactions.length,
    undecided: block,
  };
}
