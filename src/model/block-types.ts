/** Types of 1.0.1's blocks and votes, and of what a check of their own bytes makes of them. */

import type { CheckResult, TransactionDocument } from './transaction-types.js';

export interface BlockContent {
  readonly timestamp: string;
  readonly transactions: readonly TransactionDocument[];
  readonly node_pubkey: string;
  readonly voters: readonly string[];
}

export interface BlockDocument {
  readonly id: string;
  readonly block: BlockContent;
  readonly signature: string;
}

export interface VoteContent {
  readonly voting_for_block: string;
  readonly previous_block: string;
  readonly is_block_valid: boolean;
  readonly invalid_reason: string | null;
  readonly timestamp: string;
}

export interface VoteDocument {
  readonly node_pubkey: string;
  readonly signature: string;
  readonly vote: VoteContent;
}

/**
 * What a block's own bytes say, before the ledger and the federation are asked. `null` where it cannot be parsed as a
 * block or its id or claim is wrong: then it holds no block (architecture, section 4, rule 2).
 */
export interface CheckedBlock {
  readonly height: number;
  readonly id: string;
  readonly text: string;
  readonly signature: string;
  readonly parent: string;
  /** Verified; '' for a block that claims nothing, which holds a height only where an import says so. */
  readonly claimSignature: string;
  readonly timestamp: string;
  readonly creator: string;
  readonly voters: readonly string[];
  /** 1.0.1 section 3.2, step 3. */
  readonly signatureValid: boolean;
  /** Exactly the keys of 1.0.1, types right, at least one transaction, none twice, within LEDGER limits. */
  readonly shapeProblem: string | null;
  /** In block order. For GENESIS blocks at height 0 too. Empty when there are more than LEDGER limits allow. */
  readonly transactions: readonly CheckResult[];
  /** Canonical text of each of them, the wrong ones too: what an invalid block is shown with. */
  readonly transactionTexts: readonly string[];
}
