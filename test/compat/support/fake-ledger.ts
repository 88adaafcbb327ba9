/**
 * A ledger in memory behind the interface the doors know: decided heights, undecided blocks, a backlog, and whatever
 * `submit` and `look` are told to do. For tests of the doors alone.
 */

import type { LedgerEvents } from '../../../src/events/head-events.js';
import type {
  BacklogSummary,
  LastingBlock,
  LedgerAccess,
  SubmitOutcome,
  SubmittedText,
  TransactionState,
  TransactionStatus,
  UndecidedBlock,
} from '../../../src/ledger/ledger.js';
import type { BlockRow, DecidedHeight, FoundTransaction, ViewReader } from '../../../src/view/view.js';

export class FakeLedger implements LedgerAccess {
  publicKey: string | null = null;
  members: string[] = [];
  others: string[] = [];
  reasons: string[] = [];
  undecided: UndecidedBlock[] = [];
  readonly backlogTexts = new Map<string, string>();
  readonly rejected = new Set<string>();
  readonly heights: DecidedHeight[] = [];
  /** Ids of every look that was taken. */
  readonly looks: (readonly string[])[] = [];
  onLook: () => void | Promise<void> = () => undefined;
  onSubmit: (texts: readonly SubmittedText[]) => SubmitOutcome[] | Promise<SubmitOutcome[]> = () => {
    throw new Error('nothing was to be submitted');
  };
  view: ViewReader = new MemoryReader(this.heights);

  /** Decides a height and tells the listeners. */
  decide(events: LedgerEvents | null, ...heights: DecidedHeight[]): void {
    this.heights.push(...heights);
    events?.publishHead(this.heights.length - 1);
  }

  federation(): readonly string[] {
    return this.members;
  }

  keyring(): readonly string[] {
    return this.others;
  }

  async submit(texts: readonly SubmittedText[]): Promise<SubmitOutcome[]> {
    return this.onSubmit(texts);
  }

  transactionState(id: string): TransactionState | null {
    const valid = this.view.validTransaction(id);
    if (valid !== null) return state(id, 'valid', valid.text);
    const genesis = this.view.occurrences(id).find((found) => found.status === 'undecided');
    if (genesis !== undefined) return state(id, 'undecided', genesis.text);
    for (const block of this.undecided) {
      const found = block.transactions.find((transaction) => transaction.id === id);
      if (found !== undefined) return state(id, 'undecided', found.text);
    }
    const waiting = this.backlogTexts.get(id);
    if (waiting !== undefined) return state(id, 'backlog', waiting);
    return this.rejected.has(id) ? state(id, 'rejected', null) : null;
  }

  undecidedBlocks(): readonly UndecidedBlock[] {
    return this.undecided;
  }

  lastingBlocks(): readonly LastingBlock[] {
    return [];
  }

  backlog(): BacklogSummary {
    return { count: this.backlogTexts.size, oldestSeconds: null };
  }

  async look(transactionIds: readonly string[]): Promise<void> {
    this.looks.push(transactionIds);
    await this.onLook();
  }

  async waitDecided(id: string): Promise<TransactionState | null> {
    return this.transactionState(id);
  }

  notReady(): readonly string[] {
    return this.reasons;
  }
}

function state(id: string, status: TransactionStatus, text: string | null): TransactionState {
  return { id, status, text, height: null, position: null, acceptedAtMs: null, rejection: null };
}

class MemoryReader implements ViewReader {
  constructor(private readonly heights: readonly DecidedHeight[]) {}

  height(): number {
    return this.heights.length - 1;
  }

  validTransaction(id: string): FoundTransaction | null {
    return this.occurrences(id).find((found) => found.status === 'valid') ?? null;
  }

  occurrences(id: string): FoundTransaction[] {
    return this.heights.flatMap(({ height }) =>
      this.blockTransactions(height).filter((each) => each.id === id),
    );
  }

  spender(): null {
    return null;
  }

  blockByHeight(height: number): BlockRow | null {
    const decided = this.heights[height];
    if (!decided?.block) return null;
    const { id, timestamp, creator, signature, parent, status, invalidReason, transactions } = decided.block;
    return {
      height,
      id,
      timestamp,
      creator,
      voters: [creator],
      signature,
      parent,
      status,
      invalidReason,
      decidedAtMs: decided.decidedAtMs,
      transactionCount: transactions.length,
    };
  }

  blockById(id: string): BlockRow | null {
    const height = this.heights.findIndex((decided) => decided.block?.id === id);
    return height === -1 ? null : this.blockByHeight(height);
  }

  blockTransactions(height: number, from = 0, limit = 1000): FoundTransaction[] {
    const block = this.heights[height]?.block ?? null;
    if (block === null) return [];
    return block.transactions.slice(from, from + limit).map((transaction, index) => ({
      ...transaction,
      height,
      position: from + index,
      status: block.status,
    }));
  }

  blockVotes(height: number): ReturnType<ViewReader['blockVotes']> {
    return (this.heights[height]?.block?.votes ?? []).map((vote) => ({ ...vote, late: false }));
  }

  rejection(): null {
    return null;
  }

  lastInvalidHeights(): [] {
    return [];
  }
}
