/**
 * Every bound of the node in one place. LEDGER limits are rules of judgement: equal on every node, for ever.
 * DOOR limits are what this node takes from clients and may be set stricter or wider by its operator.
 */

/** Rules of the ledger: a voter applies exactly these. */
export const LEDGER = {
  /** Canonical UTF-8 bytes of one transaction. */
  transactionBytesMax: 1024 * 1024,
  jsonDepthMax: 512,
  /** 1.0.1: 99 thresholds around a leaf parse, 100 raise ThresholdTooDeep. */
  thresholdDepthMax: 99,
  blockTransactionsMax: 1000,
  /** UTF-8 bytes of the hashed text of a block. */
  blockBytesMax: 12 * 1024 * 1024,
  /** 1.0.1: amount of one output. */
  amountMax: 9_000_000_000_000_000_000n,
} as const;

/** What a node holds in memory or does at a time. */
export const BOUNDS = {
  /** A creator claims nothing while this many heights are undecided (architecture, section 4, rule 1). */
  undecidedHeightsToClaim: 4,
  /** Blocks above the last decided height that are kept in memory; more wait in the store. */
  pendingHeightsMax: 64,
  /** Backlog entries this node takes before it answers BACKLOG_FULL. */
  backlogEntriesMax: 50_000,
  backlogBytesMax: 96 * 1024 * 1024,
  /** Transactions whose checks are queued; beyond it doors answer 503. */
  checksQueuedMax: 20_000,
  /** Verified votes kept per block and voter, and votes read per height. */
  votesPerVoterMax: 16,
  votesPerHeightRead: 4096,
  rejectionsRead: 1000,
} as const;

/** Defaults of the doors' settings. */
export const DOOR = {
  transactionBytesMax: 256 * 1024,
  signaturesMax: 1000,
  requestBytesMax: 8 * 1024 * 1024,
  transactionsPerSubmitMax: 100,
} as const;
