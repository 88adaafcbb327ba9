/**
 * Danger: somebody writes junk into the shared store and no operator notices. Method: a real node, and a second
 * process (this one) that writes into its store what no correct member writes; then the metrics.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { makeVote } from '../../src/model/vote.js';
import { systemScheduler } from '../../src/runtime/system-runtime.js';
import { createDirectStore } from '../../src/store/embedded/direct.js';
import { keyPairOf } from '../support/keys.js';
import { NodeClient } from '../support/process-client.js';
import { ValidEvents } from '../support/process-events.js';
import { NodeFolder } from '../support/process-node.js';
import { TransactionMaker } from '../support/process-transactions.js';
import { ask, managementOf } from './clients.js';

const folder = new NodeFolder({ settings: { management: { bind: 'localhost:0' } } });
afterAll(() => folder.dispose());

/** Writes into the store of a stopped node what no correct member writes. */
async function writeJunk(publicKey: string): Promise<void> {
  const path = join(folder.dataFolder, 'store.sqlite');
  const store = createDirectStore({ path, scheduler: systemScheduler });
  const [genesis, block] = await store.readBlocks(0, 2);
  if (genesis === undefined || block === undefined) throw new Error('the store lacks a block');
  const stranger = makeVote(keyPairOf('stranger'), {
    blockId: block.id,
    previousBlock: genesis.id,
    isBlockValid: false,
    timestamp: '1500000000',
  });
  await store.addVotes([stranger]);
  const text = '{"no":"transaction"}';
  const digest = createHash('sha256').update(text).digest('hex');
  const transactionId = '0'.repeat(64);
  const assignment = { assignee: publicKey, stamp: 'a stamp', acceptedAtMs: 0 };
  await store.addBacklog([{ digest, transactionId, text, ...assignment }]);
  await store.addRejections([{ digest, transactionId, text }]);
  const junk = { text, signature: 'x', parent: block.id, claimSignature: 'x' };
  expect(await store.claimHeight({ height: 2, id: 'f'.repeat(64), ...junk })).toBe('ok');
  await store.close();
}

test('junk of every kind is counted, and the ledger goes on', async () => {
  const [first, second] = new TransactionMaker('evidence').many(2);
  if (first === undefined || second === undefined) throw new Error('nothing was made');
  const before = await folder.start();
  const earlier = await ValidEvents.follow(before.http);
  await new NodeClient(before.http).post(first.text);
  await earlier.includes([first.id]);
  earlier.stop();
  await before.stop();
  await writeJunk(before.publicKey);

  const node = await folder.start();
  const management = await managementOf(node);
  const count = async (series: string): Promise<number> => {
    const { text } = await ask(`${management}/metrics`);
    const line = text.split('\n').find((each) => each.startsWith(`${series} `));
    return Number(line?.split(' ').at(-1) ?? 0);
  };
  for (const event of ['backlog.junk', 'rejection.junk', 'height.passed_over']) await node.printed(event);
  for (const fact of ['backlog', 'rejection', 'block'])
    expect(await count(`bigchaindb_junk_total{fact="${fact}"}`)).toBeGreaterThanOrEqual(1);
  // Late votes leave no log line; they are looked for within a second or two.
  const ineligible = 'bigchaindb_votes_total{standing="ineligible"}';
  const deadlineMs = performance.now() + 30_000;
  while ((await count(ineligible)) === 0 && performance.now() < deadlineMs) await ask(`${node.http}/livez`);
  expect(await count(ineligible)).toBe(1);
  const events = await ValidEvents.follow(node.http);
  expect((await new NodeClient(node.http).post(second.text)).status).toBe(202);
  await events.includes([second.id]);
  expect(await count('bigchaindb_heights_decided_total{status="passed"}')).toBe(1);
  events.stop();
}, 90_000);
