/**
 * The ledger of `test/vectors/transactions.json` (genesis, a chain of valid, invalid and undecided blocks, a backlog)
 * as this node would hold it: canonical texts, decided heights, undecided blocks.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../../src/codec/canonical-json.js';
import { parseJson } from '../../../src/codec/json-reader.js';
import type { JsonObject, JsonValue } from '../../../src/codec/json-value.js';
import type { UndecidedBlock } from '../../../src/ledger/ledger.js';
import type { DecidedHeight, DecidedStatus } from '../../../src/view/view.js';

export interface VectorLedger {
  readonly node: string;
  readonly decided: readonly DecidedHeight[];
  readonly undecided: readonly UndecidedBlock[];
  /** Canonical text by id. */
  readonly backlog: ReadonlyMap<string, string>;
  /** Name → transaction id. */
  readonly names: Readonly<Record<string, string>>;
}

/** Reads a vector file without loss. */
export function readVector(name: string): JsonObject {
  return parseJson(readFileSync(join(__dirname, '..', '..', 'vectors', name), 'utf8')) as JsonObject;
}

export function vectorLedger(): VectorLedger {
  const ledger = readVector('transactions.json').ledger as JsonObject;
  const decidedHeights = [decidedHeight(0, ledger.genesis_block as JsonObject, 'undecided', [], '')];
  const undecided: UndecidedBlock[] = [];
  for (const entry of ledger.blocks as JsonObject[]) {
    const height = decidedHeights.length + undecided.length;
    const parent = decidedHeights.at(-1)?.block?.id ?? '';
    const block = entry.block as JsonObject;
    const status = entry.status as DecidedStatus;
    if (status === 'undecided') undecided.push(undecidedBlock(height, block, parent));
    else decidedHeights.push(decidedHeight(height, block, status, entry.votes as JsonObject[], parent));
  }
  const backlog = (ledger.backlog as JsonObject[]).map(
    (each) => [each.id as string, canonicalJson(each)] as const,
  );
  return {
    node: (ledger.federation as string[])[0] as string,
    decided: decidedHeights,
    undecided,
    backlog: new Map(backlog),
    names: ledger.tx_names as unknown as Record<string, string>,
  };
}

function decidedHeight(
  height: number,
  document: JsonObject,
  status: DecidedStatus,
  votes: readonly JsonObject[],
  parent: string,
): DecidedHeight {
  const block = document.block as JsonObject;
  return {
    height,
    decidedAtMs: 1_500_000_000_000 + height,
    block: {
      id: document.id as string,
      text: canonicalJson(block),
      signature: document.signature as string,
      parent,
      claimSignature: '',
      creator: block.node_pubkey as string,
      timestamp: block.timestamp as string,
      status,
      invalidReason: status === 'invalid' ? 'elected invalid' : null,
      transactions: texts(block).map((transaction) => ({ ...transaction, acceptedAtMs: null })),
      votes: votes.map((vote) => ({
        blockId: document.id as string,
        node: vote.node_pubkey as string,
        signature: vote.signature as string,
        text: canonicalJson(vote as JsonValue),
        standing: 'counted',
      })),
    },
  };
}

function undecidedBlock(height: number, document: JsonObject, parent: string): UndecidedBlock {
  const block = document.block as JsonObject;
  return {
    height,
    id: document.id as string,
    text: canonicalJson(block),
    signature: document.signature as string,
    parent,
    creator: block.node_pubkey as string,
    timestamp: block.timestamp as string,
    voters: block.voters as string[],
    transactions: texts(block),
    votes: [],
  };
}

function texts(block: JsonObject): { id: string; text: string }[] {
  return (block.transactions as JsonObject[]).map((transaction) => ({
    id: transaction.id as string,
    text: canonicalJson(transaction),
  }));
}
