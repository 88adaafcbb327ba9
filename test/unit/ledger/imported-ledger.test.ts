/**
 * Danger: what was imported from 1.0.x is judged anew, another ledger passes for it, or what 1.0.1 left undecided is
 * decided after all.
 * Method: a node follows a small ledger without claims and its signed record; and each made wrong in one place.
 */

import type { BlockFact } from '../../../src/ledger/audit-types.js';
import { Federation } from '../../../src/ledger/federation.js';
import { InvariantBreach } from '../../../src/ledger/ledger-state.js';
import { checkDecidedUnder } from '../../../src/ledger/start-checks.js';
import { type ImportedStatus, readImport } from '../../../src/model/import-record.js';
import type { DecidedHeight } from '../../../src/view/view.js';
import { keyPairOf } from '../../support/keys.js';
import type { MadeLedger } from '../../support/made-ledger.js';
import { MemoryView } from '../../support/memory-view.js';
import { create, transferTo } from '../../support/transactions.js';
import {
  coin,
  importedLedger,
  LAST,
  malformed,
  type RecordPlan,
  recordOf,
  refused,
  STATUSES,
  unclaimed,
  waiting,
} from './support/imported-ledger.js';
import { heightOf, LedgerScene } from './support/ledger-scene.js';

async function opened(plan: RecordPlan = {}) {
  const made = importedLedger();
  const scene = await LedgerScene.open({ made, importText: recordOf(made, plan) });
  return { made, scene };
}

test('takes over every status of 1.0.1, and says what stays undecided for ever', async () => {
  const { scene } = await opened();
  expect(scene.access.lastingBlocks()).toEqual([]);
  await scene.catchUp();
  expect(scene.statuses()).toEqual(STATUSES);
  expect(scene.access.lastingBlocks()).toMatchObject([{ height: LAST, transactions: [{ id: waiting.id }] }]);
  expect(scene.access.lastingBlocks()).toBe(scene.access.lastingBlocks());
  expect(scene.access.transactionState(coin.id)).toMatchObject({ status: 'valid', height: 1 });
  expect(scene.access.transactionState(waiting.id)).toMatchObject({ status: 'undecided', height: LAST });
  expect(scene.access.transactionState(refused.id)).toBeNull();
  expect(scene.parts.heights.takeUnvoted()).toEqual([]);
});

test('goes on above it: a transfer of what was imported is decided by votes and claims', async () => {
  const { made, scene } = await opened();
  await scene.catchUp();
  const paid = transferTo(coin, 'alice', 'bob');
  const again = made.add([waiting.text, paid.text]);
  await scene.follow(again.block.height);
  expect(scene.statuses()).toEqual([...STATUSES, 'valid']);
  expect(scene.access.transactionState(waiting.id)).toMatchObject({
    status: 'valid',
    height: again.block.height,
  });
});

test('shows what stayed undecided as rejected once a member has refused it here', async () => {
  const { scene } = await opened();
  await scene.catchUp();
  const refusal = {
    transactionId: waiting.id,
    digest: 'ab'.repeat(32),
    stamp: '',
    code: 'DOUBLE_SPEND',
    message: '',
  };
  await scene.parts.rejections.reject([refusal], keyPairOf('node-a'));
  expect(scene.access.transactionState(waiting.id)).toMatchObject({ status: 'rejected', height: null });
});

test('does not hear a block that nobody claimed above the imported heights', async () => {
  const { made, scene } = await opened();
  await scene.catchUp();
  made.heights.push(unclaimed(made.add([create().text], { votesFor: [] })));
  made.heights.splice(LAST + 1, 1);
  await scene.follow(LAST + 1);
  expect(scene.statuses()).toEqual([...STATUSES, null]);
});

test('bars no creator for a block that 1.0.1 decided invalid, and voted as it did', async () => {
  const { made, scene } = await opened();
  await scene.catchUp();
  expect(scene.parts.state.isBarred(keyPairOf(made.first).publicKey, LAST + 1)).toBe(false);
  expect(scene.view.blockVotes(1).map(({ standing }) => standing)).toEqual(['counted', 'counted']);
});

test('goes on within the imported heights where an earlier life ended, and still compares all of them', async () => {
  const first = await opened();
  await first.scene.catchUp();
  const { scene: whole, made: all } = first;
  await goOn(all, whole);
  for (const heights of [2, LAST + 1, LAST + 2]) {
    const made = all;
    const half = whole.view.heights.slice(0, heights);
    const scene = await LedgerScene.open({ made, importText: recordOf(made), view: await viewOf(half) });
    await scene.catchUp();
    expect(scene.statuses()).toEqual([...STATUSES, 'valid']);
  }
  const { made, scene } = first;
  const wrong = recordOf(made, { statuses: ['undecided', 'valid', 'valid', 'undecided'] });
  const later = await LedgerScene.open({
    made,
    importText: wrong,
    view: await viewOf(scene.view.heights.slice(0, 2)),
  });
  await expect(later.catchUp()).rejects.toThrow(/not what was imported/);
});

test('stops when the votes in the store give another status than the record', async () => {
  const { scene } = await opened({ statuses: ['undecided', 'valid', 'valid', 'undecided'] });
  await expect(scene.catchUp()).rejects.toThrow(InvariantBreach);
});

test.each<[string, Partial<BlockFact>]>([
  ['claims its height', {}],
  ['is not what its id says', { text: '{}', claimSignature: '' }],
  ['names another parent', { parent: 'f'.repeat(64), claimSignature: '' }],
])('stops when an imported block %s', async (_name, change) => {
  const made = importedLedger(2);
  const importText = recordOf(made);
  const height = heightOf(made, 2);
  height.block = { ...height.block, ...change };
  const scene = await LedgerScene.open({ made, importText });
  await expect(scene.catchUp()).rejects.toThrow(/imported height 2 holds no block any more/);
});

test('counts one vote of each node, and none of strangers, in the order of the store', async () => {
  const made = importedLedger();
  const first = heightOf(made, 1);
  first.votes.push(made.vote(first.block, 'node-a', false), made.vote(first.block, 'stranger', false), {
    ...made.vote(first.block, 'node-c', false),
    signature: made.vote(first.block, 'node-b', true).signature,
  });
  const scene = await LedgerScene.open({ made, importText: recordOf(made) });
  await scene.catchUp();
  expect(scene.statuses()).toEqual(STATUSES);
  const standings = scene.view.blockVotes(1).map(({ standing }) => standing);
  expect(standings).toEqual(['counted', 'counted', 'equivocation', 'ineligible']);
});

test('counts a vote that 1.0.1 found malformed against the block, whatever it says', async () => {
  const made = importedLedger();
  const height = heightOf(made, 1);
  height.votes.splice(1, 1, ...['node-b', 'node-c'].map((name) => malformed(made, name)));
  const statuses: ImportedStatus[] = ['undecided', 'invalid', 'invalid', 'undecided'];
  const scene = await LedgerScene.open({ made, importText: recordOf(made, { statuses }) });
  await scene.catchUp();
  expect(scene.statuses()).toEqual(statuses);
  expect(scene.view.blockVotes(1).map(({ standing }) => standing)).toEqual([
    'counted',
    'malformed',
    'malformed',
  ]);
});

test('decides no imported height before all votes about it have been read, and judges nothing before it is committed', async () => {
  const { scene } = await opened();
  scene.faultOf = (name) => (name === 'readVotes' ? 'unavailable' : 'none');
  await expect(scene.catchUp()).rejects.toThrow(/injected fault/);
  expect(scene.parts.state.head).toBe(LAST);
  scene.parts.heights.decideReady();
  expect(scene.parts.state.decidedHeight).toBe(0);
  expect(await scene.parts.heights.judgeNext()).toBeNull();
  scene.faultOf = () => 'none';
  await scene.catchUp();
  expect(scene.statuses()).toEqual(STATUSES);
});

test('looks for late votes above the imported heights only', async () => {
  const { made, scene } = await opened();
  await scene.catchUp();
  await scene.putVotes(
    ['node-a', 'node-b', 'node-c'].map((name) => made.vote(heightOf(made, 1).block, name, false)),
  );
  await scene.parts.lateVotes.read(32);
  expect(scene.view.blockVotes(1)).toHaveLength(2);
});

test('refuses settings that change the federation within the imported heights, or lack who signed the record', () => {
  const made = importedLedger();
  const check = (changeAt: number, signer: string) => () => {
    const federation = new Federation(made.keys(), [{ height: changeAt, members: made.keys() }]);
    checkDecidedUnder(federation, new MemoryView(), readImport(recordOf(made, { signer })));
  };
  expect(check(LAST + 1, 'node-a')).not.toThrow();
  expect(check(LAST, 'node-a')).toThrow(/names height 3, but heights 0 to 3 were imported/);
  expect(check(LAST + 1, 'stranger')).toThrow(/not in any list/);
});

test('takes any list of voters at an imported height for granted, as 1.0.1 did', async () => {
  const { made, scene } = await opened();
  await scene.catchUp();
  const others = new Federation(['somebody else', keyPairOf('node-a').publicKey], []);
  const record = readImport(recordOf(made));
  expect(() => checkDecidedUnder(others, scene.view, record)).not.toThrow();
  expect(() => checkDecidedUnder(others, scene.view, null)).toThrow(/federation.changes must say so/);
});

/** A transfer of what was imported, decided here. */
async function goOn(made: MadeLedger, scene: LedgerScene): Promise<void> {
  const { block } = made.add([transferTo(coin, 'alice', 'bob').text]);
  await scene.follow(block.height);
}

async function viewOf(heights: readonly DecidedHeight[]): Promise<MemoryView> {
  const view = new MemoryView();
  await view.apply(heights);
  return view;
}
