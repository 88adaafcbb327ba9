/**
 * The conditions of the outputs that a transaction spends, as they are proven: a signed input names the transaction that
 * it spends by its id, so a document with that id, computed here, cannot be another one.
 */

import type { JsonValue } from '../../codec/json-value.js';
import { checkTransaction } from '../crypto/check-transaction.js';
import { DocumentsText } from '../generated/operations.js';
import { ask } from './ask.js';
import { member } from './transaction-document.js';

/** Ids in one request; a page of the API has as many. */
const IDS_PER_REQUEST = 100;

/** For each input the details of the condition that it has to fulfill; null where the node proves none. */
export async function spentConditions(document: JsonValue): Promise<(JsonValue | null)[]> {
  const links = linksOf(document);
  const ids = [...new Set(links.flatMap((link) => link?.transactionId ?? []))];
  const proven = new Map<string, JsonValue>();
  for (let from = 0; from < ids.length; from += IDS_PER_REQUEST) {
    const asked = ids.slice(from, from + IDS_PER_REQUEST);
    const { transactionsById } = await ask(DocumentsText, { ids: asked });
    for (const [index, found] of transactionsById.entries()) {
      const id = asked[index] ?? '';
      if (found !== null && hasId(found.document, id)) proven.set(id, found.document);
    }
  }
  return links.map((link) =>
    link === null ? null : conditionAt(proven.get(link.transactionId), link.outputIndex),
  );
}

interface Link {
  readonly transactionId: string;
  readonly outputIndex: number;
}

/** The links as they are signed; null for an input without one. */
function linksOf(document: JsonValue): (Link | null)[] {
  const inputs = member(document, 'inputs');
  if (!Array.isArray(inputs)) return [];
  return inputs.map((input) => {
    const fulfills = member(input, 'fulfills');
    const transactionId = member(fulfills, 'transaction_id');
    const outputIndex = member(fulfills, 'output_index');
    return typeof transactionId === 'string' && typeof outputIndex === 'number'
      ? { transactionId, outputIndex }
      : null;
  });
}

function hasId(document: JsonValue, id: string): boolean {
  try {
    return checkTransaction(document).computedId === id;
  } catch {
    return false;
  }
}

function conditionAt(document: JsonValue | undefined, outputIndex: number): JsonValue | null {
  const outputs = member(document, 'outputs');
  return Array.isArray(outputs) ? member(member(outputs[outputIndex], 'condition'), 'details') : null;
}
