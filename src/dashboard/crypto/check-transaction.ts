/**
 * «Check it here»: what a browser can find out about a transaction without trusting the node that sent it. The id, every
 * output's condition and every signature are computed anew from the document, by the rules of 1.0.1 (1.0.1: sections
 * 1.4, 1.5 and 2.3). What is spent is the node's word, so it is compared with the condition that was signed.
 */

import { canonicalJson } from '../../codec/canonical-json.js';
import { verifySignature } from '../../codec/ed25519.js';
import { sha3Hex } from '../../codec/hash.js';
import type { JsonObject, JsonValue } from '../../codec/json-value.js';
import { ConditionError, conditionFromDetails } from '../../conditions/condition.js';
import {
  type Fulfillment,
  FulfillmentError,
  type FulfillmentSignature,
  parseFulfillment,
} from '../../conditions/fulfillment.js';
import { ValidationError } from '../../model/errors.js';
import { checkInputs } from '../../model/input-rules.js';
import { detailsOf } from '../../model/make-transaction.js';
import { checkOutputs } from '../../model/output-rules.js';
import { isObject } from '../../model/schema-rules.js';
import {
  type InputShape,
  isTransactionShape,
  type TransactionShape,
  type ViolationHolder,
} from '../../model/transaction-schema.js';
import type { ConditionDetails } from '../../model/transaction-types.js';
import { type SignatureNode, signatureStates, treeOfDetails, treeOfStates } from './signature-tree.js';

export interface InputCheck {
  readonly index: number;
  /** Every signature in the fulfillment verifies, and it fulfills its condition. */
  readonly satisfied: boolean;
  /** URI of the condition that the fulfillment fulfills; null when it cannot be read. */
  readonly conditionUri: string | null;
  /** Whether that is the condition of the output it spends; null where nothing was given to compare with. */
  readonly matchesSpent: boolean | null;
  readonly tree: SignatureNode;
}

export interface TransactionCheck {
  /** The exact text whose SHA3-256 is the id. */
  readonly canonical: string;
  /** The exact text that every owner signs. */
  readonly signedMessage: string;
  readonly computedId: string;
  readonly idMatches: boolean;
  readonly inputs: readonly InputCheck[];
  /** What is wrong with the document beside its id and signatures, in a sentence; null when nothing. */
  readonly problem: string | null;
  /** Nothing is wrong. Whether an output was spent twice only the ledger can tell. */
  readonly passed: boolean;
}

/**
 * Checks one transaction. `spent` gives for each input the details of the condition of the output it spends, as the
 * node tells them; null where unknown. Never throws for what the document holds, unless it is no JSON object.
 */
export function checkTransaction(
  document: JsonValue,
  spent: readonly (JsonValue | null)[] = [],
): TransactionCheck {
  if (!isObject(document)) throw new RangeError('a transaction is a JSON object');
  const { canonical, signedMessage } = textsOf(document);
  const computedId = sha3Hex(canonical);
  const idMatches = document.id === computedId;
  const holder: ViolationHolder = { violation: null };
  const shape: unknown = document;
  const inputs: InputCheck[] = [];
  let problem: string | null = null;
  if (isTransactionShape(shape, holder)) {
    const checker = new InputChecker(shape, new TextEncoder().encode(signedMessage));
    shape.inputs.forEach((input, index) => {
      inputs.push(checker.check(input, index, spent[index] ?? null));
    });
    problem = documentProblem(shape);
  } else problem = holder.violation?.message ?? 'It does not have the shape of a transaction.';
  const allSatisfied = inputs.every((input) => input.satisfied && input.matchesSpent !== false);
  return {
    canonical,
    signedMessage,
    computedId,
    idMatches,
    inputs,
    problem,
    passed: idMatches && problem === null && inputs.length > 0 && allSatisfied,
  };
}

/** Both texts, also of documents that have not the shape of a transaction. */
function textsOf(document: JsonObject): { readonly canonical: string; readonly signedMessage: string } {
  const { inputs } = document;
  const unsigned: JsonObject = { ...document };
  if (Array.isArray(inputs))
    unsigned.inputs = inputs.map((input) => (isObject(input) ? { ...input, fulfillment: null } : input));
  const { id: _, ...hashed } = unsigned;
  return { canonical: canonicalJson(hashed), signedMessage: canonicalJson(unsigned) };
}

/** 1.0.1: section 2.3: owners, amounts, thresholds, URIs that belong to their details. Signatures are told apart. */
function documentProblem(shape: TransactionShape): string | null {
  try {
    checkOutputs(shape.outputs);
    checkInputs(shape, Number.POSITIVE_INFINITY);
    return null;
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    const { code, message, name } = error.problem;
    if (code === 'INVALID_SIGNATURE') return null;
    return message === '' ? name : message;
  }
}

/** The inputs of one transaction. Inputs of one owner carry the same fulfillment: each signature is verified once. */
class InputChecker {
  private readonly verdicts = new Map<string, boolean>();

  constructor(
    private readonly shape: TransactionShape,
    private readonly message: Uint8Array,
  ) {}

  check(input: InputShape, index: number, spent: JsonValue | null): InputCheck {
    const fulfillment = readable(input.fulfillment);
    const expected = this.expectedDetails(input, spent);
    if (fulfillment === null) {
      const tree: SignatureNode =
        expected === null ? { kind: 'unknown', uri: null } : treeOfDetails(expected, new Map());
      return { index, satisfied: false, conditionUri: null, matchesSpent: null, tree };
    }
    const { conditionUri, signatures } = fulfillment;
    const states = signatureStates(signatures, (each) => this.verifies(each));
    const fits = expected !== null && conditionFromDetails(expected).uri === conditionUri;
    return {
      index,
      satisfied: [...states.values()].every((state) => state === 'valid'),
      conditionUri,
      matchesSpent: input.fulfills === null || spent === null ? null : fits,
      tree: fits ? treeOfDetails(expected, states) : treeOfStates(conditionUri, states),
    };
  }

  /** The condition that the input should fulfill; for an input that spends nothing: all its owners. */
  private expectedDetails(input: InputShape, spent: JsonValue | null): ConditionDetails | null {
    const owners = input.owners_before ?? [];
    const details: unknown = this.shape.operation === 'TRANSFER' ? spent : detailsOf(owners);
    return isCondition(details) ? details : null;
  }

  private verifies({ publicKey, signature }: FulfillmentSignature): boolean {
    const name = `${publicKey.join()}:${signature.join()}`;
    const known = this.verdicts.get(name);
    if (known !== undefined) return known;
    const verdict = verifySignature(this.message, signature, publicKey);
    this.verdicts.set(name, verdict);
    return verdict;
  }
}

/** Null for an input that nobody signed, and for what is no fulfillment. */
function readable(fulfillment: InputShape['fulfillment']): Fulfillment | null {
  if (typeof fulfillment !== 'string') return null;
  try {
    return parseFulfillment(fulfillment);
  } catch (error) {
    if (error instanceof FulfillmentError) return null;
    throw error;
  }
}

function isCondition(details: unknown): details is ConditionDetails {
  try {
    conditionFromDetails(details);
    return true;
  } catch (error) {
    if (error instanceof ConditionError) return false;
    throw error;
  }
}
