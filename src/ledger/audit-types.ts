/**
 * What the audit reads and what it says: facts as any store holds them, and findings as plain values. No type of the
 * store, the view or the rest of the ledger stands here, so that the audit stays a second opinion.
 */

import type { CheckedBlock } from '../model/block-types.js';

/** The statements that the audit examines; the texts are in the messages. */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I7' | 'I8' | 'I9' | 'I10' | 'I11' | 'I22';

export interface Finding {
  readonly invariant: Invariant;
  /**
   * `breach`: a promise of the ledger is broken. `evidence`: somebody wrote what no correct member writes, or bytes
   * were damaged, and the rules bear it; outcomes are what they were.
   */
  readonly severity: 'breach' | 'evidence';
  /** null where no height is concerned. */
  readonly height: number | null;
  /** Id of the block, transaction or entry, or the key of the vote's node. */
  readonly id: string;
  readonly message: string;
}

export type Report = (finding: Finding) => void;

/** A block with its claim. */
export interface BlockFact {
  readonly height: number;
  readonly id: string;
  readonly text: string;
  readonly signature: string;
  readonly parent: string;
  readonly claimSignature: string;
}

/** A vote with the key it is stored under. */
export interface VoteFact {
  readonly blockId: string;
  readonly node: string;
  readonly signature: string;
  readonly text: string;
}

/** A rejection or a backlog entry with the keys it is stored under; `digest` is that of `text`. */
export interface TextFact {
  readonly digest: string;
  readonly transactionId: string;
  readonly text: string;
}

/** A complete list of members in force from `height` on. */
export interface MembersFrom {
  readonly height: number;
  readonly members: readonly string[];
}

/**
 * What the audit concludes about a height. `passed`: it holds no block. `genesis` counts as decided and is never voted
 * on; nor is `lasting`, what 1.0.1 left undecided when it was imported. Everything from the lowest undecided height on
 * is `undecided`.
 */
export type AuditedStatus = 'genesis' | 'passed' | 'valid' | 'invalid' | 'undecided' | 'lasting';

export interface AuditedHeight {
  readonly height: number;
  readonly status: AuditedStatus;
  /** Its block was made and judged by 1.0.1. */
  readonly imported: boolean;
  readonly fact: BlockFact;
  /** Null when the height is passed over. */
  readonly checked: CheckedBlock | null;
  readonly votes: readonly VoteFact[];
}

/** Everything that was examined, counted. */
export interface AuditSummary {
  /** The last contiguous height; -1 in an empty store. */
  readonly head: number;
  /** The last height that is decided. */
  readonly decided: number;
  readonly validBlocks: number;
  readonly invalidBlocks: number;
  readonly undecidedBlocks: number;
  readonly passedHeights: number;
  readonly strayBlocks: number;
  /** Transactions in valid blocks, their outputs, and those of them that are unspent. */
  readonly transactions: number;
  readonly outputs: number;
  readonly unspent: number;
  readonly votes: number;
  readonly rejections: number;
  readonly backlog: number;
}
