/** Decided heights made up for tests of the doors: ids look like ids, texts like canonical texts. */

import { createHash } from 'node:crypto';
import type { DecidedHeight, DecidedStatus } from '../../../src/view/view.js';

/** 64 hex digits that belong to `name`. */
export function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

/** Canonical text with the members the doors look at; a TRANSFER when it names an asset. */
export function textOf(id: string, assetId: string | null = null): string {
  const asset = assetId === null ? '{"data":null}' : `{"id":"${assetId}"}`;
  const operation = assetId === null ? 'CREATE' : 'TRANSFER';
  return `{"asset":${asset},"id":"${id}","inputs":[],"metadata":null,"operation":"${operation}","outputs":[],"version":"1.0"}`;
}

export function decided(
  height: number,
  status: DecidedStatus,
  transactions: readonly { id: string; assetId?: string }[],
): DecidedHeight {
  return {
    height,
    decidedAtMs: 0,
    block: {
      id: idOf(`block ${height}`),
      text: '',
      signature: 'signature',
      parent: '',
      claimSignature: '',
      creator: 'creator',
      timestamp: '1500000000',
      status,
      invalidReason: null,
      transactions: transactions.map(({ id, assetId }) => ({
        id,
        text: textOf(id, assetId),
        acceptedAtMs: null,
      })),
      votes: [],
    },
  };
}

/** A valid block of `count` CREATE transactions with ids of their own. */
export function blockOf(height: number, count: number): DecidedHeight {
  const transactions = Array.from({ length: count }, (_, index) => ({ id: idOf(`${height}/${index}`) }));
  return decided(height, 'valid', transactions);
}
