/** Valid transactions per second, in batches over GraphQL and one by one over REST, on an empty node. */

import { join } from 'node:path';
import { type BenchOptions, type Figure, measure, OF_LIMIT, type Scenario, withNode } from '../harness.js';
import type { CreateJob, DoorKind } from '../load-protocol.js';
import { diskBytes } from '../process-usage.js';

interface Throughput {
  readonly name: string;
  readonly about: string;
  readonly door: DoorKind;
  readonly inFlight: number;
  readonly batch: number;
  /** Fraction of the machine's limit that must be reached. */
  readonly ratio: number;
  readonly sodium: boolean;
}

/** No node is faster than its processor verifies; so many transactions are signed beforehand. */
const PRESIGNED_PER_LIMIT = 0.9;
const RESIDENT_MEGABYTES_MAX = 400;
const DISK_BYTES_MAX = 3000;

export const graphqlBatch = scenario({
  name: 'graphql-batch',
  about: 'submitTransactions of 100, 8 in flight',
  door: 'graphql',
  inFlight: 8,
  batch: 100,
  ratio: 0.45,
  sodium: true,
});

export const graphqlBatchWithoutSodium = scenario({
  name: 'graphql-batch-without-sodium',
  about: 'the same, and the node without sodium-native',
  door: 'graphql',
  inFlight: 8,
  batch: 100,
  ratio: 0.3,
  sodium: false,
});

export const restSingle = scenario({
  name: 'rest-single',
  about: 'POST /api/v1/transactions, one per request, 64 connections',
  door: 'rest',
  inFlight: 64,
  batch: 1,
  ratio: 0.25,
  sodium: true,
});

/** The job of `graphql-batch`, for whoever measures the same on another node. */
export function batchJob(http: string, name: string, seconds: number, limit: number): CreateJob {
  return {
    kind: 'create',
    http,
    door: 'graphql',
    name,
    seconds,
    countMax: Math.ceil((seconds * limit * PRESIGNED_PER_LIMIT) / 100) * 100,
    inFlight: 8,
    batch: 100,
    presigned: true,
  };
}

function scenario(wanted: Throughput): Scenario {
  const { name, about } = wanted;
  return { name, about, run: (options) => runThroughput(wanted, options) };
}

function runThroughput(wanted: Throughput, options: BenchOptions): Promise<Figure[]> {
  const environment: Record<string, string> = wanted.sodium
    ? {}
    : { NODE_OPTIONS: `--require ${join(__dirname, '..', 'without-sodium.js')}` };
  return withNode(environment, async (folder, node) => {
    const base = batchJob(node.http, wanted.name, options.seconds, options.limit);
    const emptyBytes = diskBytes(folder.dataFolder);
    const { door, inFlight, batch } = wanted;
    const measured = await measure(node, { ...base, door, inFlight, batch });
    const perSecond = measured.acknowledged / (measured.validSeconds ?? Number.NaN);
    await node.stop();
    const bytes = (diskBytes(folder.dataFolder) - emptyBytes) / measured.acknowledged;
    const figure = (name: string, value: number, unit: string, target: Figure['target'] = null): Figure => ({
      scenario: wanted.name,
      name,
      value,
      unit,
      target,
    });
    return [
      figure('valid transactions per second', perSecond, '1/s'),
      figure('of the machine limit', perSecond / options.limit, OF_LIMIT, { atLeast: wanted.ratio }),
      figure('acknowledged, each found valid by its id', measured.checked, ''),
      figure('refused for now and sent again', measured.refused, ''),
      figure('largest resident set', measured.residentMegabytesMax, 'MB', { atMost: RESIDENT_MEGABYTES_MAX }),
      figure('disk per transaction', bytes, 'B', { atMost: DISK_BYTES_MAX }),
      figure('cores used by the node', measured.nodeCores, ''),
      figure('cores used by the load process', measured.loadCores, ''),
      figure('cores used by anything else', measured.otherCores, ''),
    ];
  });
}
