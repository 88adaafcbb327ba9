/**
 * What an input must be beyond its shape (1.0.1: section 2.3): a list of owners, and a fulfillment in strict DER that
 * names its condition and the signatures to verify. Which condition it must be is for the ledger to say.
 */

import {
  type Fulfillment,
  FulfillmentError,
  type FulfillmentSignature,
  parseFulfillment,
} from '../conditions/fulfillment.js';
import { type ProblemCode, problem, ValidationError } from './errors.js';
import { conditionOf } from './output-rules.js';
import { cutText } from './python-repr.js';
import type { InputShape, TransactionShape } from './transaction-schema.js';
import type { Spend } from './transaction-types.js';

export interface CheckedInputs {
  /** One per input of a TRANSFER. */
  readonly spends: readonly Spend[];
  /** Every signature that must verify for the one message of the transaction; equal ones once. */
  readonly signatures: readonly FulfillmentSignature[];
  /** An input carries condition details in place of a fulfillment: nobody signed it. */
  readonly unsigned: boolean;
}

/** Checks every input. Throws `ValidationError` for the first that is wrong. */
export function checkInputs(shape: TransactionShape, signaturesMax: number): CheckedInputs {
  const collector = new InputCollector(signaturesMax);
  for (let index = 0; index < shape.inputs.length; index++) {
    const input = shape.inputs[index];
    if (input !== undefined) collector.add(input, index);
  }
  return collector;
}

class InputCollector implements CheckedInputs {
  readonly spends: Spend[] = [];
  readonly signatures: FulfillmentSignature[] = [];
  unsigned = false;
  /** Inputs of one owner carry the same fulfillment, because all sign the same message: it is read once. */
  private readonly conditionUris = new Map<string, string>();

  constructor(private readonly signaturesMax: number) {}

  add(input: InputShape, index: number): void {
    if (input.owners_before === null)
      throw refusal(
        'SCHEMA_VALIDATION',
        '`owners_before` must be a list of public keys',
        index,
        'owners_before',
      );
    const conditionUri = this.conditionUri(input, index);
    if (input.fulfills === null) return;
    const { transaction_id: transactionId, output_index: outputIndex } = input.fulfills;
    // The reader gives integers beyond 2^53 as bigint; no transaction has that many outputs.
    if (typeof outputIndex === 'bigint')
      throw refusal(
        'INPUT_DOES_NOT_EXIST',
        `input \`${cutText(transactionId, 64)}\` doesn't exist`,
        index,
        'fulfills',
      );
    this.spends.push({ transactionId, outputIndex, conditionUri });
  }

  private conditionUri(input: InputShape, index: number): string {
    const { fulfillment } = input;
    if (typeof fulfillment !== 'string') {
      this.unsigned = true;
      return conditionOf(fulfillment, ['inputs', String(index), 'fulfillment']).uri;
    }
    const known = this.conditionUris.get(fulfillment);
    if (known !== undefined) return known;
    const parsed = parsedFulfillment(fulfillment, index);
    if (this.signatures.length + parsed.signatures.length > this.signaturesMax)
      throw refusal('TOO_LARGE', `A transaction has at most ${this.signaturesMax} signatures.`, index);
    for (const signature of parsed.signatures) this.signatures.push(signature);
    this.conditionUris.set(fulfillment, parsed.conditionUri);
    return parsed.conditionUri;
  }
}

/**
 * 1.0.1: section 2.3. A length of 1 mod 4 ended in HTTP 500 there. What 1.0.1 reads and this ledger refuses gets a
 * sentence of its own: another spelling of the same fulfillment, or a type that nobody signs.
 */
function parsedFulfillment(text: string, index: number): Fulfillment {
  try {
    return parseFulfillment(text);
  } catch (error) {
    if (!(error instanceof FulfillmentError)) throw error;
    const message = error.kind === 'undecodable' ? "Fulfillment URI couldn't been parsed" : error.message;
    throw refusal('INVALID_SIGNATURE', message, index, 'fulfillment');
  }
}

function refusal(code: ProblemCode, message: string, index: number, member?: string): ValidationError {
  const path = ['inputs', String(index)];
  return new ValidationError(problem(code, message, member === undefined ? path : [...path, member]));
}
