/**
 * The three texts of a transaction (1.0.1: section 1.4): what is hashed to its id, what its owners sign, and the whole
 * document. They differ only in `id` and the fulfillments, so everything else is canonicalised once and spliced.
 */

import { canonicalJson } from '../codec/canonical-json.js';
import type { InputShape, TransactionShape } from './transaction-schema.js';
import type { ConditionDetails, OutputDocument } from './transaction-types.js';

/** The canonicalised members, in the order of the document's keys. */
interface Members {
  readonly asset: string;
  readonly unsignedInputs: string;
  readonly signedInputs: string;
  /** `"metadata":…` to the end of the document. */
  readonly rest: string;
}

/** Canonical texts of one document. */
export class TransactionTexts {
  private readonly members: Members;

  constructor(shape: TransactionShape) {
    const { operation, version, asset, outputs } = shape;
    const metadata = shape.metadata === null ? 'null' : canonicalJson(shape.metadata);
    let unsignedInputs = '';
    let signedInputs = '';
    let separator = '';
    for (const input of shape.inputs) {
      const rest = inputRest(input);
      unsignedInputs += `${separator}{"fulfillment":null,${rest}`;
      signedInputs += `${separator}{"fulfillment":${fulfillmentText(input)},${rest}`;
      separator = ',';
    }
    const rest = `"metadata":${metadata},"operation":"${operation}","outputs":[${outputs.map(outputText).join(',')}],"version":"${version}"}`;
    this.members = { asset: canonicalJson(asset), unsignedInputs, signedInputs, rest };
  }

  /** The text whose SHA3-256 is the id: without `id`, every fulfillment null. */
  hashed(): string {
    const { asset, unsignedInputs, rest } = this.members;
    return `{"asset":${asset},"inputs":[${unsignedInputs}],${rest}`;
  }

  /** The text that every owner signs: with `id`, every fulfillment null. */
  message(id: string): string {
    const { asset, unsignedInputs, rest } = this.members;
    return `{"asset":${asset},"id":"${id}","inputs":[${unsignedInputs}],${rest}`;
  }

  /** The whole document. */
  whole(id: string): string {
    const { asset, signedInputs, rest } = this.members;
    return `{"asset":${asset},"id":"${id}","inputs":[${signedInputs}],${rest}`;
  }
}

function fulfillmentText(input: InputShape): string {
  const { fulfillment } = input;
  return typeof fulfillment === 'string' ? `"${fulfillment}"` : canonicalJson(fulfillment);
}

/** What follows the fulfillment. */
function inputRest(input: InputShape): string {
  const { fulfills, owners_before: owners } = input;
  const link =
    fulfills === null
      ? 'null'
      : `{"output_index":${fulfills.output_index},"transaction_id":${quoted(fulfills.transaction_id)}}`;
  return `"fulfills":${link},"owners_before":${keysText(owners)}}`;
}

function outputText(output: OutputDocument): string {
  const { amount, condition, public_keys: keys } = output;
  const details = detailsText(condition.details);
  return `{"amount":"${amount}","condition":{"details":${details},"uri":"${condition.uri}"},"public_keys":${keysText(keys)}}`;
}

function detailsText(details: ConditionDetails): string {
  if (details.type === 'ed25519-sha-256')
    return `{"public_key":${quoted(details.public_key)},"type":"ed25519-sha-256"}`;
  const subconditions = details.subconditions.map(detailsText).join(',');
  return `{"subconditions":[${subconditions}],"threshold":${details.threshold},"type":"threshold-sha-256"}`;
}

function keysText(keys: readonly string[] | null): string {
  if (keys === null) return 'null';
  const [first] = keys;
  if (keys.length === 1 && first !== undefined) return `[${quoted(first)}]`;
  return `[${keys.map(quoted).join(',')}]`;
}

const PLAIN = /^[0-9A-Za-z]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : canonicalJson(text);
}
