/**
 * Danger: the list of a long-lived asset is put together in the node's memory, or ends early.
 * Method: a real node catches up with an asset of 100,000 TRANSFERs, a client reads the list slowly, and the resident
 * set of the process is watched meanwhile. Needs `npm run build`.
 */

import { connect } from 'node:net';
import { makeCreate, makeTransfer } from '../../src/model/make-transaction.js';
import { getBytes } from '../bench/http-connection.js';
import { residentMegabytes } from '../bench/process-usage.js';
import { MadeStore } from '../bench/reads/made-store.js';
import { NodeClient } from '../support/process-client.js';
import { NodeFolder, type NodeProcess } from '../support/process-node.js';
import { SigningKey } from '../support/process-transactions.js';

const SHARES = 1000;
const ROUNDS = 100;
const TRANSFERS = SHARES * ROUNDS;
const ANSWER_MEGABYTES_MIN = 85;
/** Twice what was seen: most of it is what V8 leaves for its next collections. */
const GROWTH_MEGABYTES_MAX = 70;

let folder: NodeFolder;
let node: NodeProcess;
let assetId: string;

/** An asset of 1,000 shares, each of which its owner hands to himself 100 times. */
async function makeHistory(): Promise<string> {
  const store = await MadeStore.open(folder);
  const owner = SigningKey.fromText('long list');
  const outputs = Array.from({ length: SHARES }, () => ({ publicKeys: [owner.publicKey] }));
  const create = makeCreate({ signers: [owner], outputs, data: { history: 'long' } });
  await store.add([create.text]);
  const details = { type: 'ed25519-sha-256' as const, public_key: owner.publicKey };
  let links = outputs.map((_, index) => ({ transaction_id: create.id, output_index: index }));
  for (let round = 0; round < ROUNDS; round++) {
    const transfers = links.map((link) =>
      makeTransfer({
        assetId: create.id,
        spends: [{ ...link, details, signers: [owner] }],
        outputs: [{ publicKeys: [owner.publicKey] }],
      }),
    );
    await store.add(transfers.map(({ text }) => text));
    links = transfers.map(({ id }) => ({ transaction_id: id, output_index: 0 }));
  }
  await store.close();
  return create.id;
}

async function caughtUp(): Promise<void> {
  const client = new NodeClient(node.http);
  while ((await client.transactionCount()) < TRANSFERS + 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
}

interface Answer {
  readonly bytes: number;
  readonly transactions: number;
  readonly end: string;
  /** Megabytes by which the node grew while it was read. */
  readonly grewBy: number;
}

/** Takes the answer as it comes, in small helpings. */
function readList(path: string): Promise<Answer> {
  const { hostname, port } = new URL(node.http);
  return new Promise((resolve, reject) => {
    const before = residentMegabytes(node.pid);
    const mark = Buffer.from('"operation"');
    let [bytes, transactions, most] = [0, 0, before];
    let rest = Buffer.alloc(0);
    const socket = connect({ host: hostname, port: Number(port) }, () =>
      socket.write(getBytes(node.http, path)),
    );
    socket.on('data', (chunk) => {
      bytes += chunk.length;
      const text = Buffer.concat([rest, Buffer.from(chunk)]);
      for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) transactions += 1;
      // One byte too short to hold the mark again.
      rest = text.subarray(Math.max(0, text.length - mark.length + 1));
      most = Math.max(most, residentMegabytes(node.pid));
      socket.pause();
      setImmediate(() => socket.resume());
      if (text.subarray(-7).toString('latin1') === '\r\n0\r\n\r\n') socket.end();
    });
    socket.on('error', reject);
    socket.on('close', () =>
      resolve({ bytes, transactions, end: rest.toString('latin1'), grewBy: most - before }),
    );
  });
}

beforeAll(async () => {
  folder = new NodeFolder({ readyTimeoutMs: 120_000 });
  assetId = await makeHistory();
  node = await folder.start();
  await caughtUp();
}, 180_000);
afterAll(() => folder.dispose());

test('a list of 100,000 transactions is whole, and the node holds little of it', async () => {
  const path = `/api/v1/transactions?asset_id=${assetId}&operation=TRANSFER`;
  const { bytes, transactions, end, grewBy } = await readList(path);
  expect(transactions).toBe(TRANSFERS);
  expect(end).toMatch(/\]\n?\r\n0\r\n\r\n$/);
  expect(bytes).toBeGreaterThan(ANSWER_MEGABYTES_MIN * 1_000_000);
  expect(grewBy).toBeLessThan(GROWTH_MEGABYTES_MAX);
}, 120_000);
