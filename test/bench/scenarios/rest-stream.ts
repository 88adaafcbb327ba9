/** 1.0.1's event stream with a thousand subscribers: how long a block takes to reach the last of them. */

import { type Figure, quantile, type Scenario, withNode } from '../harness.js';
import { FrameSocket } from '../reads/frame-socket.js';
import { pinned } from '../reads/pinned.js';
import { Feeder, Subscribers } from '../reads/subscribers.js';

const SUBSCRIBERS = 1000;
const TRANSACTIONS = 100;
const BLOCKS = 10;
const WARM_UP_BLOCKS = 2;

export const restStream: Scenario = {
  name: 'rest-stream',
  about: `${SUBSCRIBERS} subscribers of the 1.0.1 stream, blocks of ${TRANSACTIONS}, node and client on one core each`,
  run: () =>
    withNode({}, (_folder, node) =>
      pinned(node.pid, async () => {
        const address = `${node.websocket}/api/v1/streams/valid_transactions`;
        const subscribers = await Subscribers.open(SUBSCRIBERS, () => FrameSocket.open(address));
        const feeder = new Feeder(node.http, 'stream');
        const times: number[] = [];
        for (let block = 1; block <= WARM_UP_BLOCKS + BLOCKS; block++) {
          const id = await feeder.feed(TRANSACTIONS);
          await subscribers.haveAll(block * TRANSACTIONS);
          const hadAtMs = Date.now();
          if (block > WARM_UP_BLOCKS) times.push(hadAtMs - (await feeder.decidedAtMs(id)));
        }
        const { closed, texts, count } = subscribers;
        subscribers.close();
        const figure = (
          name: string,
          value: number,
          unit: string,
          target: Figure['target'] = null,
        ): Figure => ({
          scenario: 'rest-stream',
          name,
          value,
          unit,
          target,
        });
        const once = (WARM_UP_BLOCKS + BLOCKS) * TRANSACTIONS * count;
        return [
          figure('decision to the last frame of the last subscriber, median', quantile(times, 0.5), 'ms'),
          figure('decision to the last frame of the last subscriber, slowest', quantile(times, 1), 'ms', {
            atMost: 1000,
          }),
          figure('frames of each subscriber that came once', texts / once, '', { atLeast: 1, atMost: 1 }),
          figure('subscribers closed', closed, '', { atMost: 0 }),
        ];
      }),
    ),
};
