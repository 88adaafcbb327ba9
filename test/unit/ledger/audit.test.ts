/**
 * Danger: an audit that finds nothing because it looks at nothing, or that cries at what the rules bear.
 * Method: one small ledger that is right, and for each invariant the same ledger made wrong in one place.
 */

import { sha3Hex, sha256Hex } from '../../../src/codec/hash.js';
import { auditFacts } from '../../../src/ledger/audit.js';
import type { AuditSummary, Finding, MembersFrom } from '../../../src/ledger/audit-types.js';
import { makeClaim } from '../../../src/model/block.js';
import { makeRejection } from '../../../src/model/rejection.js';
import { keyPairOf, publicKeyOfName } from '../../support/keys.js';
import { MadeLedger } from '../../support/made-ledger.js';
import { create, spend, to, transfer, transferTo } from '../../support/transactions.js';

function audited(
  ledger: MadeLedger,
  changes: readonly MembersFrom[] = [],
): { findings: Finding[]; summary: AuditSummary } {
  const findings: Finding[] = [];
  const run = auditFacts(ledger.facts(), changes);
  for (;;) {
    const step = run.next();
    if (step.done) return { findings, summary: step.value };
    findings.push(step.value);
  }
}

/** `invariant severity` of every finding, each once. */
function kinds(ledger: MadeLedger, changes: readonly MembersFrom[] = []): string[] {
  const found = audited(ledger, changes).findings.map(
    ({ invariant, severity }) => `${invariant} ${severity}`,
  );
  return [...new Set(found)];
}

const ONE = ['node-a'];
const FOUR = ['node-a', 'node-b', 'node-c', 'node-d'];

const coin = create({ by: 'alice', outputs: [to('alice', 5), to('alice', 5)] });
const paid = transfer(coin.id, [spend(coin, 0, 'alice')], [to('bob', 2), to('carol', 3)]);
const other = create({ by: 'alice' });

/** A right ledger: a CREATE, a TRANSFER that splits it, another CREATE. */
function right(members: readonly string[] = ONE): MadeLedger {
  const ledger = new MadeLedger(members);
  ledger.add([coin.text]);
  ledger.add([paid.text, other.text]);
  return ledger;
}

test('a right ledger has no findings, and everything in it is counted', () => {
  const { findings, summary } = audited(right(FOUR));
  expect(findings).toEqual([]);
  expect(summary).toEqual({
    head: 2,
    decided: 2,
    validBlocks: 2,
    invalidBlocks: 0,
    undecidedBlocks: 0,
    passedHeights: 0,
    strayBlocks: 0,
    transactions: 3,
    outputs: 5,
    unspent: 4,
    votes: 8,
    rejections: 0,
    backlog: 0,
  });
});

describe('amounts and links, in blocks that a majority voted valid', () => {
  test('I1: an output is spent by two transactions', () => {
    const ledger = right();
    ledger.add([transferTo({ ...coin, outputs: coin.outputs }, 'alice', 'dave', coin.id, 5).text]);
    expect(kinds(ledger)).toEqual(['I1 breach', 'I3 breach']);
  });

  test('I2: a transaction stands in two valid blocks', () => {
    const ledger = right();
    ledger.add([other.text]);
    expect(kinds(ledger)).toEqual(['I2 breach']);
  });

  test('I3: outputs hold more, or less, than the inputs; the asset no longer adds up', () => {
    for (const amount of [4, 6]) {
      const ledger = right();
      ledger.add([transfer(coin.id, [spend(coin, 1, 'alice')], [to('bob', amount)]).text]);
      const { findings } = audited(ledger);
      expect(findings.map(({ invariant, height }) => [invariant, height])).toEqual([
        ['I3', 3],
        ['I3', null],
      ]);
      expect(findings[1]).toMatchObject({ id: coin.id, severity: 'breach' });
    }
  });

  test('I4: an input of another asset', () => {
    const ledger = right();
    ledger.add([transfer(other.id, [spend(coin, 1, 'alice')], [to('bob', 5)]).text]);
    expect(kinds(ledger)).toEqual(['I4 breach', 'I3 breach']);
  });

  test('I4: an input twice', () => {
    const ledger = right();
    const twice = [spend(coin, 1, 'alice'), spend(coin, 1, 'alice')];
    ledger.add([transfer(coin.id, twice, [to('bob', 10)]).text]);
    expect(kinds(ledger)).toEqual(['I4 breach', 'I3 breach']);
  });

  test('I5: an input that no valid block holds, an output that is not there, one in an invalid block', () => {
    const nowhere = create({ by: 'alice' });
    const inputs = [
      transferTo(nowhere, 'alice', 'bob'),
      transfer(coin.id, [spend(coin, 7, 'alice')], [to('bob', 1)]),
    ];
    for (const { text } of inputs) {
      const ledger = right();
      ledger.add([text]);
      expect(kinds(ledger)).toEqual(expect.arrayContaining(['I5 breach']));
    }
    const ledger = right();
    ledger.add([nowhere.text], { votesAgainst: ONE });
    ledger.add([transferTo(nowhere, 'alice', 'bob').text]);
    expect(audited(ledger).findings[0]).toMatchObject({ invariant: 'I5', height: 4 });
  });

  test('I5: a fulfillment of another condition', () => {
    const ledger = right();
    ledger.add([
      transfer(
        coin.id,
        [{ ...spend(create({ by: 'mallory' }), 0, 'mallory'), transaction_id: coin.id, output_index: 1 }],
        [to('mallory', 5)],
      ).text,
    ]);
    expect(kinds(ledger)).toEqual(['I5 breach']);
  });

  test('I8: a transaction whose signature does not verify', () => {
    const ledger = right();
    const forged = create({ by: 'alice' }).text.replace(
      /"fulfillment":"(.{60}).(.)/,
      '"fulfillment":"$1$2$2',
    );
    ledger.add([forged]);
    expect(kinds(ledger)).toContain('I8 breach');
  });
});

describe('heights, bytes and claims', () => {
  test('I8: the text of a block that members voted on is changed', () => {
    const ledger = right(FOUR);
    const [, damaged] = ledger.heights;
    if (damaged === undefined) throw new Error('no height 1');
    damaged.block = { ...damaged.block, text: damaged.block.text.replace('"amount":"5"', '"amount":"6"') };
    expect(audited(ledger).findings[0]).toMatchObject({
      invariant: 'I8',
      severity: 'breach',
      height: 1,
      message: expect.stringContaining('does not hash to its id'),
    });
  });

  test('I8: a claim that its creator did not sign', () => {
    const ledger = right();
    const [, height] = ledger.heights;
    if (height === undefined) throw new Error('no height 1');
    const { block } = height;
    const claim = { blockId: block.id, height: 1, parent: block.parent };
    height.block = { ...block, claimSignature: makeClaim(keyPairOf('mallory'), claim) };
    expect(audited(ledger).findings[0]).toMatchObject({ invariant: 'I8', severity: 'breach', height: 1 });
  });

  test('I8: a creator that is no member', () => {
    const ledger = right();
    ledger.add([create().text], { by: 'mallory' });
    expect(kinds(ledger)).toEqual(['I8 breach']);
  });

  test('I22: a height is missing below one that members voted on', () => {
    const ledger = right();
    ledger.heights.splice(1, 1);
    expect(audited(ledger).findings[0]).toMatchObject({ invariant: 'I22', severity: 'breach', height: 1 });
    const beginning = right();
    beginning.heights.splice(0, 1);
    expect(audited(beginning).findings[0]).toMatchObject({ invariant: 'I22', severity: 'breach', height: 0 });
  });

  test('a block far above the head that nobody voted on is a stray and no finding', () => {
    const ledger = right();
    const stray = ledger.add([create().text], { votesFor: [] });
    stray.block = { ...stray.block, height: 900 };
    const { findings, summary } = audited(ledger);
    expect(findings).toEqual([]);
    expect(summary).toMatchObject({ head: 2, strayBlocks: 1 });
  });

  test('I22: a block that names another one before it, yet members voted on it', () => {
    const ledger = right();
    ledger.add([create().text], { parent: sha3Hex('elsewhere') });
    expect(kinds(ledger)).toEqual(['I22 breach']);
  });

  test('junk at a height that nobody voted on is passed over: evidence, not a breach, and the next height goes on', () => {
    const ledger = right(FOUR);
    const junk = ledger.add([create().text], { votesFor: [] });
    junk.block = { ...junk.block, text: '{}', id: sha3Hex('{}') };
    ledger.add([create().text], { parent: ledger.heights[2]?.block.id });
    const { findings, summary } = audited(ledger);
    expect(findings.map(({ severity, height }) => [severity, height])).toEqual([['evidence', 3]]);
    expect(summary).toMatchObject({ head: 4, decided: 4, passedHeights: 1, validBlocks: 3 });
  });
});

describe('elections', () => {
  test('I9: voters that are not the federation hold no block, whoever voted', () => {
    const ledger = right(FOUR);
    ledger.add([create().text], { voters: [publicKeyOfName('node-a')] });
    expect(kinds(ledger)).toEqual(['I9 breach']);
  });

  test('I9: votes of strangers, malformed ones and repeated ones change no outcome', () => {
    const ledger = right(FOUR);
    const [, , last] = ledger.heights;
    if (last === undefined) throw new Error('no height 2');
    const against = ['mallory', 'trent', 'eve', 'oscar'].map((name) => ledger.vote(last.block, name, false));
    last.votes = [...against, ...last.votes, ...last.votes.slice(0, 1)];
    const { findings, summary } = audited(ledger);
    expect(summary).toMatchObject({ validBlocks: 2, transactions: 3 });
    expect(new Set(findings.map(({ severity }) => severity))).toEqual(new Set(['evidence']));
  });

  test('a tie is invalid, and what an invalid block holds does not exist', () => {
    const ledger = right(FOUR);
    ledger.add([create().text], { votesFor: FOUR.slice(0, 2), votesAgainst: FOUR.slice(2) });
    const { findings, summary } = audited(ledger);
    expect(findings).toEqual([]);
    expect(summary).toMatchObject({ invalidBlocks: 1, transactions: 3 });
  });

  test('I10: half of the federation on both sides decides both ways', () => {
    const ledger = right(FOUR);
    ledger.add([create().text], { votesFor: FOUR.slice(0, 3), votesAgainst: FOUR.slice(2) });
    expect(kinds(ledger)).toEqual(['I11 evidence', 'I10 breach']);
  });

  test('I11: a height is decided above one that is not: its votes are lost', () => {
    const ledger = right(FOUR);
    const [, first] = ledger.heights;
    if (first !== undefined) first.votes = first.votes.slice(0, 2);
    expect(audited(ledger).findings[0]).toMatchObject({ invariant: 'I11', severity: 'breach', height: 2 });
  });

  test('I11: one member that signs both sides is evidence and bends nothing', () => {
    const ledger = right(FOUR);
    const [, first] = ledger.heights;
    if (first !== undefined) first.votes.push(ledger.vote(first.block, 'node-d', false));
    const { findings, summary } = audited(ledger);
    expect(findings).toEqual([
      expect.objectContaining({ invariant: 'I11', severity: 'evidence', height: 1 }),
    ]);
    expect(summary.validBlocks).toBe(2);
  });

  test('I8: a vote that the member did not sign does not count', () => {
    const ledger = right(FOUR);
    const [, first] = ledger.heights;
    if (first === undefined) throw new Error('no height 1');
    first.votes = first.votes.map((vote, index) =>
      index > 0 ? vote : { ...vote, text: vote.text.replace('true', 'false') },
    );
    expect(kinds(ledger)).toEqual(['I8 evidence']);
    first.votes = first.votes.map((vote) => ({ ...vote, text: vote.text.replace('true', 'false') }));
    expect(kinds(ledger)).toContain('I11 breach');
  });

  test('heights above an undecided one are undecided, and that is no finding', () => {
    const ledger = right(FOUR);
    ledger.add([create().text], { votesFor: FOUR.slice(0, 1) });
    ledger.add([create().text], { votesFor: [] });
    const { findings, summary } = audited(ledger);
    expect(findings).toEqual([]);
    expect(summary).toMatchObject({ head: 4, decided: 2, undecidedBlocks: 2 });
  });

  test('the federation of a height is that of federation.changes', () => {
    const ledger = right(FOUR);
    const now = FOUR.slice(0, 2).map(publicKeyOfName);
    ledger.add([create().text], { voters: now, votesFor: FOUR.slice(0, 2) });
    expect(kinds(ledger, [{ height: 3, members: now }])).toEqual([]);
    expect(kinds(ledger)).toEqual(['I9 evidence']);
  });
});

describe('rejections, backlog and votes about nothing', () => {
  const parts = {
    code: 'DOUBLE_SPEND',
    message: 'spent',
    transactionId: other.id,
    digest: sha256Hex(other.text),
    height: 1,
    timestamp: '1700000000',
  };

  test('I8: a rejection that no member signed, or that was changed after it was signed', () => {
    const right1 = right();
    right1.rejections.push(makeRejection(keyPairOf('node-a'), parts));
    expect(kinds(right1)).toEqual([]);
    const stranger = right();
    stranger.rejections.push(makeRejection(keyPairOf('mallory'), parts));
    expect(kinds(stranger)).toEqual(['I8 breach']);
    const changed = right();
    const text = makeRejection(keyPairOf('node-a'), parts).text.replace('"spent"', '"stale"');
    changed.rejections.push({ digest: sha256Hex(text), transactionId: other.id, text });
    expect(kinds(changed)).toEqual(['I8 breach']);
  });

  test('I7: a rejection or a backlog entry that is not the text it was stored with', () => {
    const rejected = right();
    const made = makeRejection(keyPairOf('node-a'), parts);
    rejected.rejections.push({ ...made, text: made.text.replace('1700000000', '1700000001') });
    expect(kinds(rejected)).toEqual(['I7 breach']);
    const waiting = right();
    const entry = { digest: sha256Hex(other.text), transactionId: other.id, text: other.text };
    waiting.backlog.push(entry);
    expect(kinds(waiting)).toEqual([]);
    waiting.backlog.push({ ...entry, text: coin.text }, { ...entry, transactionId: coin.id });
    expect(audited(waiting).findings.map(({ invariant }) => invariant)).toEqual(['I7', 'I7']);
  });

  test('I7: a majority voted on a block that is gone; one vote about nothing is only evidence of nothing', () => {
    const ledger = right(FOUR);
    const gone = ledger.add([create().text]);
    ledger.heights.pop();
    const facts = (count: number) => [
      ...ledger.facts(),
      { kind: 'strayVotes' as const, blockId: gone.block.id, votes: gone.votes.slice(0, count) },
    ];
    expect([...auditFacts(facts(4), [])]).toEqual([
      expect.objectContaining({ invariant: 'I7', severity: 'breach', id: gone.block.id }),
    ]);
    expect([...auditFacts(facts(2), [])]).toEqual([]);
  });
});
