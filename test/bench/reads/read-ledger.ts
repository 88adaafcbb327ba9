/** What is stored before reads are measured: a key with a long past, an asset with a long history, and many others. */

import { makeCreate, makeTransfer, type SpendPlan } from '../../../src/model/make-transaction.js';
import type { NodeFolder } from '../../support/process-node.js';
import { SigningKey, TransactionMaker } from '../../support/process-transactions.js';
import { MadeStore } from './made-store.js';

/** Outputs of the key. */
const SPENT = 10_000;
export const UNSPENT = 10;
/** TRANSFERs of the asset: so many in one block, each of another share. */
const ASSET_SHARES = 100;
const ASSET_ROUNDS = 50;
const FILL_BLOCK = 1000;
const FILL_NAME = 'reads';
/** Ids that are asked for, spread over all that is stored. */
const SAMPLE = 10_000;

/** Path of the values `serials`, which the node must index. */
export const INDEXED_PATH = 'asset.data.serial';

export interface ReadLedger {
  /** Has 10 unspent outputs and 10,000 spent ones. */
  readonly publicKey: string;
  /** Has 5,000 TRANSFERs. */
  readonly assetId: string;
  /** Some of the other transactions, in random order. */
  readonly ids: readonly string[];
  /** `asset.data.serial` of some of them; each stands once. */
  readonly serials: readonly string[];
  /** Transactions stored. */
  readonly count: number;
}

interface Share extends SpendPlan {
  readonly assetId: string;
}

/** Writes the ledger into the store of a node that does not run; `stored` CREATEs beside the rest. */
export async function makeReadLedger(folder: NodeFolder, stored: number): Promise<ReadLedger> {
  const store = await MadeStore.open(folder);
  try {
    const key = SigningKey.fromText('reads owner');
    await addPast(store, key);
    const assetId = await addHistory(store);
    const { ids, serials } = await addOthers(store, stored);
    return { publicKey: key.publicKey, assetId, ids, serials, count: store.count };
  } finally {
    await store.close();
  }
}

async function addPast(store: MadeStore, key: SigningKey): Promise<void> {
  const other = SigningKey.fromText('reads receiver');
  const made = Array.from({ length: SPENT + UNSPENT }, (_, serial) =>
    makeCreate({ signers: [key], data: { past: serial } }),
  );
  await store.add(made.map((each) => each.text));
  const step = SPENT / UNSPENT + 1;
  const spent = made.filter((_, serial) => serial % step !== 0);
  const transfers = spent.map(({ id }) => moved(share(id, id, 0, key), other));
  await store.add(transfers.map((each) => each.text));
}

async function addHistory(store: MadeStore): Promise<string> {
  const owner = SigningKey.fromText('reads holder');
  const outputs = Array.from({ length: ASSET_SHARES }, () => ({ publicKeys: [owner.publicKey] }));
  const create = makeCreate({ signers: [owner], outputs, data: { history: true } });
  await store.add([create.text]);
  let shares = outputs.map((_, index) => share(create.id, create.id, index, owner));
  for (let round = 0; round < ASSET_ROUNDS; round++) {
    const transfers = shares.map((each) => moved(each, owner));
    await store.add(transfers.map((each) => each.text));
    shares = transfers.map(({ id }) => share(create.id, id, 0, owner));
  }
  return create.id;
}

async function addOthers(store: MadeStore, stored: number) {
  const maker = new TransactionMaker(FILL_NAME);
  const every = Math.max(1, Math.floor(stored / SAMPLE));
  const ids: string[] = [];
  const serials: string[] = [];
  for (let made = 0; made < stored; made += FILL_BLOCK) {
    const transactions = maker.many(Math.min(FILL_BLOCK, stored - made));
    await store.add(transactions.map((each) => each.text));
    transactions.forEach(({ id }, index) => {
      if ((made + index) % every !== 0) return;
      ids.push(id);
      serials.push(`${FILL_NAME}-${made + index}`);
    });
  }
  shuffle(ids);
  shuffle(serials);
  return { ids, serials };
}

function share(assetId: string, transactionId: string, index: number, owner: SigningKey): Share {
  const details = { type: 'ed25519-sha-256' as const, public_key: owner.publicKey };
  return { assetId, transaction_id: transactionId, output_index: index, details, signers: [owner] };
}

function moved({ assetId, ...spend }: Share, to: SigningKey) {
  return makeTransfer({ assetId, spends: [spend], outputs: [{ publicKeys: [to.publicKey] }] });
}

function shuffle(values: string[]): void {
  values.sort(() => Math.random() - 0.5);
}
