/**
 * The port to the checks that need no ledger: bytes in, well-formed transactions and checked blocks out, signatures
 * included. Two runners over the same code: `direct` (this thread; simulation and tests) and `worker` (1-2 threads).
 */

import type { CheckedBlock } from '../model/block-types.js';
import type { CheckedText, CheckLimits } from '../model/transaction-types.js';
import type { StoredBlock } from '../store/store.js';

export type { CheckedText, CheckLimits };

export interface Checker {
  /** Checks JSON texts of one transaction each; answers in order. `limits`: a door's, or the ledger's for what is read back. */
  checkTransactions(texts: readonly (string | Uint8Array)[], limits: CheckLimits): Promise<CheckedText[]>;
  /**
   * Checks a block as read from the store; null when it holds no block by its own bytes. `known` are digests (SHA-256
   * of canonical texts) of transactions whose signatures this process has verified before: those are not verified again.
   */
  checkBlock(block: StoredBlock, known: readonly string[]): Promise<CheckedBlock | null>;
  /** Transactions queued for a check. */
  readonly queued: number;
  close(): Promise<void>;
}
