/** A thousand GraphQL subscribers of everything: deliveries per second, and what they cost in memory. */

import { type Figure, type Scenario, withNode } from '../harness.js';
import { processorSeconds, residentMegabytes } from '../process-usage.js';
import { FrameSocket } from '../reads/frame-socket.js';
import { pinned } from '../reads/pinned.js';
import { Feeder, Subscribers } from '../reads/subscribers.js';

const SUBSCRIBERS = 1000;
const TRANSACTIONS = 100;
/** What the resident set may grow by while deliveries go on: the heap breathes. */
const GROWTH_MEGABYTES_MAX = 80;
/** Of the window, before memory is looked at: the heap finds its size. */
const WARM_UP = 0.5;
const QUERY =
  'subscription { validTransactions { cursor transaction { id operation metadata asset { id } } } }';

export const graphqlSubscribers: Scenario = {
  name: 'graphql-subscribers',
  about: `${SUBSCRIBERS} subscribers of validTransactions over graphql-ws, node and client on one core each`,
  run: (options) =>
    withNode({}, (_folder, node) =>
      pinned(node.pid, async () => {
        const address = `${node.http.replace(/^http/, 'ws')}/graphql`;
        const subscribers = await Subscribers.open(SUBSCRIBERS, () => subscribe(address));
        // Every one is told that it may begin.
        await subscribers.haveAll(1);
        const feeder = new Feeder(node.http, 'subscribers');
        let fed = 0;
        const deliver = async (): Promise<void> => {
          await feeder.feed(TRANSACTIONS);
          fed += TRANSACTIONS;
          await subscribers.haveAll(1 + fed);
        };
        const deliverFor = async (seconds: number): Promise<void> => {
          const until = performance.now() + seconds * 1000;
          do await deliver();
          while (performance.now() < until);
        };
        await deliverFor(options.seconds * WARM_UP);
        const memoryBefore = residentMegabytes(node.pid);
        const usedBefore = processorSeconds(node.pid);
        const textsBefore = subscribers.texts;
        const start = performance.now();
        await deliverFor(options.seconds);
        const seconds = (performance.now() - start) / 1000;
        const deliveries = subscribers.texts - textsBefore;
        const used = processorSeconds(node.pid) - usedBefore;
        const growth = residentMegabytes(node.pid) - memoryBefore;
        const { closed, count } = subscribers;
        subscribers.close();
        const figure = (
          name: string,
          value: number,
          unit: string,
          target: Figure['target'] = null,
        ): Figure => ({
          scenario: 'graphql-subscribers',
          name,
          value,
          unit,
          target,
        });
        return [
          figure('deliveries', deliveries / seconds, '1/s', { atLeast: 30_000 }),
          figure('processor time of each', (used * 1e6) / deliveries, 'us'),
          figure('events of each subscriber that came once', subscribers.texts / (count * (1 + fed)), '', {
            atLeast: 1,
            atMost: 1,
          }),
          figure('subscribers closed', closed, '', { atMost: 0 }),
          figure('resident set, grown by', growth, 'MB', { atMost: GROWTH_MEGABYTES_MAX }),
        ];
      }),
    ),
};

async function subscribe(address: string): Promise<FrameSocket> {
  const socket = await FrameSocket.open(address, 'graphql-transport-ws');
  socket.send('{"type":"connection_init"}');
  // One text came when the server has acknowledged; the subscription may only follow it.
  await new Promise<void>((resolve) => {
    socket.onTexts = resolve;
    if (socket.texts > 0) resolve();
  });
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: QUERY } }));
  return socket;
}
