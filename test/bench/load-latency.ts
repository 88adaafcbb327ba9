/** Open loops: requests come when they come, whatever the node does, so a slow answer is not hidden by waiting for it. */

import { setTimeout as delay } from 'node:timers/promises';
import { NodeClient } from '../support/process-client.js';
import { ValidEvents } from '../support/process-events.js';
import { type SignedTransaction, TransactionMaker } from '../support/process-transactions.js';
import { getBytes, HttpConnection, postBytes, type RawAnswer } from './http-connection.js';
import type { LatencyJob, LoadResult, ReadJob } from './load-protocol.js';

const CONNECTIONS_MAX = 64;
/** Connections that are opened when all others are busy. */
class Connections {
  private readonly idle: HttpConnection[] = [];
  private count = 0;

  constructor(private readonly address: string) {}

  async request(bytes: Buffer): Promise<RawAnswer> {
    const connection = this.idle.pop() ?? (await this.open());
    const answer = await connection.request(bytes);
    this.idle.push(connection);
    return answer;
  }

  close(): void {
    for (const connection of this.idle) connection.close();
  }

  private open(): Promise<HttpConnection> {
    if (++this.count > CONNECTIONS_MAX) throw new Error('the node is too slow for this rate');
    return HttpConnection.open(this.address);
  }
}

/** Calls `act` at random moments, `perSecond` on average; resolves when all it started has ended. */
async function poisson(
  perSecond: number,
  count: number,
  act: (index: number, dueMs: number) => Promise<void>,
) {
  const started: Promise<void>[] = [];
  let due = performance.now();
  for (let index = 0; index < count; index++) {
    due += (-Math.log(1 - Math.random()) * 1000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await delay(wait);
    started.push(act(index, due));
  }
  await Promise.all(started);
}

export class LatencyLoad {
  private readonly connections: Connections;
  private transactions: SignedTransaction[] = [];
  private events: ValidEvents | null = null;

  constructor(private readonly job: LatencyJob) {
    this.connections = new Connections(job.http);
  }

  async prepare(): Promise<void> {
    const { http, name, perSecond, seconds } = this.job;
    this.transactions = new TransactionMaker(name).many(perSecond * seconds);
    this.events = await ValidEvents.follow(http);
  }

  async run(): Promise<LoadResult> {
    const { job, events } = this;
    if (events === null) throw new Error('prepare comes first');
    const postedAt = new Map<string, number>();
    const cpu = process.cpuUsage();
    const start = performance.now();
    await poisson(job.perSecond, this.transactions.length, async (index, dueMs) => {
      const transaction = this.transactions[index];
      if (transaction === undefined) return;
      postedAt.set(transaction.id, dueMs);
      const bytes = postBytes(job.http, '/api/v1/transactions', transaction.text);
      const answer = await this.connections.request(bytes);
      if (answer.status !== 202) throw new Error(`POST answered ${answer.status}: ${answer.body.toString()}`);
    });
    const sent = performance.now();
    await events.includes(postedAt.keys());
    const seconds = (performance.now() - start) / 1000;
    events.stop();
    this.connections.close();
    const used = process.cpuUsage(cpu);
    return {
      acknowledged: this.transactions.length,
      refused: 0,
      sendingSeconds: (sent - start) / 1000,
      validSeconds: seconds,
      loadCores: (used.user + used.system) / 1e6 / seconds,
      latenciesMs: [...postedAt].map(([id, at]) => (events.seenAt.get(id) ?? Number.NaN) - at),
    };
  }

  async verify(): Promise<number> {
    const ids = this.transactions.map((each) => each.id);
    const statuses = await new NodeClient(this.job.http).statuses(ids);
    if (statuses.some((status) => status !== 'VALID'))
      throw new Error('an acknowledged transaction is not valid');
    return statuses.length;
  }
}

export class ReadLoad {
  private readonly connections: Connections;
  private ids: string[] = [];

  constructor(private readonly job: ReadJob) {
    this.connections = new Connections(job.http);
  }

  /** Finds the ids again by making the same transactions again, and keeps a random sample. */
  async prepare(): Promise<void> {
    const { job } = this;
    const count = job.perSecond * job.seconds;
    const chosen = new Set(Array.from({ length: count }, () => Math.floor(Math.random() * job.stored)));
    const maker = new TransactionMaker(job.name);
    for (let index = 0; index < job.stored; index++) {
      if (chosen.has(index)) this.ids.push(maker.next().id);
      else maker.skip();
    }
    this.ids.sort(() => Math.random() - 0.5);
  }

  async run(): Promise<LoadResult> {
    const latenciesMs: number[] = [];
    const cpu = process.cpuUsage();
    const start = performance.now();
    await poisson(this.job.perSecond, this.ids.length, async (index, dueMs) => {
      const bytes = getBytes(this.job.http, `/api/v1/transactions/${this.ids[index]}`);
      const answer = await this.connections.request(bytes);
      latenciesMs.push(performance.now() - dueMs);
      if (answer.status !== 200) throw new Error(`GET answered ${answer.status}`);
    });
    this.connections.close();
    const used = process.cpuUsage(cpu);
    const seconds = (performance.now() - start) / 1000;
    return {
      acknowledged: 0,
      refused: 0,
      sendingSeconds: seconds,
      validSeconds: null,
      loadCores: (used.user + used.system) / 1e6 / seconds,
      latenciesMs,
    };
  }

  async verify(): Promise<number> {
    return this.ids.length;
  }
}
