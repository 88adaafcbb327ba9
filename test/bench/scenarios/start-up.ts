/** From `node dist/src/main.js start` to the line that says it is ready: first on nothing, then on its own data. */

import { NodeFolder } from '../../support/process-node.js';
import { type Figure, quantile, type Scenario } from '../harness.js';

const ROUNDS = 5;

export const startUp: Scenario = {
  name: 'start-up',
  about: 'process start to ready, on an empty folder and again on the same one',
  run: async () => {
    const first: number[] = [];
    const again: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const folder = new NodeFolder();
      try {
        for (const times of [first, again]) {
          const node = await folder.start();
          times.push(performance.now() - node.startedAtMs);
          await node.stop();
        }
      } finally {
        await folder.dispose();
      }
    }
    const figure = (name: string, times: number[]): Figure => ({
      scenario: 'start-up',
      name,
      value: quantile(times, 0.5),
      unit: 'ms',
      target: null,
    });
    return [figure('to ready on an empty folder, median', first), figure('to ready again, median', again)];
  },
};
