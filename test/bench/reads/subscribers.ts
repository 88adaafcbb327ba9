/** Many subscribers of one node, counted together, and the transactions that they are told of. */

import { setTimeout as delay } from 'node:timers/promises';
import { NodeClient } from '../../support/process-client.js';
import { TransactionMaker } from '../../support/process-transactions.js';
import type { FrameSocket } from './frame-socket.js';

const OPENED_AT_ONCE = 50;
const LOOK_MS = 5;
const STALLED_MS = 60_000;
const SUBMIT = 'mutation ($t: [JSON!]!) { submitTransactions(input: { transactions: $t }) { accepted } }';

export class Subscribers {
  private constructor(private readonly sockets: readonly FrameSocket[]) {}

  static async open(count: number, open: () => Promise<FrameSocket>): Promise<Subscribers> {
    const sockets: FrameSocket[] = [];
    while (sockets.length < count) {
      const some = Array.from({ length: Math.min(OPENED_AT_ONCE, count - sockets.length) }, open);
      sockets.push(...(await Promise.all(some)));
    }
    return new Subscribers(sockets);
  }

  get count(): number {
    return this.sockets.length;
  }

  get closed(): number {
    return this.sockets.filter((socket) => socket.closed !== null).length;
  }

  /** Text frames that came to all of them. */
  get texts(): number {
    return this.sockets.reduce((sum, socket) => sum + socket.texts, 0);
  }

  /** Resolves when every one has had `count` texts; rejects when nothing comes any more. */
  async haveAll(count: number): Promise<void> {
    let texts = -1;
    let since = performance.now();
    while (this.sockets.some((socket) => socket.texts < count)) {
      if (this.texts > texts) since = performance.now();
      texts = this.texts;
      if (performance.now() - since > STALLED_MS)
        throw new Error(`${texts} texts came to ${this.count}, then none`);
      await delay(LOOK_MS);
    }
  }

  close(): void {
    for (const socket of this.sockets) socket.close();
  }
}

/** Submits distinct CREATEs in one request each time, so that a block holds them together. */
export class Feeder {
  private readonly client: NodeClient;
  private readonly maker: TransactionMaker;

  constructor(http: string, name: string) {
    this.client = new NodeClient(http);
    this.maker = new TransactionMaker(name, 10);
  }

  /** The id of the last of them. */
  async feed(count: number): Promise<string> {
    const transactions = this.maker.many(count);
    const texts = transactions.map((each) => each.text).join(',');
    const body = `{"query":"${SUBMIT}","variables":{"t":[${texts}]}}`;
    const { status, text } = await this.client.request('POST', '/graphql', body);
    if (status !== 200 || !text.includes(`"accepted":${count}`))
      throw new Error(`a submission was answered ${status}: ${text.slice(0, 300)}`);
    return transactions.at(-1)?.id ?? '';
  }

  /** Unix milliseconds at which the node decided it. */
  async decidedAtMs(id: string): Promise<number> {
    const { transaction } = await this.client.query<{ transaction: { decidedAt: string } }>(
      'query ($id: TransactionId!) { transaction(id: $id) { decidedAt } }',
      { id },
    );
    return Date.parse(transaction.decidedAt);
  }
}
