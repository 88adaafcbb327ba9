/**
 * The beginning: the genesis block is claimed once at height 0, and adopted by every other node (1.0.1: section 3.1,
 * where two nodes could both make one). Its `voters` are the federation until `federation.changes` says otherwise.
 */

import type { KeyPair } from '../codec/key-pair.js';
import { isClaimed, makeClaim } from '../model/block.js';
import type { CheckedBlock } from '../model/block-types.js';
import { makeGenesisBlock } from '../model/genesis.js';
import { type ReadImport, readImport, verifyImport } from '../model/import-record.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Store, StoredBlock, StoredImport } from '../store/store.js';
import { StoreUnavailable } from '../store/store.js';
import type { Checker } from './checker.js';

/** What stands in store or view cannot be used with these settings, or with each other. The message names both sides. */
export class UnusableLedger extends Error {
  override readonly name = 'UnusableLedger';
}

export interface GenesisOptions {
  readonly store: Store;
  readonly checker: Checker;
  readonly runtime: Runtime;
  /** null for a gateway, which waits for a member to begin. */
  readonly keyPair: KeyPair | null;
  /** keyring and this node's key. */
  readonly members: readonly string[];
}

/** How the ledger of a store began. */
export interface Beginning {
  readonly genesis: CheckedBlock;
  /** Where it came from 1.0.x: the record of the import, verified. */
  readonly imported: ReadImport | null;
}

/**
 * Claims height 0 if it is free and this is a node, and returns the genesis block that the store holds, with the record
 * of an import if there was one. Throws UnusableLedger, also for an import that is not finished.
 */
export async function adoptBeginning(options: GenesisOptions): Promise<Beginning> {
  const record = await options.store.readImport();
  if (record !== null && (await readGenesis(options.store)) === null) throw new UnusableLedger(UNFINISHED);
  const genesis = await adoptGenesis(options);
  // Beside a genesis block that was claimed here, a record says nothing: somebody wrote it past the node.
  if (isClaimed(genesis)) return { genesis, imported: null };
  return { genesis, imported: await usableImport(options.store, record) };
}

const UNFINISHED = 'an import from 1.0.x into this store is not finished; run `bigchaindb import` again';

async function usableImport(store: Store, record: StoredImport | null): Promise<ReadImport> {
  const imported = record === null ? null : readImport(record.text);
  if (imported === null || !verifyImport(imported))
    throw new UnusableLedger(
      "the store's genesis block was not claimed, and there is no valid record of an import from 1.0.x",
    );
  const [last] = await store.readBlocks(imported.lastHeight, 1);
  if (last?.height !== imported.lastHeight) throw new UnusableLedger(UNFINISHED);
  return imported;
}

async function adoptGenesis(options: GenesisOptions): Promise<CheckedBlock> {
  const { store, checker } = options;
  let stored = await readGenesis(store);
  if (stored === null && options.keyPair !== null) {
    await claimGenesis(options, options.keyPair);
    stored = await readGenesis(store);
  }
  if (stored === null) throw new StoreUnavailable('the store holds no genesis block yet');
  const checked = await checker.checkBlock(stored, []);
  const fault = checked === null ? 'it is not a block, or its id or claim is wrong' : faultOf(checked);
  if (checked === null || fault !== null) {
    throw new UnusableLedger(`the store's genesis block ${stored.id} cannot be used: ${fault}`);
  }
  return checked;
}

async function readGenesis(store: Store): Promise<StoredBlock | null> {
  const [first] = await store.readBlocks(0, 1);
  return first?.height === 0 ? first : null;
}

async function claimGenesis(options: GenesisOptions, keyPair: KeyPair): Promise<void> {
  const { store, runtime, members } = options;
  const timestamp = String(Math.round(runtime.clock.nowMs() / 1000));
  const made = makeGenesisBlock(keyPair, { timestamp, voters: [...members].sort() });
  const claim = { blockId: made.id, height: 0, parent: '' };
  const block = { ...made, height: 0, parent: '', claimSignature: makeClaim(keyPair, claim) };
  // A crash here leaves a genesis block or none; the next start adopts it or claims again.
  const result = await store.claimHeight(block);
  runtime.failpoints.hit('genesis.after_claim');
  if (result === 'unavailable' || result === 'unknown') {
    throw new StoreUnavailable(`the outcome of claiming the genesis block is ${result}`);
  }
}

function faultOf(block: CheckedBlock): string | null {
  if (block.shapeProblem !== null) return block.shapeProblem;
  if (!block.signatureValid) return 'its signature is wrong';
  if (!block.voters.includes(block.creator)) return 'its creator is not one of its voters';
  const [only] = block.transactions;
  if (block.transactions.length !== 1 || !only?.ok || only.transaction.operation !== 'GENESIS') {
    return 'it does not hold exactly one GENESIS transaction';
  }
  return null;
}
