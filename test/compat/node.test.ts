/**
 * Danger: the doors work before a ledger in memory and not before the real one.
 * Method: a real node process with a store of its own; the old drivers tell their story, streams are compared with the
 * blocks, and every bad document is posted to the process that must live through all of it. Needs `npm run build`.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { STREAM_PATH } from '../../rest-compat/streams.js';
import { NodeFolder, type NodeProcess } from '../support/process-node.js';
import { create } from '../support/transactions.js';
import { DRIVER_VERSIONS, driverStory } from './support/driver-story.js';
import { exchange } from './support/raw-client.js';

let folder: NodeFolder;
let node: NodeProcess;

beforeAll(async () => {
  folder = new NodeFolder();
  node = await folder.start();
}, 60_000);
afterAll(() => folder.dispose());

function portOf(address: string): number {
  return Number(new URL(address).port);
}

interface Heard {
  readonly socket: WebSocket;
  readonly messages: { block_id: string; asset_id: string; transaction_id: string }[];
  until(count: number): Promise<void>;
  untilHeard(id: string): Promise<void>;
}

async function hear(address: string): Promise<Heard> {
  const socket = new WebSocket(`${address.replace('http', 'ws')}${STREAM_PATH}`);
  const messages: Heard['messages'] = [];
  let wake: () => void = () => undefined;
  socket.on('message', (data) => {
    messages.push(JSON.parse(String(data)));
    wake();
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const untilTrue = async (done: () => boolean): Promise<void> => {
    while (!done()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const until = (count: number): Promise<void> => untilTrue(() => messages.length >= count);
  const untilHeard = (id: string): Promise<void> =>
    untilTrue(() => messages.some(({ transaction_id }) => transaction_id === id));
  return { socket, messages, until, untilHeard };
}

async function get(path: string): Promise<{ status: number; json: unknown }> {
  const answer = await exchange(portOf(node.http), { method: 'GET', path });
  return { status: answer.status, json: JSON.parse(answer.body) };
}

async function post(text: string | Buffer): Promise<{ status: number; text: string }> {
  const answer = await exchange(portOf(node.http), {
    method: 'POST',
    path: '/api/v1/transactions',
    body: text,
  });
  return { status: answer.status, text: answer.body };
}

test.each(DRIVER_VERSIONS)(
  'the driver %s works with the real node',
  async (version) => {
    await driverStory(version, node.http, 'node');
  },
  60_000,
);

test('the transactions that the 1.0.1 document prints become valid, one after the other', async () => {
  const file = readFileSync(join(__dirname, '../vectors/doc-examples.json'), 'utf8');
  const { transactions } = JSON.parse(file) as { transactions: { transaction: { id: string } }[] };
  expect(transactions).toHaveLength(3);
  const heard = await hear(node.http);
  for (const { transaction } of transactions) {
    const text = JSON.stringify(transaction);
    expect((await post(text)).status).toBe(202);
    // Each spends an output of the one before it, which must be valid by then.
    await heard.untilHeard(transaction.id);
    const { status, json } = await get(`/api/v1/transactions/${transaction.id}`);
    expect(status).toBe(200);
    expect(json).toEqual(transaction);
  }
  heard.socket.terminate();
});

test('both ports stream every valid transaction once, in the order of the blocks, and a newcomer starts at now', async () => {
  const heard = [await hear(node.http), await hear(node.websocket)];
  const made = Array.from({ length: 10 }, () => create());
  const answers = await Promise.all(made.map(({ text }) => post(text)));
  expect(answers.map(({ status }) => status)).toEqual(made.map(() => 202));
  for (const each of heard) await each.until(10);
  const [first, second] = heard.map(({ messages }) => messages);
  expect(second).toEqual(first);
  expect(first?.map(({ transaction_id }) => transaction_id).sort()).toEqual(made.map(({ id }) => id).sort());
  const blockIds = [...new Set(first?.map(({ block_id }) => block_id))];
  const inBlocks: string[] = [];
  for (const blockId of blockIds) {
    const { json } = await get(`/api/v1/blocks/${blockId}`);
    const { block } = json as { block: { transactions: { id: string }[] } };
    inBlocks.push(...block.transactions.map(({ id }) => id));
  }
  expect(first?.map(({ transaction_id }) => transaction_id)).toEqual(inBlocks);
  const newcomer = await hear(node.websocket);
  const last = create();
  await post(last.text);
  await newcomer.until(1);
  expect(newcomer.messages.map(({ transaction_id }) => transaction_id)).toEqual([last.id]);
  for (const { socket } of [...heard, newcomer]) socket.terminate();
}, 60_000);

test('what the node says about itself', async () => {
  const { json } = await get('/');
  expect(json).toMatchObject({
    public_key: folder.publicKey,
    keyring: [],
    software: 'BigchainDB',
    version: '1.0.1',
  });
  expect((await get('/readyz')).json).toEqual({ status: 'ready' });
  const streams = (json as { api: { v1: { streams: string } } }).api.v1.streams;
  expect(streams).toBe(`ws://localhost:${portOf(node.websocket)}${STREAM_PATH}`);
});

test('a second node on the same address says which setting is to blame, and stops', async () => {
  const other = new NodeFolder({ settings: { server: { bind: `127.0.0.1:${portOf(node.http)}` } } });
  const second = other.spawn();
  const { code } = await second.exited;
  expect(code).toBe(1);
  expect(second.output()).toContain('server.bind');
  await other.dispose();
}, 60_000);

test('a stop says goodbye to the streams, finishes, and exits with 0', async () => {
  const { socket } = await hear(node.http);
  const closed = new Promise((resolve) => {
    socket.once('close', (code) => resolve(code));
  });
  expect((await node.stop()).code).toBe(0);
  expect(await closed).toBe(1001);
}, 60_000);
