/** The text frames of the event stream, made once per height and shared by all subscribers. */

import type { LedgerAccess } from '../src/ledger/ledger.js';
import { transferredAsset } from './documents.js';

/** 1.0.1: keys in this order, `", "` and `": "` between. Ids are hex, so nothing needs an escape. */
function message(blockId: string, assetId: string, transactionId: string): string {
  return `{"block_id": "${blockId}", "asset_id": "${assetId}", "transaction_id": "${transactionId}"}`;
}

/**
 * The unmasked WebSocket frames (RFC 6455, 5.2: one final text frame each) of transactions `from` to `from + limit` of
 * the block at `height`, in one buffer ready to be written; null when there are none.
 */
export function framesOf(
  ledger: LedgerAccess,
  blockId: string,
  height: number,
  from: number,
  limit: number,
): { readonly count: number; readonly frames: Buffer } | null {
  const transactions = ledger.view.blockTransactions(height, from, limit);
  if (transactions.length === 0) return null;
  const parts = transactions.map(({ id, text }) => {
    const payload = message(blockId, transferredAsset(text) ?? id, id);
    return `${frameHead(payload.length)}${payload}`;
  });
  return { count: transactions.length, frames: Buffer.from(parts.join(''), 'latin1') };
}

const FINAL_TEXT = 0x81;

/** Head of a frame whose payload is ASCII and between 126 and 65,535 bytes long, as characters of one byte each. */
function frameHead(length: number): string {
  return String.fromCharCode(FINAL_TEXT, 126, length >> 8, length & 0xff);
}
