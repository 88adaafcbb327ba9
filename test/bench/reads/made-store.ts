/**
 * Fills the store of a node that does not run yet with blocks of its own making, claims and votes included: the node
 * finds them when it starts, checks every byte as it would another's, and catches up. Much quicker than to post them.
 */

import { join } from 'node:path';
import type { KeyPair } from '../../../src/codec/key-pair.js';
import { makeBlock, makeClaim } from '../../../src/model/block.js';
import { makeGenesisBlock } from '../../../src/model/genesis.js';
import { makeVote } from '../../../src/model/vote.js';
import { createWorkerStore } from '../../../src/store/embedded/worker.js';
import type { Store } from '../../../src/store/store.js';
import type { NodeFolder } from '../../support/process-node.js';
import { SigningKey } from '../../support/process-transactions.js';

/** 1.0.1: section 3.2. */
const BLOCK_TRANSACTIONS = 1000;
const FIRST_TIMESTAMP = 1_700_000_000;

export class MadeStore {
  /** Transactions written, without the genesis. */
  count = 0;
  private height = 0;
  private parent = '';

  private constructor(
    private readonly store: Store,
    private readonly node: KeyPair,
  ) {}

  /** Makes the store of `folder` and its genesis block. */
  static async open(folder: NodeFolder): Promise<MadeStore> {
    const store = await createWorkerStore({
      path: join(folder.dataFolder, 'store.sqlite'),
      onFailure: (error) => {
        throw error;
      },
    });
    const made = new MadeStore(store, SigningKey.fromText(folder.folder));
    const genesis = { timestamp: String(FIRST_TIMESTAMP), voters: [made.node.publicKey] };
    await made.claim(makeGenesisBlock(made.node, genesis));
    return made;
  }

  /** Writes valid blocks of these canonical texts, which spend nothing of one another. */
  async add(texts: readonly string[]): Promise<void> {
    for (let from = 0; from < texts.length; from += BLOCK_TRANSACTIONS)
      await this.addBlock(texts.slice(from, from + BLOCK_TRANSACTIONS));
  }

  close(): Promise<void> {
    return this.store.close();
  }

  private async addBlock(transactionTexts: readonly string[]): Promise<void> {
    const { node, parent } = this;
    const timestamp = String(FIRST_TIMESTAMP + this.height);
    const block = makeBlock(node, { timestamp, transactionTexts, voters: [node.publicKey] });
    await this.claim(block);
    const vote = { blockId: block.id, previousBlock: parent, isBlockValid: true, timestamp };
    const [voted] = await this.store.addVotes([makeVote(node, vote)]);
    if (voted !== 'ok') throw new Error(`a vote was answered ${voted}`);
    this.count += transactionTexts.length;
  }

  private async claim(block: ReturnType<typeof makeBlock>): Promise<void> {
    const { height, parent } = this;
    const claimSignature = makeClaim(this.node, { blockId: block.id, height, parent });
    const result = await this.store.claimHeight({ ...block, height, parent, claimSignature });
    if (result !== 'ok') throw new Error(`claiming height ${height} was answered ${result}`);
    this.height += 1;
    this.parent = block.id;
  }
}
