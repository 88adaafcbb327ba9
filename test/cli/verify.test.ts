/**
 * Danger: `verify` says that all is right over files that somebody changed.
 * Method: one ledger with everything in it (splits, thresholds, a block decided invalid, a height without a block,
 * an undecided one, rejections, a backlog), then one change at a time, by SQL, in a copy of its files.
 */

import { closeSync, copyFileSync, openSync, statSync, writeSync } from 'node:fs';
import { sha3Hex, sha256Hex } from '../../src/codec/hash.js';
import { makeRejection } from '../../src/model/rejection.js';
import { type VerifyResult, verify } from '../../src/node/verify.js';
import { openFactsReader } from '../../src/store/embedded/read-facts.js';
import { keyPairOf } from '../support/keys.js';
import { LedgerFiles, withDirectChecker } from '../support/ledger-files.js';
import { MadeLedger } from '../support/made-ledger.js';
import { create, spend, to, transfer, transferTo } from '../support/transactions.js';

const FOUR = ['node-a', 'node-b', 'node-c', 'node-d'];

/** Far enough up that the view's indexes have taken in the first heights; the newest wait in other tables. */
const UNDECIDED = 47;
const FILLED = UNDECIDED - 7;

const coin = create({ by: 'alice', outputs: [to('alice', 5), to(['alice', 'bob'], 7)] });
const split = transfer(coin.id, [spend(coin, 0, 'alice')], [to('bob', 2), to('carol', 3)]);
const shared = transfer(coin.id, [spend(coin, 1, ['alice', 'bob'])], [to(['bob', 'carol', 'dave'], 7, 2)]);
const gone = create({ by: 'bob', data: { words: 'never valid' } });

function makeLedger(): MadeLedger {
  const ledger = new MadeLedger(FOUR);
  ledger.add([coin.text, create({ by: 'carol', data: { kind: 'anvil' } }).text]);
  ledger.add([split.text]);
  ledger.add([gone.text], { votesAgainst: FOUR.slice(0, 3) });
  const junk = ledger.add([create().text], { votesFor: [] });
  junk.block = { ...junk.block, text: '[]', id: sha3Hex('[]') };
  ledger.add([shared.text, transferTo(split, 'bob', 'dave', coin.id).text], {
    by: 'node-b',
    parent: ledger.heights[3]?.block.id,
    votesFor: FOUR.slice(1),
  });
  ledger.add([create({ by: 'dave' }).text]);
  for (let height = 7; height < UNDECIDED; height++) ledger.add([create({ by: 'erin' }).text]);
  ledger.add([create({ by: 'dave' }).text], { votesFor: ['node-c'] });
  const refused = {
    transactionId: gone.id,
    digest: sha256Hex(gone.text),
    height: 3,
    timestamp: '1700000000',
  };
  for (const message of ['first', 'second'])
    ledger.rejections.push(makeRejection(keyPairOf('node-b'), { ...refused, code: 'DOUBLE_SPEND', message }));
  for (const { id, text } of [create(), create()])
    ledger.backlog.push({ digest: sha256Hex(text), transactionId: id, text });
  return ledger;
}

let right: LedgerFiles;
beforeAll(async () => {
  right = new LedgerFiles('node-a', FOUR);
  await right.write(makeLedger());
});
afterAll(() => right.dispose());

async function verified(files: LedgerFiles): Promise<VerifyResult> {
  return withDirectChecker((checker) =>
    verify({
      facts: openFactsReader(files.store, { snapshot: false }),
      viewPath: files.view,
      federationChanges: files.settings.federation.changes,
      checker,
      onProgress: () => undefined,
    }),
  );
}

test('the files as they are: everything is right, and all of it was looked at', async () => {
  const { ok, breaches, evidence, summary, viewHeight } = await verified(right);
  expect(breaches).toEqual([]);
  expect(ok).toBe(true);
  expect(evidence.map(({ height }) => height)).toEqual([4]);
  expect(viewHeight).toBe(UNDECIDED - 1);
  expect(summary).toEqual({
    head: UNDECIDED,
    decided: UNDECIDED - 1,
    validBlocks: 4 + FILLED,
    invalidBlocks: 1,
    undecidedBlocks: 1,
    passedHeights: 1,
    strayBlocks: 0,
    transactions: 6 + FILLED,
    outputs: 8 + FILLED,
    unspent: 5 + FILLED,
    votes: 19 + 4 * FILLED,
    rejections: 2,
    backlog: 2,
  });
});

/** Blocks are kept as texts or, when long, as bytes; this finds a place in both. */
const text = (from: string, into: string): string => `replace(CAST(text AS TEXT), '${from}', '${into}')`;

const IN_STORE: readonly (readonly [string, string, ...string[]])[] = [
  [
    'the text of a valid block',
    'I8',
    `UPDATE blocks SET text = ${text('"amount":"5"', '"amount":"6"')} WHERE height = 1`,
  ],
  [
    'the timestamp of an undecided block',
    'evidence',
    `UPDATE blocks SET text = ${text('1700000', '1800000')} WHERE height = ${UNDECIDED}`,
  ],
  [
    'the signature of a block',
    'I8',
    'UPDATE blocks SET signature = (SELECT signature FROM blocks WHERE height = 1) WHERE height = 2',
  ],
  [
    'the signature of a claim',
    'I8',
    'UPDATE blocks SET claim_signature = (SELECT claim_signature FROM blocks WHERE height = 1) WHERE height = 2',
  ],
  [
    'the parent of a block',
    'I8',
    'UPDATE blocks SET parent = (SELECT id FROM blocks WHERE height = 1) WHERE height = 3',
  ],
  ['the id of a block', 'I7', `UPDATE blocks SET id = '${sha3Hex('x')}' WHERE height = 2`],
  ['the genesis block', 'I8', `UPDATE blocks SET text = ${text('Hello', 'Hallo')} WHERE height = 0`],
  ['a height that is gone', 'I22', 'DELETE FROM blocks WHERE height = 2'],
  ['the last decided heights that are gone', 'I7', 'DELETE FROM blocks WHERE height >= 5'],
  ['everything that is gone', 'I7', 'DELETE FROM blocks'],
  [
    'two heights that changed places',
    'I8',
    'UPDATE blocks SET height = 100 WHERE height = 1',
    'UPDATE blocks SET height = 1 WHERE height = 2',
    'UPDATE blocks SET height = 2 WHERE height = 100',
  ],
  [
    'the votes of a height that are gone',
    'I11',
    'DELETE FROM votes WHERE block_id = (SELECT id FROM blocks WHERE height = 2)',
  ],
  ['one vote that is gone', 'I7', 'DELETE FROM votes WHERE position = 2'],
  [
    'one vote that says the opposite',
    'I7',
    `UPDATE votes SET text = ${text('true', 'false')} WHERE position = 2`,
  ],
  [
    'a vote about another block',
    'I7',
    'UPDATE votes SET block_id = (SELECT id FROM blocks WHERE height = 1) WHERE position = 5',
  ],
  [
    'the text of a rejection',
    'I7',
    `UPDATE rejections SET text = ${text('first', 'worst')} WHERE position = 1`,
  ],
  ['a rejection that is gone', 'I7', 'DELETE FROM rejections WHERE position = 1'],
  [
    'the text of a backlog entry',
    'I7',
    "UPDATE backlog_texts SET texts = CAST(replace(CAST(texts AS TEXT), 'CREATE', 'create') AS BLOB)",
  ],
];

const PLACE = (height: number, position: number): string => `${height * 2 ** 20 + position}`;

const IN_VIEW: readonly (readonly [string, string, ...string[]])[] = [
  ['a status', 'I10', 'UPDATE heights SET status = 2 WHERE height = 2'],
  ['an invalid block that is valid', 'I10', 'UPDATE heights SET status = 1 WHERE height = 3'],
  ['the signature of a block', 'I7', 'UPDATE heights SET signature = id WHERE height = 5'],
  ['a counter', 'I22', 'UPDATE heights SET transactions = transactions + 1 WHERE height = 5'],
  ['a height that is gone', 'I22', 'DELETE FROM heights WHERE height = 2'],
  ['the last height that is gone', 'I22', `DELETE FROM heights WHERE height = ${UNDECIDED - 1}`],
  [
    'the text of a transaction',
    'I7',
    `UPDATE transactions SET text = ${text('"amount":"2"', '"amount":"9"')} WHERE sequence = ${PLACE(2, 0)}`,
  ],
  ['a transaction that is gone', 'I7', `DELETE FROM transactions WHERE sequence = ${PLACE(5, 1)}`],
  [
    'a transaction that nobody made',
    'I22',
    `INSERT INTO transactions SELECT ${PLACE(900, 0)}, accepted_at_ms, id, text, checksum FROM transactions LIMIT 1`,
  ],
  ['a spend that is gone', 'I1', `DELETE FROM spends WHERE spender = ${PLACE(2, 0)}`],
  [
    'a spend by another transaction',
    'I1',
    `UPDATE spends SET spender = ${PLACE(6, 0)} WHERE spender = ${PLACE(2, 0)}`,
  ],
  [
    'an unspent output that is not found by its asset',
    'I22',
    'DELETE FROM ids WHERE kind = 2 AND sequence = (SELECT min(sequence) FROM ids WHERE kind = 2)',
  ],
  [
    'a transaction that is not found by its id',
    'I22',
    `DELETE FROM ids WHERE kind = 0 AND sequence = ${PLACE(1, 0)}`,
  ],
  [
    'an output of another owner',
    'I22',
    'UPDATE keys SET prefix = prefix + 1 WHERE kind = 0 AND sequence = (SELECT min(sequence) FROM keys WHERE kind = 0)',
  ],
  [
    'a spent output that is unspent',
    'I22',
    'UPDATE keys SET kind = 0 WHERE kind = 1 AND sequence = (SELECT min(sequence) FROM keys WHERE kind = 1)',
  ],
  [
    'an asset that is not listed',
    'I22',
    'DELETE FROM creations WHERE sequence = (SELECT max(sequence) FROM creations)',
  ],
  [
    'the newest rows of an index',
    'I22',
    'DELETE FROM pending_ids WHERE height = (SELECT max(height) FROM pending_ids)',
  ],
  [
    'what the newest rows of an index say',
    'I22',
    // No rows at all, with the checksum of none.
    'UPDATE pending_keys SET changes = zeroblob(8) WHERE height = (SELECT max(height) FROM pending_keys)',
  ],
  [
    'newest rows of an index that cannot be read',
    'I7',
    'UPDATE pending_keys SET changes = zeroblob(24) WHERE height = (SELECT min(height) FROM pending_keys)',
  ],
  ['a block that is not found by its id', 'I22', 'DELETE FROM block_ids WHERE height = 1'],
  ['a vote', 'I7', `UPDATE votes SET text = ${text('true', 'false')} WHERE sequence = ${PLACE(1, 0)}`],
  ['a rejection', 'I7', `UPDATE rejections SET text = ${text('second', 'zeroth')}`],
  ['a rejection that is gone', 'I7', 'DELETE FROM rejections WHERE position = 2'],
];

describe.each([
  ['store', IN_STORE],
  ['view', IN_VIEW],
] as const)('what was changed in the %s is found', (file, changes) => {
  test.each(changes)('%s', async (_what, invariant, ...statements) => {
    const files = right.copy();
    try {
      files.change(file, ...statements);
      const { ok, breaches, evidence } = await verified(files);
      if (invariant === 'evidence') {
        // Nothing tells a block that nobody decided yet from junk, which the rules pass over.
        expect(evidence).toContainEqual(expect.objectContaining({ height: UNDECIDED, invariant: 'I8' }));
        return;
      }
      expect(breaches.map((finding) => finding.invariant)).toContain(invariant);
      expect(ok).toBe(false);
    } finally {
      files.dispose();
    }
  });
});

test('a backlog entry that is filed under another transaction is evidence: any member can write one', async () => {
  const files = right.copy();
  try {
    files.change('store', `UPDATE backlog SET transaction_id = '${gone.id}' WHERE position = 1`);
    const { ok, breaches, evidence } = await verified(files);
    expect(breaches).toEqual([]);
    expect(evidence).toContainEqual(expect.objectContaining({ invariant: 'I7', id: gone.id }));
    expect(ok).toBe(true);
  } finally {
    files.dispose();
  }
});

test('damaged pages in either file are found, whatever they hit', async () => {
  for (const file of ['store', 'view'] as const) {
    const files = right.copy();
    const path = files[file];
    const { size } = statSync(path);
    const descriptor = openSync(path, 'r+');
    for (let page = 1; page < size / 4096; page++)
      writeSync(descriptor, Buffer.alloc(64, 0xa5), 0, 64, page * 4096 + 8);
    closeSync(descriptor);
    const found = await verified(files).then(
      ({ ok }) => !ok,
      (error: Error) => error.name === 'StoreUnreadable',
    );
    expect(found).toBe(true);
    files.dispose();
  }
});

test('a view that is no view, and the view of another ledger', async () => {
  const files = right.copy();
  files.change('view', 'PRAGMA application_id = 1');
  expect((await verified(files)).breaches[0]?.message).toContain('belongs to another program');
  const other = new LedgerFiles('node-a', FOUR);
  const ledger = new MadeLedger(FOUR);
  ledger.add([create().text], { by: 'node-c' });
  await other.write(ledger);
  copyFileSync(other.view, files.view);
  const { breaches } = await verified(files);
  expect(breaches[0]).toMatchObject({ invariant: 'I7', height: 1 });
  other.dispose();
  files.dispose();
});
