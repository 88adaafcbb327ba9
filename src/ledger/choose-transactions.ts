/**
 * Which backlog entries make the next block (architecture, section 5, step 7): everything that is right against all
 * blocks below the next height and within the batch. The rest waits, is refused for good, or is cleared because it is
 * decided already.
 */

import { BOUNDS, LEDGER } from '../config/limits.js';
import { type Problem, problem } from '../model/errors.js';
import type { Clock, Scheduler } from '../runtime/runtime.js';
import type { EntryState } from '../store/store.js';
import type { KnownEntry } from './backlog.js';
import type { LedgerState } from './ledger-state.js';
import { linkKey } from './pending-heights.js';
import type { Refusal } from './rejections.js';
import { votersQuestions } from './validate-block.js';
import { validateTransfer } from './validate-transaction.js';

const SLICE_MS = 10;
/** Room in a block's text for everything but its transactions. */
const FRAME_BYTES = 16 * 1024;

export interface ChooseOptions {
  readonly state: LedgerState;
  readonly entries: Iterable<KnownEntry>;
  /** The entry has waited so long for an unknown input that it may be refused. */
  readonly expired: (entry: KnownEntry) => boolean;
  /** Looks at the store; true when every height up to the head is decided. */
  readonly freshLook: () => Promise<boolean>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
}

export interface Candidates {
  /** The height these were chosen for, and the last decided one then. */
  readonly height: number;
  readonly decidedHeight: number;
  readonly include: readonly KnownEntry[];
  readonly reject: readonly Refusal[];
  readonly clear: readonly EntryState[];
}

type Judgement =
  | { readonly kind: 'include' }
  | { readonly kind: 'wait' }
  | { readonly kind: 'clear' }
  | { readonly kind: 'reject'; readonly problem: Problem }
  | { readonly kind: 'unknown input'; readonly problem: Problem };

/** Chooses entries in order until the block is full. */
export async function chooseTransactions(options: ChooseOptions): Promise<Candidates> {
  const { state, clock, scheduler } = options;
  const height = state.head + 1;
  const decidedHeight = state.decidedHeight;
  const include: KnownEntry[] = [];
  const reject: Refusal[] = [];
  const clear: EntryState[] = [];
  const batch = { ids: new Set<string>(), spends: new Set<string>(), bytes: FRAME_BYTES };
  let sliceStart = clock.monotonicMs();
  const lookOnce = onlyOnce(options.freshLook);
  for (const entry of [...options.entries]) {
    if (reject.length >= BOUNDS.clearBatch || clear.length >= BOUNDS.clearBatch) break;
    if (include.length >= LEDGER.blockTransactionsMax) break;
    if (batch.bytes + entry.transaction.bytes + 1 > LEDGER.blockBytesMax) break;
    const judgement = judge(entry, state, batch);
    if (judgement.kind === 'include') {
      include.push(entry);
      reserve(entry, batch);
    } else if (judgement.kind === 'clear') {
      clear.push({ digest: entry.transaction.digest, stamp: entry.stamp });
    } else if (judgement.kind === 'reject' || (await givesUp(judgement, entry, options, lookOnce))) {
      reject.push(refusal(entry, judgement));
    } else {
      entry.waitedAtHeight = decidedHeight;
    }
    if (clock.monotonicMs() - sliceStart > SLICE_MS) {
      await scheduler.yieldTurn();
      sliceStart = clock.monotonicMs();
    }
  }
  return { height, decidedHeight, include, reject, clear };
}

interface Batch {
  readonly ids: Set<string>;
  readonly spends: Set<string>;
  bytes: number;
}

function judge(entry: KnownEntry, state: LedgerState, batch: Batch): Judgement {
  const { transaction } = entry;
  const standing = state.inclusion(transaction.id);
  if (standing === 'valid') return { kind: 'clear' };
  if (standing === 'undecided' || batch.ids.has(transaction.id)) return { kind: 'wait' };
  if (transaction.operation !== 'TRANSFER') return { kind: 'include' };
  const broken = validateTransfer(transaction, votersQuestions(state));
  if (broken !== null) return refusedOrWaiting(broken, entry, state);
  const contested = transaction.spends.some(
    ({ transactionId, outputIndex }) =>
      batch.spends.has(linkKey(transactionId, outputIndex)) ||
      state.undecidedSpenders(transactionId, outputIndex).length > 0,
  );
  return contested ? { kind: 'wait' } : { kind: 'include' };
}

/**
 * Refused for good are only: amount or asset, signature, an output index that does not exist, an input spent by another
 * transaction decided valid. Inputs that are undecided wait; unknown ones wait until the entry has expired.
 */
function refusedOrWaiting(broken: Problem, entry: KnownEntry, state: LedgerState): Judgement {
  if (broken.code !== 'TRANSACTION_NOT_IN_VALID_BLOCK') return { kind: 'reject', problem: broken };
  const undecided = entry.transaction.spends.some(
    (spend) => state.inclusion(spend.transactionId) === 'undecided',
  );
  return undecided ? { kind: 'wait' } : { kind: 'unknown input', problem: broken };
}

async function givesUp(
  judgement: Judgement,
  entry: KnownEntry,
  options: ChooseOptions,
  freshLook: () => Promise<boolean>,
): Promise<boolean> {
  if (judgement.kind !== 'unknown input' || !options.expired(entry)) return false;
  if (!(await freshLook())) return false;
  return entry.transaction.spends.some((spend) => options.state.validOutputs(spend.transactionId) === null);
}

/** One look serves all entries of a choice: it came after each of them had expired. */
function onlyOnce(look: () => Promise<boolean>): () => Promise<boolean> {
  let taken: Promise<boolean> | null = null;
  return () => {
    taken ??= look();
    return taken;
  };
}

function reserve(entry: KnownEntry, batch: Batch): void {
  batch.ids.add(entry.transaction.id);
  batch.bytes += entry.transaction.bytes + 1;
  for (const spend of entry.transaction.spends)
    batch.spends.add(linkKey(spend.transactionId, spend.outputIndex));
}

function refusal(entry: KnownEntry, judgement: Judgement): Refusal {
  const found = 'problem' in judgement && judgement.kind === 'reject' ? judgement.problem : null;
  const reason =
    found ?? problem('INPUT_DOES_NOT_EXIST', `an input of ${entry.transaction.id} doesn't exist`);
  return {
    transactionId: entry.transaction.id,
    digest: entry.transaction.digest,
    stamp: entry.stamp,
    code: reason.code,
    message: reason.message,
  };
}
