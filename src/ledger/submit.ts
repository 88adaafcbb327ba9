/**
 * Steps 2 to 5 of a transaction's walk (architecture, section 5): check, rules against the ledger and the backlog
 * this node knows, one backlog entry on stable storage, acknowledge. 1.0.1: POST of a transaction, sections 2 and 4.5.
 */

import { type Problem, problem } from '../model/errors.js';
import type { CheckResult, WellFormedTransaction } from '../model/transaction-types.js';
import type { Runtime } from '../runtime/runtime.js';
import type { BacklogEntry, Store, WriteResult } from '../store/store.js';
import { StoreUnavailable } from '../store/store.js';
import type { Backlog, KnownEntry } from './backlog.js';
import type { CheckedText, Checker, CheckLimits } from './checker.js';
import type { SubmitOutcome, SubmittedText } from './ledger.js';
import type { LedgerState } from './ledger-state.js';
import type { Stamps } from './stamps.js';
import { type LedgerQuestions, validateTransfer } from './validate-transaction.js';

/** How often a write whose outcome is unknown is sent again, with the same bytes, before the client is told. */
const SENDS_MAX = 4;

export interface SubmitOptions {
  readonly store: Store;
  readonly checker: Checker;
  readonly state: LedgerState;
  readonly backlog: Backlog;
  readonly runtime: Runtime;
  readonly stamps: Stamps;
  readonly limits: CheckLimits;
  readonly checksQueuedMax: number;
  /** Whom new entries are assigned to: this node, or for a gateway a random member. */
  readonly chooseAssignee: () => string;
  /** Takes the fresh look that must precede a refusal which the look could overturn. */
  readonly look: (transactionIds: readonly string[]) => Promise<void>;
  /** Called when new entries stand in the store. */
  readonly onAccepted: () => void;
}

interface Item {
  readonly transaction: WellFormedTransaction;
  /** For a TRANSFER whose only fault is its signature: reported after the ledger's own rules (1.0.1 section 2.4). */
  readonly signatureProblem: Problem | null;
  outcome: SubmitOutcome | null;
  entry: KnownEntry | null;
}

export class Submit {
  constructor(private readonly options: SubmitOptions) {}

  /** See `LedgerAccess.submit`. */
  async submit(texts: readonly SubmittedText[]): Promise<SubmitOutcome[]> {
    const { checker, backlog, checksQueuedMax } = this.options;
    if (backlog.full || checker.queued >= checksQueuedMax) {
      return texts.map(() => refused(null, problem('BACKLOG_FULL', BACKLOG_FULL_TEXT), true));
    }
    const checked = await checker.checkTransactions(texts, this.options.limits);
    const items = checked.map(readItem);
    const open = items.filter(isItem);
    await this.applyRules(open);
    await this.write(open.filter((item) => item.outcome === null));
    return items.map((item) => (isItem(item) ? (item.outcome ?? unknownOutcome(item)) : item));
  }

  private async applyRules(items: readonly Item[]): Promise<void> {
    const doubtful: Item[] = [];
    for (const item of items) {
      if (this.judge(item)) continue;
      doubtful.push(item);
    }
    if (doubtful.length === 0) return;
    // A refusal that undecided heights could overturn is given only after a look at what the store holds now.
    const doubted = doubtful.flatMap((item) => this.doubted(item.transaction));
    try {
      await this.options.look([...new Set(doubted)]);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      for (const item of doubtful)
        item.outcome = refused(item.transaction.id, problem('STORE_UNAVAILABLE', UNAVAILABLE_TEXT), true);
      return;
    }
    for (const item of doubtful) {
      item.outcome = null;
      this.judge(item);
    }
  }

  /** The inputs of a transaction, and whatever spends them without being decided valid. */
  private doubted(transaction: WellFormedTransaction): string[] {
    const { state, backlog } = this.options;
    return transaction.spends.flatMap(({ transactionId, outputIndex }) => {
      const waiting = backlog.otherSpender(transactionId, outputIndex, transaction.id);
      const undecided = state.undecidedSpenders(transactionId, outputIndex);
      return [transactionId, ...undecided, ...(waiting === null ? [] : [waiting])];
    });
  }

  /** Judges one item; false when the refusal could be overturned by a fresh look. Accepted items reserve their outputs. */
  private judge(item: Item): boolean {
    const { state, backlog } = this.options;
    const { transaction } = item;
    const broken = validateTransfer(transaction, doorQuestions(state, backlog)) ?? item.signatureProblem;
    if (broken !== null) {
      item.outcome = refused(transaction.id, broken, false);
      return isFinal(broken, transaction, state);
    }
    if (transaction.operation === 'TRANSFER' && state.inclusion(transaction.id) === 'valid') {
      item.outcome = accepted(transaction);
      return true;
    }
    item.entry = this.reserve(transaction);
    return true;
  }

  private reserve(transaction: WellFormedTransaction): KnownEntry {
    const { backlog, runtime, stamps } = this.options;
    const now = runtime.clock.monotonicMs();
    return backlog.add({
      transaction,
      assignee: this.options.chooseAssignee(),
      stamp: stamps.next(),
      acceptedAtMs: runtime.clock.nowMs(),
      assignedSinceMs: now,
      seenAtMs: now,
      stored: false,
      waitedAtHeight: null,
    });
  }

  private async write(items: readonly Item[]): Promise<void> {
    const { runtime, backlog } = this.options;
    const writing = items.flatMap((item) => (item.entry === null ? [] : [{ item, entry: item.entry }]));
    if (writing.length === 0) return;
    // A resend gets a stamp of its own, so that nobody clears its entry by an older judgement.
    const rows: BacklogEntry[] = writing.map(({ item, entry }) => ({
      digest: item.transaction.digest,
      transactionId: item.transaction.id,
      text: item.transaction.text,
      assignee: this.options.chooseAssignee(),
      stamp: entry.stored ? this.options.stamps.next() : entry.stamp,
      acceptedAtMs: entry.acceptedAtMs,
    }));
    runtime.failpoints.hit('submit.before_insert');
    // A crash from here on leaves the entry in the backlog or not; the client was told nothing and may send it again.
    const results = await this.insert(rows);
    runtime.failpoints.hit('submit.after_insert');
    const now = runtime.clock.monotonicMs();
    writing.forEach(({ item, entry }, index) => {
      const row = rows[index];
      const result = results[index] ?? 'unknown';
      if (row !== undefined && (result === 'ok' || result === 'duplicate')) {
        // It may have left the mirror meanwhile, but it stands in the store now.
        backlog.assign(backlog.add(entry), row.assignee, row.stamp, now);
        item.outcome = accepted(item.transaction);
      } else {
        if (!entry.stored) backlog.remove(entry.transaction.digest);
        item.outcome = notWritten(item.transaction.id, result);
      }
    });
    this.options.onAccepted();
  }

  /** Sends the rows, and again those whose outcome is unknown: repeating equal bytes is harmless. */
  private async insert(rows: readonly BacklogEntry[]): Promise<WriteResult[]> {
    const results = await this.send(rows);
    for (let sends = 1; sends < SENDS_MAX && results.includes('unknown'); sends += 1) {
      const again = rows.flatMap((row, index) => (results[index] === 'unknown' ? [{ row, index }] : []));
      const repeated = await this.send(again.map((each) => each.row));
      again.forEach(({ index }, place) => {
        const result = repeated[place];
        // Once unknown, «unavailable» says nothing about the earlier send.
        if (result === 'ok' || result === 'duplicate') results[index] = result;
      });
    }
    return results;
  }

  private async send(rows: readonly BacklogEntry[]): Promise<WriteResult[]> {
    try {
      return await this.options.store.addBacklog(rows);
    } catch (error) {
      if (error instanceof StoreUnavailable) return rows.map(() => 'unavailable');
      throw error;
    }
  }
}

const BACKLOG_FULL_TEXT =
  'The backlog of this node is full. Send the same transaction again in a few seconds.';
const UNAVAILABLE_TEXT = 'The store does not answer. Nothing was written; send the same transaction again.';
const UNKNOWN_TEXT =
  'It is not known whether the transaction was written. Ask for its status, or send the same transaction again.';

function readItem(checked: CheckedText): Item | SubmitOutcome {
  const { result } = checked;
  if (result.ok)
    return { transaction: result.transaction, signatureProblem: null, outcome: null, entry: null };
  const transfer = transferWithBadSignature(result);
  if (transfer !== null) {
    return { transaction: transfer, signatureProblem: result.problem, outcome: null, entry: null };
  }
  return {
    accepted: false,
    id: result.id,
    problem: result.problem,
    retryable: false,
    notJson: checked.notJson,
  };
}

function transferWithBadSignature(result: CheckResult): WellFormedTransaction | null {
  if (result.ok || result.problem.code !== 'INVALID_SIGNATURE') return null;
  return result.transaction?.operation === 'TRANSFER' ? result.transaction : null;
}

function isItem(item: Item | SubmitOutcome): item is Item {
  return 'transaction' in item;
}

function accepted(transaction: WellFormedTransaction): SubmitOutcome {
  return { accepted: true, id: transaction.id, operation: transaction.operation, text: transaction.text };
}

function refused(id: string | null, reason: Problem, retryable: boolean): SubmitOutcome {
  return { accepted: false, id, problem: reason, retryable, notJson: false };
}

function notWritten(id: string, result: WriteResult): SubmitOutcome {
  if (result === 'unknown') return refused(id, problem('OUTCOME_UNKNOWN', UNKNOWN_TEXT), true);
  return refused(id, problem('STORE_UNAVAILABLE', UNAVAILABLE_TEXT), true);
}

function unknownOutcome(item: Item): SubmitOutcome {
  return refused(item.transaction.id, problem('OUTCOME_UNKNOWN', UNKNOWN_TEXT), true);
}

/** The door counts undecided blocks and the backlog as known and as spending. */
function doorQuestions(state: LedgerState, backlog: Backlog): LedgerQuestions {
  return {
    outputsOf: (id) => {
      const found = state.validOutputs(id);
      if (found !== null) return found;
      const known = state.inclusion(id) !== 'none' || backlog.ofTransaction(id).length > 0;
      return known ? 'pending' : null;
    },
    otherSpender: (id, index, byId) => {
      const valid = state.validSpender(id, index);
      if (valid !== null) return valid === byId ? null : valid;
      const undecided = state.undecidedSpenders(id, index).find((spender) => spender !== byId);
      return undecided ?? backlog.otherSpender(id, index, byId);
    },
  };
}

/** Whether a refusal stands whatever undecided heights bring. */
function isFinal(broken: Problem, transaction: WellFormedTransaction, state: LedgerState): boolean {
  if (broken.code === 'INPUT_DOES_NOT_EXIST' || broken.code === 'TRANSACTION_NOT_IN_VALID_BLOCK')
    return false;
  if (broken.code !== 'DOUBLE_SPEND') return true;
  return transaction.spends.some((spend) => {
    const spender = state.validSpender(spend.transactionId, spend.outputIndex);
    return spender !== null && spender !== transaction.id;
  });
}
