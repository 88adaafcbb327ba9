/**
 * Clients that go on posting to a node which may die at any moment, and remember exactly what they were told: what was
 * acknowledged must be there afterwards, what was refused or never answered may be.
 */

import { NodeClient } from './process-client.js';
import { type SignedTransaction, TransactionMaker } from './process-transactions.js';

interface SubmitAnswer {
  readonly submitTransactions: {
    readonly results: readonly {
      readonly id: string | null;
      readonly retryable: boolean;
      readonly problems: readonly { readonly code: string; readonly message: string }[];
    }[];
  };
}

const SUBMIT =
  'mutation ($t: [JSON!]!) { submitTransactions(input: { transactions: $t }) { results { id retryable problems { code message } } } }';
const BATCH = 20;

export class SteadyLoad {
  /** Ids that the node acknowledged: 202, or a submit result without a problem. */
  readonly acknowledged = new Set<string>();
  /** Posts whose connection broke before an answer came. */
  readonly unknown = new Set<string>();
  /** Answers that were 503 or retryable. */
  refused = 0;
  /** Answers that no correct transaction may get. */
  readonly wrong: string[] = [];
  private readonly maker: TransactionMaker;
  private running: Promise<void>[] = [];
  private stopped = true;
  private onAcknowledged: () => void = () => undefined;

  constructor(
    name: string,
    private readonly clients = 8,
  ) {
    this.maker = new TransactionMaker(name, 20);
  }

  /** Every second client posts over REST one by one, the others over GraphQL in batches, until `stop`. */
  start(http: string): void {
    const client = new NodeClient(http);
    this.stopped = false;
    this.running = Array.from({ length: this.clients }, (_, index) =>
      this.postAll(client, index % 2 === 0 ? 1 : BATCH),
    );
  }

  /** Posts one transaction over REST; the status of the answer, or null when none came. */
  async postOne(http: string): Promise<number | null> {
    return this.post(new NodeClient(http), this.maker.next());
  }

  /** Lets every client finish what it has sent. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running);
  }

  /** Resolves when at least `count` more transactions were acknowledged. */
  moreAcknowledged(count: number): Promise<void> {
    const wanted = this.acknowledged.size + count;
    return new Promise((resolve) => {
      this.onAcknowledged = () => {
        if (this.acknowledged.size >= wanted) resolve();
      };
      this.onAcknowledged();
    });
  }

  private async postAll(client: NodeClient, batch: number): Promise<void> {
    while (!this.stopped) {
      const answered =
        batch === 1
          ? (await this.post(client, this.maker.next())) !== null
          : await this.submit(client, this.maker.many(batch));
      // The node is gone; whoever started this load starts it again with the next node.
      if (!answered) return;
    }
  }

  private async post(client: NodeClient, transaction: SignedTransaction): Promise<number | null> {
    let answer: Awaited<ReturnType<NodeClient['post']>>;
    try {
      answer = await client.post(transaction.text);
    } catch {
      this.unknown.add(transaction.id);
      return null;
    }
    if (answer.status === 202) this.acknowledge(transaction.id);
    else if (answer.status === 503) this.refused += 1;
    else this.wrong.push(`POST answered ${answer.status}: ${answer.text}`);
    return answer.status;
  }

  private async submit(client: NodeClient, transactions: readonly SignedTransaction[]): Promise<boolean> {
    let text: string;
    try {
      // Texts, not objects: nothing of a document may depend on how this client prints JSON.
      const body = { query: SUBMIT, variables: { t: transactions.map((each) => each.text) } };
      const answer = await client.request('POST', '/graphql', JSON.stringify(body));
      text = answer.text;
      if (answer.status === 503) {
        this.refused += transactions.length;
        return true;
      }
    } catch {
      for (const { id } of transactions) this.unknown.add(id);
      return false;
    }
    this.settle(transactions, text);
    return true;
  }

  private settle(transactions: readonly SignedTransaction[], text: string): void {
    const { data } = JSON.parse(text) as { data?: SubmitAnswer | null };
    if (data === undefined || data === null) {
      this.wrong.push(`submitTransactions answered ${text}`);
      return;
    }
    data.submitTransactions.results.forEach((result, index) => {
      const problem = result.problems[0];
      if (problem === undefined) this.acknowledge(transactions[index]?.id ?? '');
      else if (result.retryable) this.refused += 1;
      else this.wrong.push(`submitTransactions: ${problem.code} ${problem.message}`);
    });
  }

  private acknowledge(id: string): void {
    this.acknowledged.add(id);
    this.onAcknowledged();
  }
}
