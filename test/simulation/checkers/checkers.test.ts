/**
 * Danger: a checker that finds nothing because it looks at nothing. Method: a small right chronicle, in which all of them
 * find nothing, is bent in one way for each invariant; its checker must say so.
 */

import type { MadeTransaction } from '../../../src/model/make-transaction.js';
import { keyPairOf } from '../../support/keys.js';
import { type BlockPlan, MadeLedger } from '../../support/made-ledger.js';
import { create, spend, to, transfer } from '../../support/transactions.js';
import type { Chronicle, Happening, Recorded, ViewRecord } from '../chronicle.js';
import { CHECKERS, judge } from './all.js';
import { slowLedgerOf } from './slow-ledger.js';

const NODES = ['node-1', 'node-2', 'node-3'];
const FOUR = [...NODES, 'node-4'];
const ALICE = keyPairOf('alice').publicKey;

interface Story {
  /** Blocks above the first two, each of these transactions. */
  readonly blocks?: readonly (readonly [readonly MadeTransaction[], BlockPlan?])[];
  readonly happenings?: readonly Happening[];
  readonly changes?: Chronicle['changes'];
  readonly bend?: (chronicle: Chronicle) => Partial<Chronicle>;
  readonly bendLedger?: (ledger: MadeLedger) => void;
}

const made = create({ by: 'alice', outputs: [to('alice', 3)], data: { checked: 1 } });
const other = create({ by: 'bob', outputs: [to('bob', 2)], data: { checked: 2 } });
const moved = move(made, 'bob', 3);

function move(from: MadeTransaction, recipient: string, amount: number, by = 'alice', assetId = from.id) {
  return transfer(assetId, [spend(from, 0, by)], [to(recipient, amount)], { to: recipient });
}

function nodeOf(key: string): string {
  return FOUR.find((name) => keyPairOf(name).publicKey === key) ?? 'mallory';
}

/** Three nodes that make and decide the blocks of a ledger, and a subscriber that follows. */
function chronicleOf({ blocks = [], happenings = [], changes = [], bend, bendLedger }: Story): Chronicle {
  const ledger = new MadeLedger(NODES);
  ledger.add([made.text, other.text]);
  ledger.add([moved.text]);
  for (const [transactions, plan] of blocks)
    ledger.add(
      transactions.map(({ text }) => text),
      plan,
    );
  bendLedger?.(ledger);
  const facts = {
    entries: [],
    blocks: ledger.heights.map(({ block }) => block),
    votes: ledger.heights.flatMap(({ votes }) => votes),
    rejections: [],
  };
  const bare = {
    events: [],
    facts,
    members: ledger.keys(),
    changes,
    processes: FOUR,
    views: [],
    unrest: null,
  };
  const { decided, spentBy } = slowLedgerOf(bare);
  const statusOf = (status: string): string => (status === 'genesis' ? 'undecided' : status);
  const views: ViewRecord[] = NODES.map((node) => ({
    node,
    heights: decided.map(({ height, fact, status }) => ({
      height,
      blockId: fact.id,
      status: statusOf(status),
    })),
    spends: spentBy,
  }));
  const told: Happening[] = [
    { kind: 'subscribed', subscriber: 's', after: { height: 0, position: -1 } },
    ...facts.blocks.map((block): Happening => ({ kind: 'block', by: 'node-1', block })),
    ...facts.votes.map((vote): Happening => ({ kind: 'vote', by: nodeOf(vote.node), vote })),
    ...views.flatMap(({ node, heights }) =>
      heights.map((height): Happening => ({ kind: 'decided', node, ...height })),
    ),
    ...decided.flatMap(({ height, transactions, status }) =>
      (status === 'valid' ? transactions : []).map(
        ({ id }, position): Happening => ({
          kind: 'delivered',
          subscriber: 's',
          transactionId: id,
          place: { height, position },
        }),
      ),
    ),
    ...happenings,
  ];
  const events = told.map((event, atMs): Recorded => ({ ...event, atMs, life: 1 }));
  const chronicle = { ...bare, events, views };
  return { ...chronicle, ...bend?.(chronicle) };
}

const aVote = (chronicle: Chronicle) => chronicle.facts.votes[0];

const STORIES: Readonly<Record<string, Story>> = {
  I1: { blocks: [[[move(made, 'carol', 3)]]] },
  I2: { blocks: [[[made]]] },
  I3: { blocks: [[[move(other, 'carol', 9, 'bob')]]] },
  I4: { blocks: [[[move(other, 'carol', 2, 'bob', made.id)]]] },
  I5: { blocks: [[[move({ ...other, id: 'e'.repeat(64) }, 'carol', 2, 'bob')]]] },
  I6: { happenings: [{ kind: 'acknowledged', node: 'node-1', transactionId: 'd'.repeat(64) }] },
  I7: {
    bend: (chronicle) => ({ facts: { ...chronicle.facts, votes: chronicle.facts.votes.slice(1) } }),
  },
  I8: {
    blocks: [[[create({ data: { checked: 3 } })]]],
    bendLedger: (ledger) => {
      const [first, last] = [ledger.heights[0], ledger.heights.at(-1)];
      if (first !== undefined && last !== undefined)
        last.block = { ...last.block, signature: first.block.signature };
    },
  },
  I9: { happenings: [{ kind: 'decided', node: 'node-1', height: 1, blockId: 'x', status: 'invalid' }] },
  I10: { happenings: [{ kind: 'decided', node: 'node-2', height: 1, blockId: 'x', status: 'valid' }] },
  I11: {
    bend: (chronicle) => {
      const vote = aVote(chronicle);
      if (vote === undefined) throw new Error('a vote is needed');
      const again: Recorded = { kind: 'vote', by: nodeOf(vote.node), life: 1, vote, atMs: 999 };
      return { events: [...chronicle.events, again] };
    },
  },
  I12: { blocks: [[[create({ data: { checked: 4 } })], { votesAgainst: NODES }]] },
  I13: {
    happenings: [
      {
        kind: 'entry',
        by: 'node-1',
        entry: { digest: 'd', transactionId: 't', text: '{}', assignee: '', stamp: '' },
      },
      { kind: 'acknowledged', node: 'node-1', transactionId: 't' },
    ],
  },
  I14: { blocks: [[[create({ data: { checked: 5 } })], { votesFor: ['node-1'] }]] },
  I15: {
    bend: ({ events }) => ({
      events: events.filter(({ kind, atMs }) => kind !== 'delivered' || atMs % 2 > 0),
    }),
  },
  I16: { happenings: [{ kind: 'answered', node: 'node-1', transactionId: made.id, status: null }] },
  I17: { bend: ({ views }) => ({ views: views.map((view) => ({ ...view, spends: new Map() })) }) },
  I18: {
    happenings: [
      {
        kind: 'entry',
        by: 'node-1',
        entry: { digest: 'd', transactionId: 't', text: '{ }', assignee: '', stamp: '' },
      },
    ],
  },
  I19: { happenings: [{ kind: 'held', node: 'node-1', what: 'entries', count: 2, limit: 1 }] },
  I20: { happenings: [{ kind: 'failed', node: 'node-1', error: 'of itself' }] },
  I21: { blocks: [[[create({ data: { checked: 6 } })], { votesAgainst: NODES }]] },
  I22: {
    bend: ({ views }) => ({ views: views.map((view) => ({ ...view, heights: view.heights.slice(1) })) }),
  },
};

test('in a right chronicle they find nothing', () => {
  const outputs = { kind: 'listed', node: 'node-1', publicKey: ALICE, spent: true, asOf: 2 } as const;
  const listed: Happening = { ...outputs, links: [`${made.id}:0`] };
  expect(judge(chronicleOf({ happenings: [listed] }))).toEqual([]);
});

test.each(Object.keys(CHECKERS))('%s is found broken', (invariant) => {
  const story = STORIES[invariant];
  if (story === undefined) throw new Error(`there is no story for ${invariant}`);
  expect(judge(chronicleOf(story)).map((breach) => breach.invariant)).toContain(invariant);
});

test('a list of outputs that lacks one is found', () => {
  const listed: Happening = {
    kind: 'listed',
    node: 'node-1',
    publicKey: ALICE,
    spent: true,
    asOf: 2,
    links: [],
  };
  expect(judge(chronicleOf({ happenings: [listed] })).map(({ invariant }) => invariant)).toEqual(['I16']);
});

test('another text under the id of a transaction does not stand for it', () => {
  const lost = create({ data: { checked: 7 } });
  const entryOf = (text: string): Happening => {
    const entry = { digest: text, transactionId: lost.id, text, assignee: '', stamp: '' };
    return { kind: 'entry', by: 'node-1', entry };
  };
  const acknowledged: Happening = { kind: 'acknowledged', node: 'node-1', transactionId: lost.id };
  const found = (text: string): string[] =>
    judge(chronicleOf({ happenings: [entryOf(text), acknowledged] })).map(({ invariant }) => invariant);
  expect(found(lost.text)).not.toContain('I6');
  expect(found(`{"id":"${lost.id}"}`)).toContain('I6');
});

describe('a change of the federation', () => {
  const keys = FOUR.map((name) => keyPairOf(name).publicKey);
  const changes = [{ height: 3, members: keys }];
  const configured = (node: string): Happening => ({ kind: 'configured', node, from: 1, changes });
  const byFour = [[create({ data: { checked: 8 } })], { voters: keys, votesFor: FOUR }] as const;
  const others = ['node-1', 'node-2', 'node-4'].map(configured);
  const found = (story: Story): string[] => judge(chronicleOf(story)).map(({ invariant }) => invariant);

  test('is in force from its height on, and is none where nobody agreed on it', () => {
    const happenings = FOUR.map(configured);
    expect(judge(chronicleOf({ changes, happenings, blocks: [byFour] }))).toEqual([]);
    expect(found({ blocks: [byFour] })).not.toEqual([]);
  });

  test('gives nobody a vote before its height', () => {
    const early = [[create({ data: { checked: 9 } })], { votesFor: FOUR }] as const;
    const later = [{ height: 4, members: keys }];
    const happenings = FOUR.map((node): Happening => ({ kind: 'configured', node, from: 1, changes: later }));
    expect(found({ changes: later, happenings, blocks: [early] })).toEqual(['I11']);
  });

  const passes: Happening = { kind: 'decided', node: 'node-3', height: 3, blockId: null, status: 'passed' };

  test('may be decided otherwise only by who has not heard of it', () => {
    const odd = { changes, happenings: [...others, passes], blocks: [byFour] };
    expect(found(odd)).toEqual([]);
    expect(found({ ...odd, happenings: [...FOUR.map(configured), passes] })).toContain('I10');
  });

  test('who has not heard of it has to say so, and only that', () => {
    const noticed: Recorded = { kind: 'had time to notice', node: 'node-3', atMs: 99_000, life: 1 };
    const bend = ({ events }: Chronicle) => ({ events: [...events, noticed] });
    const saying = (error: string): Happening[] => [...others, { kind: 'stopped', node: 'node-3', error }];
    const found20 = (happenings: readonly Happening[]): string[] =>
      found({ changes, happenings, blocks: [byFour], bend });
    expect(found20(others)).toEqual(['I20']);
    expect(found20(saying('compare federation.changes'))).toEqual([]);
    expect(found20(saying('of itself'))).toEqual(['I20']);
  });

  test('whose view was led astray stays the odd one until it is derived anew', () => {
    const again: Recorded[] = [
      { kind: 'configured', node: 'node-3', from: 2, changes, atMs: 90_000, life: 1 },
      { ...passes, height: 3, atMs: 91_000, life: 2 },
    ];
    const bend = (more: readonly Recorded[]) => (chronicle: Chronicle) => ({
      events: [...chronicle.events, ...more, ...again],
    });
    const story = { changes, happenings: [...others, passes], blocks: [byFour] };
    expect(found({ ...story, bend: bend([]) })).toEqual([]);
    const rebuilt: Recorded = { kind: 'rebuilt', node: 'node-3', from: 2, atMs: 89_000, life: 1 };
    expect(found({ ...story, bend: bend([rebuilt]) })).toContain('I10');
  });
});
