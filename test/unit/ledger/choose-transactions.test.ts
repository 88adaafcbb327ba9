/**
 * Danger: a block of this node's own that others must vote down; an entry refused for good that could have become valid,
 * or kept for ever although it cannot.
 * Method: a ledger with a decided and an undecided height, and a backlog of one entry of each kind.
 */

import { BOUNDS, LEDGER } from '../../../src/config/limits.js';
import type { KnownEntry } from '../../../src/ledger/backlog.js';
import { type ChooseOptions, chooseTransactions } from '../../../src/ledger/choose-transactions.js';
import { checkTransaction } from '../../../src/model/check-transaction.js';
import type { MadeTransaction } from '../../../src/model/make-transaction.js';
import { MadeLedger } from '../../support/made-ledger.js';
import { create, spend, to, transfer, transferTo } from '../../support/transactions.js';
import { LedgerScene } from './support/ledger-scene.js';

const MEMBERS = ['node-a', 'node-b'];
const coin = create({ outputs: [to('alice', 5), to('alice', 5), to('alice', 5)] });
const paid = transfer(coin.id, [spend(coin, 0, 'alice')], [to('bob', 5)]);
const undecided = create();
const undecidedSpend = transfer(coin.id, [spend(coin, 1, 'alice')], [to('bob', 5)]);

async function ground(msPerReading = 0): Promise<LedgerScene> {
  const made = new MadeLedger(MEMBERS);
  made.add([coin.text]);
  made.add([paid.text]);
  made.add([undecided.text, undecidedSpend.text], { votesFor: ['node-a'] });
  const scene = await LedgerScene.open({ made, msPerReading });
  await scene.follow(1);
  expect(scene.parts.state.undecidedCount).toBe(1);
  return scene;
}

function entryOf(made: MadeTransaction, change: Partial<KnownEntry['transaction']> = {}): KnownEntry {
  const limits = { transactionBytesMax: LEDGER.transactionBytesMax, signaturesMax: 1000 };
  const { result } = checkTransaction(made.text, limits);
  if (!result.ok) throw new Error(result.problem.message);
  return {
    transaction: { ...result.transaction, ...change },
    assignee: 'me',
    stamp: `stamp of ${made.id}`,
    acceptedAtMs: 0,
    assignedSinceMs: 0,
    seenAtMs: 0,
    stored: true,
    waitedAtHeight: null,
  };
}

async function chosen(
  scene: LedgerScene,
  entries: readonly KnownEntry[],
  options: Partial<ChooseOptions> = {},
) {
  const { state } = scene.parts;
  const { clock, scheduler } = scene.runtime;
  return chooseTransactions({
    state,
    entries,
    expired: () => false,
    freshLook: async () => true,
    clock,
    scheduler,
    ...options,
  });
}

test('what is right goes in, what is decided is cleared, what may still become right waits', async () => {
  const scene = await ground();
  const fresh = entryOf(create());
  const spending = entryOf(transfer(coin.id, [spend(coin, 2, 'alice')], [to('carol', 5)]));
  const clear = [entryOf(coin), entryOf(paid)];
  const rival = entryOf(transfer(coin.id, [spend(coin, 2, 'alice')], [to('dave', 5)]));
  const wait = [
    entryOf(undecided),
    entryOf(transferTo(undecided, 'alice', 'bob')),
    entryOf(transfer(coin.id, [spend(coin, 1, 'alice')], [to('dave', 5)])),
    rival,
    { ...fresh, transaction: { ...fresh.transaction, digest: 'of another text with the same id' } },
  ];
  const result = await chosen(scene, [...clear, fresh, spending, ...wait]);
  expect(result.include).toEqual([fresh, spending]);
  expect(result.clear).toEqual(
    clear.map(({ transaction, stamp }) => ({ digest: transaction.digest, stamp })),
  );
  expect(result.reject).toEqual([]);
  expect(wait.map(({ waitedAtHeight }) => waitedAtHeight)).toEqual(wait.map(() => 2));
  expect([result.height, result.decidedHeight]).toEqual([4, 2]);
});

test('refused for good are a spend of what was spent, wrong amounts, a missing output, another owner', async () => {
  const scene = await ground();
  const wrong = [
    transfer(coin.id, [spend(coin, 0, 'alice')], [to('carol', 5)]),
    transfer(coin.id, [spend(coin, 2, 'alice')], [to('carol', 6)]),
    transfer(coin.id, [{ ...spend(coin, 2, 'alice'), output_index: 7 }], [to('carol', 5)]),
    transfer(create().id, [spend(coin, 2, 'alice')], [to('carol', 5)]),
    transfer(
      coin.id,
      [{ ...spend(create({ by: 'bob' }), 0, 'bob'), transaction_id: coin.id, output_index: 2 }],
      [to('bob', 5)],
    ),
  ];
  const { reject, include } = await chosen(
    scene,
    wrong.map((each) => entryOf(each)),
  );
  expect(include).toEqual([]);
  expect(reject.map(({ code }) => code)).toEqual([
    'DOUBLE_SPEND',
    'AMOUNT_ERROR',
    'INPUT_DOES_NOT_EXIST',
    'ASSET_ID_MISMATCH',
    'INVALID_SIGNATURE',
  ]);
  expect(reject[0]).toMatchObject({ transactionId: wrong[0]?.id, stamp: `stamp of ${wrong[0]?.id}` });
});

describe('an entry whose input nobody knows', () => {
  const unknown = create();
  const orphan = transferTo(unknown, 'alice', 'bob');

  test('waits until it has expired', async () => {
    const scene = await ground();
    const { reject } = await chosen(scene, [entryOf(orphan)]);
    expect(reject).toEqual([]);
  });

  test('is refused after it, when a fresh look finds every height decided; one look serves all', async () => {
    const scene = await ground();
    let looks = 0;
    const entries = [orphan, transferTo(create(), 'alice', 'bob')].map((each) => entryOf(each));
    const { reject } = await chosen(scene, entries, {
      expired: () => true,
      freshLook: async () => {
        looks += 1;
        return true;
      },
    });
    expect(reject.map(({ code, message }) => [code, message])).toEqual(
      entries.map(({ transaction }) => [
        'INPUT_DOES_NOT_EXIST',
        `an input of ${transaction.id} doesn't exist`,
      ]),
    );
    expect(looks).toBe(1);
  });

  test('is another thing than one whose input is undecided: that waits as long as it takes', async () => {
    const scene = await ground();
    const waiting = entryOf(transferTo(undecided, 'alice', 'bob'));
    const { reject } = await chosen(scene, [waiting], { expired: () => true });
    expect([reject, waiting.waitedAtHeight]).toEqual([[], 2]);
  });

  test('waits on when the look finds something undecided, or the input itself', async () => {
    const scene = await ground();
    const notYet = await chosen(scene, [entryOf(orphan)], {
      expired: () => true,
      freshLook: async () => false,
    });
    expect(notYet.reject).toEqual([]);
    const made = new MadeLedger(['node-a']);
    made.add([unknown.text]);
    const other = await LedgerScene.open({ made });
    const freshLook = async () => {
      await other.follow(1);
      return true;
    };
    const found = await chosen(other, [entryOf(orphan)], { expired: () => true, freshLook });
    expect([found.reject, other.access.transactionState(unknown.id)?.status]).toEqual([[], 'valid']);
  });
});

describe('a block is full', () => {
  test('at the number of transactions that the ledger allows', async () => {
    const scene = await ground();
    const one = entryOf(create());
    const many = Array.from({ length: LEDGER.blockTransactionsMax + 1 }, (_, index) => ({
      ...one,
      transaction: { ...one.transaction, id: `${index}` },
    }));
    const { include } = await chosen(scene, many);
    expect(include).toEqual(many.slice(0, LEDGER.blockTransactionsMax));
  });

  test('before it holds more bytes than the ledger allows, its frame included', async () => {
    const scene = await ground();
    const half = (bytes: number) => Array.from({ length: 2 }, () => entryOf(create(), { bytes }));
    const tooMuch = half(LEDGER.blockBytesMax / 2 - 1000);
    expect((await chosen(scene, tooMuch)).include).toEqual(tooMuch.slice(0, 1));
    const fitting = half(LEDGER.blockBytesMax / 2 - 10_000);
    expect((await chosen(scene, fitting)).include).toEqual(fitting);
  });

  test('and what is refused or cleared at a time is bounded, too', async () => {
    const scene = await ground();
    const more = BOUNDS.clearBatch + 1;
    const clear = await chosen(scene, Array(more).fill(entryOf(coin)));
    expect(clear.clear).toHaveLength(BOUNDS.clearBatch);
    const spent = entryOf(transfer(coin.id, [spend(coin, 0, 'alice')], [to('carol', 5)]));
    const reject = await chosen(scene, Array(more).fill(spent));
    expect(reject.reject).toHaveLength(BOUNDS.clearBatch);
  });
});

test('choosing lets others run after ten milliseconds', async () => {
  const scene = await ground(6);
  const before = scene.turns;
  await chosen(
    scene,
    [create(), create(), create(), create()].map((each) => entryOf(each)),
  );
  expect(scene.turns - before).toBe(2);
});
