/**
 * Submitting: from JSON values to texts, one hand-over for all of them, and the wait for a decision when it is asked
 * for. The values came from the lossless reader, so writing them again loses nothing.
 */

import { sourceText } from '../codec/json-reader.js';
import { JsonFloat, type JsonValue } from '../codec/json-value.js';
import { compactJson } from '../codec/json-writer.js';
import { GRAPHQL_DOOR } from '../config/limits.js';
import type { SubmitOutcome, TransactionState } from '../ledger/ledger.js';
import { type Problem, type ProblemCode, problem } from '../model/errors.js';
import { limitExceeded } from './errors.js';
import type { Scope } from './scope.js';
import type { Submitted } from './types/submission.js';

export interface SubmitOptions {
  readonly untilDecided: boolean;
  readonly timeoutMs: number;
  /** For the log. */
  readonly requestId: string;
}

/** Bounds what a client asks for; it says so in the schema. */
export function submitOptions(
  wait: string | null | undefined,
  timeoutMs: number | null | undefined,
  requestId: string,
): SubmitOptions {
  const asked = timeoutMs ?? GRAPHQL_DOOR.waitMsDefault;
  return {
    untilDecided: wait === 'decided',
    timeoutMs: Math.min(Math.max(0, asked), GRAPHQL_DOOR.waitMsMax),
    requestId,
  };
}

/** One result for each value, in order. */
export async function submitAll(
  scope: Scope,
  values: readonly JsonValue[],
  options: SubmitOptions,
): Promise<Submitted[]> {
  const { transactionsPerSubmitMax } = scope.parts.settings;
  if (values.length > transactionsPerSubmitMax) {
    const text = `One request submits at most ${transactionsPerSubmitMax} transactions.`;
    throw limitExceeded('maxTransactionsPerSubmit', text);
  }
  const texts = values.map(textOf);
  const outcomes = await scope.control.race(scope.parts.ledger.submit(texts, options.requestId));
  if (!options.untilDecided) return outcomes.map((outcome) => taken(scope, outcome));
  return Promise.all(outcomes.map((outcome) => decided(scope, outcome, options.timeoutMs)));
}

/** The text as it was sent, where it is known; else the value written again, which loses nothing. */
function textOf(value: JsonValue): string {
  if (typeof value === 'string') return value;
  const isReadObject =
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonFloat);
  return (isReadObject ? sourceText(value) : null) ?? compactJson(value);
}

function taken(scope: Scope, outcome: SubmitOutcome): Submitted {
  if (!outcome.accepted) return refused(outcome.id, outcome.problem, outcome.retryable);
  const { id, text } = outcome;
  const status = (): string => scope.parts.ledger.transactionState(id)?.status ?? 'backlog';
  return { id, text, status, retryable: true, problems: [] };
}

function refused(id: string | null, reason: Problem, retryable: boolean): Submitted {
  return { id, text: null, status: () => null, retryable, problems: [reason] };
}

async function decided(scope: Scope, outcome: SubmitOutcome, timeoutMs: number): Promise<Submitted> {
  if (!outcome.accepted) return taken(scope, outcome);
  const { id, text } = outcome;
  const state = await scope.control.race(scope.parts.ledger.waitDecided(id, timeoutMs));
  const status = state?.status ?? 'backlog';
  const reasons = problemsOf(state, timeoutMs);
  return {
    id,
    text,
    status: () => status,
    retryable: reasons.every((reason) => MAY_PASS_LATER.has(reason.code)),
    problems: reasons,
  };
}

/** What may be gone when the same transaction is sent again. */
const MAY_PASS_LATER: ReadonlySet<ProblemCode> = new Set([
  'INPUT_DOES_NOT_EXIST',
  'TRANSACTION_NOT_IN_VALID_BLOCK',
  'TIMEOUT',
]);

function problemsOf(state: TransactionState | null, timeoutMs: number): Problem[] {
  if (state?.status === 'valid') return [];
  if (state?.status === 'rejected' && state.rejection !== null) {
    const { code, message } = state.rejection;
    return [problem(code as ProblemCode, message)];
  }
  return [problem('TIMEOUT', `No decision within ${timeoutMs} ms; the transaction stays accepted.`)];
}
