/**
 * Two running nodes and a third member, mallory, that is not run but acted: it writes straight into the shared store
 * with its own key. Used by the tests of what one faulty member of three can do.
 */

import { makeBlock, makeClaim } from '../../src/model/block.js';
import type { MadeTransaction } from '../../src/model/make-transaction.js';
import { makeVote } from '../../src/model/vote.js';
import type { Store, StoredBlock } from '../../src/store/store.js';
import { type FederationNode, type FederationOptions, FederationWorld } from './federation-world.js';
import { keyPairOf } from './keys.js';
import { create } from './transactions.js';

export const mallory = keyPairOf('mallory');
const MEMBERS = ['node-a', 'node-b', 'mallory'];
const VOTERS = MEMBERS.map((name) => keyPairOf(name).publicKey);

export class HostileScene {
  readonly a: FederationNode;
  readonly b: FederationNode;
  readonly store: Store;
  readonly federation: FederationWorld;
  private serial = 0;

  constructor(seed: number, options: Partial<FederationOptions> = {}) {
    this.federation = new FederationWorld(seed, { members: MEMBERS, faultRate: 0, latencyMs: 5, ...options });
    const [a, b] = this.federation.nodes;
    if (a === undefined || b === undefined) throw new Error('two nodes are needed');
    this.a = a;
    this.b = b;
    this.store = this.federation.observer();
  }

  /** Starts the given nodes and waits until they are ready. */
  async start(nodes: readonly FederationNode[] = [this.a, this.b]): Promise<void> {
    for (const node of nodes) node.start();
    await this.until(() => nodes.every((node) => node.core?.access.notReady().length === 0), 10_000);
  }

  /** Runs until it is so; a failed expectation says that it never was. */
  async until(isSo: () => boolean, virtualMs = 60_000): Promise<void> {
    expect(await this.federation.world.runUntil(isSo, virtualMs)).toBe(true);
  }

  /** A block of mallory's for the next height (or a given one), right in everything unless the transactions are not. */
  nextBlock(
    transactions: readonly MadeTransaction[] = [this.transaction()],
    place: { readonly height: number; readonly parent: string } = this.next(),
  ): StoredBlock {
    const { height, parent } = place;
    const made = makeBlock(mallory, {
      timestamp: '1500000000',
      transactionTexts: transactions.map(({ text }) => text),
      voters: VOTERS,
    });
    const claimSignature = makeClaim(mallory, { blockId: made.id, height, parent });
    return { height, id: made.id, text: made.text, signature: made.signature, parent, claimSignature };
  }

  /** The next height and parent, as the first of the running nodes knows them. */
  next(): { height: number; parent: string } {
    const { core } = this.a.up ? this.a : this.b;
    return { height: (core?.state.head ?? -1) + 1, parent: core?.state.headBlockId ?? '' };
  }

  /** Votes of these members say that the block is valid, whoever they are. */
  async vote(block: StoredBlock, names: readonly string[], isBlockValid = true): Promise<void> {
    const parts = { blockId: block.id, previousBlock: block.parent, isBlockValid, timestamp: '1500000000' };
    await this.store.addVotes(names.map((name) => makeVote(keyPairOf(name), parts)));
  }

  /** Another one with each call. */
  transaction(): MadeTransaction {
    this.serial += 1;
    return create({ data: { serial: this.serial, seed: this.federation.world.seed } });
  }

  /** Submits at a node and returns the id once the node has answered that it is accepted. */
  async accepted(node: FederationNode, made: MadeTransaction = this.transaction()): Promise<string> {
    const submitted = node.core?.access.submit([made.text]) ?? Promise.resolve([]);
    const [outcome] = await this.federation.world.settle(submitted, 10_000);
    expect(outcome).toMatchObject({ accepted: true });
    return made.id;
  }

  status(node: FederationNode, id: string): string | null {
    return node.core?.access.transactionState(id)?.status ?? null;
  }

  failures(): string[] {
    return [this.a, this.b].flatMap((node) => node.failures.map(String));
  }
}
