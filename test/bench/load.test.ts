// Danger: a benchmark that counts what was never stored, or drops what was refused, flatters the node for ever.
// Method: the load client against a small false node that refuses, answers in chunks and loses what it acknowledged.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OF_LIMIT } from './harness.js';
import { readAnswer } from './http-connection.js';
import { CreateLoad } from './load-create.js';
import type { CreateJob } from './load-protocol.js';
import { againstStrictestLimit, missed, toTable } from './report.js';

interface Habits {
  /** Answers 503 to every n-th POST. */
  readonly refuseEvery?: number;
  /** Refuses the last item of every n-th submit, retryably. */
  readonly refuseItemEvery?: number;
  /** Acknowledges this many transactions that it then does not know by their ids. */
  readonly lose?: number;
  /** Sends bodies in two chunks and without a length. */
  readonly chunked?: boolean;
}

class FalseNode {
  readonly stored = new Set<string>();
  private posts = 0;
  private lost = 0;
  private readonly server: Server;

  constructor(private readonly habits: Habits) {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const body = JSON.parse(text) as { id?: string; query?: string; variables?: Record<string, unknown> };
    if (body.query === undefined) this.post(body.id ?? '', response);
    else if (body.query.startsWith('mutation')) this.submit(body.variables ?? {}, response);
    else if (body.query.includes('transactionCount'))
      this.answer(response, 200, { data: { ledger: { transactionCount: this.stored.size + this.lost } } });
    else this.byId((body.variables?.ids ?? []) as string[], response);
  }

  private post(id: string, response: ServerResponse): void {
    const refuse = this.habits.refuseEvery !== undefined && ++this.posts % this.habits.refuseEvery === 0;
    if (!refuse) this.store(id);
    this.answer(response, refuse ? 503 : 202, {});
  }

  private submit(variables: Record<string, unknown>, response: ServerResponse): void {
    const transactions = variables.transactions as { id: string }[];
    const refuse =
      this.habits.refuseItemEvery !== undefined && ++this.posts % this.habits.refuseItemEvery === 0;
    const results = transactions.map(({ id }, index) => {
      if (refuse && index === transactions.length - 1)
        return { id, retryable: true, problems: [{ code: 'BACKLOG_FULL', message: '' }] };
      this.store(id);
      return { id, retryable: false, problems: [] };
    });
    const refused = refuse ? 1 : 0;
    this.answer(response, 200, {
      data: { submitTransactions: { accepted: transactions.length - refused, refused, results } },
    });
  }

  private byId(ids: readonly string[], response: ServerResponse): void {
    const transactionsById = ids.map((id) => (this.stored.has(id) ? { status: 'VALID' } : null));
    this.answer(response, 200, { data: { transactionsById } });
  }

  private store(id: string): void {
    if (this.lost < (this.habits.lose ?? 0)) this.lost += 1;
    else this.stored.add(id);
  }

  private answer(response: ServerResponse, status: number, body: unknown): void {
    const text = JSON.stringify(body);
    if (this.habits.chunked === true) {
      response.writeHead(status);
      response.write(text.slice(0, 5));
      response.end(text.slice(5));
    } else {
      response.writeHead(status, { 'content-length': Buffer.byteLength(text) });
      response.end(text);
    }
  }
}

async function run(habits: Habits, wanted: Partial<CreateJob>) {
  const node = new FalseNode(habits);
  const http = await node.listen();
  const load = new CreateLoad({
    kind: 'create',
    http,
    door: 'graphql',
    name: 'test',
    seconds: 60,
    countMax: 500,
    inFlight: 4,
    batch: 20,
    presigned: true,
    ...wanted,
  });
  try {
    await load.prepare();
    const result = await load.run();
    return { result, stored: node.stored.size, verified: await load.verify().catch((error: Error) => error) };
  } finally {
    await node.close();
  }
}

it.each([
  ['GraphQL in batches', {}, {}],
  ['GraphQL, signed on the way', {}, { presigned: false }],
  ['GraphQL with refused items', { refuseItemEvery: 5 }, {}],
  ['REST', {}, { door: 'rest', batch: 1 }],
  ['REST with refusals', { refuseEvery: 100 }, { door: 'rest', batch: 1 }],
  ['chunked answers', { chunked: true }, {}],
] as const)('posts each transaction once, and counts it once: %s', async (_name, habits, wanted) => {
  const { result, stored, verified } = await run(habits, wanted);
  expect(stored).toBe(500);
  expect(result.acknowledged).toBe(500);
  expect(verified).toBe(500);
  expect(result.refused > 0).toBe('refuseEvery' in habits || 'refuseItemEvery' in habits);
});

it('finds an acknowledged transaction that is gone', async () => {
  const { verified } = await run({ lose: 1 }, {});
  expect(String(verified)).toContain('1 acknowledged transactions are not valid');
});

it('reads an answer only when it is whole', () => {
  const whole = Buffer.from('HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}');
  for (let length = 0; length < whole.length; length++)
    expect(readAnswer(whole.subarray(0, length))).toBeNull();
  expect(readAnswer(whole)).toEqual({ status: 202, body: Buffer.from('{}') });
});

it('calls a target missed that was not reached or not measured', () => {
  const figure = { scenario: '', name: '', unit: '', value: 1, target: { atLeast: 1 } };
  expect(missed(figure)).toBe(false);
  expect(missed({ ...figure, value: 0.99 })).toBe(true);
  expect(missed({ ...figure, value: Number.NaN })).toBe(true);
  expect(missed({ ...figure, target: { atMost: 0.5 } })).toBe(true);
  expect(missed({ ...figure, target: null })).toBe(false);
});

it('measures against the larger limit, and says when the machine was busy', () => {
  const figure = { scenario: '', name: '', unit: OF_LIMIT, value: 0.5, target: null };
  const machine = { processor: '', cores: 2, node: '', verificationsPerSecondBefore: 10_000 };
  const busy = { ...machine, verificationsPerSecondAfter: 20_000 };
  expect(againstStrictestLimit([figure], busy, 10_000)).toEqual([{ ...figure, value: 0.25 }]);
  expect(toTable(busy, [])).toContain('worth little');
  const quiet = { ...machine, verificationsPerSecondAfter: 9500 };
  expect(againstStrictestLimit([figure], quiet, 10_000)).toEqual([figure]);
  expect(toTable(quiet, [])).not.toContain('worth little');
});
