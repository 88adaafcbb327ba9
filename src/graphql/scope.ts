/**
 * One request's reading of the ledger: as of one height, with every look-up made once. Loaders give plain rows, never
 * GraphQL objects; they collect the keys of a level and read them together.
 *
 * What is not decided yet has no height: it is read as this process knows it now.
 */

import DataLoader from 'dataloader';
import type { TransactionState, UndecidedBlock } from '../ledger/ledger.js';
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
  readonly states = this.loader<string, TransactionState | null>((id) => this.stateOf(id));
  /** Every place where a transaction stands in a decided block. */
  readonly occurrences = this.loader<string, FoundTransaction[]>((id) => this.view.occurrences(id, this.asOf));
  readonly spenders = this.loader<OutputKey, Spender | null, string>(
    ({ transactionId, outputIndex }) => this.view.spender(transactionId, outputIndex, this.asOf),
    linkText,
  );
  readonly blocksByHeight = this.loader<number, BlockData | null>((height) => this.blockAt(height));
  readonly blocksById = this.loader<string, BlockData | null>((id) => this.blockNamed(id));
  readonly votes = this.loader<number, BlockVote[]>((height) => this.view.blockVotes(height));

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

  /** What a query read before a decision and what it reads after are told apart by the height. */
  private stateOf(id: string): TransactionState | null {
    const valid = this.view.validTransaction(id, this.asOf);
    if (valid === null) return this.parts.ledger.transactionState(id);
    const { text, height, position, acceptedAtMs } = valid;
    return { id, status: 'valid', text, height, position, acceptedAtMs, rejection: null };
  }

  private blockAt(height: number): BlockData | null {
    if (height <= this.asOf) return decidedBlock(this.view.blockByHeight(height));
    const undecided = this.parts.ledger.undecidedBlocks().find((block) => block.height === height);
    return undecided === undefined ? decidedBlock(this.view.blockByHeight(height)) : undecidedBlock(undecided);
  }

  private blockNamed(id: string): BlockData | null {
    const row = this.view.blockById(id);
    if (row !== null) return decidedBlock(row);
    const undecided = this.parts.ledger.undecidedBlocks().find((block) => block.id === id);
    return undecided === undefined ? null : undecidedBlock(undecided);
  }

  private loader<K, V, C = K>(read: (key: K) => V, cacheKeyFn?: (key: K) => C): DataLoader<K, V, C> {
    const batch = async (keys: readonly K[]): Promise<(V | Error)[]> => {
      this.control.check();
      return keys.map(read);
    };
    return new DataLoader<K, V, C>(batch, cacheKeyFn === undefined ? {} : { cacheKeyFn });
  }
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
