// Danger: connections whose other side is gone without a word pile up, hold requests and subscriptions, or keep a node
// from stopping (F8).
// Method: clients behind a proxy that falls silent with requests half sent and subscriptions open. Everybody else is
// served, and SIGTERM ends the node in time. With FAULTS=long also: the node lets go of all of them by itself.

import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { FrameSocket } from '../bench/reads/frame-socket.js';
import { NodeClient } from '../support/process-client.js';
import { ValidEvents } from '../support/process-events.js';
import { SteadyLoad } from '../support/process-load.js';
import { NodeFolder, type NodeProcess } from '../support/process-node.js';
import { SilentProxy } from '../support/silent-proxy.js';

const EACH = 50;
const LONG = process.env.FAULTS === 'long';
/** Ping, no answer, close, cut; and the time limit of a request. */
const LET_GO_MS = 100_000;
const DRAIN_MS = 10_000;

/** Files that the process has open, sockets among them. */
function openFiles(node: NodeProcess): number {
  return readdirSync(`/proc/${node.pid}/fd`).length;
}

async function halfRequests(port: number, head: string): Promise<Socket[]> {
  return Promise.all(
    Array.from(
      { length: EACH },
      () =>
        new Promise<Socket>((resolve) => {
          const socket = connect({ host: '127.0.0.1', port });
          socket.on('error', () => undefined);
          socket.once('connect', () => socket.write(head, () => resolve(socket)));
        }),
    ),
  );
}

it(`serves others and stops in time beside ${4 * EACH} half-open connections`, async () => {
  const folder = new NodeFolder();
  const load = new SteadyLoad('half-open', 4);
  const node = await folder.start();
  const proxy = await SilentProxy.start(Number(new URL(node.http).port));
  const sockets: { end(): void }[] = [];
  try {
    const before = openFiles(node);
    const behind = `ws://127.0.0.1:${proxy.port}`;
    const heads = [
      'GET /api/v1 HTTP/1.1\r\nHost: a\r\nX-',
      'POST /api/v1/transactions HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{',
    ];
    for (const head of heads)
      sockets.push(
        ...(await halfRequests(proxy.port, head)).map((socket) => ({ end: () => socket.destroy() })),
      );
    for (let count = 0; count < EACH; count++) {
      const stream = await FrameSocket.open(`${behind}/api/v1/streams/valid_transactions`);
      const graphql = await FrameSocket.open(`${behind}/graphql`, 'graphql-transport-ws');
      graphql.send('{"type":"connection_init"}');
      graphql.send(
        '{"id":"a","type":"subscribe","payload":{"query":"subscription{validTransactions{cursor}}"}}',
      );
      sockets.push({ end: () => stream.close() }, { end: () => graphql.close() });
    }
    proxy.fallSilent();

    const events = await ValidEvents.follow(node.http);
    load.start(node.http);
    await load.moreAcknowledged(500);
    await load.stop();
    await events.includes(load.acknowledged);
    events.stop();
    expect(load.wrong).toEqual([]);
    if (LONG) {
      const deadline = performance.now() + LET_GO_MS;
      while (openFiles(node) > before + EACH / 2 && performance.now() < deadline) await delay(500);
      expect(openFiles(node)).toBeLessThanOrEqual(before + EACH / 2);
    }
    expect((await new NodeClient(node.http).get('/readyz')).status).toBe(200);

    const startedAt = performance.now();
    expect(await node.stop()).toEqual({ code: 0, signal: null });
    expect(performance.now() - startedAt).toBeLessThan(DRAIN_MS + 2000);
  } finally {
    await load.stop();
    for (const socket of sockets) socket.end();
    await proxy.close();
    await folder.dispose();
  }
}, 180_000);
