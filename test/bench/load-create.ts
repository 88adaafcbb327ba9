/** The closed loops of the throughput scenarios: as many CREATEs as the node takes, all of them followed to `valid`. */

import { setTimeout as delay } from 'node:timers/promises';
import { NodeClient } from '../support/process-client.js';
import { type SignedTransaction, TransactionMaker } from '../support/process-transactions.js';
import { HttpConnection, postBytes, type RawAnswer } from './http-connection.js';
import type { CreateJob, LoadResult } from './load-protocol.js';

/** Without a new valid transaction for this long, the load has failed. */
const STALLED_MS = 60_000;
const REFUSED_PAUSE_MS = 50;

const SUBMIT =
  'mutation Submit($transactions: [JSON!]!) { submitTransactions(input: {transactions: $transactions}) { accepted refused results { id retryable problems { code message } } } }';

interface Request {
  readonly bytes: Buffer;
  readonly transactions: readonly SignedTransaction[];
}

interface SubmitAnswer {
  readonly data?: {
    readonly submitTransactions: {
      readonly results: readonly {
        readonly retryable: boolean;
        readonly problems: readonly { readonly code: string; readonly message: string }[];
      }[];
    };
  };
}

export class CreateLoad {
  private readonly client: NodeClient;
  private readonly maker: TransactionMaker;
  private readonly ready: Request[] = [];
  private readonly acknowledged: string[] = [];
  private readonly again: SignedTransaction[] = [];
  private connections: HttpConnection[] = [];
  private countBefore = 0;
  private made = 0;
  private refused = 0;

  constructor(private readonly job: CreateJob) {
    this.client = new NodeClient(job.http);
    this.maker = new TransactionMaker(job.name);
  }

  /** Signs, connects, and lets the door see its first requests, so that no measured one pays for them. */
  async prepare(): Promise<void> {
    const { job } = this;
    if (job.presigned) while (this.made < job.countMax) this.ready.push(this.request(this.make(job.batch)));
    this.ready.reverse();
    this.connections = await Promise.all(
      Array.from({ length: job.inFlight }, () => HttpConnection.open(job.http)),
    );
    this.countBefore = await this.client.transactionCount();
  }

  async run(): Promise<LoadResult> {
    const cpu = process.cpuUsage();
    const start = performance.now();
    const until = start + this.job.seconds * 1000;
    await Promise.all(this.connections.map((connection) => this.drive(connection, until)));
    const sent = performance.now();
    const used = process.cpuUsage(cpu);
    await this.allValid();
    const valid = performance.now();
    for (const connection of this.connections) connection.close();
    return {
      acknowledged: this.acknowledged.length,
      refused: this.refused,
      sendingSeconds: (sent - start) / 1000,
      validSeconds: (valid - start) / 1000,
      loadCores: (used.user + used.system) / 1000 / (sent - start),
      latenciesMs: [],
    };
  }

  /** Asks for every acknowledged transaction by its id; throws when one is not valid. */
  async verify(): Promise<number> {
    const statuses = await this.client.statuses(this.acknowledged);
    const missing = this.acknowledged.filter((_, index) => statuses[index] !== 'VALID');
    if (missing.length > 0)
      throw new Error(`${missing.length} acknowledged transactions are not valid, e.g. ${missing[0]}`);
    return statuses.length;
  }

  private make(count: number): SignedTransaction[] {
    const many = this.maker.many(Math.min(count, this.job.countMax - this.made));
    this.made += many.length;
    return many;
  }

  private request(transactions: readonly SignedTransaction[]): Request {
    const { http, door } = this.job;
    const texts = transactions.map((each) => each.text).join(',');
    const bytes =
      door === 'rest'
        ? postBytes(http, '/api/v1/transactions', texts)
        : postBytes(
            http,
            '/graphql',
            `{"operationName":"Submit","query":"${SUBMIT}","variables":{"transactions":[${texts}]}}`,
          );
    return { bytes, transactions };
  }

  private nextRequest(): Request | null {
    if (this.again.length > 0) return this.request(this.again.splice(0, this.job.batch));
    const ready = this.ready.pop();
    if (ready !== undefined || this.job.presigned) return ready ?? null;
    return this.made < this.job.countMax ? this.request(this.make(this.job.batch)) : null;
  }

  private async drive(connection: HttpConnection, until: number): Promise<void> {
    for (;;) {
      // Refused ones are sent again even after the time is up, so that the count of the acknowledged stays whole.
      if (performance.now() >= until && this.again.length === 0) return;
      const request = this.nextRequest();
      if (request === null) return;
      const before = this.refused;
      this.settle(request, await connection.request(request.bytes));
      if (this.refused > before) await delay(REFUSED_PAUSE_MS);
    }
  }

  private settle(request: Request, answer: RawAnswer): void {
    if (answer.status === 503) {
      this.refused += request.transactions.length;
      this.again.push(...request.transactions);
    } else if (this.job.door === 'rest') this.settleRest(request, answer);
    else this.settleGraphql(request, answer);
  }

  private settleRest(request: Request, answer: RawAnswer): void {
    if (answer.status !== 202) throw new Error(`POST answered ${answer.status}: ${answer.body.toString()}`);
    for (const { id } of request.transactions) this.acknowledged.push(id);
  }

  private settleGraphql(request: Request, answer: RawAnswer): void {
    const { transactions } = request;
    if (answer.status !== 200)
      throw new Error(`GraphQL answered ${answer.status}: ${answer.body.toString().slice(0, 500)}`);
    if (answer.body.includes(`"accepted":${transactions.length},"refused":0`)) {
      for (const { id } of transactions) this.acknowledged.push(id);
      return;
    }
    const { data } = JSON.parse(answer.body.toString()) as SubmitAnswer;
    if (data === undefined) throw new Error(`GraphQL answered ${answer.body.toString().slice(0, 500)}`);
    data.submitTransactions.results.forEach((result, index) => {
      const transaction = transactions[index];
      if (transaction === undefined) throw new Error('more results than transactions');
      const problem = result.problems[0];
      if (problem === undefined) this.acknowledged.push(transaction.id);
      else if (result.retryable) {
        this.refused += 1;
        this.again.push(transaction);
      } else throw new Error(`a right transaction was refused: ${problem.code} ${problem.message}`);
    });
  }

  private async allValid(): Promise<void> {
    const wanted = this.countBefore + this.acknowledged.length;
    let last = -1;
    let lastChange = performance.now();
    for (;;) {
      const count = await this.client.transactionCount();
      if (count >= wanted) return;
      if (count !== last) {
        last = count;
        lastChange = performance.now();
      } else if (performance.now() - lastChange > STALLED_MS)
        throw new Error(`${wanted - count} acknowledged transactions are not valid, and nothing moves`);
      await delay(10);
    }
  }
}
