/**
 * Danger: a member that stands still inside a commit holds the shared file, and with it the doors of all others: they
 * hang, acknowledge what is not written, or never come back.
 * Method: a real node, and a connection of the test's own that holds the file's lock as such a member does.
 */

import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { NodeClient } from '../support/process-client.js';
import { ValidEvents } from '../support/process-events.js';
import { NodeFolder } from '../support/process-node.js';
import { TransactionMaker } from '../support/process-transactions.js';

let folder: NodeFolder;
beforeEach(() => {
  folder = new NodeFolder();
});
afterEach(() => folder.dispose());

/** Holds the lock of the node's store until the returned function is called. */
function holdStore(): () => void {
  const holder = new DatabaseSync(join(folder.dataFolder, 'store.sqlite'), { timeout: 5000 });
  holder.exec('BEGIN IMMEDIATE');
  return () => {
    holder.exec('ROLLBACK');
    holder.close();
  };
}

test('while another process holds the file the door answers 503 within seconds, and goes on by itself', async () => {
  const node = await folder.start();
  const client = new NodeClient(node.http);
  const events = await ValidEvents.follow(node.http);
  const [before, during, after] = new TransactionMaker('held').many(3);
  if (before === undefined || during === undefined || after === undefined)
    throw new Error('three are needed');
  expect((await client.post(before.text)).status).toBe(202);
  await events.includes([before.id]);

  const release = holdStore();
  const startedMs = performance.now();
  const refused = await client.post(during.text);
  expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([503, true]);
  expect(performance.now() - startedMs).toBeGreaterThan(4500);
  expect(performance.now() - startedMs).toBeLessThan(20_000);
  // What was decided is answered all the same.
  expect(await client.status(before.id)).toBe('valid');

  release();
  expect((await client.post(after.text)).status).toBe(202);
  expect((await client.post(during.text)).status).toBe(202);
  await events.includes([after.id, during.id]);
  events.stop();
  expect(await node.stop()).toEqual({ code: 0, signal: null });
});

test('a node starts while another process holds the file, answers, and takes transactions when it may', async () => {
  const [before, after] = new TransactionMaker('starts').many(2);
  if (before === undefined || after === undefined) throw new Error('two are needed');
  const first = await folder.start();
  const events = await ValidEvents.follow(first.http);
  expect((await new NodeClient(first.http).post(before.text)).status).toBe(202);
  await events.includes([before.id]);
  events.stop();
  await first.stop();

  const release = holdStore();
  const node = await folder.start();
  const client = new NodeClient(node.http);
  expect(await client.status(before.id)).toBe('valid');
  release();
  const later = await ValidEvents.follow(node.http);
  expect((await client.post(after.text)).status).toBe(202);
  await later.includes([after.id]);
  later.stop();
});
