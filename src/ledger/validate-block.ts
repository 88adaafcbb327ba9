/**
 * The verdict on a block: a pure function of its bytes, the ledger below its height and the federation in force there
 * (architecture, section 4, rule 3); no clock, no door setting, no arrival order. Runs when everything below is
 * decided, so that all correct members judge alike.
 */

import { LEDGER } from '../config/limits.js';
import type { CheckedBlock } from '../model/block-types.js';
import type { WellFormedTransaction } from '../model/transaction-types.js';
import type { Clock, Scheduler } from '../runtime/runtime.js';
import type { LedgerState } from './ledger-state.js';
import { linkKey, type Verdict } from './pending-heights.js';
import { type LedgerQuestions, validateTransfer } from './validate-transaction.js';

/** Longest time a verdict holds the event loop before it lets others run. */
const SLICE_MS = 10;
const VALID: Verdict = { valid: true, reason: null };

/** Judges `block`. The caller makes sure that nothing below is undecided, and that nothing decides this height meanwhile. */
export async function judgeBlock(
  block: CheckedBlock,
  state: LedgerState,
  clock: Clock,
  scheduler: Scheduler,
): Promise<Verdict> {
  const outside = judgeBlockOnly(block, state);
  if (outside !== null) return invalid(outside);
  const questions = votersQuestions(state);
  const spentHere = new Set<string>();
  let sliceStart = clock.monotonicMs();
  for (const result of block.transactions) {
    if (!result.ok) return invalid(`${result.problem.name}: ${result.problem.message}`);
    const reason = judgeTransaction(result.transaction, state, questions, spentHere);
    if (reason !== null) return invalid(reason);
    if (clock.monotonicMs() - sliceStart > SLICE_MS) {
      await scheduler.yieldTurn();
      sliceStart = clock.monotonicMs();
    }
  }
  return VALID;
}

function invalid(reason: string): Verdict {
  return { valid: false, reason };
}

/** 1.0.1 section 3.2, and rule 3 for creators of invalid blocks. */
function judgeBlockOnly(block: CheckedBlock, state: LedgerState): string | null {
  if (block.shapeProblem !== null) return block.shapeProblem;
  if (block.transactions.length > LEDGER.blockTransactionsMax) return 'too many transactions';
  if (!state.federation.membersAt(block.height).includes(block.creator)) {
    return 'SybilError: Only federation nodes can create blocks';
  }
  if (!block.signatureValid) return 'InvalidSignature: Invalid block signature';
  if (state.isBarred(block.creator, block.height)) return 'its creator has made an invalid block before';
  return null;
}

function judgeTransaction(
  transaction: WellFormedTransaction,
  state: LedgerState,
  questions: LedgerQuestions,
  spentHere: Set<string>,
): string | null {
  if (transaction.operation === 'GENESIS') return 'a GENESIS transaction above height 0';
  if (state.inclusion(transaction.id) === 'valid') {
    return `DuplicateTransaction: ${transaction.id} stands in a valid block below`;
  }
  const broken = validateTransfer(transaction, questions);
  if (broken !== null) return `${broken.name}: ${broken.message}`;
  for (const spend of transaction.spends) {
    const key = linkKey(spend.transactionId, spend.outputIndex);
    if (spentHere.has(key)) return `DoubleSpend: output ${key} is spent twice in this block`;
    spentHere.add(key);
  }
  return null;
}

/** A voter counts what is decided valid below, and nothing else. */
export function votersQuestions(state: LedgerState): LedgerQuestions {
  return {
    outputsOf: (id) => state.validOutputs(id) ?? 'pending',
    otherSpender: (id, index, byId) => {
      const spender = state.validSpender(id, index);
      return spender === byId ? null : spender;
    },
  };
}
