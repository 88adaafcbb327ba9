// Danger: a burst of ten times what a node can take fills its memory, makes it answer nobody, or what it acknowledged
// is never decided (F16).
// Method: batches from hundreds of connections at once, far more than the node may hold, for some seconds. It refuses
// early and says so, stays alive, loses nothing, and is as quick as before when the burst is over.
// OVERLOAD_SECONDS=60 makes it as long as is promised.

import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { NodeClient } from '../support/process-client.js';
import { ValidEvents } from '../support/process-events.js';
import { SteadyLoad } from '../support/process-load.js';
import { NodeFolder, type NodeProcess } from '../support/process-node.js';
import { TransactionMaker } from '../support/process-transactions.js';

const SECONDS = Number(process.env.OVERLOAD_SECONDS ?? 4);
const CONNECTIONS = 400;
const BATCH = 100;
/** Prepared batches; they are sent over and over, because signing costs as much as checking. */
const BATCHES = 250;
const LONGEST_MS = 60_000;
const RESIDENT_MEGABYTES_MAX = 900;
const CALM_MS = 1500;
const SUBMIT =
  'mutation ($t: [JSON!]!) { submitTransactions(input: { transactions: $t }) { results { id retryable problems { code } } } }';

interface Result {
  readonly id: string | null;
  readonly retryable: boolean;
  readonly problems: readonly { readonly code: string }[];
}

class Burst {
  readonly acknowledged = new Set<string>();
  readonly wrong: string[] = [];
  refused = 0;
  sent = 0;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  private readonly bodies: readonly Buffer[];

  constructor(private readonly http: string) {
    const maker = new TransactionMaker('overload', 50);
    this.bodies = Array.from({ length: BATCHES }, () =>
      Buffer.from(
        JSON.stringify({ query: SUBMIT, variables: { t: maker.many(BATCH).map(({ text }) => text) } }),
      ),
    );
  }

  async run(milliseconds: number): Promise<void> {
    const start = performance.now();
    // A load that the machine lets through too slowly goes on until the node had to refuse some of it.
    const goesOn = (): boolean => {
      const passed = performance.now() - start;
      return passed < milliseconds || (this.refused === 0 && passed < LONGEST_MS);
    };
    const client = async (index: number): Promise<void> => {
      for (let turn = 0; goesOn(); turn++)
        await this.post(this.bodies[(index + turn * CONNECTIONS) % BATCHES] ?? Buffer.alloc(0));
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, (_, index) => client(index)));
    this.agent.destroy();
  }

  private async post(body: Buffer): Promise<void> {
    this.sent += BATCH;
    const { status, text, retryAfter } = await this.exchange(body);
    if (status === 503) {
      this.refused += BATCH;
      if (retryAfter === undefined) this.wrong.push('503 without Retry-After');
    } else if (status !== 200) this.wrong.push(`answered ${status} ${text.slice(0, 200)}`);
    else this.settle(text);
  }

  private settle(text: string): void {
    const { data } = JSON.parse(text) as { data: { submitTransactions: { results: Result[] } } | null };
    if (data === null) this.wrong.push(text.slice(0, 200));
    for (const { id, retryable, problems } of data?.submitTransactions.results ?? []) {
      if (problems.length === 0 && id !== null) this.acknowledged.add(id);
      else if (retryable) this.refused += 1;
      else this.wrong.push(problems.map(({ code }) => code).join());
    }
  }

  private exchange(body: Buffer): Promise<{ status: number; text: string; retryAfter: string | undefined }> {
    return new Promise((resolve, reject) => {
      const options = {
        method: 'POST',
        agent: this.agent,
        headers: { 'content-type': 'application/json', 'content-length': body.length },
      };
      const outgoing = request(`${this.http}/graphql`, options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode: status = 0, headers } = response;
          resolve({ status, text: Buffer.concat(chunks).toString(), retryAfter: headers['retry-after'] });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

function resident(node: NodeProcess): number {
  const [, kilobytes = '0'] =
    /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${node.pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

it(`a burst of ${CONNECTIONS} connections for ${SECONDS} s is shed early, and leaves nothing behind`, async () => {
  const folder = new NodeFolder();
  try {
    const node = await folder.start();
    const burst = new Burst(node.http);
    const client = new NodeClient(node.http);
    const running = burst.run(SECONDS * 1000);
    // Somebody who only asks whether the node lives gets an answer all the while.
    for (let look = 0; look < SECONDS; look++) {
      await delay(500);
      expect((await client.get('/livez')).status).toBe(200);
    }
    await running;
    expect(burst.wrong).toEqual([]);
    expect(burst.refused).toBeGreaterThan(0);
    expect(resident(node)).toBeLessThan(RESIDENT_MEGABYTES_MAX);

    expect([...(await untilDecided(client, [...burst.acknowledged]))]).toEqual(['VALID']);
    // As quick as before: one transaction after the other, from the post to valid.
    const load = new SteadyLoad('calm', 1);
    const events = await ValidEvents.follow(node.http);
    const times: number[] = [];
    for (let count = 0; count < 10; count++) {
      const startedAt = performance.now();
      expect(await load.postOne(node.http)).toBe(202);
      await events.includes(load.acknowledged);
      times.push(performance.now() - startedAt);
    }
    expect(times.sort((left, right) => left - right)[5]).toBeLessThan(CALM_MS);
    events.stop();
    process.stderr.write(
      `overload: ${burst.sent} sent in ${SECONDS} s, ${burst.refused} refused, ${burst.acknowledged.size} distinct ones taken and all valid; ` +
        `largest resident set ${Math.round(resident(node))} MB\n`,
    );
    expect(await node.stop()).toEqual({ code: 0, signal: null });
  } finally {
    await folder.dispose();
  }
}, 300_000);

/** Statuses that are final, of those that are asked for; asked again only for those that are not yet. */
async function untilDecided(client: NodeClient, ids: readonly string[]): Promise<Set<string | null>> {
  const final = new Set<string | null>();
  for (let open = ids; open.length > 0; await delay(100)) {
    const statuses = await client.statuses(open);
    const waits = (at: number): boolean => statuses[at] === 'BACKLOG' || statuses[at] === 'UNDECIDED';
    statuses.forEach((status, at) => {
      if (!waits(at)) final.add(status);
    });
    open = open.filter((_, at) => waits(at));
  }
  return final;
}
