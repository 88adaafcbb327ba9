/** Many plain transactions at little cost: nothing is signed, because the view checks no signatures. */

import { sha3Hex } from '../../../src/codec/hash.js';
import type { DecidedHeight } from '../../../src/view/view.js';

export interface BulkTransaction {
  readonly id: string;
  /** Canonical JSON of `asset`. */
  readonly asset?: string;
  /** Canonical JSON. */
  readonly metadata?: string;
  readonly owner?: string;
  readonly operation?: 'CREATE' | 'TRANSFER';
  /** `id` and index of what it spends. */
  readonly spends?: readonly (readonly [string, number])[];
}

export const OWNER = '4K9sWUMFwTgaDGPfdynrbxWqWS6sWmKbZoTjxLtVUibD';

export function bulkText(transaction: BulkTransaction): string {
  const {
    id,
    asset = '{"data":null}',
    metadata = 'null',
    owner = OWNER,
    operation = 'CREATE',
    spends,
  } = transaction;
  const links = spends?.map(([of, index]) => `{"output_index":${index},"transaction_id":"${of}"}`) ?? [
    'null',
  ];
  const inputs = links.map((link) => `{"fulfillment":"x","fulfills":${link},"owners_before":["${owner}"]}`);
  const details = `{"public_key":"${owner}","type":"ed25519-sha-256"}`;
  return (
    `{"asset":${asset},"id":"${id}","inputs":[${inputs.join(',')}],"metadata":${metadata},"operation":"${operation}",` +
    `"outputs":[{"amount":"1","condition":{"details":${details},"uri":"uri"},"public_keys":["${owner}"]}],"version":"1.0"}`
  );
}

/** A valid block of them, or of another status. */
export function bulkHeight(
  height: number,
  transactions: readonly BulkTransaction[],
  status: 'valid' | 'invalid' = 'valid',
): DecidedHeight {
  const texts = transactions.map((transaction) => ({
    id: transaction.id,
    text: bulkText(transaction),
    acceptedAtMs: null,
  }));
  return {
    height,
    decidedAtMs: height * 100,
    block: {
      ...{
        id: sha3Hex(`block ${height}`),
        text: '{"voters":["v"]}',
        signature: 's',
        parent: 'p',
        claimSignature: 'c',
      },
      ...{ creator: 'n', timestamp: String(1_500_000_000 + height), status, invalidReason: null },
      transactions: texts,
      votes: [],
    },
  };
}
