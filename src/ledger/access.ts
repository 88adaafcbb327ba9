/** What the doors see of the ledger: `LedgerAccess` over the state, the backlog and the view. Owns no rules. */

import { problem } from '../model/errors.js';
import type { Runtime } from '../runtime/runtime.js';
import type { FoundTransaction, ViewReader } from '../view/view.js';
import type { Backlog, KnownEntry } from './backlog.js';
import { LastingBlocks } from './lasting-blocks.js';
import type {
  BacklogSummary,
  LastingBlock,
  LedgerAccess,
  SubmitOutcome,
  SubmittedText,
  TransactionState,
  UndecidedBlock,
} from './ledger.js';
import type { LedgerState } from './ledger-state.js';
import type { Look } from './look.js';
import { type PendingHeight, wellFormed } from './pending-heights.js';
import type { Submit } from './submit.js';

export interface AccessOptions {
  readonly publicKey: string | null;
  readonly keyring: readonly string[];
  readonly state: LedgerState;
  readonly backlog: Backlog;
  readonly submit: Submit;
  readonly look: Look;
  readonly runtime: Runtime;
  /** Calls the listener after each commit and each rejection; returns the stop function. */
  readonly onChange: (listener: () => void) => () => void;
  readonly notReady: () => readonly string[];
}

export class Access implements LedgerAccess {
  readonly publicKey: string | null;
  readonly view: ViewReader;
  private readonly lasting: LastingBlocks;

  constructor(private readonly options: AccessOptions) {
    this.publicKey = options.publicKey;
    this.view = options.state.view;
    this.lasting = new LastingBlocks(this.view);
  }

  federation(): readonly string[] {
    return this.options.state.federation.membersAt(this.options.state.head + 1);
  }

  keyring(): readonly string[] {
    return this.options.keyring;
  }

  async submit(texts: readonly SubmittedText[]): Promise<SubmitOutcome[]> {
    const reasons = this.options.notReady();
    if (reasons.length > 0) {
      const refusal = problem('STORE_UNAVAILABLE', `This node is not ready: ${reasons.join('; ')}`);
      return texts.map(() => ({
        accepted: false,
        id: null,
        problem: refusal,
        retryable: true,
        notJson: false,
      }));
    }
    return this.options.submit.submit(texts);
  }

  transactionState(id: string): TransactionState | null {
    const valid = this.view.validTransaction(id);
    if (valid !== null) return decided(valid);
    const undecided = this.undecidedState(id);
    if (undecided !== null) return undecided;
    const entry = this.options.backlog.ofTransaction(id).find((each) => each.stored);
    if (entry !== undefined) return waiting(entry);
    return this.rejectedState(id);
  }

  undecidedBlocks(): readonly UndecidedBlock[] {
    return this.options.state.pending.values().flatMap((entry) => {
      const block = undecidedBlock(entry);
      return block === null ? [] : [block];
    });
  }

  lastingBlocks(): readonly LastingBlock[] {
    return this.lasting.of(this.options.state.imported);
  }

  backlog(): BacklogSummary {
    const { backlog, runtime } = this.options;
    const oldest = backlog.oldestSeenAtMs;
    const ageMs = oldest === null ? null : runtime.clock.monotonicMs() - oldest;
    return { count: backlog.count, oldestSeconds: ageMs === null ? null : ageMs / 1000 };
  }

  look(transactionIds: readonly string[]): Promise<void> {
    return this.options.look.take(transactionIds);
  }

  async waitDecided(id: string, timeoutMs: number): Promise<TransactionState | null> {
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        stop();
        timer.cancel();
        resolve();
      };
      const stop = this.options.onChange(() => {
        if (isFinal(this.transactionState(id))) finish();
      });
      const timer = this.options.runtime.scheduler.after(timeoutMs, finish);
      if (isFinal(this.transactionState(id))) finish();
    });
    return this.transactionState(id);
  }

  notReady(): readonly string[] {
    return this.options.notReady();
  }

  /** The newest block above the view that holds it, or one that stays undecided: the genesis block, imported ones. */
  private undecidedState(id: string): TransactionState | null {
    const { state, backlog } = this.options;
    const inclusions = state.pending.inclusions(id);
    const newest = inclusions[inclusions.length - 1];
    const result = newest?.height.block?.transactions[newest.position];
    if (newest !== undefined && result?.ok) {
      return {
        id,
        status: 'undecided',
        text: result.transaction.text,
        height: newest.height.height,
        position: newest.position,
        acceptedAtMs: backlog.ofTransaction(id)[0]?.acceptedAtMs ?? null,
        rejection: null,
      };
    }
    const lasting = this.view.occurrences(id).find((found) => found.status === 'undecided');
    // One that was imported undecided waits in the backlog for another block, and may have been rejected since.
    if (lasting === undefined || this.view.rejection(id) !== null) return null;
    return decided(lasting);
  }

  private rejectedState(id: string): TransactionState | null {
    const rejection = this.view.rejection(id);
    if (rejection === null) return null;
    return {
      id,
      status: 'rejected',
      text: null,
      height: null,
      position: null,
      acceptedAtMs: null,
      rejection,
    };
  }
}

function isFinal(state: TransactionState | null): boolean {
  return state?.status === 'valid' || state?.status === 'rejected';
}

function decided(found: FoundTransaction): TransactionState {
  return {
    id: found.id,
    status: found.status === 'valid' ? 'valid' : 'undecided',
    text: found.text,
    height: found.height,
    position: found.position,
    acceptedAtMs: found.acceptedAtMs,
    rejection: null,
  };
}

function waiting(entry: KnownEntry): TransactionState {
  return {
    id: entry.transaction.id,
    status: 'backlog',
    text: entry.transaction.text,
    height: null,
    position: null,
    acceptedAtMs: entry.acceptedAtMs,
    rejection: null,
  };
}

/** Heights that are decided but not committed yet still show as undecided: the view is what doors answer from. */
function undecidedBlock(entry: PendingHeight): UndecidedBlock | null {
  const { block } = entry;
  if (block === null || entry.status === 'invalid') return null;
  return {
    height: entry.height,
    id: block.id,
    text: block.text,
    signature: block.signature,
    parent: block.parent,
    creator: block.creator,
    timestamp: block.timestamp,
    voters: block.voters,
    transactions: wellFormed(entry),
    votes: [...entry.votes.values()].map((vote) => vote.stored),
  };
}
