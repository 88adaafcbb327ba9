/** Assets by filter, and full-text search over assets and metadata. */

import { canonicalJson } from '../../codec/canonical-json.js';
import { VIEW } from '../../config/limits.js';
import {
  type AssetFilter,
  type AssetOrder,
  type AssetRow,
  FilterInvalid,
  type Page,
  type PageRequest,
  type Placed,
  type SearchHit,
} from '../list-queries.js';
import { KEY_KIND } from '../schema.js';
import { endOf, placeOf } from '../sequence.js';
import { numberAt } from '../sqlite.js';
import { readFacts, stringValues, type TransactionFacts } from '../transaction-facts.js';
import type { FoundTransaction } from '../view.js';
import { readCounters } from './blocks-and-votes.js';
import { pageOfRanked, readPage } from './pages.js';
import { type PayloadTest, payloadTest, type ReadyFilter } from './payload-filter.js';
import { payloadSource } from './payload-source.js';
import { type QueryContext, ScanBudget } from './query-context.js';
import { matchExpression, phrasesHold, readSearch, type SearchText } from './search-text.js';
import { creations, indexed, listed, ofIds, ofKey, type SequenceSource } from './sequences.js';

/** The filter as it travels between threads. */
export interface ReadyAssetFilter extends Omit<AssetFilter, 'data'> {
  readonly data?: ReadyFilter | null;
}

export type AssetPageRequest = Omit<PageRequest, 'order'> & { readonly order: AssetOrder };

const newBudget = (): ScanBudget =>
  new ScanBudget('give ids, a creator or rarer words, or index the path you ask for');

export function listAssets(
  context: QueryContext,
  filter: ReadyAssetFilter,
  page: AssetPageRequest,
): Page<AssetRow> {
  const select = new AssetSelect(context, filter);
  if (page.order === 'RELEVANCE') return pageOfRanked(select.ranked(page.asOf), page);
  const { ids, search, creator, data } = filter;
  const counted =
    !ids && !search && !creator && !data ? { total: readCounters(context, page.asOf).assets } : {};
  const budget = newBudget();
  return readPage<AssetRow>(
    {
      sequences: select.source(budget),
      rowsAt: (sequence) => select.rowsAt(sequence),
      budget,
      newBudget,
      ...counted,
    },
    { ...page, order: page.order },
  );
}

class AssetSelect {
  private readonly ids: ReadonlySet<string> | null;
  private readonly data: PayloadTest | null;
  private readonly search: SearchText | null;

  constructor(
    private readonly context: QueryContext,
    private readonly filter: ReadyAssetFilter,
  ) {
    const { ids, search, data } = filter;
    if ((ids?.length ?? 0) > VIEW.keysPerLookupMax) {
      throw new FilterInvalid(`At most ${VIEW.keysPerLookupMax} ids in a filter.`);
    }
    this.ids = ids === null || ids === undefined ? null : new Set(ids);
    this.data = data === null || data === undefined ? null : payloadTest(data);
    this.search = search === null || search === undefined ? null : readSearch(search);
  }

  source(budget: ScanBudget): SequenceSource {
    const { context, filter } = this;
    if (this.search !== null) return matching(context, this.search);
    if (this.ids !== null) return ofIds(context, [...this.ids]);
    const payload = filter.data ? payloadSource(context, 'asset', filter.data, budget) : null;
    if (payload !== null) return payload;
    return filter.creator ? ofKey(context, filter.creator, [KEY_KIND.created]) : creations(context);
  }

  rowsAt(sequence: number): readonly (AssetRow & Placed)[] {
    const found = this.context.reader.transactionAt(sequence);
    if (found === null || found.status !== 'valid') return [];
    if (this.ids !== null && !this.ids.has(found.id)) return [];
    const facts = readFacts(found.text);
    if (facts.operation === 'TRANSFER' || !this.fits(facts)) return [];
    return [{ ...assetRow(found, facts), place: placeOf(sequence) }];
  }

  /** Best first. */
  ranked(asOf: number): AssetRow[] {
    if (this.search === null)
      throw new FilterInvalid('RELEVANCE orders the hits of a search; give `search`.');
    const rows: AssetRow[] = [];
    for (const sequence of bestMatches(this.context, this.search, 'asset', asOf)) {
      const [row] = this.rowsAt(sequence);
      if (row === undefined) continue;
      const { place: _, ...asset } = row;
      rows.push(asset);
      if (rows.length >= VIEW.searchHitsMax) break;
    }
    return rows;
  }

  private fits(facts: TransactionFacts): boolean {
    const { creator } = this.filter;
    if (creator && !facts.ownersBefore.includes(creator)) return false;
    if (this.data !== null && !this.data(facts.data)) return false;
    return this.search === null || phrasesHold(this.search, stringValues(facts.data));
  }
}

function assetRow({ id, height, position }: FoundTransaction, { data }: TransactionFacts): AssetRow {
  return { id, height, position, data: canonicalJson(data) };
}

/** Assets whose words match, in the order of the ledger. */
function matching(context: QueryContext, search: SearchText): SequenceSource {
  const expression = matchExpression(search, 'asset');
  return expression === null ? listed([]) : indexed(context, 'words', 'words MATCH ?', [expression], 'rowid');
}

/**
 * Sequences by relevance. The rank of a common word costs time for every row that holds it, so only the newest
 * `VIEW.scanRowsMax` rows that match are ranked.
 */
function bestMatches(
  context: QueryContext,
  search: SearchText,
  column: 'asset' | 'metadata',
  asOf: number,
): number[] {
  const expression = matchExpression(search, column);
  if (expression === null) return [];
  return context
    .statement(
      `SELECT sequence FROM (
         SELECT rowid AS sequence, rank AS score FROM words WHERE words MATCH ? AND rowid < ?
         ORDER BY rowid DESC LIMIT ${VIEW.scanRowsMax}
       ) ORDER BY score, sequence`,
    )
    .all(expression, endOf(asOf))
    .map((row) => numberAt(row, 0));
}

/** `limit` 0 = as many as a query may read. */
export function searchPayloads(
  context: QueryContext,
  column: 'asset' | 'metadata',
  text: string,
  limit: number,
  asOf: number | null,
): SearchHit[] {
  const upTo = asOf ?? context.reader.height();
  const most = limit <= 0 ? VIEW.scanRowsMax : Math.min(limit, VIEW.scanRowsMax);
  const named = column === 'asset' ? assetNamed(context, text.trim(), upTo) : null;
  if (named !== null) return [named];
  const search = readSearch(text);
  const hits: SearchHit[] = [];
  for (const sequence of bestMatches(context, search, column, upTo)) {
    const found = context.reader.transactionAt(sequence);
    if (found === null) continue;
    const facts = readFacts(found.text);
    const payload = column === 'asset' ? facts.data : facts.metadata;
    if (!phrasesHold(search, stringValues(payload))) continue;
    const { id, height, position } = found;
    hits.push({ id, height, position, data: canonicalJson(payload) });
    if (hits.length >= most) break;
  }
  return hits;
}

/** 1.0.1's index covered the id of an asset too; 64 digits that nobody else writes need no index of words. */
function assetNamed(context: QueryContext, id: string, asOf: number): SearchHit | null {
  if (!/^[0-9a-f]{64}$/i.test(id)) return null;
  return assetsByIds(context, [id.toLowerCase()], asOf)[0] ?? null;
}

export function assetsByIds(
  context: QueryContext,
  ids: readonly string[],
  asOf: number,
): (AssetRow | null)[] {
  return ids.map((id) => {
    const found = context.reader.validTransaction(id, asOf);
    if (found === null) return null;
    const facts = readFacts(found.text);
    return facts.operation === 'TRANSFER' ? null : assetRow(found, facts);
  });
}
