/**
 * Danger: a view that says something else than the facts passes for right, or a right one for wrong.
 * Method: a view that a node derived is compared with the audit of the same facts; then one answer of it is changed at a
 * time, and the finding must name what is wrong and where.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Audit } from '../../../src/ledger/audit.js';
import type { Finding } from '../../../src/ledger/audit-types.js';
import { ViewComparison } from '../../../src/ledger/audit-view.js';
import { checkBlock } from '../../../src/model/check-block.js';
import type { ImportedStatus } from '../../../src/model/import-record.js';
import { makeRejection } from '../../../src/model/rejection.js';
import type { PlacedRejection } from '../../../src/store/store.js';
import { createDirectView } from '../../../src/view/direct-view.js';
import type { DecidedHeight, ViewRejection } from '../../../src/view/view.js';
import { ViewScan } from '../../../src/view/view-scan.js';
import { keyPairOf } from '../../support/keys.js';
import { MadeLedger } from '../../support/made-ledger.js';
import { create, documentOf, inputsOf, spend, textOf, to, transfer } from '../../support/transactions.js';
import { recordOf, unclaimed } from './support/imported-ledger.js';
import { heightOf, LedgerScene } from './support/ledger-scene.js';

const MEMBERS = ['node-a', 'node-b', 'node-c'];
const coin = create({ outputs: [to('alice', 5), to('alice', 5)], metadata: { note: 'first' } });
const paid = transfer(coin.id, [spend(coin, 0, 'alice')], [to('bob', 2), to(['bob', 'carol'], 3)]);

interface Derived {
  readonly made: MadeLedger;
  readonly importText: string | null;
  readonly heights: readonly DecidedHeight[];
  readonly rejections: readonly PlacedRejection[];
}

let folder: string;
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-view-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Genesis, valid, valid with a spend, invalid, passed, and one that is undecided. */
async function derived(): Promise<Derived> {
  const made = new MadeLedger(MEMBERS);
  made.add([coin.text], { votesFor: ['node-a', 'node-b'] });
  made.add([paid.text, create().text]);
  made.add([create().text], { votesAgainst: MEMBERS });
  const { id } = heightOf(made, 3).block;
  made.add([create().text], { voters: [], votesFor: [], parent: id });
  made.add([create().text], { parent: id, votesFor: ['node-a'] });
  const scene = await LedgerScene.open({ made });
  await scene.follow(1);
  const late = [made.vote(heightOf(made, 1).block, 'node-c', true)];
  heightOf(made, 1).votes.push(...late);
  await scene.putVotes(late);
  await scene.world.runFor(1000);
  const rejection = makeRejection(keyPairOf('node-b'), {
    transactionId: create().id,
    digest: 'ab'.repeat(32),
    code: 'AMOUNT_ERROR',
    message: 'too much',
    height: 0,
    timestamp: '1500000000',
  });
  await scene.facts.addRejections([rejection]);
  return {
    made,
    importText: null,
    heights: scene.view.heights,
    rejections: await scene.facts.readRejections(0, 10),
  };
}

/** Writes what a node concluded into a view's file, late votes and rejections included. */
async function viewFile({ made, heights, rejections }: Derived): Promise<string> {
  files += 1;
  const path = join(folder, `view-${files}.db`);
  const view = createDirectView({ path });
  await view.apply(heights);
  const shown = view.read.blockVotes(1);
  const late = heightOf(made, 1).votes.filter(
    ({ signature }) => !shown.some((vote) => vote.signature === signature),
  );
  await view.addLateVotes(late.map((vote) => ({ ...vote, standing: 'counted', height: 1 })));
  await view.addRejections(rejections.map(taken), rejections.at(-1)?.position ?? 0);
  await view.close();
  return path;
}

function taken({ transactionId, position, digest, text }: PlacedRejection): ViewRejection {
  return {
    transactionId,
    position,
    digest,
    text,
    code: 'AMOUNT_ERROR',
    message: 'too much',
    atMs: 0,
    node: 'node',
  };
}

type Change = (scan: ViewScan) => Partial<ViewScan>;
const AS_IT_IS: Change = () => ({});

interface Comparison {
  readonly change?: Change;
  readonly placeOf?: (id: string) => number | null;
  readonly stored?: readonly PlacedRejection[];
}

async function compared(facts: Derived, comparison: Comparison = {}): Promise<Finding[]> {
  const { change = AS_IT_IS, stored = facts.rejections } = comparison;
  const real = new ViewScan(await viewFile(facts));
  const scan = Object.assign(Object.create(real) as ViewScan, change(real));
  const findings: Finding[] = [];
  const audit = new Audit({ federationChanges: [], report: () => undefined });
  const placeOf = comparison.placeOf ?? ((id: string) => audit.placeOf(id));
  const view = new ViewComparison({ scan, placeOf, report: (finding) => findings.push(finding) });
  if (facts.importText !== null) audit.importRecord(facts.importText);
  const count = facts.heights.length;
  for (const { block, votes } of facts.made.heights.slice(0, count)) {
    const audited = audit.block(block, votes, checkBlock(block, new Set()));
    if (audited !== null) view.compare(audited);
  }
  expect(view.height).toBe(count - 1);
  async function* rejections() {
    yield* stored;
  }
  await view.finish(rejections(), ({ transactionId }) => transactionId !== 'junk');
  real.close();
  return findings;
}

function said(findings: readonly Finding[]): string[] {
  return findings.map(({ invariant, height, message }) => `${invariant} ${height} ${message}`);
}

let facts: Derived;
beforeAll(async () => {
  facts = await derived();
});

test('a view that a node derived is what the facts say', async () => {
  expect(facts.heights.map(({ block }) => block?.status ?? null)).toEqual([
    'undecided',
    'valid',
    'valid',
    'invalid',
    null,
  ]);
  expect(await compared(facts)).toEqual([]);
});

test.each<[string, Change, RegExp]>([
  [
    'lacks a height',
    (scan) => ({ scanHeight: (at) => (at === 2 ? null : scan.scanHeight(at)) }),
    /^I22 2 the view lacks/,
  ],
  [
    'has another status',
    (scan) => ({ scanHeight: (at) => ofHeight(scan, at, at === 3 ? { status: 'valid' } : {}) }),
    /^I10 3 the view says that the height is valid; by the facts it is invalid/,
  ],
  [
    'has another column',
    (scan) => ({ scanHeight: (at) => ofHeight(scan, at, at === 1 ? { creator: 'mallory' } : {}) }),
    /^I7 1 the view has another creator for this block/,
  ],
  [
    'holds a block where none is',
    (scan) => ({ scanHeight: (at) => ofHeight(scan, at, at === 4 ? { id: 'f'.repeat(64) } : {}) }),
    /^I7 4 the view holds a block where the store holds none/,
  ],
  [
    'counts wrongly',
    (scan) => ({ scanHeight: (at) => ofHeight(scan, at, at === 2 ? { sums: [9, 2, 3, 2, 0, 5] } : {}) }),
    /^I22 2 the view counts 9 transactions up to this height, not 3/,
  ],
  [
    'lacks a transaction',
    (scan) => ({
      scanTransactions: (at) =>
        at === 2 ? scan.scanTransactions(at).slice(0, 1) : scan.scanTransactions(at),
    }),
    /^I7 2 the view has another text, or none, for transaction 1/,
  ],
  [
    'has another text',
    (scan) => ({
      scanTransactions: (at) =>
        scan.scanTransactions(at).map((row) => (at === 1 ? { ...row, text: '{}' } : row)),
    }),
    /^I7 1 the view has another text/,
  ],
  [
    'has a transaction more',
    (scan) => ({
      scanTransactions: (at) =>
        at === 1
          ? [...scan.scanTransactions(at), { position: 1, id: 'x', text: 'y' }]
          : scan.scanTransactions(at),
    }),
    /^I7 1 the view has more transactions in this block/,
  ],
  ['lacks a spend', () => ({ scanSpends: () => [] }), /^I1 2 the view does not know that input 0 spends/],
  [
    'knows a spend that is none',
    (scan) => ({
      scanSpends: (at) =>
        at === 1 ? [{ sequence: 1, outputIndex: 0, spender: 2, inputIndex: 0 }] : scan.scanSpends(at),
    }),
    /^I1 1 the view knows spends that the block does not make/,
  ],
  [
    'has a vote that the store has not',
    (scan) => ({
      scanVotes: (at) => scan.scanVotes(at).map((row) => (at === 1 ? { ...row, text: '{}' } : row)),
    }),
    /^I7 1 the view has a vote of .* that the store has not, or not so/,
  ],
  [
    'has rows too many',
    (scan) => ({ count: (table) => scan.count(table) + 1 }),
    /^I22 null the view has 6 rows in heights, not 5/,
  ],
  [
    'finds transactions by the wrong keys',
    (scan) => ({
      scanIndex: (table) => (table === 'keys' ? withoutFirst(scan.scanIndex(table)) : scan.scanIndex(table)),
    }),
    /^I22 null the view finds transactions by ids or keys wrongly: \d+ rows in keys/,
  ],
  [
    'stands higher than the store',
    (scan) => ({ height: () => scan.height() + 3 }),
    /^I7 7 the view stands at height 7; the store holds heights up to 4/,
  ],
])('a view that %s is told so', async (_name, change, message) => {
  expect(said(await compared(facts, { change }))).toContainEqual(expect.stringMatching(message));
});

test('a difference in the sums is said once, not at every height above', async () => {
  const change: Change = (scan) => ({
    scanHeight: (at) => {
      const sums = scan.scanHeight(at)?.sums ?? [];
      return ofHeight(scan, at, at >= 2 ? { sums: [(sums[0] ?? 0) + 1, ...sums.slice(1)] } : {});
    },
  });
  expect(said(await compared(facts, { change }))).toEqual([
    expect.stringMatching(/^I22 2 the view counts 4 transactions/),
  ]);
});

test('a view of a store that holds nothing is told so', async () => {
  const view = new ViewScan(await viewFile(facts));
  const findings: Finding[] = [];
  const comparison = new ViewComparison({
    scan: view,
    placeOf: () => null,
    report: (finding) => findings.push(finding),
  });
  async function* none(): AsyncGenerator<never> {}
  await comparison.finish(none(), () => true);
  view.close();
  expect(said(findings)).toEqual(['I7 4 the view stands at height 4; the store holds no height']);
});

describe('rejections, in order of position', () => {
  function stored(): PlacedRejection {
    const [only] = facts.rejections;
    if (only === undefined) throw new Error('no rejection');
    return only;
  }

  test('one that the store does not hold', async () => {
    expect(said(await compared(facts, { stored: [] }))).toEqual([
      expect.stringMatching(/that the store does not hold$/),
    ]);
    const later = { ...stored(), position: stored().position + 1 };
    expect(said(await compared(facts, { stored: [later] }))).toEqual([
      expect.stringMatching(/that the store does not hold$/),
    ]);
  });

  test('one that the view lacks, unless it is junk or was not read yet', async () => {
    const change: Change = () => ({ scanRejections: nothing });
    expect(said(await compared(facts, { change }))).toEqual([
      expect.stringMatching(/^I7 null the view lacks a rejection of/),
    ]);
    expect(await compared(facts, { change, stored: [{ ...stored(), transactionId: 'junk' }] })).toEqual([]);
    const unread: Change = (scan) => ({ ...change(scan), rejectionPosition: () => 0 });
    expect(await compared(facts, { change: unread })).toEqual([]);
  });

  test('another one at the same position', async () => {
    expect(said(await compared(facts, { stored: [{ ...stored(), text: '{}' }] }))).toEqual([
      expect.stringMatching(/another rejection than the store at the same position/),
    ]);
  });
});

test('spends of what no valid block below holds are not looked for: the audit has said so already', async () => {
  const change: Change = (scan) => ({
    scanSpends: () => [],
    count: (table) => (table === 'spends' ? 0 : scan.count(table)),
  });
  const findings = await compared(facts, { change, placeOf: () => null });
  // The index of unspent outputs differs, because the view did take the spend.
  expect(said(findings).filter((line) => !line.includes('by ids or keys'))).toEqual([]);
});

test('an imported block is compared by what 1.0.1 took, also where today`s check does not', async () => {
  const made = new MadeLedger(MEMBERS);
  const [input] = inputsOf(documentOf(create()));
  const unsigned = create({ outputs: [to('alice', 5)] });
  const unsignedText = textOf({ ...documentOf(unsigned), inputs: [{ ...input }] });
  made.add([coin.text, unsignedText]);
  made.add([create().text], { votesFor: ['node-a'] });
  made.heights.splice(0, 3, ...made.heights.map(unclaimed));
  const statuses: ImportedStatus[] = ['undecided', 'valid', 'undecided'];
  const importText = recordOf(made, { statuses });
  const scene = await LedgerScene.open({ made, importText });
  await scene.catchUp();
  const imported: Derived = { made, importText, heights: scene.view.heights, rejections: [] };
  expect(imported.heights.map(({ block }) => block?.status)).toEqual(statuses);
  expect(imported.heights[1]?.block?.transactions).toHaveLength(2);
  expect(await compared(imported)).toEqual([]);
});

function* nothing(): Generator<never> {}

function* withoutFirst<T>(rows: Iterable<T>): Generator<T> {
  yield* [...rows].slice(1);
}

function ofHeight(scan: ViewScan, at: number, change: object) {
  const row = scan.scanHeight(at);
  return row === null ? null : { ...row, ...change };
}
