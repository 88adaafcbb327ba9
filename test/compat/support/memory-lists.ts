/** The list queries over a view reader in memory: slow and plain, for tests of the door alone. */

import type { ListedOutput, Place, RestLists, SearchHit } from '../../../rest-compat/lists.js';
import { detailsKeys, readAssetId, readTransactionDocument } from '../../../src/model/outputs.js';
import type { FoundTransaction, ViewReader } from '../../../src/view/view.js';

export class MemoryLists implements RestLists {
  /** Pages that were asked for. */
  pages = 0;

  constructor(private readonly view: ViewReader) {}

  async transactionsOfAsset(query: Parameters<RestLists['transactionsOfAsset']>[0]): Promise<FoundTransaction[]> {
    this.pages += 1;
    const { assetId, operation, asOf, after, limit } = query;
    return this.valid(asOf)
      .filter(({ text }) => readAssetId(text) === assetId)
      .filter(({ text }) => operation === null || readTransactionDocument(text).operation === operation)
      .filter((found) => after === null || isAfter(found, after))
      .slice(0, limit);
  }

  async lastTransactionOfAsset(
    assetId: string,
    operation: 'CREATE' | 'TRANSFER' | null,
    asOf: number,
  ): Promise<FoundTransaction | null> {
    const all = await this.transactionsOfAsset({ assetId, operation, asOf, after: null, limit: 1e9 });
    return all.at(-1) ?? null;
  }

  async outputsOfKey(query: Parameters<RestLists['outputsOfKey']>[0]): Promise<ListedOutput[]> {
    this.pages += 1;
    const { publicKey, spent, asOf, after, limit } = query;
    const spends = new Set(
      this.valid(asOf).flatMap(({ text }) =>
        readTransactionDocument(text).inputs.map(({ fulfills }) => `${fulfills?.transaction_id}:${fulfills?.output_index}`),
      ),
    );
    return [...this.known(asOf, 'undecided'), ...this.valid(asOf)]
      .flatMap(({ id, text, height, position }) =>
        readTransactionDocument(text).outputs.flatMap(({ public_keys, condition }, outputIndex) =>
          public_keys?.includes(publicKey) && detailsKeys(condition.details).includes(publicKey)
            ? [{ transactionId: id, outputIndex, height, position, spent: spends.has(`${id}:${outputIndex}`) }]
            : [],
        ),
      )
      .filter((output) => spent === null || output.spent === spent)
      .filter((output) => after === null || isAfter(output, after) || (same(output, after) && output.outputIndex > after.outputIndex))
      .slice(0, limit);
  }

  async searchAssets(text: string, limit: number | null, asOf: number): Promise<SearchHit[]> {
    return this.hits(text, limit, asOf, (found) => JSON.stringify(JSON.parse(found.text).asset.data ?? null));
  }

  async searchMetadata(text: string, limit: number | null, asOf: number): Promise<SearchHit[]> {
    return this.hits(text, limit, asOf, (found) => JSON.stringify(JSON.parse(found.text).metadata));
  }

  private hits(
    text: string,
    limit: number | null,
    asOf: number,
    searched: (found: FoundTransaction) => string,
  ): SearchHit[] {
    return this.valid(asOf)
      .filter((found) => searched(found).includes(text))
      .map((found) => ({ transactionId: found.id, text: found.text }))
      .slice(0, limit ?? undefined);
  }

  private valid(asOf: number): FoundTransaction[] {
    return this.known(asOf, 'valid');
  }

  private known(asOf: number, status: string): FoundTransaction[] {
    const found: FoundTransaction[] = [];
    for (let height = 0; height <= asOf; height++) {
      if (this.view.blockByHeight(height)?.status === status) found.push(...this.view.blockTransactions(height, 0, 1e9));
    }
    return found;
  }
}

function isAfter(a: Place, b: Place): boolean {
  return a.height > b.height || (a.height === b.height && a.position > b.position);
}

function same(a: Place, b: Place): boolean {
  return a.height === b.height && a.position === b.position;
}
