/** A small ledger with something of everything that the pages show, submitted to a node as any client would. */

import type { MadeTransaction } from '../../../src/model/make-transaction.js';
import { create, spend, to, transfer } from '../../support/transactions.js';

export interface Scene {
  /** An asset in 1,000 shares with a threshold output, a split and a merge. */
  readonly asset: MadeTransaction;
  readonly split: MadeTransaction;
  readonly merged: MadeTransaction;
  /** An asset whose data would like to be more than text. */
  readonly hostile: MadeTransaction;
}

/** What must stay text: markup, the other direction, invisible characters, emoji, numbers that JavaScript loses. */
export const HOSTILE_DATA = {
  name: '<script>document.title = "taken"</script><img src=x onerror="document.title=1">',
  direction: '\u202eright to left\u202c مرحبا بالعالم שלום',
  emoji: '🍷👩‍👩‍👧 \u0000 \u200b',
  link: 'javascript:document.title=1',
  large: 9_007_199_254_740_993n,
};

/** Sends signed texts and waits until all are decided. Throws for one that is refused. */
export async function submitAll(http: string, texts: readonly string[]): Promise<void> {
  for (let from = 0; from < texts.length; from += 100) {
    const response = await fetch(new URL('/graphql', http), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: `mutation ($transactions: [JSON!]!) {
          submitTransactions(input: { transactions: $transactions, wait: DECIDED, timeoutMs: 30000 }) {
            results { status problems { message } }
          }
        }`,
        variables: { transactions: texts.slice(from, from + 100) },
      }),
    });
    const answer = await response.text();
    const statuses = answer.match(/"status":"VALID"/g) ?? [];
    if (statuses.length !== Math.min(100, texts.length - from)) throw new Error(`refused: ${answer}`);
  }
}

/** Submits the scene to a node and waits until all of it is valid. */
export async function setScene(http: string): Promise<Scene> {
  const asset = create({
    by: 'alice',
    data: { name: 'Vineyard La Colline, harvest 2026', plot: 'B-17', bottles: 1000 },
    metadata: { note: 'first issue' },
    outputs: [to('alice', 600), to(['alice', 'bob', 'carol'], 400, 2)],
  });
  const split = transfer(
    asset.id,
    [spend(asset, 0, 'alice')],
    [to('bob', 250), to('carol', 250), to('dave', 100)],
  );
  const merged = transfer(
    asset.id,
    [spend(split, 0, 'bob'), spend(split, 1, 'carol')],
    [to('erin', 450), to('bob', 50)],
    { reason: 'sold on' },
  );
  const hostile = create({ by: 'dave', data: HOSTILE_DATA });
  for (const step of [[asset, hostile], [split], [merged]])
    await submitAll(
      http,
      step.map(({ text }) => text),
    );
  return { asset, split, merged, hostile };
}

/** `count` CREATEs, made quickly, for blocks that hold many. */
export function manyCreates(count: number, name: string): MadeTransaction[] {
  return Array.from({ length: count }, (_, number) => create({ by: 'alice', data: { name, number } }));
}
