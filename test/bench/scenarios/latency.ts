/** How long a client waits from POST until its transaction is valid, at a moderate rate, as a subscriber sees it. */

import { measure, quantile, type Scenario, withNode } from '../harness.js';

const PER_SECOND = 100;

export const latency: Scenario = {
  name: 'latency',
  about: `POST to valid at ${PER_SECOND} transactions a second at random moments, seen by a subscription`,
  run: (options) =>
    withNode({}, async (_folder, node) => {
      const job = { kind: 'latency', http: node.http, name: 'latency', perSecond: PER_SECOND } as const;
      const { latenciesMs, checked, residentMegabytesMax } = await measure(node, {
        ...job,
        seconds: options.seconds,
      });
      const figure = { scenario: 'latency', unit: 'ms' };
      return [
        { ...figure, name: 'POST to valid, p50', value: quantile(latenciesMs, 0.5), target: { atMost: 100 } },
        {
          ...figure,
          name: 'POST to valid, p99',
          value: quantile(latenciesMs, 0.99),
          target: { atMost: 250 },
        },
        { ...figure, name: 'POST to valid, slowest', value: quantile(latenciesMs, 1), target: null },
        {
          ...figure,
          name: 'transactions, each found valid by its id',
          value: checked,
          unit: '',
          target: null,
        },
        {
          ...figure,
          name: 'largest resident set',
          value: residentMegabytesMax,
          unit: 'MB',
          target: { atMost: 400 },
        },
      ];
    }),
};
