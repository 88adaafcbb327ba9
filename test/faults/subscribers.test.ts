// Danger: one subscriber that reads slowly or not at all holds up the others, or fills the node's memory (F15).
// Method: hundreds of subscribers on both doors of a real node, a tenth of which never read, under load. Those that read
// get every transaction, the others are let go or wait for themselves, and memory stays bounded.
// SUBSCRIBERS=5000 makes it as many as are promised.

import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { FrameSocket } from '../bench/reads/frame-socket.js';
import { ValidEvents } from '../support/process-events.js';
import { SteadyLoad } from '../support/process-load.js';
import { NodeFolder, type NodeProcess } from '../support/process-node.js';

const COUNT = Number(process.env.SUBSCRIBERS ?? 500);
/** One of so many never reads. */
const SLOW_OF = 10;
const TRANSACTIONS = 1500;
/** Each slow one may hold 4 MiB; beyond that it is closed. */
const RESIDENT_MEGABYTES_MAX = 700;
const QUERY = 'subscription{validTransactions{cursor transaction{id document}}}';
/** The acknowledgement and the pong come before any event. */
const GRAPHQL_PREFACE = 2;

function resident(node: NodeProcess): number {
  const [, kilobytes = '0'] =
    /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${node.pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

/** A subscriber of the event stream that takes the handshake and never reads again. */
function neverReads(address: string): Promise<Socket> {
  const { hostname, port, pathname, host } = new URL(address);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('error', () => undefined);
    const lines = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
    socket.write([`GET ${pathname} HTTP/1.1`, `Host: ${host}`, ...lines, key, '', ''].join('\r\n'));
    socket.once('data', () => {
      socket.pause();
      resolve(socket);
    });
  });
}

async function subscribed(node: NodeProcess, index: number): Promise<FrameSocket> {
  if (index % 2 === 0) return FrameSocket.open(`${node.websocket}/api/v1/streams/valid_transactions`);
  const socket = await FrameSocket.open(
    `${node.http.replace(/^http/, 'ws')}/graphql`,
    'graphql-transport-ws',
  );
  socket.send('{"type":"connection_init"}');
  await reaches(socket, 1);
  socket.send(JSON.stringify({ id: 'a', type: 'subscribe', payload: { query: QUERY } }));
  // Answered behind the subscription, so that it is known to have begun.
  socket.send('{"type":"ping"}');
  return socket;
}

it(`${COUNT} subscribers of which every tenth never reads: the others get everything`, async () => {
  const folder = new NodeFolder();
  const load = new SteadyLoad('subscribers', 4);
  const fast: FrameSocket[] = [];
  const slow: Socket[] = [];
  try {
    const node = await folder.start();
    const stream = `${node.websocket}/api/v1/streams/valid_transactions`;
    for (let index = 0; index < COUNT; index++) {
      if (index % SLOW_OF === 0) slow.push(await neverReads(stream));
      else fast.push(await subscribed(node, index));
    }
    await Promise.all(
      fast.filter((_, at) => isGraphql(at)).map((socket) => reaches(socket, GRAPHQL_PREFACE)),
    );
    const events = await ValidEvents.follow(node.http);
    load.start(node.http);
    await load.moreAcknowledged(TRANSACTIONS);
    await load.stop();
    await events.includes(load.acknowledged, 60_000);
    const count = events.order.length;
    await Promise.all(
      fast.map((socket, at) => reaches(socket, count + (isGraphql(at) ? GRAPHQL_PREFACE : 0))),
    );
    expect(fast.filter((socket) => socket.closed !== null)).toEqual([]);
    expect(load.wrong).toEqual([]);
    expect(resident(node)).toBeLessThan(RESIDENT_MEGABYTES_MAX);
    events.stop();
    for (const socket of slow) socket.destroy();
    expect(await node.stop()).toEqual({ code: 0, signal: null });
  } finally {
    await load.stop();
    for (const socket of slow) socket.destroy();
    for (const socket of fast) socket.close();
    await folder.dispose();
  }

  /** Of the fast ones, as they were opened: slow ones stand between them. */
  function isGraphql(at: number): boolean {
    const index = at + Math.floor(at / (SLOW_OF - 1)) + 1;
    return index % 2 !== 0;
  }
}, 300_000);

/** Resolves when the socket was sent so many texts; the time limit of the test ends a wait in vain. */
function reaches(socket: FrameSocket, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = (): void => {
      if (socket.texts >= count) resolve();
      else if (socket.closed !== null)
        reject(new Error(`${socket.closed} after ${socket.texts} of ${count}`));
    };
    socket.onTexts = check;
    check();
  });
}
