/**
 * Danger: an acknowledgement without an entry on stable storage; a refusal that undecided heights could overturn; a client
 * that is told «nothing was written» of what was.
 * Method: a door on a store whose answers fail in every way that the port knows, and on a ledger with undecided heights.
 */

import { BOUNDS } from '../../../src/config/limits.js';
import type { SubmitOutcome } from '../../../src/ledger/ledger.js';
import { Submit, type SubmitOptions } from '../../../src/ledger/submit.js';
import { type BacklogEntry, StoreUnavailable, type WriteResult } from '../../../src/store/store.js';
import { publicKeyOfName } from '../../support/keys.js';
import { MadeLedger } from '../../support/made-ledger.js';
import {
  create,
  documentOf,
  inputsOf,
  spend,
  textOf,
  to,
  transfer,
  transferTo,
} from '../../support/transactions.js';
import { LedgerScene } from './support/ledger-scene.js';

const MEMBERS = ['node-a', 'node-b'];
const ME = publicKeyOfName('node-a');

interface Door {
  readonly scene: LedgerScene;
  readonly submit: Submit;
  /** Ids of each look. */
  readonly looks: (readonly string[])[];
  readonly accepted: () => number;
}

async function openDoor(made = new MadeLedger(MEMBERS), change: Partial<SubmitOptions> = {}): Promise<Door> {
  const scene = await LedgerScene.open({ made });
  await scene.follow(1);
  const { state, backlog, stamps } = scene.parts;
  const looks: (readonly string[])[] = [];
  let accepted = 0;
  const submit = new Submit({
    store: scene.store,
    checker: scene.checker,
    state,
    backlog,
    runtime: scene.runtime,
    stamps,
    limits: scene.options.limits,
    checksQueuedMax: BOUNDS.checksQueuedMax,
    chooseAssignee: () => ME,
    look: async (ids) => void looks.push(ids),
    onAccepted: () => {
      accepted += 1;
    },
    ...change,
  });
  return { scene, submit, looks, accepted: () => accepted };
}

function code(outcome: SubmitOutcome | undefined): string | null {
  return outcome?.accepted === false ? outcome.problem.code : null;
}

describe('the answer of the store', () => {
  /** Answers these, one list a call; the last one again and again. */
  function answering(...answers: (readonly WriteResult[])[]) {
    const sent: (readonly BacklogEntry[])[] = [];
    const addBacklog = async (rows: readonly BacklogEntry[]) => {
      sent.push(rows);
      return [...(answers[Math.min(sent.length, answers.length) - 1] ?? [])];
    };
    return { sent, addBacklog };
  }

  async function submitted(...answers: (readonly WriteResult[])[]) {
    const { sent, addBacklog } = answering(...answers);
    const door = await openDoor();
    door.scene.store.addBacklog = addBacklog;
    const coins = (answers[0] ?? []).map(() => create());
    const outcomes = await door.submit.submit(coins.map(({ text }) => text));
    return { door, sent, coins, outcomes };
  }

  test('ok and duplicate are acknowledged', async () => {
    const { door, outcomes, coins } = await submitted(['ok', 'duplicate']);
    expect(outcomes).toMatchObject(
      coins.map(({ id, text }) => ({ accepted: true, id, text, operation: 'CREATE' })),
    );
    expect([door.scene.parts.backlog.mineCount, door.accepted()]).toEqual([2, 1]);
  });

  test.each<WriteResult>(['unavailable', 'conflict'])(
    '%s is not; the outputs are free again',
    async (result) => {
      const { door, outcomes } = await submitted([result, 'ok']);
      expect(outcomes).toMatchObject([
        { accepted: false, retryable: true, notJson: false, problem: { code: 'STORE_UNAVAILABLE' } },
        { accepted: true },
      ]);
      expect(door.scene.parts.backlog.count).toBe(1);
    },
  );

  test('what is unknown is sent again, the same bytes and nothing else', async () => {
    const { sent, outcomes } = await submitted(['unknown', 'ok', 'unknown'], ['duplicate', 'ok']);
    expect(outcomes.map(({ accepted }) => accepted)).toEqual([true, true, true]);
    expect(sent).toHaveLength(2);
    expect(sent[1]).toEqual([sent[0]?.[0], sent[0]?.[2]]);
  });

  test('what stays unknown is said to be; after an unknown «unavailable» says nothing', async () => {
    const unknown = await submitted(['unknown']);
    expect([code(unknown.outcomes[0]), unknown.sent.length]).toEqual(['OUTCOME_UNKNOWN', 4]);
    const unavailable = await submitted(['unknown'], ['unavailable']);
    expect(unavailable.outcomes).toMatchObject([{ retryable: true, problem: { code: 'OUTCOME_UNKNOWN' } }]);
    expect(unavailable.door.scene.parts.backlog.count).toBe(0);
  });

  test('a store that answers for fewer than it was given leaves the rest unknown', async () => {
    const door = await openDoor();
    door.scene.store.addBacklog = async () => ['ok'];
    const outcomes = await door.submit.submit([create().text, create().text]);
    expect(outcomes.map(code)).toEqual([null, 'OUTCOME_UNKNOWN']);
  });

  test('a store that throws is unavailable when it says so, and a fault of this program otherwise', async () => {
    const door = await openDoor();
    const { store } = door.scene;
    store.addBacklog = () => Promise.reject(new StoreUnavailable('no connection'));
    expect((await door.submit.submit([create().text])).map(code)).toEqual(['STORE_UNAVAILABLE']);
    store.addBacklog = () => Promise.reject(new Error('a mistake'));
    await expect(door.submit.submit([create().text])).rejects.toThrow('a mistake');
  });
});

describe('a resend', () => {
  test('gets a stamp of its own, so that nobody clears it by an older judgement', async () => {
    const { scene, submit } = await openDoor();
    const coin = create();
    await submit.submit([coin.text]);
    const [first] = await scene.facts.backlogByTransaction([coin.id]);
    expect(await submit.submit([coin.text])).toMatchObject([{ accepted: true, id: coin.id }]);
    const [second, ...others] = await scene.facts.backlogByTransaction([coin.id]);
    expect([second?.digest, others]).toEqual([first?.digest, []]);
    expect(second?.stamp).not.toBe(first?.stamp);
    expect(scene.parts.backlog.get(first?.digest ?? '')?.stamp).toBe(second?.stamp);
  });

  test('that fails leaves the entry that stands', async () => {
    const { scene, submit } = await openDoor();
    const coin = create();
    await submit.submit([coin.text]);
    scene.store.addBacklog = async () => ['unavailable'];
    expect((await submit.submit([coin.text])).map(code)).toEqual(['STORE_UNAVAILABLE']);
    expect(scene.access.transactionState(coin.id)?.status).toBe('backlog');
  });

  test('of a TRANSFER that is valid already is acknowledged and writes nothing', async () => {
    const made = new MadeLedger(MEMBERS);
    const coin = create();
    const paid = transferTo(coin, 'alice', 'bob');
    made.add([coin.text]);
    made.add([paid.text]);
    const { scene, submit } = await openDoor(made);
    expect(await submit.submit([paid.text])).toMatchObject([
      { accepted: true, id: paid.id, operation: 'TRANSFER' },
    ]);
    expect(await scene.facts.countBacklog()).toBe(0);
  });
});

describe('a door that is full', () => {
  test.each([
    ['checks', { checksQueuedMax: 0 }],
    ['entries', { backlog: { full: true } as never }],
  ])('of %s says so before it checks anything', async (_name, change) => {
    const { submit } = await openDoor(undefined, change);
    const outcomes = await submit.submit([create().text, 'not JSON']);
    expect(outcomes.map(code)).toEqual(['BACKLOG_FULL', 'BACKLOG_FULL']);
    expect(outcomes).toMatchObject([{ retryable: true }, { retryable: true, notJson: false }]);
  });
});

test('what is no JSON, no transaction or unsigned is refused, and leaves the others alone', async () => {
  const { submit, looks } = await openDoor();
  const coin = create();
  const [noJson, noTransaction, unsigned, right] = await submit.submit([
    'not JSON',
    '{"id":5}',
    Buffer.from(textOf({ ...documentOf(create()), inputs: inputsOf(documentOf(create())) })),
    coin.text,
  ]);
  expect(noJson).toMatchObject({ accepted: false, id: null, notJson: true, retryable: false });
  expect([code(noTransaction), code(unsigned)]).toEqual(['SCHEMA_VALIDATION', 'INVALID_SIGNATURE']);
  expect(right).toMatchObject({ accepted: true, id: coin.id });
  expect(looks).toEqual([]);
});

describe('a TRANSFER', () => {
  const coin = create({ outputs: [to('alice', 5), to('alice', 5), to('alice', 5)] });
  const undecided = create();
  const spent = transfer(coin.id, [spend(coin, 0, 'alice')], [to('bob', 5)]);
  const spending = transfer(coin.id, [spend(coin, 1, 'alice')], [to('bob', 5)]);

  function ledger(): MadeLedger {
    const made = new MadeLedger(MEMBERS);
    made.add([coin.text]);
    made.add([spent.text]);
    made.add([undecided.text, spending.text], { votesFor: ['node-a'] });
    return made;
  }

  test('whose signature is wrong is told first what the ledger has against it (1.0.1: section 2.4)', async () => {
    const { submit } = await openDoor(ledger());
    const forged = (index: number) => {
      const made = transfer(coin.id, [spend(coin, index, 'alice')], [to('carol', 5)]);
      const others = transfer(coin.id, [spend(coin, index, 'alice')], [to('dave', 5)]);
      const [input] = documentOf(others).inputs as readonly object[];
      return textOf({ ...documentOf(made), inputs: [{ ...input }] });
    };
    expect((await submit.submit([forged(0), forged(2)])).map(code)).toEqual([
      'DOUBLE_SPEND',
      'INVALID_SIGNATURE',
    ]);
  });

  test('is refused at once for what nothing can overturn', async () => {
    const { submit, looks } = await openDoor(ledger());
    const wrong = [
      transfer(coin.id, [spend(coin, 0, 'alice')], [to('carol', 5)]),
      transfer(coin.id, [spend(coin, 2, 'alice')], [to('carol', 6)]),
    ];
    expect((await submit.submit(wrong.map(({ text }) => text))).map(code)).toEqual([
      'DOUBLE_SPEND',
      'AMOUNT_ERROR',
    ]);
    expect(looks).toEqual([]);
  });

  test('is refused for what is undecided or unknown only after a look at all of it', async () => {
    const { submit, looks } = await openDoor(ledger());
    const waiting = transfer(coin.id, [spend(coin, 2, 'alice')], [to('bob', 5)]);
    expect((await submit.submit([waiting.text])).map(code)).toEqual([null]);
    const unknown = create();
    const doubtful = [
      transferTo(undecided, 'alice', 'bob'),
      transferTo(unknown, 'alice', 'bob'),
      transfer(coin.id, [spend(coin, 1, 'alice')], [to('carol', 5)]),
      transfer(coin.id, [spend(coin, 2, 'alice')], [to('carol', 5)]),
      transferTo({ ...waiting, outputs: waiting.outputs }, 'bob', 'carol', coin.id),
    ];
    expect((await submit.submit(doubtful.map(({ text }) => text))).map(code)).toEqual([
      'TRANSACTION_NOT_IN_VALID_BLOCK',
      'INPUT_DOES_NOT_EXIST',
      'DOUBLE_SPEND',
      'DOUBLE_SPEND',
      'TRANSACTION_NOT_IN_VALID_BLOCK',
    ]);
    expect(looks).toEqual([[undecided.id, unknown.id, coin.id, spending.id, waiting.id]]);
  });

  test('that another one in the backlog stands in the way of has that one looked at, too', async () => {
    const { submit, looks } = await openDoor(ledger());
    const waiting = transfer(coin.id, [spend(coin, 2, 'alice')], [to('bob', 5)]);
    await submit.submit([waiting.text]);
    const rival = transfer(coin.id, [spend(coin, 2, 'alice')], [to('carol', 5)]);
    expect((await submit.submit([rival.text])).map(code)).toEqual(['DOUBLE_SPEND']);
    expect(looks).toEqual([[coin.id, waiting.id]]);
  });

  test('that the look finds right is accepted', async () => {
    const made = ledger();
    const door = await openDoor(made, {
      look: async () => {
        const [block] = made.heights.slice(3);
        if (block === undefined) throw new Error('no height 3');
        await door.scene.putVotes([made.vote(block.block, 'node-b', true)]);
        await door.scene.catchUp();
      },
    });
    const paid = transferTo(undecided, 'alice', 'bob');
    const rival = transfer(coin.id, [spend(coin, 1, 'alice')], [to('carol', 5)]);
    const outcomes = await door.submit.submit([paid.text, rival.text]);
    expect(outcomes.map(code)).toEqual([null, 'DOUBLE_SPEND']);
  });

  test('is told that the store does not answer when the look cannot be taken', async () => {
    const paid = transferTo(undecided, 'alice', 'bob');
    const unavailable = await openDoor(ledger(), {
      look: () => Promise.reject(new StoreUnavailable('too long')),
    });
    expect(await unavailable.submit.submit([paid.text, create().text])).toMatchObject([
      { accepted: false, retryable: true, problem: { code: 'STORE_UNAVAILABLE' } },
      { accepted: true },
    ]);
    const broken = await openDoor(ledger(), { look: () => Promise.reject(new Error('a mistake')) });
    await expect(broken.submit.submit([paid.text])).rejects.toThrow('a mistake');
  });

  test('that conflicts with another one of the same request is refused', async () => {
    const { submit } = await openDoor(ledger());
    const rivals = ['bob', 'carol'].map((name) =>
      transfer(coin.id, [spend(coin, 2, 'alice')], [to(name, 5)]),
    );
    expect((await submit.submit(rivals.map(({ text }) => text))).map(code)).toEqual([null, 'DOUBLE_SPEND']);
  });
});
