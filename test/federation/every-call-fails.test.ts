/**
 * Danger: a way through the node on which one store call that fails, or whose outcome stays unknown, loses an
 * acknowledged transaction, spends an output twice, doubles a vote or stops a loop for ever (F3).
 * Method: one node walks one fixed story. The story is repeated with its n-th store call failing, n = 1, 2, 3, … until a
 * run makes fewer calls than n, and each in three ways: not done; done, but not answered; not done and not answered.
 */

import { canonicalJson } from '../../src/codec/canonical-json.js';
import { sha256Hex } from '../../src/codec/hash.js';
import type { SubmitOutcome } from '../../src/ledger/ledger.js';
import type { MadeTransaction } from '../../src/model/make-transaction.js';
import { FederationWorld } from '../support/federation-world.js';
import { keyPairOf } from '../support/keys.js';
import type { StoreFault } from '../support/store-faults.js';
import { create, spend, to, transfer } from '../support/transactions.js';

const MEMBER = 'node-a';
const JUNK_TEXT = canonicalJson({ nothing: 'a transaction' });

interface Walk {
  /** Store calls that the story made. */
  readonly calls: number;
  readonly failed: string | null;
}

/** The story: two creations, a transfer of one, two spends of its output, and an entry that is no transaction. */
class Story {
  readonly accepted = new Set<string>();
  readonly made: MadeTransaction = create({ data: { story: 'first' } });
  readonly other: MadeTransaction = create({ data: { story: 'second' } });
  readonly moved = transfer(this.made.id, [spend(this.made, 0, 'alice')], [to('bob')]);
  readonly rivals = [1, 2].map((serial) =>
    transfer(this.made.id, [spend(this.moved, 0, 'bob')], [to('carol')], { serial }),
  );

  constructor(private readonly federation: FederationWorld) {}

  private get core() {
    return this.federation.nodes[0]?.core ?? null;
  }

  /** Sends a transaction until it is accepted or refused for good. */
  async send(transaction: MadeTransaction): Promise<void> {
    const { world } = this.federation;
    for (let tries = 0; tries < 10; tries += 1) {
      const submitted: Promise<SubmitOutcome[]> =
        this.core?.access.submit([transaction.text]) ?? Promise.resolve([]);
      const [outcome] = await world.settle(submitted, 10_000);
      if (outcome?.accepted) {
        this.accepted.add(transaction.id);
        return;
      }
      if (outcome !== undefined && !outcome.retryable && outcome.problem.code === 'DOUBLE_SPEND') return;
      await world.runFor(500);
    }
    throw new Error(`${transaction.id} found no answer`);
  }

  async tell(): Promise<void> {
    const { world } = this.federation;
    const store = this.federation.observer();
    await Promise.all([this.send(this.made), this.send(this.other)]);
    await world.runUntil(() => this.isFinal(this.made.id), 60_000);
    await this.send(this.moved);
    await world.runUntil(() => this.isFinal(this.moved.id), 60_000);
    await store.addBacklog([
      {
        digest: sha256Hex(JUNK_TEXT),
        transactionId: 'ab'.repeat(32),
        text: JUNK_TEXT,
        assignee: keyPairOf(MEMBER).publicKey,
        stamp: 'junk',
        acceptedAtMs: 0,
      },
    ]);
    await Promise.all(this.rivals.map((rival) => this.send(rival)));
  }

  isFinal(id: string): boolean {
    const status = this.core?.access.transactionState(id)?.status;
    return status === 'valid' || status === 'rejected';
  }

  /** What is still to come; empty at rest. */
  async unrest(): Promise<string[]> {
    if (this.core === null) return ['the node is down'];
    const { state, backlog } = this.core;
    const store = this.federation.observer();
    const [left, rejections] = [await store.countBacklog(), await store.readRejections(0, 10)];
    return [
      ...(state.undecidedCount > 0 ? ['a height is undecided'] : []),
      ...(backlog.count > 0 ? ['the node knows backlog entries'] : []),
      ...(left > 0 ? [`${left} entries stand in the store`] : []),
      ...(rejections.length === 0 ? ['the junk is not rejected'] : []),
      ...[...this.accepted].filter((id) => !this.isFinal(id)).map((id) => `${id} is not final`),
    ];
  }
}

async function walk(failing: number, fault: StoreFault, onFault: (name: string) => void): Promise<Walk> {
  let calls = 0;
  let failed: string | null = null;
  const federation = new FederationWorld(7, {
    members: [MEMBER],
    faultRate: 0,
    latencyMs: 2,
    decide: (name) => {
      calls += 1;
      if (calls !== failing) return 'none';
      failed = name;
      onFault(name);
      return fault;
    },
  });
  const [node] = federation.nodes;
  if (node === undefined) throw new Error('a node is needed');
  node.start();
  const story = new Story(federation);
  await federation.world.runUntil(() => node.core?.access.notReady().length === 0, 30_000);
  await story.tell();
  for (let tries = 0; tries < 60 && (await story.unrest()).length > 0; tries += 1)
    await federation.world.runFor(500);
  const used = calls;
  await federation.world.runFor(1500);
  await check(federation, story);
  node.crash();
  return { calls: used, failed };
}

async function check(federation: FederationWorld, story: Story): Promise<void> {
  const [node] = federation.nodes;
  if (node === undefined) throw new Error('a node is needed');
  expect(node.failures.map(String)).toEqual([]);
  expect(await story.unrest()).toEqual([]);
  const included = node.view.heights.flatMap(({ block }) =>
    block?.status === 'valid' ? block.transactions.map(({ id }) => id) : [],
  );
  // I2, and I6: what was accepted is in one valid block; of two rivals one is, and the other was refused or rejected.
  expect(new Set(included).size).toBe(included.length);
  for (const { id } of [story.made, story.other, story.moved]) expect(included).toContain(id);
  expect(story.rivals.filter(({ id }) => included.includes(id))).toHaveLength(1);
  for (const { id } of story.rivals) {
    if (story.accepted.has(id) && !included.includes(id))
      expect(node.view.rejection(id)?.code).toBe('DOUBLE_SPEND');
  }
  // I11: one vote on each block above the first, and none of its blocks is anything but valid (I21).
  const store = federation.observer();
  for (const block of await store.readBlocks(1, 100)) {
    expect(await store.readVotes([block.id], 10)).toHaveLength(1);
    expect(node.view.blockByHeight(block.height)?.status).toBe('valid');
  }
}

describe('each store call of a walk fails once', () => {
  const faults: readonly StoreFault[] = ['unavailable', 'unknown-applied', 'unknown-not-applied'];
  test.each(faults)(
    '%s',
    async (fault) => {
      const verbs = new Set<string>();
      let last = '';
      let failing = 1;
      for (let needed = 1; failing <= needed; failing += 1) {
        let outcome: Walk;
        try {
          outcome = await walk(failing, fault, (name) => {
            last = name;
          });
        } catch (error) {
          throw new Error(`call ${failing} (${last}): ${String(error)}`, { cause: error });
        }
        needed = outcome.calls;
        if (outcome.failed !== null) verbs.add(outcome.failed);
      }
      expect(failing).toBeGreaterThan(20);
      for (const verb of [
        'addBacklog',
        'claimHeight',
        'addVotes',
        'addRejections',
        'removeBacklog',
        'readBlocks',
      ])
        expect([...verbs]).toContain(verb);
    },
    120_000,
  );
});
