/**
 * A view in plain maps, for simulations that care about the ledger and not about SQLite. Says the same as the real
 * one through the same port, by the most obvious code possible.
 */

import { parseJson } from '../../src/codec/json-reader.js';
import type { JsonObject } from '../../src/codec/json-value.js';
import { readTransactionDocument } from '../../src/model/outputs.js';
import type {
  BlockRow,
  DecidedHeight,
  FoundTransaction,
  Spender,
  StandingVote,
  View,
  ViewReader,
  ViewRejection,
} from '../../src/view/view.js';

type LateVote = StandingVote & { readonly height: number };

export class MemoryView implements View, ViewReader {
  readonly read: ViewReader = this;
  readonly heights: DecidedHeight[] = [];
  private readonly found = new Map<string, FoundTransaction[]>();
  private readonly spends = new Map<string, Spender>();
  private readonly late: LateVote[] = [];
  private readonly rejected = new Map<string, ViewRejection>();
  private upTo = 0;

  async apply(heights: readonly DecidedHeight[]): Promise<void> {
    for (const height of heights) {
      if (height.height !== this.heights.length) throw new Error(`height ${height.height} out of order`);
      this.heights.push(height);
      this.index(height);
    }
  }

  private index({ height, block }: DecidedHeight): void {
    block?.transactions.forEach(({ id, text, acceptedAtMs }, position) => {
      const list = this.found.get(id) ?? [];
      list.push({ id, text, height, position, status: block.status, acceptedAtMs });
      this.found.set(id, list);
      if (block.status !== 'valid') return;
      readTransactionDocument(text).inputs.forEach(({ fulfills }, inputIndex) => {
        if (fulfills === null) return;
        const key = `${fulfills.transaction_id}:${fulfills.output_index}`;
        if (this.spends.has(key)) throw new Error(`I1 broken: ${key} spent twice`);
        this.spends.set(key, { transactionId: id, inputIndex, height, position });
      });
    });
  }

  async addLateVotes(votes: readonly LateVote[]): Promise<void> {
    this.late.push(...votes);
  }

  async addRejections(rejections: readonly ViewRejection[], upToPosition: number): Promise<void> {
    for (const rejection of rejections) this.rejected.set(rejection.transactionId, rejection);
    this.upTo = upToPosition;
  }

  rejectionPosition(): number {
    return this.upTo;
  }

  async close(): Promise<void> {}

  height(): number {
    return this.heights.length - 1;
  }

  validTransaction(id: string, asOf = this.height()): FoundTransaction | null {
    return this.occurrences(id, asOf).find((found) => found.status === 'valid') ?? null;
  }

  occurrences(id: string, asOf = this.height()): FoundTransaction[] {
    return (this.found.get(id) ?? []).filter((found) => found.height <= asOf);
  }

  spender(transactionId: string, outputIndex: number, asOf = this.height()): Spender | null {
    const spender = this.spends.get(`${transactionId}:${outputIndex}`);
    return spender !== undefined && spender.height <= asOf ? spender : null;
  }

  blockByHeight(height: number): BlockRow | null {
    const decided = this.heights[height];
    const block = decided?.block;
    if (decided === undefined || block === null || block === undefined) return null;
    return {
      height,
      id: block.id,
      timestamp: block.timestamp,
      creator: block.creator,
      voters: votersOf(block.text),
      signature: block.signature,
      parent: block.parent,
      status: block.status,
      invalidReason: block.invalidReason,
      decidedAtMs: decided.decidedAtMs,
      transactionCount: block.transactions.length,
    };
  }

  blockById(id: string): BlockRow | null {
    const height = this.heights.findIndex((decided) => decided.block?.id === id);
    return height < 0 ? null : this.blockByHeight(height);
  }

  blockTransactions(height: number, fromPosition: number, limit: number): FoundTransaction[] {
    const block = this.heights[height]?.block ?? null;
    if (block === null) return [];
    return block.transactions.slice(fromPosition, fromPosition + limit).map((transaction, index) => ({
      ...transaction,
      height,
      position: fromPosition + index,
      status: block.status,
    }));
  }

  blockVotes(height: number): (StandingVote & { readonly late: boolean })[] {
    const block = this.heights[height]?.block ?? null;
    const votes = (block?.votes ?? []).map((vote) => ({ ...vote, late: false }));
    return [
      ...votes,
      ...this.late.filter((vote) => vote.height === height).map((vote) => ({ ...vote, late: true })),
    ];
  }

  rejection(transactionId: string): ViewRejection | null {
    return this.rejected.get(transactionId) ?? null;
  }

  lastInvalidHeights(): { creator: string; height: number }[] {
    const last = new Map<string, number>();
    for (const { height, block } of this.heights) {
      if (block?.status === 'invalid') last.set(block.creator, height);
    }
    return [...last].map(([creator, height]) => ({ creator, height }));
  }
}

function votersOf(blockText: string): string[] {
  return (parseJson(blockText) as JsonObject).voters as string[];
}
