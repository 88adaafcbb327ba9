/**
 * What the node would say to a transaction, without taking it. The document is checked by the code that checks every
 * submission, in slices, because signatures cost; the rules of a TRANSFER are judged against what is decided and what
 * stands in undecided blocks.
 */

import { encodeBase58 } from '../codec/base58.js';
import { verifySignature } from '../codec/ed25519.js';
import { sha3Hex } from '../codec/hash.js';
import type { JsonValue } from '../codec/json-value.js';
import { compactJson } from '../codec/json-writer.js';
import { conditionFromDetails } from '../conditions/condition.js';
import { type Fulfillment, FulfillmentError, parseFulfillment } from '../conditions/fulfillment.js';
import { DOOR } from '../config/limits.js';
import { validateTransfer } from '../ledger/validate-transaction.js';
import { checkTransactionSteps } from '../model/check-transaction.js';
import type { Problem } from '../model/errors.js';
import { detailsKeys, readOutputs, readTransactionDocument } from '../model/outputs.js';
import type { TransactionShape } from '../model/transaction-schema.js';
import { TransactionTexts } from '../model/transaction-texts.js';
import type { ConditionDetails, WellFormedTransaction } from '../model/transaction-types.js';
import { knownTransaction } from './fields/objects.js';
import { inputDetails, readUnsigned } from './prepare.js';
import type { Scope } from './scope.js';
import { InputReport, ValidationReport } from './types/preparation.js';
import { TransactionProblem } from './types/submission.js';

export async function validationReport(scope: Scope, value: JsonValue): Promise<ValidationReport> {
  const text = typeof value === 'string' ? value : compactJson(value);
  const reason = await firstProblem(scope, text);
  const problems = reason === null ? [] : [new TransactionProblem(reason)];
  const shape = shapeOf(value);
  if (shape === null) {
    return new ValidationReport({
      problems,
      expectedId: null,
      canonical: null,
      signedMessage: null,
      inputs: [],
    });
  }
  const texts = new TransactionTexts(shape);
  const canonical = texts.hashed();
  const expectedId = sha3Hex(canonical);
  const signedMessage = texts.message(expectedId);
  const inputs = await inputReports(scope, shape, signedMessage);
  return new ValidationReport({ problems, expectedId, canonical, signedMessage, inputs });
}

function shapeOf(value: JsonValue): TransactionShape | null {
  try {
    return readUnsigned(value);
  } catch {
    return null;
  }
}

async function firstProblem(scope: Scope, text: string): Promise<Problem | null> {
  const { settings, runtime } = scope.parts;
  const limits = { transactionBytesMax: settings.transactionBytesMax, signaturesMax: DOOR.signaturesMax };
  const steps = checkTransactionSteps(text, { limits, genesisAllowed: false });
  let step = steps.next();
  while (step.done !== true) {
    scope.control.check();
    await runtime.scheduler.yieldTurn();
    step = steps.next();
  }
  const { result } = step.value;
  const { transaction } = result;
  const broken = transaction === undefined ? null : await ledgerProblem(scope, transaction);
  return broken ?? (result.ok ? null : result.problem);
}

/** 1.0.1: section 2.4, over what this node knows after a look at the inputs that it does not know. */
async function ledgerProblem(scope: Scope, transaction: WellFormedTransaction): Promise<Problem | null> {
  const ids = [...new Set(transaction.spends.map((spend) => spend.transactionId))];
  if (ids.length === 0) return null;
  const { scope: at } = await scope.findWithLook(ids, async (each) => {
    const states = await Promise.all(ids.map((id) => each.states.load(id)));
    return states.every((state) => state?.status === 'valid') ? states : null;
  });
  const known = new Map(await Promise.all(ids.map(async (id) => [id, await at.states.load(id)] as const)));
  const links = transaction.spends.map(({ transactionId, outputIndex }) => ({ transactionId, outputIndex }));
  const spenders = new Map(
    await Promise.all(
      links.map(
        async (link) => [`${link.transactionId}:${link.outputIndex}`, await at.spenders.load(link)] as const,
      ),
    ),
  );
  return validateTransfer(transaction, {
    outputsOf: (id) => {
      const state = known.get(id) ?? null;
      if (state === null || state.text === null) return null;
      if (state.status !== 'valid') return 'pending';
      const found = knownTransaction(at, state);
      return found === null ? null : { assetId: found.assetId, outputs: readOutputs(state.text) };
    },
    otherSpender: (id, index, byId) => {
      const other = spenders.get(`${id}:${index}`)?.transactionId ?? undecidedSpender(at, id, index);
      return other === null || other === byId ? null : other;
    },
  });
}

function undecidedSpender(scope: Scope, id: string, index: number): string | null {
  const spends = (text: string): boolean =>
    text.includes(id) &&
    readTransactionDocument(text).inputs.some(
      ({ fulfills }) => fulfills?.transaction_id === id && fulfills.output_index === index,
    );
  for (const block of scope.parts.ledger.undecidedBlocks()) {
    const found = block.transactions.find((each) => spends(each.text));
    if (found !== undefined) return found.id;
  }
  return null;
}

async function inputReports(scope: Scope, shape: TransactionShape, message: string): Promise<InputReport[]> {
  const { pageSizeMax } = scope.parts.limits;
  const details = await conditionsOf(scope, shape);
  const bytes = Buffer.from(message);
  const reports: InputReport[] = [];
  for (const [index, { fulfillment }] of shape.inputs.slice(0, pageSizeMax).entries()) {
    reports.push(reportOf(index, details?.[index] ?? null, fulfillment, bytes));
    if (index % 10 === 9) await scope.parts.runtime.scheduler.yieldTurn();
  }
  return reports;
}

/** Null when an output that it spends is unknown. */
async function conditionsOf(scope: Scope, shape: TransactionShape): Promise<ConditionDetails[] | null> {
  try {
    return await inputDetails(scope, shape);
  } catch {
    scope.control.check();
    return null;
  }
}

function reportOf(
  index: number,
  details: ConditionDetails | null,
  fulfillment: unknown,
  message: Uint8Array,
): InputReport {
  const parsed = typeof fulfillment === 'string' ? parsedFulfillment(fulfillment) : null;
  const good =
    parsed?.signatures.filter((each) => verifySignature(message, each.signature, each.publicKey)) ?? [];
  const conditionUri = uriOf(details) ?? parsed?.conditionUri ?? null;
  const verified = parsed !== null && good.length === parsed.signatures.length;
  const signed = new Set(good.map((each) => encodeBase58(each.publicKey)));
  const keys = details === null ? [] : [...new Set(detailsKeys(details))];
  return new InputReport({
    index,
    conditionUri,
    satisfied: verified && parsed.conditionUri === conditionUri,
    missingSignatures: keys.filter((key) => !signed.has(key)),
  });
}

function uriOf(details: ConditionDetails | null): string | null {
  return details === null ? null : conditionFromDetails(details).uri;
}

function parsedFulfillment(text: string): Fulfillment | null {
  try {
    return parseFulfillment(text);
  } catch (error) {
    if (error instanceof FulfillmentError) return null;
    throw error;
  }
}
