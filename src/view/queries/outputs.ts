/** Outputs by filter: what a key owns, what is unspent of an asset. */

import {
  FilterInvalid,
  type OutputFilter,
  type OutputLink,
  type OutputRow,
  type Page,
  type PageRequest,
  type Placed,
} from '../list-queries.js';
import { ID_KIND, KEY_KIND } from '../schema.js';
import { idPrefix, placeOf, sequenceOf } from '../sequence.js';
import { type OutputFacts, readFacts } from '../transaction-facts.js';
import type { Spender } from '../view.js';
import { readPage } from './pages.js';
import { type QueryContext, ScanBudget } from './query-context.js';
import {
  listed,
  ofAsset,
  ofIdKind,
  ofKey,
  ofStatus,
  type SequenceSource,
  spentSince,
  union,
} from './sequences.js';

export function listOutputs(context: QueryContext, filter: OutputFilter, page: PageRequest): Page<OutputRow> {
  const newBudget = (): ScanBudget => new ScanBudget('give a public key, an asset or a transaction');
  const budget = newBudget();
  const select = new OutputSelect(context, filter, page.asOf);
  return readPage<OutputRow>(
    {
      sequences: select.source(budget),
      rowsAt: (sequence) => select.rowsAt(sequence),
      budget,
      newBudget,
    },
    page,
  );
}

/** Outputs of transactions in valid blocks, spent or not as of a height. */
export class OutputSelect {
  private readonly minimum: bigint | null;

  constructor(
    private readonly context: QueryContext,
    private readonly filter: OutputFilter,
    private readonly asOf: number,
  ) {
    this.minimum = minimumOf(filter.minimumAmount ?? null);
  }

  source(budget: ScanBudget): SequenceSource {
    const { context, asOf } = this;
    const { publicKey, assetId, transactionId, spent } = this.filter;
    if (transactionId) {
      const found = context.reader.validTransaction(transactionId, asOf);
      return listed(found === null ? [] : [sequenceOf(found.height, found.position)]);
    }
    if (publicKey) {
      if (spent === true) return ofKey(context, publicKey, [KEY_KIND.spent]);
      const unspent = ofKey(context, publicKey, [KEY_KIND.unspent]);
      const wasSpent = ofKey(context, publicKey, [KEY_KIND.spent]);
      return union([unspent, (spent === false ? spentSince(context, asOf) : null) ?? wasSpent]);
    }
    const since = assetId && spent === false ? spentSince(context, asOf) : null;
    if (assetId && since !== null) {
      return union([ofIdKind(context, idPrefix(assetId), ID_KIND.unspent), since]);
    }
    return assetId ? ofAsset(context, assetId) : ofStatus(context, 'valid', budget);
  }

  rowsAt(sequence: number): readonly (OutputRow & Placed)[] {
    const found = this.context.reader.transactionAt(sequence);
    if (found === null || found.status !== 'valid') return [];
    const { id, assetId, outputs } = readFacts(found.text);
    if (this.filter.assetId && this.filter.assetId !== assetId) return [];
    if (this.filter.transactionId && this.filter.transactionId !== id) return [];
    const rows: (OutputRow & Placed)[] = [];
    outputs.forEach((output, index) => {
      if (!this.fits(output, sequence, index)) return;
      const row = outputRow({ sequence, id, assetId, output, index }, this.spenderOf(sequence, index));
      rows.push({ ...row, place: placeOf(sequence, index) });
    });
    return rows;
  }

  /** Of a row that fits. */
  private spenderOf(sequence: number, index: number): Spender | null {
    return this.filter.spent === false ? null : this.context.reader.spenderAt(sequence, index, this.asOf);
  }

  private fits(output: OutputFacts, sequence: number, index: number): boolean {
    const { publicKey, spent } = this.filter;
    if (publicKey && !output.owners.includes(publicKey)) return false;
    if (this.minimum !== null && BigInt(output.amount) < this.minimum) return false;
    if (typeof spent !== 'boolean') return true;
    return this.context.reader.isSpentAt(sequence, index, this.asOf) === spent;
  }
}

function outputRow(
  at: {
    readonly sequence: number;
    readonly id: string;
    readonly assetId: string;
    readonly output: OutputFacts;
    readonly index: number;
  },
  spentBy: Spender | null,
): OutputRow {
  const { amount, publicKeys, conditionUri, details } = at.output;
  return {
    transactionId: at.id,
    outputIndex: at.index,
    assetId: at.assetId,
    amount,
    publicKeys,
    conditionUri,
    conditionDetails: plainDetails(details),
    spentBy,
  };
}

/** The reader's objects inherit nothing, which does not survive the way between threads. */
function plainDetails(details: OutputRow['conditionDetails']): OutputRow['conditionDetails'] {
  if (details.type === 'ed25519-sha-256') return { type: details.type, public_key: details.public_key };
  const { type, threshold, subconditions } = details;
  return { type, threshold, subconditions: subconditions.map(plainDetails) };
}

function minimumOf(amount: string | null): bigint | null {
  if (amount === null) return null;
  if (!/^[0-9]{1,40}$/.test(amount)) throw new FilterInvalid(`${amount} is no amount.`);
  return BigInt(amount);
}

export function outputsByLinks(
  context: QueryContext,
  links: readonly OutputLink[],
  asOf: number,
): (OutputRow | null)[] {
  return links.map(({ transactionId, outputIndex }) => {
    const found = context.reader.validTransaction(transactionId, asOf);
    if (found === null) return null;
    const { id, assetId, outputs } = readFacts(found.text);
    const output = outputs[outputIndex];
    if (output === undefined) return null;
    const sequence = sequenceOf(found.height, found.position);
    const spentBy = context.reader.spenderAt(sequence, outputIndex, asOf);
    return outputRow({ sequence, id, assetId, output, index: outputIndex }, spentBy);
  });
}
