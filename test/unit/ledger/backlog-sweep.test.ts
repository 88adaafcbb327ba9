/**
 * Danger: the mirror of the backlog keeps what is gone from the store: a transaction decided, or refused, while this
 * node was just checking it stays «in the backlog» here for ever.
 * Method: a real store and state, and a checker that lets the test act while it works.
 */

import { Backlog } from '../../../src/ledger/backlog.js';
import { BacklogSweep } from '../../../src/ledger/backlog-sweep.js';
import type { Checker } from '../../../src/ledger/checker.js';
import { createDirectChecker } from '../../../src/ledger/checker-direct.js';
import { LedgerState } from '../../../src/ledger/ledger-state.js';
import { createDirectStore, SharedDatabase } from '../../../src/store/embedded/direct.js';
import { MemoryView } from '../../support/memory-view.js';
import { createSimulatedWorld } from '../../support/simulated-runtime.js';
import { digestOf } from '../../support/store-facts.js';
import { create } from '../../support/transactions.js';

const made = create();
const entry = {
  digest: digestOf(made.text),
  transactionId: made.id,
  text: made.text,
  assignee: 'another member',
  stamp: 'stamp',
  acceptedAtMs: 0,
};

function setUp() {
  const world = createSimulatedWorld(1);
  const { runtime } = world.node('node', {});
  const shared = new SharedDatabase(':memory:', (error) => {
    throw error;
  });
  const store = createDirectStore({ shared });
  const view = new MemoryView();
  const backlog = new Backlog('me');
  const direct = createDirectChecker(runtime);
  let meanwhile: () => Promise<void> = async () => undefined;
  const checker: Checker = {
    get queued() {
      return direct.queued;
    },
    async checkTransactions(texts, limits) {
      const checked = await direct.checkTransactions(texts, limits);
      await meanwhile();
      return checked;
    },
    checkBlock: (block, known) => direct.checkBlock(block, known),
    close: () => direct.close(),
  };
  const state = new LedgerState(view, runtime.clock);
  const sweep = new BacklogSweep({ store, checker, state, backlog, runtime, publicKey: 'me' });
  return {
    world,
    store,
    view,
    backlog,
    sweep,
    whileItChecks: (act: () => Promise<void>) => {
      meanwhile = act;
    },
  };
}

test('what is decided while it is checked is not taken in, and leaves the store', async () => {
  const { store, view, backlog, sweep, whileItChecks } = setUp();
  await store.addBacklog([entry]);
  whileItChecks(() =>
    view.apply([
      {
        height: 0,
        decidedAtMs: 0,
        block: {
          id: 'block',
          text: '',
          signature: '',
          parent: '',
          claimSignature: '',
          creator: '',
          timestamp: '0',
          status: 'valid',
          invalidReason: null,
          transactions: [{ id: made.id, text: made.text, acceptedAtMs: null }],
          votes: [],
        },
      },
    ]),
  );
  await sweep.readNew();
  expect([backlog.count, await store.countBacklog()]).toEqual([0, 0]);
});

test('what leaves the store while it is checked is dropped by the next comparison', async () => {
  const { world, store, backlog, sweep, whileItChecks } = setUp();
  await store.addBacklog([entry]);
  whileItChecks(async () => void (await store.removeBacklog([entry])));
  await sweep.readNew();
  expect(backlog.count).toBe(1);
  await world.runFor(15_000);
  await sweep.readNew();
  sweep.forgetGone(sweep.takeGone());
  expect(backlog.count).toBe(0);
});
