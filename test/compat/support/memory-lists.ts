/** The list queries over a view reader in memory: slow and plain, for tests of the door alone. */

import type { RestLists } from '../../../rest-compat/lists.js';
import { detailsKeys, readAssetId, readTransactionDocument } from '../../../src/model/outputs.js';
import type {
  OutputFilter,
  OutputRow,
  Page,
  PageRequest,
  Place,
  SearchHit,
  TransactionFilter,
} from '../../../src/view/list-queries.js';
import type { FoundTransaction, ViewReader } from '../../../src/view/view.js';

export class MemoryLists implements RestLists {
  constructor(private readonly view: ViewReader) {}

  async transactions(filter: TransactionFilter, page: PageRequest): Promise<Page<FoundTransaction>> {
    const rows = this.valid(page.asOf)
      .filter(({ text }) => readAssetId(text) === filter.assetId)
      .filter(({ text }) => !filter.operation || readTransactionDocument(text).operation === filter.operation)
      .map((found) => ({ ...found, place: { height: found.height, position: found.position, index: 0 } }));
    return paged(rows, page);
  }

  async outputs(filter: OutputFilter, page: PageRequest): Promise<Page<OutputRow>> {
    const valid = this.valid(page.asOf);
    const spends = new Set(
      valid.flatMap(({ text }) =>
        readTransactionDocument(text).inputs.map(
          ({ fulfills }) => `${fulfills?.transaction_id}:${fulfills?.output_index}`,
        ),
      ),
    );
    const key = filter.publicKey ?? '';
    const rows = valid.flatMap(({ id, text, height, position }) =>
      readTransactionDocument(text).outputs.flatMap(({ public_keys, condition, amount }, outputIndex) => {
        if (!public_keys?.includes(key) || !detailsKeys(condition.details).includes(key)) return [];
        const spentBy = spends.has(`${id}:${outputIndex}`)
          ? { transactionId: '', inputIndex: 0, height: 0, position: 0 }
          : null;
        if (filter.spent !== null && filter.spent !== undefined && filter.spent !== (spentBy !== null))
          return [];
        return [
          {
            transactionId: id,
            outputIndex,
            assetId: '',
            amount,
            publicKeys: public_keys,
            conditionUri: condition.uri,
            conditionDetails: condition.details,
            spentBy,
            place: { height, position, index: outputIndex },
          },
        ];
      }),
    );
    return paged(rows, page);
  }

  async searchAssets(search: string, limit: number, asOf = this.view.height()): Promise<SearchHit[]> {
    return this.hits(search, limit, asOf, (document) => document.asset.data);
  }

  async searchMetadata(search: string, limit: number, asOf = this.view.height()): Promise<SearchHit[]> {
    return this.hits(search, limit, asOf, (document) => document.metadata);
  }

  private hits(
    search: string,
    limit: number,
    asOf: number,
    searched: (document: { asset: { data?: unknown }; metadata: unknown }) => unknown,
  ): SearchHit[] {
    return this.valid(asOf)
      .map(({ id, text, height, position }) => {
        return { id, data: JSON.stringify(searched(JSON.parse(text)) ?? null), height, position };
      })
      .filter(({ data }) => data.includes(search))
      .slice(0, limit === 0 ? undefined : limit);
  }

  private valid(asOf: number): FoundTransaction[] {
    const found: FoundTransaction[] = [];
    for (let height = 0; height <= asOf; height++) {
      if (this.view.blockByHeight(height)?.status === 'valid') {
        found.push(...this.view.blockTransactions(height, 0, Number.MAX_SAFE_INTEGER));
      }
    }
    return found;
  }
}

function paged<T extends { readonly place: Place }>(rows: readonly T[], page: PageRequest): Page<T> {
  const ordered = page.order === 'OLDEST_FIRST' ? rows : rows.toReversed();
  const { after } = page;
  const rest = after ? ordered.filter(({ place }) => compare(place, after) > 0) : ordered;
  return { rows: rest.slice(0, page.limit), hasMore: rest.length > page.limit, total: null };
}

function compare(a: Place, b: Place): number {
  return a.height - b.height || a.position - b.position || a.index - b.index;
}
