/** The ledger of `test/vectors/transactions.json` as 1.0.1 stored it. */

import type { JsonObject } from '../../../src/codec/json-value.js';
import { readTransactionVectors } from '../../support/vector-ledger.js';
import { type Collection, splitBlock } from './legacy-database.js';

export function vectorDatabase(): { readonly documents: Record<Collection, JsonObject[]> } {
  const ledger = readTransactionVectors().ledger as JsonObject;
  const [node] = ledger.federation as string[];
  const listed = ledger.blocks as JsonObject[];
  const whole = [ledger.genesis_block as JsonObject, ...listed.map(({ block }) => block as JsonObject)];
  const split = whole.map(splitBlock);
  return {
    documents: {
      bigchain: split.map(({ block }) => block),
      // The invalid block's transactions stand in others too, and 1.0.1 held an asset once.
      assets: [...new Map(split.flatMap(({ assets }) => assets.map((asset) => [asset.id, asset]))).values()],
      votes: listed.flatMap(({ votes }) => votes as JsonObject[]),
      backlog: (ledger.backlog as JsonObject[]).map((row) => ({
        ...row,
        assignee: node ?? '',
        assignment_timestamp: 1_500_000_000,
      })),
    },
  };
}
