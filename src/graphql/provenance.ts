/**
 * The way of an asset's shares, breadth first over valid transactions: one read of the view for each step of distance,
 * bounded by depth and by the number of transactions.
 */

import { GRAPHQL_DOOR } from '../config/limits.js';
import type { TransactionLink } from '../model/transaction-types.js';
import { badInput } from './errors.js';
import { foundTransaction, transactionById } from './fields/objects.js';
import type { OutputKey } from './scope.js';
import { type Asset, Provenance, ProvenanceStep } from './types/asset.js';
import { type Transaction, TransactionLinkObject } from './types/transaction.js';

export interface ProvenanceRequest {
  readonly output: OutputKey | null | undefined;
  readonly direction: 'ANCESTORS' | 'DESCENDANTS';
  readonly depth: number;
}

/** Transactions that one step leads to, each with the outputs that lead there. */
type NextStep = ReadonlyMap<string, readonly TransactionLink[]>;

export async function walkProvenance(asset: Asset, request: ProvenanceRequest): Promise<Provenance> {
  const { depth, direction } = request;
  if (depth < 1 || depth > GRAPHQL_DOOR.provenanceDepthMax) {
    throw badInput(`\`depth\` is from 1 to ${GRAPHQL_DOOR.provenanceDepthMax}.`);
  }
  const start = await startOf(asset, request);
  if (start === null) return new Provenance([], false);
  const via = request.output == null ? [] : [linkObject(linkOf(request.output))];
  const steps = [new ProvenanceStep(start, 0, via)];
  const seen = new Set([start.id]);
  let level = [start];
  let outputs = request.output == null ? null : [request.output.outputIndex];
  for (let distance = 1; level.length > 0; distance++) {
    const next = direction === 'ANCESTORS' ? ancestors(level) : await descendants(level, outputs);
    outputs = null;
    const ids = [...next.keys()].filter((id) => !seen.has(id));
    if (ids.length > 0 && distance > depth) return new Provenance(steps, true);
    const room = GRAPHQL_DOOR.provenanceStepsMax - steps.length;
    level = await transactionsOf(asset, ids.slice(0, room));
    for (const transaction of level) {
      seen.add(transaction.id);
      steps.push(new ProvenanceStep(transaction, distance, (next.get(transaction.id) ?? []).map(linkObject)));
    }
    if (ids.length > room) return new Provenance(steps, true);
  }
  return new Provenance(steps, false);
}

async function startOf(asset: Asset, request: ProvenanceRequest): Promise<Transaction | null> {
  const { scope, id } = asset;
  if (request.output == null) {
    if (request.direction === 'DESCENDANTS') return transactionById(scope, id);
    const latest = await scope.latest.load(id);
    return latest === null ? null : foundTransaction(scope, latest);
  }
  const transaction = await transactionById(scope, request.output.transactionId);
  if (transaction === null) return null;
  if (transaction.assetId !== id) throw badInput('`output` belongs to another asset.');
  return transaction;
}

function ancestors(level: readonly Transaction[]): NextStep {
  const next = new Map<string, TransactionLink[]>();
  for (const transaction of level) {
    for (const { fulfills } of transaction.shape.inputs) {
      if (fulfills !== null) add(next, fulfills.transaction_id, fulfills);
    }
  }
  return next;
}

/** `only`: of the first transaction, the outputs to follow; null = all. */
async function descendants(level: readonly Transaction[], only: readonly number[] | null): Promise<NextStep> {
  const next = new Map<string, TransactionLink[]>();
  const links = level.flatMap((transaction) =>
    transaction.shape.outputs.flatMap((_, outputIndex) =>
      only === null || only.includes(outputIndex) ? [{ transactionId: transaction.id, outputIndex }] : [],
    ),
  );
  const scope = level[0]?.scope;
  const spenders = scope === undefined ? [] : await scope.spenders.loadMany(links);
  for (const [index, spender] of spenders.entries()) {
    if (spender instanceof Error) throw spender;
    const link = links[index];
    if (spender !== null && link !== undefined) add(next, spender.transactionId, linkOf(link));
  }
  return next;
}

async function transactionsOf(asset: Asset, ids: readonly string[]): Promise<Transaction[]> {
  const found = await Promise.all(ids.map((id) => transactionById(asset.scope, id)));
  return found.filter((transaction) => transaction !== null);
}

function add(next: Map<string, TransactionLink[]>, id: string, link: TransactionLink): void {
  const links = next.get(id);
  if (links === undefined) next.set(id, [link]);
  else links.push(link);
}

function linkOf(output: OutputKey): TransactionLink {
  return { transaction_id: output.transactionId, output_index: output.outputIndex };
}

function linkObject(link: TransactionLink): TransactionLinkObject {
  return new TransactionLinkObject(link);
}
