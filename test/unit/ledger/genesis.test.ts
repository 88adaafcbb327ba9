/**
 * Danger: two beginnings of one ledger; a beginning that nobody may have made is adopted; a start that hangs or guesses.
 * Method: nodes and a gateway begin on stores that are empty, hold a genesis block of another, or a wrong one.
 */

import { createDirectChecker } from '../../../src/ledger/checker-direct.js';
import { adoptBeginning, UnusableLedger } from '../../../src/ledger/genesis.js';
import type { CheckedBlock } from '../../../src/model/block-types.js';
import { FIRST_DIGEST, importDigest, makeImport } from '../../../src/model/import-record.js';
import { createDirectStore } from '../../../src/store/embedded/direct.js';
import { StoreUnavailable } from '../../../src/store/store.js';
import { keyPairOf } from '../../support/keys.js';
import { MadeLedger } from '../../support/made-ledger.js';
import { createSimulatedWorld } from '../../support/simulated-runtime.js';
import { FaultyStore, type StoreFault } from '../../support/store-faults.js';
import { create } from '../../support/transactions.js';
import { heightOf } from './support/ledger-scene.js';

const MEMBERS = ['node-a', 'node-b'];

function setUp() {
  const { runtime } = createSimulatedWorld(1).node('me');
  const facts = createDirectStore({ path: ':memory:' });
  const faults: { claim: StoreFault } = { claim: 'none' };
  const store = new FaultyStore(facts, {
    decide: (name) => (name === 'claimHeight' ? faults.claim : 'none'),
  });
  const made = new MadeLedger(MEMBERS);
  const direct = createDirectChecker(runtime);
  const change: { of: Partial<CheckedBlock> } = { of: {} };
  const checker = {
    ...direct,
    queued: 0,
    checkTransactions: direct.checkTransactions.bind(direct),
    close: direct.close.bind(direct),
    checkBlock: async (...block: Parameters<typeof direct.checkBlock>) => {
      const checked = await direct.checkBlock(...block);
      return checked === null ? null : { ...checked, ...change.of };
    },
  };
  const begin = (name: string | null) =>
    adoptBeginning({
      store,
      checker,
      runtime,
      keyPair: name === null ? null : keyPairOf(name),
      members: made.keys(),
    });
  return { facts, faults, made, change, begin };
}

test('the first node makes the genesis block, and every other one adopts it', async () => {
  const { facts, made, begin } = setUp();
  await expect(begin(null)).rejects.toThrow(StoreUnavailable);
  const first = await begin('node-a');
  expect(first).toMatchObject({
    imported: null,
    genesis: { height: 0, parent: '', creator: keyPairOf('node-a').publicKey },
  });
  expect([...first.genesis.voters]).toEqual(made.keys());
  for (const name of ['node-b', null]) expect((await begin(name)).genesis.id).toBe(first.genesis.id);
  expect(await facts.readBlocks(0, 10)).toHaveLength(1);
});

test.each<StoreFault>(['unavailable', 'unknown-applied', 'unknown-not-applied'])(
  'a claim that ends %s stops the start; the next one goes on with what is there',
  async (fault) => {
    const { facts, faults, begin } = setUp();
    faults.claim = fault;
    await expect(begin('node-a')).rejects.toThrow(StoreUnavailable);
    const [there] = await facts.readBlocks(0, 1);
    expect(there !== undefined).toBe(fault === 'unknown-applied');
    faults.claim = 'none';
    const { genesis } = await begin('node-b');
    if (there !== undefined) expect(genesis.id).toBe(there.id);
  },
);

test('a store whose first height is another one has no beginning yet', async () => {
  const { facts, made, begin } = setUp();
  made.add([create().text]);
  await facts.claimHeight(heightOf(made, 1).block);
  await expect(begin(null)).rejects.toThrow(/holds no genesis block/);
});

test.each<[string, Partial<CheckedBlock>, RegExp]>([
  ['a wrong shape', { shapeProblem: 'its keys are wrong' }, /cannot be used: its keys are wrong/],
  ['a wrong signature', { signatureValid: false }, /its signature is wrong/],
  ['a creator without a vote', { voters: [] }, /its creator is not one of its voters/],
  ['no transaction', { transactions: [] }, /does not hold exactly one GENESIS transaction/],
])('a genesis block with %s is refused', async (_name, wrong, message) => {
  const { change, begin } = setUp();
  await begin('node-a');
  change.of = wrong;
  await expect(begin('node-a')).rejects.toThrow(UnusableLedger);
  await expect(begin('node-a')).rejects.toThrow(message);
});

test('a genesis block that holds something else, or is not what its id says, is refused', async () => {
  const other = setUp();
  const checked = await other.begin('node-a');
  const ordinary = new MadeLedger(MEMBERS);
  ordinary.add([create().text]);
  const { block } = heightOf(ordinary, 1);
  const fitting = await createDirectChecker(createSimulatedWorld(1).node('me').runtime).checkBlock(block, []);
  other.change.of = { transactions: fitting?.transactions ?? [] };
  expect(checked.genesis.transactions).toHaveLength(1);
  await expect(other.begin('node-a')).rejects.toThrow(/exactly one GENESIS/);

  const { facts, made, begin } = setUp();
  await facts.claimHeight({ ...heightOf(made, 0).block, text: '{}' });
  await expect(begin('node-a')).rejects.toThrow(/it is not a block, or its id or claim is wrong/);
});

describe('a genesis block of 1.0.x', () => {
  function record(made: MadeLedger, lastHeight: number): string {
    const digest = importDigest(FIRST_DIGEST, 0, heightOf(made, 0).block.id, 'undecided');
    return makeImport(keyPairOf('node-a'), { lastHeight, federation: made.keys(), digest });
  }

  function unclaimed(made: MadeLedger) {
    return { ...heightOf(made, 0).block, claimSignature: '' };
  }

  test('is adopted with the record that vouches for it', async () => {
    const { facts, made, begin } = setUp();
    await facts.addImport({ text: record(made, 0) });
    await facts.claimHeight(unclaimed(made));
    const { genesis, imported } = await begin('node-a');
    expect([genesis.id, imported?.lastHeight, imported?.federation]).toEqual([
      heightOf(made, 0).block.id,
      0,
      made.keys(),
    ]);
  });

  test('without a record, or with one that is none or was signed by another, is refused', async () => {
    const signed = record(new MadeLedger(MEMBERS), 0);
    const forged = signed.replace(/"node":"[^"]+"/, `"node":"${keyPairOf('node-b').publicKey}"`);
    for (const text of [null, '{}', forged]) {
      const { facts, made, begin } = setUp();
      await facts.claimHeight(unclaimed(made));
      if (text !== null) await facts.addImport({ text });
      await expect(begin('node-a')).rejects.toThrow(/no valid record of an import/);
    }
  });

  test('waits for the rest of an import that is not finished', async () => {
    const { facts, made, begin } = setUp();
    await facts.addImport({ text: record(made, 3) });
    await expect(begin('node-a')).rejects.toThrow(/not finished; run `bigchaindb import` again/);
    await facts.claimHeight(unclaimed(made));
    await expect(begin('node-a')).rejects.toThrow(/not finished; run `bigchaindb import` again/);
  });

  test('a record beside a claimed genesis block says nothing', async () => {
    const { facts, made, begin } = setUp();
    await begin('node-a');
    await facts.addImport({ text: record(made, 3) });
    expect((await begin('node-b')).imported).toBeNull();
  });
});
