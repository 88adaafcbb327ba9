/** What a view must say, by the most obvious code over plain lists. */

import { parseJson } from '../../../src/codec/json-reader.js';
import { detailsKeys, readTransactionDocument } from '../../../src/model/outputs.js';
import type { TransactionDocument } from '../../../src/model/transaction-types.js';
import type { OutputFilter, Place, TransactionFilter, VoteFilter } from '../../../src/view/list-queries.js';
import type { DecidedHeight, DecidedStatus } from '../../../src/view/view.js';

export interface Standing {
  readonly id: string;
  readonly text: string;
  readonly document: TransactionDocument;
  readonly height: number;
  readonly position: number;
  readonly status: DecidedStatus;
  readonly blockId: string;
  readonly timestamp: string;
  readonly assetId: string;
}

export interface ModelOutput {
  readonly name: string;
  readonly place: Place;
}

export class ViewModel {
  readonly standings: readonly Standing[];

  constructor(readonly heights: readonly DecidedHeight[]) {
    this.standings = heights.flatMap(({ height, block }) =>
      (block?.transactions ?? []).map(({ id, text }, position) => {
        const document = readTransactionDocument(text);
        const assetId = document.operation === 'TRANSFER' ? String(document.asset.id) : id;
        const { status, timestamp, id: blockId } = block ?? { status: 'invalid', timestamp: '', id: '' };
        return { id, text, document, height, position, status, blockId, timestamp, assetId };
      }),
    );
  }

  valid(asOf: number): Standing[] {
    return this.standings.filter(({ status, height }) => status === 'valid' && height <= asOf);
  }

  transactions(filter: TransactionFilter, asOf: number): Standing[] {
    const status = filter.status ?? 'valid';
    return this.standings.filter((standing) => {
      const { document, height, assetId } = standing;
      if (standing.status !== status || height > asOf) return false;
      if (filter.ids && !filter.ids.includes(standing.id)) return false;
      if (filter.operation && document.operation !== filter.operation) return false;
      if (filter.assetId && assetId !== filter.assetId) return false;
      if (filter.blockId && standing.blockId !== filter.blockId) return false;
      if (filter.publicKey && !mentions(document, filter.publicKey)) return false;
      if (filter.timestampAfter && !(Number(standing.timestamp) > Number(filter.timestampAfter)))
        return false;
      return !filter.timestampBefore || Number(standing.timestamp) < Number(filter.timestampBefore);
    });
  }

  spender(transactionId: string, outputIndex: number, asOf: number): { id: string; input: number } | null {
    for (const { id, document } of this.valid(asOf)) {
      const input = document.inputs.findIndex(
        ({ fulfills }) => fulfills?.transaction_id === transactionId && fulfills.output_index === outputIndex,
      );
      if (input >= 0) return { id, input };
    }
    return null;
  }

  outputs(filter: OutputFilter, asOf: number): { standing: Standing; index: number }[] {
    return this.valid(asOf).flatMap((standing) =>
      standing.document.outputs.flatMap((output, index) => {
        const { publicKey, assetId, spent, transactionId, minimumAmount } = filter;
        const keys = detailsKeys(output.condition.details);
        if (publicKey && !(output.public_keys?.includes(publicKey) && keys.includes(publicKey))) return [];
        if (assetId && standing.assetId !== assetId) return [];
        if (transactionId && standing.id !== transactionId) return [];
        if (minimumAmount && BigInt(output.amount) < BigInt(minimumAmount)) return [];
        const isSpent = this.spender(standing.id, index, asOf) !== null;
        return typeof spent === 'boolean' && spent !== isSpent ? [] : [{ standing, index }];
      }),
    );
  }

  /** `amount outputs` by `asset keys`. */
  balances(filter: OutputFilter, asOf: number): Record<string, string> {
    const sums = new Map<string, { amount: bigint; outputs: number }>();
    for (const { standing, index } of this.outputs({ ...filter, spent: false }, asOf)) {
      const output = standing.document.outputs[index];
      const name = [standing.assetId, ...new Set([...(output?.public_keys ?? [])].sort())].join(' ');
      const sum = sums.get(name) ?? { amount: 0n, outputs: 0 };
      sums.set(name, { amount: sum.amount + BigInt(output?.amount ?? 0), outputs: sum.outputs + 1 });
    }
    return Object.fromEntries([...sums].map(([name, sum]) => [name, `${sum.amount} ${sum.outputs}`]));
  }

  votes(filter: VoteFilter, asOf: number): string[] {
    return this.heights.flatMap(({ height, block }) =>
      (block?.votes ?? []).flatMap((vote) => {
        const parsed = parseJson(vote.text) as unknown as { vote: { is_block_valid: boolean } };
        if (height > asOf || (filter.blockId && filter.blockId !== vote.blockId)) return [];
        if (filter.node && filter.node !== vote.node) return [];
        const { isBlockValid } = filter;
        if (typeof isBlockValid === 'boolean' && parsed.vote.is_block_valid !== isBlockValid) return [];
        return [vote.signature];
      }),
    );
  }
}

function mentions({ inputs, outputs }: TransactionDocument, key: string): boolean {
  return (
    inputs.some((input) => input.owners_before.includes(key)) ||
    outputs.some(
      ({ public_keys, condition }) =>
        public_keys?.includes(key) === true || detailsKeys(condition.details).includes(key),
    )
  );
}
