/**
 * The heights above the view, in memory: placed blocks, the votes seen, and what was decided but is not committed
 * yet. An index of their transactions and spends answers "is it in a block below that is valid or undecided?".
 * Bounded by BOUNDS.pendingHeightsMax; what lies higher waits in the store. A crash loses all of it; it is read
 * again from the store.
 */

import type { CheckedBlock } from '../model/block-types.js';
import type { WellFormedTransaction } from '../model/transaction-types.js';
import type { CountedVote } from './stored-votes.js';

export type PendingStatus = 'undecided' | 'valid' | 'invalid' | 'passed';

export interface PendingHeight {
  readonly height: number;
  /** null: the height holds no block. */
  readonly block: CheckedBlock | null;
  /** Key: node and signature. */
  readonly votes: Map<string, CountedVote>;
  /** The votes in the store have been read since the block was placed. */
  votesRead: boolean;
  /** Position of the last vote about it that was read; 0 = none. */
  votesAfter: number;
  /** This node's judgement, once everything below was decided; null before, or when this is a gateway. */
  verdict: Verdict | null;
  /** This node's vote is on stable storage. */
  voted: boolean;
  status: PendingStatus;
  decidedAtMs: number;
}

/** `reason` is null when the block is valid. */
export interface Verdict {
  readonly valid: boolean;
  readonly reason: string | null;
}

export interface Inclusion {
  readonly height: PendingHeight;
  readonly position: number;
}

/** Key of an output in maps. */
export function linkKey(transactionId: string, outputIndex: number): string {
  return `${transactionId}:${outputIndex}`;
}

export class PendingHeights {
  private readonly heights = new Map<number, PendingHeight>();
  private readonly byBlockId = new Map<string, PendingHeight>();
  /** Transaction id → inclusions in blocks that are undecided or valid. */
  private readonly included = new Map<string, Inclusion[]>();
  /** Output → spending transactions in blocks that are undecided or valid. */
  private readonly spent = new Map<string, { readonly id: string; readonly height: PendingHeight }[]>();

  get size(): number {
    return this.heights.size;
  }

  get(height: number): PendingHeight | undefined {
    return this.heights.get(height);
  }

  byId(blockId: string): PendingHeight | undefined {
    return this.byBlockId.get(blockId);
  }

  /** In order of height. */
  values(): PendingHeight[] {
    return [...this.heights.values()];
  }

  /** Adds the next height. The caller keeps the heights contiguous. */
  place(height: number, block: CheckedBlock | null, nowMs: number): PendingHeight {
    const entry: PendingHeight = {
      height,
      block,
      votes: new Map(),
      votesRead: false,
      votesAfter: 0,
      verdict: null,
      voted: false,
      status: block === null ? 'passed' : 'undecided',
      decidedAtMs: nowMs,
    };
    this.heights.set(height, entry);
    if (block !== null) {
      this.byBlockId.set(block.id, entry);
      this.index(entry, block);
    }
    return entry;
  }

  /** Records the decision; what an invalid block held counts no longer. */
  decide(entry: PendingHeight, status: 'valid' | 'invalid', nowMs: number): void {
    entry.status = status;
    entry.decidedAtMs = nowMs;
    if (status === 'invalid') this.unindex(entry);
  }

  /** Forgets a height that the view has committed. */
  drop(height: number): void {
    const entry = this.heights.get(height);
    if (entry === undefined) return;
    this.heights.delete(height);
    if (entry.block !== null) this.byBlockId.delete(entry.block.id);
    if (entry.status !== 'invalid') this.unindex(entry);
  }

  inclusions(transactionId: string): readonly Inclusion[] {
    return this.included.get(transactionId) ?? [];
  }

  spenders(
    transactionId: string,
    outputIndex: number,
  ): readonly { readonly id: string; readonly height: PendingHeight }[] {
    return this.spent.get(linkKey(transactionId, outputIndex)) ?? [];
  }

  private index(entry: PendingHeight, block: CheckedBlock): void {
    block.transactions.forEach((result, position) => {
      if (!result.ok) return;
      append(this.included, result.transaction.id, { height: entry, position });
      for (const spend of result.transaction.spends) {
        append(this.spent, linkKey(spend.transactionId, spend.outputIndex), {
          id: result.transaction.id,
          height: entry,
        });
      }
    });
  }

  private unindex(entry: PendingHeight): void {
    for (const transaction of wellFormed(entry)) {
      remove(this.included, transaction.id, (inclusion) => inclusion.height === entry);
      for (const spend of transaction.spends) {
        remove(this.spent, linkKey(spend.transactionId, spend.outputIndex), (use) => use.height === entry);
      }
    }
  }
}

/** The transactions of a height that are well-formed: all of them, in a block that can be valid. */
export function wellFormed(entry: PendingHeight): WellFormedTransaction[] {
  if (entry.block === null) return [];
  return entry.block.transactions.flatMap((result) => (result.ok ? [result.transaction] : []));
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function remove<T>(map: Map<string, T[]>, key: string, gone: (value: T) => boolean): void {
  const list = map.get(key);
  if (list === undefined) return;
  const rest = list.filter((value) => !gone(value));
  if (rest.length === 0) map.delete(key);
  else map.set(key, rest);
}
