/**
 * The ledger of the vectors as the doors see it: decided heights, undecided blocks, a backlog, without the parts of a
 * node. `test/support/vector-ledger` reads it.
 */

import { canonicalJson } from '../../../src/codec/canonical-json.js';
import { parseJson } from '../../../src/codec/json-reader.js';
import type { JsonObject } from '../../../src/codec/json-value.js';
import type { UndecidedBlock } from '../../../src/ledger/ledger.js';
import type { DecidedHeight } from '../../../src/view/view.js';
import { readTransactionVectors, type VectorBlock, vectorBlocks } from '../../support/vector-ledger.js';

export interface VectorLedger {
  readonly node: string;
  readonly decided: readonly DecidedHeight[];
  readonly undecided: readonly UndecidedBlock[];
  /** Canonical text by id. */
  readonly backlog: ReadonlyMap<string, string>;
  /** Name → transaction id. */
  readonly names: Readonly<Record<string, string>>;
}

export function vectorLedger(): VectorLedger {
  const vectors = readTransactionVectors();
  const ledger = vectors.ledger as JsonObject;
  const blocks = vectorBlocks(vectors);
  const isDecided = ({ stored, status }: VectorBlock): boolean =>
    stored.height === 0 || status !== 'undecided';
  const backlog = (ledger.backlog as JsonObject[]).map(
    (each) => [each.id as string, canonicalJson(each)] as const,
  );
  return {
    node: (ledger.federation as string[])[0] as string,
    decided: blocks.filter(isDecided).map(decidedHeight),
    undecided: blocks
      .filter((block) => !isDecided(block))
      .map(({ stored }) => ({ ...partsOf(stored), votes: [] })),
    backlog: new Map(backlog),
    names: ledger.tx_names as unknown as Record<string, string>,
  };
}

function decidedHeight({ stored, status, votes }: VectorBlock): DecidedHeight {
  const { height, ...block } = partsOf(stored);
  return {
    height,
    decidedAtMs: 1_500_000_000_000 + height,
    block: {
      ...block,
      status,
      invalidReason: status === 'invalid' ? 'elected invalid' : null,
      transactions: block.transactions.map((transaction) => ({ ...transaction, acceptedAtMs: null })),
      votes: votes.map((vote) => ({
        blockId: block.id,
        node: vote.node_pubkey as string,
        signature: vote.signature as string,
        text: canonicalJson(vote),
        standing: 'counted',
      })),
    },
  };
}

function partsOf(stored: VectorBlock['stored']) {
  const block = parseJson(stored.text) as JsonObject;
  return {
    ...stored,
    creator: block.node_pubkey as string,
    timestamp: block.timestamp as string,
    voters: block.voters as string[],
    transactions: (block.transactions as JsonObject[]).map((transaction) => ({
      id: transaction.id as string,
      text: canonicalJson(transaction),
    })),
  };
}
