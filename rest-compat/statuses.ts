/** `GET /api/v1/statuses`: the status word of one transaction or one block (1.0.1: sections 3.5 and 6.2). */

import { spacedJson } from '../src/codec/json-writer.js';
import type { LedgerAccess } from '../src/ledger/ledger.js';
import type { Answer } from './answers.js';
import { findBlock } from './blocks.js';
import { findWithLook, type RestContext } from './context.js';
import { NOT_FOUND, ownError } from './errors.js';
import { isId, type Query } from './parameters.js';

const EXACTLY_ONE = ownError(
  400,
  'Provide exactly one query parameter. Choices are: block_id, transaction_id',
);

/** Strict. A transaction is never a 404 from its 202 until it is rejected. */
export async function getStatus({ ledger }: RestContext, _id: string, query: Query): Promise<Answer> {
  const transactionId = query.optional('transaction_id') ?? '';
  const blockId = query.optional('block_id') ?? '';
  query.refuseUnknown(['transaction_id', 'block_id']);
  if ((transactionId === '') === (blockId === '')) return EXACTLY_ONE;
  const status =
    transactionId === ''
      ? await blockStatus(ledger, blockId)
      : await transactionStatus(ledger, transactionId);
  return status === null ? NOT_FOUND : { status: 200, body: `${spacedJson({ status })}\n` };
}

function transactionStatus(ledger: LedgerAccess, id: string): Promise<string | null> {
  if (!isId(id)) return Promise.resolve(null);
  return findWithLook(ledger, [id], () => knownStatus(ledger, id));
}

/** A rejected transaction has no status in 1.0.1; that of the genesis block is undecided for ever. */
function knownStatus(ledger: LedgerAccess, id: string): string | null {
  const state = ledger.transactionState(id);
  if (state !== null && state.status !== 'rejected') return state.status;
  const inGenesis = ledger.view.occurrences(id).some((found) => found.status === 'undecided');
  return inGenesis ? 'undecided' : null;
}

async function blockStatus(ledger: LedgerAccess, id: string): Promise<string | null> {
  return (await findBlock(ledger, id))?.status ?? null;
}
