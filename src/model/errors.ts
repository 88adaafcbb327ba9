/**
 * Every way a transaction, block or vote can be wrong, by its 1.0.1 name. One table maps a code to the exception
 * name that REST shows and to the GraphQL code; nothing switches on message texts.
 */

/** GraphQL's TransactionProblemCode. */
export type ProblemCode =
  | 'SCHEMA_VALIDATION'
  | 'INVALID_HASH'
  | 'INVALID_SIGNATURE'
  | 'AMOUNT_ERROR'
  | 'ASSET_ID_MISMATCH'
  | 'DOUBLE_SPEND'
  | 'DUPLICATE_TRANSACTION'
  | 'INPUT_DOES_NOT_EXIST'
  | 'TRANSACTION_NOT_IN_VALID_BLOCK'
  | 'THRESHOLD_TOO_DEEP'
  | 'GENESIS_NOT_ALLOWED'
  | 'TOO_LARGE'
  | 'NOT_CANONICAL'
  | 'BACKLOG_FULL'
  | 'STORE_UNAVAILABLE'
  | 'OUTCOME_UNKNOWN'
  | 'TIMEOUT';

/** Why something was refused. A value, so that it can cross threads and be stored. */
export interface Problem {
  readonly code: ProblemCode;
  /** 1.0.1's exception name, e.g. `DoubleSpend`; REST prints `Invalid transaction (<name>): <message>`. */
  readonly name: string;
  /** A sentence; for 1.0.1's own errors, its text. */
  readonly message: string;
  /** Where in the document, when one place is to blame. */
  readonly path?: readonly string[];
}

const NAMES: Record<ProblemCode, string> = {
  SCHEMA_VALIDATION: 'SchemaValidationError',
  INVALID_HASH: 'InvalidHash',
  INVALID_SIGNATURE: 'InvalidSignature',
  AMOUNT_ERROR: 'AmountError',
  ASSET_ID_MISMATCH: 'AssetIdMismatch',
  DOUBLE_SPEND: 'DoubleSpend',
  DUPLICATE_TRANSACTION: 'DuplicateTransaction',
  INPUT_DOES_NOT_EXIST: 'InputDoesNotExist',
  TRANSACTION_NOT_IN_VALID_BLOCK: 'TransactionNotInValidBlock',
  THRESHOLD_TOO_DEEP: 'ThresholdTooDeep',
  GENESIS_NOT_ALLOWED: 'ValidationError',
  TOO_LARGE: 'ValidationError',
  NOT_CANONICAL: 'ValidationError',
  BACKLOG_FULL: 'ValidationError',
  STORE_UNAVAILABLE: 'ValidationError',
  OUTCOME_UNKNOWN: 'ValidationError',
  TIMEOUT: 'ValidationError',
};

/** Makes a problem with the 1.0.1 exception name that belongs to `code`. */
export function problem(code: ProblemCode, message: string, path?: readonly string[]): Problem {
  return path === undefined
    ? { code, name: NAMES[code], message }
    : { code, name: NAMES[code], message, path };
}

/** Thrown inside the pure modules to leave a nested check; callers at the edge turn it back into its problem. */
export class ValidationError extends Error {
  override readonly name: string;
  constructor(readonly problem: Problem) {
    super(problem.message);
    this.name = problem.name;
  }
}
