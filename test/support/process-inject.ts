/** Writes into the store of a stopped node what no door lets in, as another process with access to it could. */

import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createDirectStore } from '../../src/store/embedded/direct.js';
import type { NodeFolder } from './process-node.js';
import type { SignedTransaction } from './process-transactions.js';

/** Puts `transaction` into the backlog, assigned to `assignee`. No node may run on the folder meanwhile. */
export async function injectBacklog(
  folder: NodeFolder,
  transaction: SignedTransaction,
  assignee: string,
): Promise<void> {
  const store = createDirectStore({ path: join(folder.dataFolder, 'store.sqlite') });
  const digest = createHash('sha256').update(transaction.text).digest('hex');
  const stamp = randomBytes(16).toString('hex');
  const entry = { digest, transactionId: transaction.id, text: transaction.text, assignee, stamp };
  const [result] = await store.addBacklog([{ ...entry, acceptedAtMs: Date.now() }]);
  await store.close();
  if (result !== 'ok') throw new Error(`the store answered ${result}`);
}

/** The same transaction with a signature that does not fit. Its id is as right as before. */
export function withWrongSignature({ id, text }: SignedTransaction): SignedTransaction {
  const wrong = text.replace(
    /("fulfillment":")([^"]+)"/,
    (_match, head: string, fulfillment: string) => `${head}${fulfillment.slice(0, -20)}${'A'.repeat(20)}"`,
  );
  return { id, text: wrong };
}
