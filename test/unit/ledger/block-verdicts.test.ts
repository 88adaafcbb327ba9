/**
 * Danger: a block or a genesis that breaks one rule passes, because the rule before it was the one that was tested.
 * Method: a block that is right in everything, and for each rule the same block wrong in that one; the sentence names it.
 */

import { auditFacts } from '../../../src/ledger/audit.js';
import { faultOf, genesisFault, importedFault } from '../../../src/ledger/audit-blocks.js';
import { Federation } from '../../../src/ledger/federation.js';
import type { LedgerState } from '../../../src/ledger/ledger-state.js';
import { checkMembers } from '../../../src/ledger/start-checks.js';
import { judgeBlock, votersQuestions } from '../../../src/ledger/validate-block.js';
import type { CheckedBlock } from '../../../src/model/block-types.js';
import { checkBlock } from '../../../src/model/check-block.js';
import type { CheckResult } from '../../../src/model/transaction-types.js';
import { publicKeyOfName } from '../../support/keys.js';
import { MadeLedger } from '../../support/made-ledger.js';
import { create, spend, to, transfer, transferTo } from '../../support/transactions.js';

const MEMBERS = ['node-a', 'node-b'];
const [A = '', B = ''] = MEMBERS.map(publicKeyOfName);
const coin = create({ by: 'alice', outputs: [to('alice', 5)] });
const paid = transferTo(coin, 'alice', 'bob');

const ledger = new MadeLedger(MEMBERS);
ledger.add([coin.text]);
ledger.add([paid.text]);

function checkedAt(height: number): CheckedBlock {
  const fact = ledger.heights[height]?.block;
  const checked = fact === undefined ? null : checkBlock(fact, { has: () => false });
  if (checked === null) throw new Error(`height ${height} holds no block`);
  return checked;
}

const genesis = checkedAt(0);
const withCoin = checkedAt(1);
const withPaid = checkedAt(2);
const [coinResult, paidResult] = [withCoin.transactions[0], withPaid.transactions[0]] as CheckResult[];

interface Ground {
  /** Ids that stand in a valid block below. */
  readonly valid?: readonly string[];
  readonly barred?: readonly string[];
  /** The id that spent whatever is asked for. */
  readonly spender?: string;
  readonly unknown?: boolean;
}

/** What a voter knows of the ledger below. */
function stateOf({ valid = [], barred = [], spender, unknown = false }: Ground = {}): LedgerState {
  const outputs = coin.outputs.map(({ amount, condition }) => ({
    amount: BigInt(amount),
    conditionUri: condition.uri,
    publicKeys: [],
  }));
  return {
    federation: new Federation([A, B], []),
    isBarred: (creator: string) => barred.includes(creator),
    inclusion: (id: string) => (valid.includes(id) ? 'valid' : null),
    validOutputs: () => (unknown ? null : { assetId: coin.id, outputs }),
    validSpender: () => spender ?? null,
  } as unknown as LedgerState;
}

const clock = { nowMs: () => 0, monotonicMs: () => 0 };
const scheduler = { after: () => ({ cancel: () => undefined }), yieldTurn: async () => undefined };

async function verdict(block: CheckedBlock, ground?: Ground): Promise<string | null> {
  const { valid, reason } = (await judgeBlock(block, stateOf(ground), clock, scheduler)) as {
    valid: boolean;
    reason?: string;
  };
  return valid ? null : String(reason);
}

test('a right block is valid', async () => {
  expect(await verdict(withCoin)).toBeNull();
});

test.each<[string, Partial<CheckedBlock>, Ground, RegExp]>([
  ['a wrong shape', { shapeProblem: 'no transactions' }, {}, /no transactions/],
  ['a stranger`s', { creator: publicKeyOfName('mallory') }, {}, /SybilError/],
  ['a wrong signature', { signatureValid: false }, {}, /InvalidSignature/],
  ['a creator that is barred', {}, { barred: [A, B] }, /an invalid block before/],
  ['too many transactions', { transactions: Array(1001).fill(coinResult) }, {}, /too many/],
  ['a GENESIS', { transactions: genesis.transactions }, {}, /GENESIS transaction above height 0/],
  ['a transaction that stands below', {}, { valid: [coin.id] }, /DuplicateTransaction/],
  [
    'a transaction that is wrong in itself',
    {
      transactions: [
        {
          ok: false,
          id: null,
          problem: { code: 'INVALID_HASH', name: 'InvalidHash', message: 'x', path: [] },
        } as unknown as CheckResult,
      ],
    },
    {},
    /InvalidHash/,
  ],
  [
    'an input that was spent',
    { transactions: [paidResult as CheckResult] },
    { spender: 'f'.repeat(64) },
    /DoubleSpend/,
  ],
  [
    'an input that no valid block holds',
    { transactions: [paidResult as CheckResult] },
    { unknown: true },
    /TransactionNotInValidBlock|InputDoesNotExist/,
  ],
])('a block with %s is invalid, and the reason says so', async (_name, change, ground, reason) => {
  expect(await verdict({ ...withCoin, ...change }, ground)).toMatch(reason);
});

test('one output spent twice within a block is a double spend', async () => {
  const rival = transfer(coin.id, [spend(coin, 0, 'alice')], [to('carol', 5)]);
  const twice = new MadeLedger(MEMBERS);
  twice.add([paid.text, rival.text]);
  const fact = twice.heights[1]?.block;
  const block = fact === undefined ? null : checkBlock(fact, { has: () => false });
  expect(block).not.toBeNull();
  if (block !== null) expect(await verdict(block)).toMatch(/spent twice in this block/);
});

// Danger: a long block holds the event loop. The clock says that each transaction took ten milliseconds.
test('judging hands over the turn', async () => {
  let now = 0;
  let turns = 0;
  const slow = {
    nowMs: () => 0,
    monotonicMs: () => {
      now += 11;
      return now;
    },
  };
  const counting = {
    ...scheduler,
    yieldTurn: async () => {
      turns += 1;
    },
  };
  await judgeBlock(withCoin, stateOf(), slow, counting);
  expect(turns).toBe(1);
});

test('what a voter asks is answered from decided heights only', () => {
  const { outputsOf, otherSpender } = votersQuestions(stateOf({ spender: paid.id, unknown: true }));
  expect(outputsOf(coin.id)).toBe('pending');
  expect(otherSpender(coin.id, 0, paid.id)).toBeNull();
  expect(otherSpender(coin.id, 0, 'another')).toBe(paid.id);
});

test.each<[string, Partial<CheckedBlock>, string]>([
  ['has a wrong shape', { shapeProblem: 'no transactions' }, 'no transactions'],
  ['was not signed', { signatureValid: false }, 'it was not signed by its creator'],
  ['was made by a stranger', { voters: [B], creator: A }, 'its creator is not one of its voters'],
  ['follows another', { parent: 'f'.repeat(64) }, 'it names a block before it'],
  [
    'holds no GENESIS',
    { transactions: withCoin.transactions },
    'it does not hold exactly one GENESIS transaction',
  ],
  [
    'holds two transactions',
    { transactions: [...genesis.transactions, ...withCoin.transactions] },
    'it does not hold exactly one GENESIS transaction',
  ],
])('a genesis block that %s cannot be used', (_name, change, fault) => {
  const fact = ledger.heights[0]?.block;
  if (fact === undefined) throw new Error('no genesis');
  expect(genesisFault(fact, genesis)).toBeNull();
  expect(genesisFault(fact, { ...genesis, ...change })).toBe(fault);
});

test('a height holds no block by its bytes, its parent or its voters, and each is said', () => {
  const fact = ledger.heights[1]?.block;
  if (fact === undefined) throw new Error('no block');
  const federation = [A, B];
  const fault = (
    block: CheckedBlock | null,
    parent = fact.parent,
    members = federation,
    of = fact,
  ): string | null => faultOf(of, block, parent, members)?.reason ?? null;
  expect(fault(withCoin)).toBeNull();
  expect(fault(withCoin, 'f'.repeat(64))).toMatch(/as the block before/);
  expect(fault(withCoin, fact.parent, [A])).toMatch(/not the federation/);
  expect(fault(withCoin, fact.parent, [A, publicKeyOfName('node-c')])).toMatch(/not the federation/);
  expect(fault(null, fact.parent, federation, { ...fact, id: 'f'.repeat(64) })).toMatch(
    /does not hash to its id/,
  );
  expect(
    fault(null, fact.parent, federation, {
      ...fact,
      claimSignature: ledger.heights[2]?.block.claimSignature ?? '',
    }),
  ).toMatch(/claim of its height/);
  expect(fault(null)).toMatch(/not the canonical text/);
});

test('settings that do not name the federation are refused with both sides', () => {
  const federation = new Federation([A, B], []);
  const check =
    (members: readonly string[], isNode = true) =>
    () =>
      checkMembers(federation, members, isNode);
  expect(check([B, A])).not.toThrow();
  expect(check([A])).toThrow(new RegExp(`has ${B}, which keyring lacks`));
  expect(check([A, B, 'stranger'])).toThrow(/name stranger, unknown to the ledger/);
  expect(check(['stranger'])).toThrow(/lacks; .*unknown to the ledger/);
  // A gateway need not know all of them.
  expect(check([A], false)).not.toThrow();
  expect(check(['stranger'], false)).toThrow(/unknown to the ledger/);
});

test('an imported height may have any voters, but neither a claim nor another parent', () => {
  const fact = ledger.heights[1]?.block;
  if (fact === undefined) throw new Error('no block');
  const imported = { ...fact, claimSignature: '' };
  expect(importedFault(imported, withCoin, fact.parent)).toBeNull();
  expect(importedFault(imported, { ...withCoin, voters: [] }, fact.parent)).toBeNull();
  expect(importedFault(fact, withCoin, fact.parent)?.reason).toMatch(/claims a height that was imported/);
  expect(importedFault(imported, withCoin, 'f'.repeat(64))?.reason).toMatch(/as the block before/);
  expect(importedFault({ ...imported, id: 'f'.repeat(64) }, null, fact.parent)?.reason).toMatch(
    /hash to its id/,
  );
});

// Danger: what a majority voted valid is believed by the audit although no rule allows it.
test.each([
  [
    'a GENESIS transaction above height 0',
    () => genesis.transactionTexts[0] ?? '',
    'I8',
    /GENESIS transaction above height 0/,
  ],
  ['what is no transaction', () => '{"id":5}', 'I8', /SchemaValidationError/],
])('a valid block that holds %s is a breach', (_name, text, invariant, message) => {
  const wrong = new MadeLedger(MEMBERS);
  wrong.add([coin.text]);
  wrong.add([text()]);
  const findings = [...auditFacts(wrong.facts(), [])];
  const found = findings.find((each) => each.severity === 'breach' && message.test(each.message));
  expect(found).toMatchObject({ invariant, height: 2 });
});
