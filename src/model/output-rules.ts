/**
 * What an output must be beyond its shape (1.0.1: section 2.3), and the drift that this ledger refuses: an output whose
 * condition URI or amount would read differently once rebuilt is stored by 1.0.1 under another id.
 */

import { type Condition, ConditionError, conditionFromDetails } from '../conditions/condition.js';
import { LEDGER } from '../config/limits.js';
import { type ProblemCode, problem, ValidationError } from './errors.js';
import type { ConditionDetails, OutputDocument } from './transaction-types.js';

/** Checks every output; the sum of their amounts. Throws `ValidationError` for the first that is wrong. */
export function checkOutputs(outputs: readonly OutputDocument[]): bigint {
  let sum = 0n;
  for (let index = 0; index < outputs.length; index++) {
    const output = outputs[index];
    if (output !== undefined) sum += checkOutput(output, index);
  }
  return sum;
}

function checkOutput(output: OutputDocument, index: number): bigint {
  const place = ['outputs', String(index)];
  const condition = conditionOf(output.condition.details, [...place, 'condition', 'details']);
  const amount = checkAmount(output.amount, place);
  if (condition.uri !== output.condition.uri)
    throw refusal('NOT_CANONICAL', "The condition URI is not that of the condition's details.", [
      ...place,
      'condition',
      'uri',
    ]);
  return amount;
}

/** 1.0.1: section 2.3; here an amount is also written in one way only. */
function checkAmount(text: string, place: readonly string[]): bigint {
  const amount = BigInt(text);
  const path = [...place, 'amount'];
  if (amount < 1n) throw refusal('AMOUNT_ERROR', '`amount` must be greater than 0', path);
  if (amount > LEDGER.amountMax)
    throw refusal('AMOUNT_ERROR', `\`amount\` must be <= ${LEDGER.amountMax}`, path);
  if (text.charCodeAt(0) === 0x30)
    throw refusal('AMOUNT_ERROR', '`amount` must be written without leading zeros', path);
  return amount;
}

/** The condition that `details` describe. Throws `ValidationError` with the 1.0.1 name of what is wrong. */
export function conditionOf(details: ConditionDetails, path: readonly string[]): Condition {
  try {
    return conditionFromDetails(details);
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error;
    // 1.0.1 gives ThresholdTooDeep without a text; the others were uncaught there (HTTP 500).
    if (error.kind === 'too-deep') throw refusal('THRESHOLD_TOO_DEEP', '', path);
    throw refusal('SCHEMA_VALIDATION', error.message, path);
  }
}

function refusal(code: ProblemCode, message: string, path: readonly string[]): ValidationError {
  return new ValidationError(problem(code, message, path));
}
