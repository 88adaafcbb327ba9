/** `GET /api/v1/votes`: every vote this node keeps about a block, whatever it is worth (1.0.1: section 6.2). */

import type { LedgerAccess } from '../src/ledger/ledger.js';
import type { Answer } from './answers.js';
import { findBlock } from './blocks.js';
import type { RestContext } from './context.js';
import { voteText } from './documents.js';
import type { Query } from './parameters.js';

/** Strict. An unknown or empty id is an empty list, as in 1.0.1. */
export async function listVotes({ ledger }: RestContext, _id: string, query: Query): Promise<Answer> {
  const blockId = query.required('block_id');
  query.refuseUnknown(['block_id']);
  const texts = await voteTexts(ledger, blockId);
  return { status: 200, body: `[${texts.map(voteText).join(', ')}]\n` };
}

async function voteTexts(ledger: LedgerAccess, blockId: string): Promise<string[]> {
  const block = await findBlock(ledger, blockId);
  if (block === null) return [];
  if (block.pending !== null) return block.pending.votes.map((vote) => vote.text);
  return ledger.view.blockVotes(block.row.height).map((vote) => vote.text);
}
