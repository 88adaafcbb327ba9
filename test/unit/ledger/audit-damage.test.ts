/**
 * Danger: an audit that stops at what is damaged, or measures everything above it by the wrong thing.
 * Method: the beginning, a vote, a transaction or a rejection of a small ledger is damaged, and the findings must be that
 * one and what truly follows from it.
 */

import { sha3Hex, sha256Hex } from '../../../src/codec/hash.js';
import { type KeyPair, signText } from '../../../src/codec/key-pair.js';
import { LEDGER } from '../../../src/config/limits.js';
import { Audit, auditFacts } from '../../../src/ledger/audit.js';
import { votersOf } from '../../../src/ledger/audit-blocks.js';
import type { BlockFact, Finding } from '../../../src/ledger/audit-types.js';
import { ExpectedIndexes } from '../../../src/ledger/audit-view-index.js';
import { makeClaim } from '../../../src/model/block.js';
import { checkBlock } from '../../../src/model/check-block.js';
import { sequenceOf } from '../../../src/view/sequence.js';
import { keyPairOf } from '../../support/keys.js';
import { MadeLedger } from '../../support/made-ledger.js';
import {
  create,
  documentOf,
  inputsOf,
  outputsOf,
  resigned,
  spend,
  textOf,
  to,
  transfer,
} from '../../support/transactions.js';
import { heightOf } from './support/ledger-scene.js';

const FOUR = ['node-a', 'node-b', 'node-c', 'node-d'];
const coin = create({ outputs: [to('alice', 5), to('alice', 5)] });

function said(ledger: MadeLedger): string[] {
  return [...auditFacts(ledger.facts(), [])].map(line);
}

function line({ invariant, severity, height, message }: Finding): string {
  return `${invariant} ${severity} ${height} ${message}`;
}

function ledgerOf(...blocks: readonly (readonly string[])[]): MadeLedger {
  const ledger = new MadeLedger(FOUR);
  for (const texts of blocks) ledger.add(texts);
  return ledger;
}

describe('a damaged beginning', () => {
  test('is said, and the heights above it are measured by the voters that can still be read', () => {
    const ledger = ledgerOf([coin.text]);
    const genesis = heightOf(ledger, 0);
    genesis.block = {
      ...genesis.block,
      text: genesis.block.text.replace('"timestamp":"1', '"timestamp":"2'),
    };
    expect(said(ledger)).toEqual([
      'I8 breach 0 the genesis block cannot be used: its text does not hash to its id',
    ]);
  });

  test('that names no voters leaves nobody whose vote counts', () => {
    const fact = heightOf(ledgerOf(), 0).block;
    expect(votersOf({ ...fact, text: '{"voters":["a",5,"b"]}' }, null)).toEqual(['a', 'b']);
    for (const text of ['{}', 'junk', '{"voters":"a"}'])
      expect(votersOf({ ...fact, text }, null)).toEqual([]);
    expect(votersOf(fact, checkBlock(fact, new Set()))).toHaveLength(4);
  });
});

describe('heights', () => {
  test('one that is taken twice is a breach, and the first one stands', () => {
    const ledger = ledgerOf([coin.text]);
    const rival = ledger.add([create().text], { parent: heightOf(ledger, 0).block.id });
    rival.block = { ...rival.block, height: 1 };
    expect(said(ledger)).toEqual(['I22 breach 1 the height is taken twice']);
  });

  test('several that are missing are named as a range, and what follows is still examined', () => {
    const ledger = ledgerOf([coin.text], [create().text], [create().text]);
    ledger.heights.splice(1, 2);
    expect(said(ledger)).toEqual([
      'I22 breach 1 heights 1 to 2 missing below height 3, which members voted on',
    ]);
  });
});

/** A block of this text, whatever it says, as its creator would claim and sign it. */
function handmade(by: KeyPair, text: string, height: number, parent: string, signed = text): BlockFact {
  const id = sha3Hex(text);
  return {
    height,
    id,
    text,
    parent,
    signature: signText(signed, by.privateKey),
    claimSignature: makeClaim(by, { blockId: id, height, parent }),
  };
}

test.each([
  [
    'whose signature is another one`s',
    (text: string) => text,
    'another text',
    /a valid block was not signed by its creator/,
  ],
  [
    'with a key that 1.0.1 does not know',
    (text: string) => textOf({ ...documentOf({ text }), note: 'more' }),
    null,
    /^I8 breach 1 a valid block: /,
  ],
])('a block %s that a majority voted valid is a breach', (_name, change, signed, message) => {
  const ledger = ledgerOf([coin.text]);
  const height = heightOf(ledger, 1);
  const text = change(height.block.text);
  height.block = handmade(keyPairOf('node-a'), text, 1, height.block.parent, signed ?? text);
  height.votes = FOUR.map((name) => ledger.vote(height.block, name, true));
  expect(said(ledger)).toEqual([expect.stringMatching(message)]);
});

describe('votes', () => {
  function withVote(
    change: (
      ledger: MadeLedger,
      block: BlockFact,
    ) => { readonly text: string; readonly node: string; readonly signature: string },
  ) {
    const ledger = ledgerOf([coin.text]);
    const height = heightOf(ledger, 1);
    height.votes.splice(3, 1, { ...change(ledger, height.block), blockId: height.block.id });
    return said(ledger);
  }

  test('one whose text is not what it is stored as counts nowhere', () => {
    const findings = withVote((ledger, block) => ({
      ...ledger.vote(block, 'node-d', true),
      signature: 'another',
    }));
    expect(findings).toEqual([expect.stringMatching(/^I7 evidence 1 .*not what it is stored as$/)]);
  });

  test('one that names another block before it counts against, as one without a shape does', () => {
    const elsewhere = withVote((ledger, block) => ledger.vote(block, 'node-d', true, 'f'.repeat(64)));
    expect(elsewhere).toEqual([expect.stringMatching(/^I11 evidence 1 .*another block as the one before$/)]);
    const { privateKey, publicKey } = keyPairOf('node-d');
    const shapeless = withVote((_ledger, block) => {
      const vote = { voting_for_block: block.id, opinion: 'fine' };
      const signature = signText(textOf(vote), privateKey);
      return { node: publicKey, signature, text: textOf({ node_pubkey: publicKey, signature, vote }) };
    });
    expect(shapeless).toEqual([expect.stringMatching(/^I9 evidence 1 .*without the shape of a vote$/)]);
  });
});

describe('transactions that a majority voted valid', () => {
  test('one with an amount that is none of the ledger`s', () => {
    const document = documentOf(create());
    const [output] = outputsOf(document);
    const much = { ...output, amount: String(LEDGER.amountMax + 1n) };
    const findings = said(ledgerOf([textOf(resigned({ ...document, outputs: [much] }))]));
    expect(findings).toContainEqual(
      expect.stringMatching(/^I3 breach 1 an amount of 9000000000000000001 is not 1 to/),
    );
  });

  test('what has not the shape of a transaction is examined no further', () => {
    const paid = documentOf(transfer(coin.id, [spend(coin, 0, 'alice')], [to('bob', 5)]));
    const inputs = inputsOf(paid).map((input) => ({ ...input, fulfills: null }));
    for (const wrong of [resigned({ ...paid, inputs }), { ...documentOf(create()), id: 'short' }]) {
      const findings = said(ledgerOf([coin.text], [textOf(wrong)]));
      expect(findings).toEqual([expect.stringMatching(/^I8 breach 2 SchemaValidationError/)]);
    }
  });
});

test('a rejection that is none, or of another transaction, is a breach', () => {
  const ledger = ledgerOf([coin.text]);
  ledger.rejections.push({ digest: sha256Hex('{}'), transactionId: coin.id, text: '{}' });
  expect(said(ledger)).toEqual([
    expect.stringMatching(/^I7 breach null a rejection of .* is none, or another one$/),
  ]);
});

test('the place of a transaction is that in its valid block; of any other it is unknown', () => {
  const ledger = ledgerOf([create().text, coin.text]);
  const audit = new Audit({ federationChanges: [], report: () => undefined });
  for (const { block, votes } of ledger.heights) audit.block(block, votes, checkBlock(block, new Set()));
  expect([audit.placeOf(coin.id), audit.placeOf(create().id)]).toEqual([sequenceOf(1, 1), null]);
  expect([...audit.latestMembers].sort()).toEqual(ledger.keys());
});

describe('what the small tables of a view ought to hold', () => {
  const paid = transfer(coin.id, [spend(coin, 0, 'alice')], [to('bob', 5)]);

  /** The tables after a spend of the first output of `coin`, with so many other transactions in between. */
  function afterSpend(between: number, textAt: (sequence: number) => string | null) {
    const indexes = new ExpectedIndexes(textAt);
    indexes.addValid(1, coin.text);
    for (let sequence = 2; sequence < 2 + between; sequence += 1) indexes.addValid(sequence, paid.text);
    indexes.spend(1, 0);
    return indexes.digests;
  }

  test('a spend of what was added long ago is read anew, and is the same as one of what is remembered', () => {
    const asked: number[] = [];
    const between = 10_000;
    const looked = afterSpend(between, (sequence) => {
      asked.push(sequence);
      return coin.text;
    });
    expect(asked).toEqual([1]);
    // Taken out again, the others leave the tables of a spend that needed no look.
    const remembered = afterSpend(0, () => null);
    const others = new ExpectedIndexes(() => null);
    for (let sequence = 2; sequence < 2 + between; sequence += 1) others.addValid(sequence, paid.text);
    for (const table of ['ids', 'keys'] as const)
      expect(looked[table].count).toBe(remembered[table].count + others.digests[table].count);
  });

  test('a spend of an output that nobody knows changes nothing', () => {
    const indexes = new ExpectedIndexes(() => null);
    indexes.addValid(1, coin.text);
    const counts = (): number[] => Object.values(indexes.digests).map(({ count }) => count);
    const before = counts();
    indexes.spend(7, 0);
    indexes.spend(1, 9);
    expect(counts()).toEqual(before);
    indexes.spend(1, 0);
    expect(counts()).not.toEqual(before);
  });
});
