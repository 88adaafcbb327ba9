/**
 * What the undecided blocks add to lists of outputs: 1.0.1 counts an output, and a spend, from the block on and not
 * from the decision on (section 5.4). Those that wait for their decision live in memory only; their texts are searched,
 * not parsed, where possible.
 */

import { LEDGER } from '../src/config/limits.js';
import type { LastingBlock, LedgerAccess, UndecidedBlock } from '../src/ledger/ledger.js';
import { detailsKeys, readTransactionDocument } from '../src/model/outputs.js';
import type { OutputLink } from '../src/view/list-queries.js';
import { transferredAsset } from './documents.js';

export type { OutputLink };

/** A link as the key of a set. */
export function linkKey({ transactionId, outputIndex }: OutputLink): string {
  return `${transactionId}:${outputIndex}`;
}

/**
 * Outputs of undecided blocks that name the key, in order. A transaction of a block that stays undecided may have come
 * into another one since, and then the view lists it, or have been rejected.
 */
export function undecidedOutputs(ledger: LedgerAccess, publicKey: string): OutputLink[] {
  const { view } = ledger;
  const lasting = ledger
    .lastingBlocks()
    .flatMap((block) => factsOf(block).owned.get(publicKey) ?? [])
    .filter(({ transactionId: id }) => view.validTransaction(id) === null && view.rejection(id) === null);
  return [...lasting, ...waitingOutputs(ledger, publicKey)];
}

function waitingOutputs(ledger: LedgerAccess, publicKey: string): OutputLink[] {
  return ledger.undecidedBlocks().flatMap((block) => outputsIn(block.transactions, publicKey));
}

/** The same of the genesis block: undecided for ever, so the view's lists leave it out. */
export function genesisOutputs(ledger: LedgerAccess, publicKey: string): OutputLink[] {
  return outputsIn(ledger.view.blockTransactions(0, 0, LEDGER.blockTransactionsMax), publicKey);
}

function outputsIn(
  transactions: readonly { readonly id: string; readonly text: string }[],
  publicKey: string,
): OutputLink[] {
  const quoted = `"${publicKey}"`;
  return transactions.flatMap(({ id, text }) =>
    text.includes(quoted) ? outputsOf(id, text, publicKey) : [],
  );
}

/** 1.0.1 finds the transaction by `public_keys` and the output by its condition; both must name the key. */
function outputsOf(transactionId: string, text: string, publicKey: string): OutputLink[] {
  return readTransactionDocument(text).outputs.flatMap(({ public_keys, condition }, outputIndex) => {
    const named = public_keys?.includes(publicKey) && detailsKeys(condition.details).includes(publicKey);
    return named ? [{ transactionId, outputIndex }] : [];
  });
}

/** Whether a link (`linkKey`) is spent in an undecided block. */
export interface UndecidedSpends {
  has(key: string): boolean;
}

export function undecidedSpends(ledger: LedgerAccess): UndecidedSpends {
  const waiting = new Set<string>();
  for (const block of ledger.undecidedBlocks()) for (const link of spendsOf(block)) waiting.add(link);
  const lasting = ledger.lastingBlocks().map(factsOf);
  return {
    has: (key) =>
      waiting.has(key) ||
      lasting.some(({ spenders }) => {
        const spender = spenders.get(key);
        return spender !== undefined && ledger.view.rejection(spender) === null;
      }),
  };
}

/** What a block that stays undecided makes and spends: it does so for as long as the process lives, so it is read once. */
interface LastingFacts {
  /** By public key. */
  readonly owned: ReadonlyMap<string, readonly OutputLink[]>;
  /** Link → id of the transaction that spends it. */
  readonly spenders: ReadonlyMap<string, string>;
}

const lastingFacts = new WeakMap<LastingBlock, LastingFacts>();

function factsOf(block: LastingBlock): LastingFacts {
  const found = lastingFacts.get(block);
  if (found !== undefined) return found;
  const owned = new Map<string, OutputLink[]>();
  const spenders = new Map<string, string>();
  for (const { id, text } of block.transactions) {
    for (const link of spendsIn(text)) spenders.set(link, id);
    const keys = readTransactionDocument(text).outputs.flatMap((output) => output.public_keys ?? []);
    for (const key of new Set(keys)) {
      const links = owned.get(key) ?? [];
      links.push(...outputsOf(id, text, key));
      owned.set(key, links);
    }
  }
  const facts = { owned, spenders };
  lastingFacts.set(block, facts);
  return facts;
}

/** A block's spends never change; a few blocks are undecided at a time. */
const KNOWN_BLOCKS_MAX = 64;
const known = new Map<string, readonly string[]>();

function spendsOf(block: UndecidedBlock): readonly string[] {
  const found = known.get(block.id);
  if (found !== undefined) return found;
  const spends = block.transactions.flatMap(({ text }) => [...spendsIn(text)]);
  for (const oldest of known.keys()) {
    if (known.size < KNOWN_BLOCKS_MAX) break;
    known.delete(oldest);
  }
  known.set(block.id, spends);
  return spends;
}

const FULFILLS = /"fulfills":\{"output_index":([0-9]+),"transaction_id":"([0-9a-f]{64})"\}/g;

/**
 * Of a canonical text only the part between `inputs` and `metadata` is searched: no client chooses keys there, and a
 * quote inside a string is escaped.
 */
function* spendsIn(text: string): Generator<string, void, void> {
  if (transferredAsset(text) === null) return;
  const inputs = text.slice(text.indexOf('"inputs":'), text.indexOf('"metadata":'));
  for (const [, outputIndex, transactionId = ''] of inputs.matchAll(FULFILLS)) {
    yield linkKey({ transactionId, outputIndex: Number(outputIndex) });
  }
}
