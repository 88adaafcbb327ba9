/** `GET /api/v1/blocks/{id}` and `GET /api/v1/blocks`: blocks of any status (1.0.1: section 6.2). */

import { spacedJson } from '../src/codec/json-writer.js';
import { REST } from '../src/config/limits.js';
import type { LedgerAccess, UndecidedBlock } from '../src/ledger/ledger.js';
import type { BlockRow, DecidedStatus } from '../src/view/view.js';
import type { Answer, StreamedAnswer } from './answers.js';
import { findWithLook, type RestContext } from './context.js';
import { transactionInBlockText } from './documents.js';
import { NOT_FOUND } from './errors.js';
import { isId, type Query, statusParameter } from './parameters.js';

/** A block that this node knows: decided, or still in memory. */
export type KnownBlock =
  | { readonly status: DecidedStatus; readonly row: BlockRow; readonly pending: null }
  | { readonly status: 'undecided'; readonly row: null; readonly pending: UndecidedBlock };

/** The block of that id after a fresh look if need be; null when no height holds it. */
export function findBlock(ledger: LedgerAccess, id: string): Promise<KnownBlock | null> {
  if (!isId(id)) return Promise.resolve(null);
  return findWithLook(ledger, [], () => knownBlock(ledger, id));
}

function knownBlock(ledger: LedgerAccess, id: string): KnownBlock | null {
  const row = ledger.view.blockById(id);
  if (row !== null) return { status: row.status, row, pending: null };
  const pending = ledger.undecidedBlocks().find((block) => block.id === id);
  return pending === undefined ? null : { status: 'undecided', row: null, pending };
}

export async function getBlock({ ledger }: RestContext, id: string): Promise<Answer | StreamedAnswer> {
  const block = await findBlock(ledger, id);
  if (block === null) return NOT_FOUND;
  return { pieces: blockPieces(ledger, block) };
}

/** Twelve megabytes at most, made in pieces while the client reads. */
async function* blockPieces(ledger: LedgerAccess, block: KnownBlock): AsyncGenerator<string, void, void> {
  const { id, timestamp, creator, voters, signature } = block.row ?? block.pending;
  yield `{"id": ${spacedJson(id)}, "block": {"timestamp": ${spacedJson(timestamp)}, "transactions": [`;
  let separator = '';
  for (const texts of transactionPages(ledger, block)) {
    for (const text of texts) {
      yield separator + transactionInBlockText(text);
      separator = ', ';
    }
  }
  yield `], "node_pubkey": ${spacedJson(creator)}, "voters": ${spacedJson(voters)}}, "signature": ${spacedJson(signature)}}\n`;
}

function* transactionPages(ledger: LedgerAccess, block: KnownBlock): Generator<string[], void, void> {
  if (block.pending !== null) {
    yield block.pending.transactions.map((transaction) => transaction.text);
    return;
  }
  const { height, transactionCount } = block.row;
  let from = 0;
  while (from < transactionCount) {
    const page = ledger.view.blockTransactions(height, from, REST.rowsPerPage);
    if (page.length === 0) throw new Error(`block at height ${height} lost transactions from ${from} on`);
    yield page.map((transaction) => transaction.text);
    from += page.length;
  }
}

/** Strict. Ids of the blocks that hold a transaction, in order of height; an empty list is no error. */
export async function listBlocks({ ledger }: RestContext, _id: string, query: Query): Promise<Answer> {
  const transactionId = query.required('transaction_id');
  const asked = query.optional('status');
  const status = asked === undefined ? null : statusParameter('status', asked);
  query.refuseUnknown(['transaction_id', 'status']);
  const blocks = isId(transactionId)
    ? await findWithLook(ledger, [transactionId], () => holders(ledger, transactionId))
    : null;
  const shown = (blocks ?? []).filter((block) => status === null || block.status === status);
  return { status: 200, body: `${spacedJson(shown.map((block) => block.id))}\n` };
}

interface Holder {
  readonly id: string;
  readonly status: DecidedStatus;
}

/** Null when no block this node knows holds the transaction. */
function holders(ledger: LedgerAccess, transactionId: string): Holder[] | null {
  const found: Holder[] = [];
  for (const { height, status } of ledger.view.occurrences(transactionId)) {
    const row = ledger.view.blockByHeight(height);
    if (row !== null) found.push({ id: row.id, status });
  }
  for (const block of ledger.undecidedBlocks()) {
    if (block.transactions.some((transaction) => transaction.id === transactionId)) {
      found.push({ id: block.id, status: 'undecided' });
    }
  }
  return found.length === 0 ? null : found;
}
