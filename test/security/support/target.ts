/**
 * The node that bad inputs are sent to, over real sockets, and what it answered: every status and close code is
 * counted, so that one answer of 5xx among hundreds is found whatever a single case looks at.
 */

import { parseJson } from '../../../src/codec/json-reader.js';
import type { JsonObject, JsonValue } from '../../../src/codec/json-value.js';
import { compactJson } from '../../../src/codec/json-writer.js';
import { exchange, RawClient, type RawResponse } from '../../compat/support/raw-client.js';
import { WebSocketProbe } from './websocket-probe.js';

export interface Request {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** One wrong input: the number of its item in the fault list, and what has to become of it. */
export interface BadInput {
  readonly item: number;
  readonly name: string;
  /** Sends it; throws when the answer is not a definite one. */
  readonly check: (target: Target) => Promise<void>;
}

export class Target {
  /** Answers by status, close codes among them. */
  readonly answers = new Map<number, number>();

  constructor(
    readonly port: number,
    readonly streamPort: number,
  ) {}

  async exchange({ method = 'GET', path = '/', headers = {}, body }: Request): Promise<RawResponse> {
    const answer = await exchange(this.port, { method, path, headers: { ...headers }, body });
    this.count(answer.status);
    return answer;
  }

  /** The statuses of all answers to these bytes, until the node closes the connection. */
  async said(bytes: string | Buffer, port = this.port): Promise<number[]> {
    const client = await RawClient.open(port);
    client.socket.end(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    const text = await client.closed();
    client.end();
    const statuses = [...text.matchAll(/HTTP\/1\.1 ([0-9]{3}) /g)].map(([, status]) => Number(status));
    for (const status of statuses) this.count(status);
    return statuses;
  }

  /** A body as GraphQL over HTTP; the answer's errors. */
  async graphql(body: string, headers: Readonly<Record<string, string>> = {}): Promise<GraphqlRefusal> {
    const answer = await this.exchange({
      method: 'POST',
      path: '/graphql',
      headers: { 'Content-Type': 'application/json', ...headers },
      body,
    });
    return { status: answer.status, ...refusalOf(answer.body) };
  }

  /** A query with variables, as `graphql`. */
  query(source: string, variables: JsonValue = {}): Promise<GraphqlRefusal> {
    return this.graphql(compactJson({ query: source, variables }));
  }

  /** A WebSocket at `path` of the HTTP port. */
  webSocket(path: string, headers: readonly string[] = []): Promise<WebSocketProbe> {
    return WebSocketProbe.open({ port: this.port, path, headers }, (code) => this.count(code));
  }

  /** A WebSocket of the port that has the event stream only. */
  streamSocket(path: string, headers: readonly string[] = []): Promise<WebSocketProbe> {
    return WebSocketProbe.open({ port: this.streamPort, path, headers }, (code) => this.count(code));
  }

  /** The next request of somebody else is served. */
  async serves(): Promise<void> {
    const { status } = await exchange(this.port, { method: 'GET', path: '/api/v1' });
    if (status !== 200) throw new Error(`the next request was answered with ${status}`);
  }

  private count(code: number): void {
    this.answers.set(code, (this.answers.get(code) ?? 0) + 1);
  }
}

export interface GraphqlRefusal {
  readonly status: number;
  readonly data: JsonObject | null;
  readonly codes: readonly string[];
  /** The answer as text. */
  readonly text: string;
}

/** What a body of GraphQL says: the codes of its errors. */
export function refusalOf(text: string): Omit<GraphqlRefusal, 'status'> {
  const { data, errors } = parseJson(text) as JsonObject;
  return { data: (data ?? null) as JsonObject | null, codes: codesOf(errors ?? []), text };
}

export function codesOf(errors: JsonValue): string[] {
  return (errors as JsonObject[]).map((error) => String((error.extensions as JsonObject | undefined)?.code));
}

/** Throws unless `answered` is one of `wanted`. */
export function oneOf<T>(answered: T, wanted: readonly T[], more = ''): void {
  if (!wanted.includes(answered))
    throw new Error(`answered ${String(answered)}, wanted ${wanted.join(' or ')} ${more.slice(0, 300)}`);
}
