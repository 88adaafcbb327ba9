/** What is left of the speed of an empty node when a million transactions are stored, and what they take. */

import { type Figure, measure, quantile, type Scenario, withNode } from '../harness.js';
import { diskBytes } from '../process-usage.js';
import { batchJob } from './throughput.js';

/** Of the fill's transactions every one is counted; those of the measured windows are asked for by id as well. */
const FILL_NAME = 'fill';
const READS_PER_SECOND = 100;

export const million: Scenario = {
  name: 'million',
  about: 'throughput with 1,000,000 stored against that of an empty node, and GET by id',
  run: (options) =>
    withNode({}, async (folder, empty) => {
      const { seconds, limit, stored, say } = options;
      const figures: Figure[] = [];
      const add = (name: string, value: number, unit: string, target: Figure['target'] = null): void => {
        figures.push({ scenario: 'million', name, value, unit, target });
      };
      const throughput = async (http: string, name: string): Promise<number> => {
        const measured = await measure(empty, batchJob(http, name, seconds, limit));
        add(`cores used by anything else, ${name}`, measured.otherCores, '');
        return measured.acknowledged / (measured.validSeconds ?? Number.NaN);
      };
      const before = await throughput(empty.http, 'empty');
      say(`  empty: ${Math.round(before)} 1/s; storing ${stored} transactions`);
      const fill = await measure(
        empty,
        { ...batchJob(empty.http, FILL_NAME, 3600, limit), countMax: stored, presigned: false },
        false,
      );
      add('stored', fill.acknowledged, '');
      add('cores used by anything else, storing', fill.otherCores, '');
      add('storing them, signed on the way', fill.acknowledged / (fill.validSeconds ?? Number.NaN), '1/s');
      const after = await throughput(empty.http, 'full');
      say(`  full: ${Math.round(after)} 1/s`);
      add('valid transactions per second, full', after, '1/s');
      add('of the same on the empty node', after / before, '', { atLeast: 0.7 });
      const job = { kind: 'read', name: FILL_NAME, stored, perSecond: READS_PER_SECOND, seconds } as const;
      const reads = await measure(empty, { ...job, http: empty.http });
      add('GET transactions/{id}, p50', quantile(reads.latenciesMs, 0.5), 'ms');
      add('GET transactions/{id}, p99', quantile(reads.latenciesMs, 0.99), 'ms', { atMost: 5 });
      add('cores used by anything else, reading', reads.otherCores, '');
      add('largest resident set', reads.residentMegabytesMax, 'MB', { atMost: 400 });
      await empty.stop();
      const total = fill.acknowledged + Math.round((before + after) * seconds);
      add('disk per transaction, about', diskBytes(folder.dataFolder) / total, 'B', { atMost: 3000 });
      const again = await folder.start();
      add('start on it to ready', performance.now() - again.startedAtMs, 'ms');
      await again.stop();
      return figures;
    }),
};
