/** Transactions by filter. */

import { VIEW } from '../../config/limits.js';
import {
  FilterInvalid,
  type Page,
  type PageRequest,
  type Placed,
  type TransactionFilter,
} from '../list-queries.js';
import { HEIGHT_STATUS, KEY_KIND } from '../schema.js';
import { placeOf, sequenceOf } from '../sequence.js';
import { numberAt } from '../sqlite.js';
import { mentionedKeys, readFacts, type TransactionFacts } from '../transaction-facts.js';
import type { DecidedStatus, FoundTransaction } from '../view.js';
import { readPage } from './pages.js';
import { type PayloadTest, payloadTest, type ReadyFilter } from './payload-filter.js';
import { payloadSource } from './payload-source.js';
import { type HeightFacts, type QueryContext, ScanBudget } from './query-context.js';
import {
  type BlockTest,
  creations,
  difference,
  ofAsset,
  ofBlock,
  ofIds,
  ofKey,
  ofStatus,
  type SequenceSource,
} from './sequences.js';

/** The filter as it travels between threads. */
export interface ReadyTransactionFilter extends Omit<TransactionFilter, 'metadata' | 'asset'> {
  readonly metadata?: ReadyFilter | null;
  readonly asset?: ReadyFilter | null;
}

const ALL_KEY_KINDS = Object.values(KEY_KIND);

export function listTransactions(
  context: QueryContext,
  filter: ReadyTransactionFilter,
  page: PageRequest,
): Page<FoundTransaction> {
  const newBudget = (): ScanBudget =>
    new ScanBudget(
      'give an id, a block, an asset, a public key or a shorter time, or index the path you ask for',
    );
  const budget = newBudget();
  const select = new TransactionSelect(context, filter);
  const total = select.isAll ? { total: totalValid(context, page.asOf) } : {};
  return readPage<FoundTransaction>(
    {
      sequences: select.source(budget),
      rowsAt: (sequence) => select.rowsAt(sequence),
      budget,
      newBudget,
      ...total,
    },
    page,
  );
}

function totalValid(context: QueryContext, asOf: number): number {
  const row = context.statement('SELECT transactions FROM heights WHERE height = ?').get(asOf);
  return numberAt(row ?? [], 0);
}

class TransactionSelect {
  private readonly status: DecidedStatus;
  private readonly ids: ReadonlySet<string> | null;
  private readonly metadata: PayloadTest | null;
  private readonly asset: PayloadTest | null;
  private readonly blockTest: BlockTest | null;
  private readonly heights = new Map<number, HeightFacts>();

  constructor(
    private readonly context: QueryContext,
    private readonly filter: ReadyTransactionFilter,
  ) {
    const { ids, metadata, asset } = filter;
    if ((ids?.length ?? 0) > VIEW.keysPerLookupMax) {
      throw new FilterInvalid(`At most ${VIEW.keysPerLookupMax} ids in a filter.`);
    }
    this.status = filter.status ?? 'valid';
    this.ids = ids === null || ids === undefined ? null : new Set(ids);
    this.metadata = metadata === null || metadata === undefined ? null : payloadTest(metadata);
    this.asset = asset === null || asset === undefined ? null : payloadTest(asset);
    this.blockTest = timestampTest(filter.timestampAfter ?? null, filter.timestampBefore ?? null);
  }

  /** Nothing but the status is asked for, and that is valid. */
  get isAll(): boolean {
    const { status: _, ...conditions } = this.filter;
    return (
      this.status === 'valid' &&
      Object.values(conditions).every((value) => value === null || value === undefined)
    );
  }

  /** The narrowest index; what it does not know is tested on the rows. */
  source(budget: ScanBudget): SequenceSource {
    const { context, filter } = this;
    if (this.ids !== null) return ofIds(context, [...this.ids]);
    if (filter.blockId) return ofBlock(context, filter.blockId);
    const all = ofStatus(context, HEIGHT_WORDS[this.status], budget, this.blockTest ?? undefined);
    if (this.status !== 'valid') return all;
    if (filter.assetId) return ofAsset(context, filter.assetId);
    const payload =
      (filter.metadata ? payloadSource(context, 'metadata', filter.metadata, budget) : null) ??
      (filter.asset ? payloadSource(context, 'asset', filter.asset, budget) : null);
    if (payload !== null) return payload;
    if (filter.publicKey) return ofKey(context, filter.publicKey, ALL_KEY_KINDS);
    if (filter.operation === 'CREATE' || filter.asset) return creations(context);
    if (filter.operation === 'TRANSFER') return difference(all, creations(context), budget);
    return all;
  }

  rowsAt(sequence: number): readonly (FoundTransaction & Placed)[] {
    const found = this.context.reader.transactionAt(sequence);
    if (found === null || found.status !== this.status) return [];
    if (this.ids !== null && !this.ids.has(found.id)) return [];
    if (!this.blockFits(found.height) || !this.factsFit(found)) return [];
    return [{ ...found, place: placeOf(sequence) }];
  }

  private blockFits(height: number): boolean {
    const { blockId } = this.filter;
    if (blockId && this.context.reader.blockByHeight(height)?.id !== blockId) return false;
    if (this.blockTest === null) return true;
    const known = this.heights.get(height) ?? this.context.heightFacts(height);
    this.heights.set(height, known);
    return this.blockTest(known.timestamp);
  }

  private factsFit({ text, status }: FoundTransaction): boolean {
    const { operation, assetId, publicKey } = this.filter;
    if (!operation && !assetId && !publicKey && this.metadata === null && this.asset === null) return true;
    const facts = status === 'valid' ? readFacts(text) : factsOrNull(text);
    if (facts === null) return false;
    if (operation && facts.operation !== operation) return false;
    if (assetId && facts.assetId !== assetId) return false;
    if (publicKey && !mentionedKeys(facts).has(publicKey)) return false;
    if (this.metadata !== null && !this.metadata(facts.metadata)) return false;
    return this.asset === null || (facts.operation !== 'TRANSFER' && this.asset(facts.data));
  }
}

const HEIGHT_WORDS: Readonly<Record<DecidedStatus, keyof typeof HEIGHT_STATUS>> = {
  valid: 'valid',
  invalid: 'invalid',
  undecided: 'undecided',
};

/** An invalid block may hold anything. */
export function factsOrNull(text: string): TransactionFacts | null {
  try {
    return readFacts(text);
  } catch {
    return null;
  }
}

const SECONDS = /^[0-9]{1,20}$/;

/** What a block says as its time may be anything (1.0.1: section 3.1); what is no number lies in no span. */
function timestampTest(after: string | null, before: string | null): BlockTest | null {
  if (after === null && before === null) return null;
  const low = after === null ? null : seconds(after);
  const high = before === null ? null : seconds(before);
  return (timestamp) => {
    if (!SECONDS.test(timestamp)) return false;
    const at = BigInt(timestamp);
    return (low === null || at > low) && (high === null || at < high);
  };
}

function seconds(text: string): bigint {
  if (!SECONDS.test(text)) throw new FilterInvalid(`${text} is no time in Unix seconds.`);
  return BigInt(text);
}

/** The newest transaction of each asset. */
export function latestOfAssets(
  context: QueryContext,
  assetIds: readonly string[],
  asOf: number,
): (FoundTransaction | null)[] {
  return assetIds.map((assetId) => {
    const page: PageRequest = { asOf, order: 'NEWEST_FIRST', limit: 1 };
    const [row] = listTransactions(context, { assetId }, page).rows;
    if (row === undefined) return null;
    return context.reader.transactionAt(sequenceOf(row.height, row.position));
  });
}
