/** `GET /api/v1/transactions/{id}` and `GET /api/v1/transactions`: valid transactions only (1.0.1: sections 5.1, 6.2). */

import type { TransactionFilter } from '../src/view/list-queries.js';
import type { FoundTransaction } from '../src/view/view.js';
import type { Answer, StreamedAnswer } from './answers.js';
import { findWithLook, type RestContext } from './context.js';
import { transactionText } from './documents.js';
import { NOT_FOUND } from './errors.js';
import { allPages, listPieces } from './lists.js';
import { booleanParameter, hashParameter, isId, operationParameter, type Query } from './parameters.js';

/** 200 only for a valid one: undecided, waiting, rejected and unknown are the same 404. */
export async function getTransaction({ ledger }: RestContext, id: string): Promise<Answer> {
  if (!isId(id)) return NOT_FOUND;
  const found =
    ledger.view.validTransaction(id) ??
    (await findWithLook(ledger, [id], () => ledger.view.validTransaction(id)));
  return found === null ? NOT_FOUND : { status: 200, body: `${transactionText(found.text)}\n` };
}

/** Not strict. `last_tx=true` came after 1.0.1, which ignores it: only the newest transaction of the list. */
export async function listTransactions(
  context: RestContext,
  _id: string,
  query: Query,
): Promise<Answer | StreamedAnswer> {
  const { ledger, lists } = context;
  const asked = query.optional('operation');
  const operation = asked === undefined ? null : operationParameter('operation', asked);
  const assetId = hashParameter('asset_id', query.required('asset_id'));
  const last = query.optional('last_tx');
  // An empty list for an asset that this node has not heard of yet would be a miss like a 404.
  await findWithLook(ledger, [assetId], () => ledger.view.validTransaction(assetId));
  const asOf = ledger.view.height();
  const filter: TransactionFilter = { assetId, operation };
  if (last === undefined || !booleanParameter('last_tx', last)) {
    return { pieces: listPieces(transactionPages(context, filter, asOf)) };
  }
  const { rows } = await lists.transactions(filter, { asOf, order: 'NEWEST_FIRST', limit: 1 });
  return { status: 200, body: `[${rows.map(({ text }) => transactionText(text)).join(', ')}]\n` };
}

/** All of them, however many. */
async function* transactionPages(
  { lists }: RestContext,
  filter: TransactionFilter,
  asOf: number,
): AsyncGenerator<readonly string[], void, void> {
  const bytesOf = ({ text }: FoundTransaction): number => text.length;
  for await (const rows of allPages(asOf, bytesOf, (page) => lists.transactions(filter, page))) {
    yield rows.map(({ text }) => transactionText(text));
  }
}
