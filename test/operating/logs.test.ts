/**
 * Danger: a log that tells what is in transactions, or a key; files that a rotating tool cannot take away. Method: a
 * real node at level debug that is given marked payloads on every door, good and bad, and its log files afterwards.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeClient } from '../support/process-client.js';
import { ValidEvents } from '../support/process-events.js';
import { NodeFolder } from '../support/process-node.js';
import { TransactionMaker } from '../support/process-transactions.js';
import { ask, managementOf } from './clients.js';

const MARK = 'Marked-Payload-7f3a';
const TOKEN = 'management-token-5d1c';
const folders: NodeFolder[] = [];
afterAll(() => Promise.all(folders.map((folder) => folder.dispose())));

function makeFolder(): NodeFolder {
  const folder = new NodeFolder({
    settings: { management: { bind: 'localhost:0', token: TOKEN } },
    environment: { BIGCHAINDB_LOG_LEVEL_CONSOLE: 'debug', BIGCHAINDB_LOG_LEVEL_LOGFILE: 'debug' },
  });
  folders.push(folder);
  return folder;
}

test('no payload and no secret in any log, whatever was sent and whatever failed', async () => {
  const folder = makeFolder();
  const node = await folder.start();
  const client = new NodeClient(node.http);
  const events = await ValidEvents.follow(node.http);
  const [good, bad, ugly] = new TransactionMaker(MARK).many(3);
  if (good === undefined || bad === undefined || ugly === undefined) throw new Error('nothing was made');
  expect((await client.post(good.text)).status).toBe(202);
  expect((await client.post(bad.text.replace(MARK, `${MARK}x`))).status).toBe(400);
  await client.post(`{"${MARK}": [`);
  const query = 'mutation ($input: SubmitTransactionInput!) { submitTransaction(input: $input) { id } }';
  await client.graphql(query, { input: { transaction: JSON.parse(ugly.text), wait: 'DECIDED' } });
  await client.graphql(`{ transactions(search: "${MARK}") { nonsense } }`);
  await client.graphql('query ($x: Int!) { __typename }', { x: MARK });
  await client.get(`/api/v1/assets?search=${MARK}`);
  await client.get(`/api/v1/outputs?public_key=${MARK}`);
  await events.includes([good.id, ugly.id]);
  events.stop();
  const management = await managementOf(node);
  await ask(`${management}/status`, { headers: { authorization: 'Bearer wrong' } });
  await ask(`${management}/status`, { headers: { authorization: `Bearer ${TOKEN}` } });
  await ask(`${management}/drain`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${TOKEN}` },
    body: `{"drain": "${MARK}"}`,
  });
  await node.stop();

  const { keypair } = JSON.parse(readFileSync(folder.configPath, 'utf8'));
  const logs = [node.output(), readFileSync(join(folder.folder, 'node.log'), 'utf8')];
  for (const log of logs) {
    expect(log).toContain(good.id);
    expect(log).toContain('transaction.decided');
    for (const secret of [MARK, TOKEN, keypair.private]) expect(log).not.toContain(secret);
  }
}, 60_000);

test('SIGHUP lets go of files that were renamed, and no line is lost', async () => {
  const folder = makeFolder();
  const node = await folder.start();
  const client = new NodeClient(node.http);
  const path = join(folder.folder, 'node.log');
  const maker = new TransactionMaker('rotated');
  const ids: string[] = [];
  const events = await ValidEvents.follow(node.http);
  for (let turn = 1; turn <= 3; turn++) {
    const transactions = maker.many(20);
    for (const { id, text } of transactions) {
      ids.push(id);
      expect((await client.post(text)).status).toBe(202);
    }
    await events.includes(ids);
    renameSync(path, `${path}-${turn}`);
    const before = reloads(node.output());
    node.signal('SIGHUP');
    while (reloads(node.output()) === before)
      await node.printed('node.reloaded').then(() => client.get('/livez'));
    expect(existsSync(path)).toBe(true);
  }
  events.stop();
  await node.stop();
  const all = [1, 2, 3]
    .map((turn) => readFileSync(`${path}-${turn}`, 'utf8'))
    .concat(readFileSync(path, 'utf8'));
  for (const id of ids) {
    const lines = all
      .join('')
      .split('\n')
      .filter((line) => line.includes(id));
    expect(lines.map((line) => JSON.parse(line).event)).toEqual([
      'transaction.accepted',
      'transaction.decided',
    ]);
  }
  expect(all.at(-1)).toContain('node.stopping');
}, 60_000);

function reloads(output: string): number {
  return output.split('"event":"node.reloaded"').length - 1;
}

test('a log file that cannot be opened again is told, and the former one goes on', async () => {
  const folder = makeFolder();
  const node = await folder.start();
  const path = join(folder.folder, 'node.log');
  renameSync(folder.folder, `${folder.folder}-moved`);
  writeFileSync(folder.folder, 'no folder');
  node.signal('SIGHUP');
  await node.printed('"event":"node.reload_failed"');
  expect(node.output()).toContain(`cannot open ${path}`);
  rmSync(folder.folder);
  renameSync(`${folder.folder}-moved`, folder.folder);
  expect((await new NodeClient(node.http).get('/livez')).status).toBe(200);
  await node.stop();
  expect(readFileSync(path, 'utf8')).toContain('node.reload_failed');
}, 60_000);
