/** A small client of a running node for tests: the 1.0.1 routes and GraphQL over `fetch`, bodies as exact text. */

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface GraphqlAnswer<T> {
  readonly data: T | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

export class NodeClient {
  /** `base`: e.g. `http://localhost:9984`. */
  constructor(private readonly base: string) {}

  async request(method: string, path: string, body?: string): Promise<Answer> {
    const response = await fetch(new URL(path, this.base), {
      method,
      body,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(30_000),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  get(path: string): Promise<Answer> {
    return this.request('GET', path);
  }

  /** POST of one transaction's text. */
  post(transaction: string): Promise<Answer> {
    return this.request('POST', '/api/v1/transactions', transaction);
  }

  /** The status word, or null for a 404. */
  async status(transactionId: string): Promise<string | null> {
    const answer = await this.get(`/api/v1/statuses?transaction_id=${transactionId}`);
    if (answer.status === 404) return null;
    if (answer.status !== 200) throw new Error(`statuses answered ${answer.status}: ${answer.text}`);
    return (JSON.parse(answer.text) as { status: string }).status;
  }

  async graphql<T>(query: string, variables: Record<string, unknown> = {}): Promise<GraphqlAnswer<T>> {
    const answer = await this.request('POST', '/graphql', JSON.stringify({ query, variables }));
    return JSON.parse(answer.text) as GraphqlAnswer<T>;
  }

  /** As `graphql`, but an answer with errors is an exception. */
  async query<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const { data, errors } = await this.graphql<T>(query, variables);
    if (data === null || errors !== undefined) throw new Error(`GraphQL: ${JSON.stringify(errors)}`);
    return data;
  }

  /** Statuses of many transactions, by GraphQL; null where the node does not know one. */
  async statuses(ids: readonly string[], batch = 100): Promise<(string | null)[]> {
    const found: (string | null)[] = [];
    for (let start = 0; start < ids.length; start += batch) {
      const { transactionsById } = await this.query<{ transactionsById: ({ status: string } | null)[] }>(
        'query ($ids: [TransactionId!]!) { transactionsById(ids: $ids) { status } }',
        { ids: ids.slice(start, start + batch) },
      );
      found.push(...transactionsById.map((each) => each?.status ?? null));
    }
    return found;
  }

  /** The code of a transaction's rejection; null when there is none. */
  async rejectionCode(transactionId: string): Promise<string | null> {
    const { rejection } = await this.query<{ rejection: { code: string } | null }>(
      'query ($id: TransactionId!) { rejection(id: $id) { code } }',
      { id: transactionId },
    );
    return rejection?.code ?? null;
  }

  /** Transactions decided valid so far, the genesis included. */
  async transactionCount(): Promise<number> {
    const { ledger } = await this.query<{ ledger: { transactionCount: number } }>(
      '{ ledger { transactionCount } }',
    );
    return ledger.transactionCount;
  }
}
