/**
 * Four members in four processes on one store and one machine: how long a client waits, how much they decide together,
 * and how fast a gateway that comes later reads it all. Each of them verifies every transaction, so on two cores the
 * whole can at best reach half of one core's limit.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { NodeClient } from '../../support/process-client.js';
import { type Door, ProcessFederation } from '../../support/process-federation.js';
import type { NodeProcess } from '../../support/process-node.js';
import {
  type BenchOptions,
  type Figure,
  measure,
  OF_LIMIT,
  quantile,
  type Scenario,
  withNode,
} from '../harness.js';
import { batchJob } from './throughput.js';

const MEMBERS = 4;
const PER_SECOND = 100;
/** Transactions that the gateway finds. */
const CATCH_UP_COUNT = 30_000;
const CATCH_UP_MAX_MS = 120_000;

export const federation: Scenario = {
  name: 'federation',
  about: `${MEMBERS} members on one store: POST to valid, throughput, a new gateway's catch-up`,
  run: async (options) => {
    const single = await withNode({}, (_folder, node) => throughput(node, 'single', options));
    const members = new ProcessFederation(MEMBERS);
    try {
      await members.start();
      return await figuresOf(members, single, options);
    } finally {
      await members.dispose();
    }
  },
};

async function figuresOf(
  members: ProcessFederation,
  single: number,
  options: BenchOptions,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  const add = (name: string, value: number, unit: string, target: Figure['target'] = null): void => {
    figures.push({ scenario: 'federation', name, value, unit, target });
  };
  const { seconds, limit, say } = options;
  const node = processOf(members.members[0]);
  const job = {
    kind: 'latency',
    http: node.http,
    name: 'federation',
    perSecond: PER_SECOND,
    seconds,
  } as const;
  const { latenciesMs, checked } = await measure(node, job);
  add('POST to valid at 100/s, p50', quantile(latenciesMs, 0.5), 'ms');
  add('POST to valid at 100/s, p99', quantile(latenciesMs, 0.99), 'ms', { atMost: 1500 });
  add('transactions, each found valid by its id', checked, '');
  const together = await throughput(node, 'members', options);
  say(`  together ${Math.round(together)} 1/s, one node alone ${Math.round(single)} 1/s`);
  add('valid transactions per second, four members', together, '1/s');
  add('valid transactions per second, one node alone', single, '1/s');
  add('four members, of the machine limit', together / limit, OF_LIMIT);
  await fill(node, options);
  const { count, ms } = await catchUp(members, node);
  add('transactions that a new gateway found', count, '');
  add('its catch-up, process start included', (count / ms) * 1000, '1/s', { atLeast: 5000 });
  return figures;
}

/** Valid transactions per second, posted at one door. */
async function throughput(
  node: NodeProcess,
  name: string,
  { seconds, limit }: BenchOptions,
): Promise<number> {
  const { acknowledged, validSeconds } = await measure(node, batchJob(node.http, name, seconds, limit));
  return acknowledged / (validSeconds ?? Number.NaN);
}

async function fill(node: NodeProcess, { limit }: BenchOptions): Promise<void> {
  const missing = CATCH_UP_COUNT - (await new NodeClient(node.http).transactionCount());
  if (missing <= 0) return;
  await measure(
    node,
    { ...batchJob(node.http, 'fill', 3600, limit), countMax: missing, presigned: false },
    false,
  );
}

/** Time from the start of a gateway's process until it knows as many valid transactions as `node`. */
async function catchUp(
  members: ProcessFederation,
  node: NodeProcess,
): Promise<{ readonly count: number; readonly ms: number }> {
  const count = await new NodeClient(node.http).transactionCount();
  const gateway = await members.addGateway().start();
  const client = new NodeClient(gateway.http);
  while ((await client.transactionCount()) < count) {
    if (performance.now() - gateway.startedAtMs > CATCH_UP_MAX_MS)
      throw new Error('the gateway does not catch up');
    await delay(20);
  }
  return { count, ms: performance.now() - gateway.startedAtMs };
}

function processOf(door: Door | undefined): NodeProcess {
  if (door?.process === null || door === undefined) throw new Error('the member does not run');
  return door.process;
}
