/** Plain clients over real sockets: they send exactly what they are given and keep what comes back as text. */

import { type IncomingHttpHeaders, request } from 'node:http';
import { WebSocket } from 'ws';
import { parseJson } from '../../../src/codec/json-reader.js';
import type { JsonObject, JsonValue } from '../../../src/codec/json-value.js';
import { compactJson } from '../../../src/codec/json-writer.js';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body read without loss. */
  readonly json: () => JsonObject;
}

export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

/** Sends one request on a connection of its own. */
export function send(port: number, raw: RawRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const { method = 'POST', path = '/graphql', headers = {}, body } = raw;
    const outgoing = request({ port, host: '127.0.0.1', method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const { statusCode = 0 } = response;
        resolve({
          status: statusCode,
          headers: response.headers,
          text,
          json: () => parseJson(text) as JsonObject,
        });
      });
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** POSTs a body of exactly this text. */
export function postText(
  port: number,
  body: string,
  headers: Record<string, string> = {},
): Promise<HttpAnswer> {
  return send(port, { headers: { 'content-type': 'application/json', ...headers }, body });
}

export interface GraphqlAnswer {
  readonly data: JsonObject;
  readonly errors: readonly JsonObject[];
  readonly extensions: JsonObject;
  readonly http: HttpAnswer;
}

/** POSTs a query; the answer's parts, empty where they are missing. */
export async function query(port: number, source: string, variables: JsonValue = {}): Promise<GraphqlAnswer> {
  const http = await postText(port, compactJson({ query: source, variables }));
  const { data, errors, extensions } = http.json();
  return {
    data: (data ?? {}) as JsonObject,
    errors: (errors ?? []) as JsonObject[],
    extensions: (extensions ?? {}) as JsonObject,
    http,
  };
}

/** As `query`, for one that must not fail. */
export async function ask(port: number, source: string, variables: JsonValue = {}): Promise<JsonObject> {
  const { data, errors } = await query(port, source, variables);
  if (errors.length > 0) throw new Error(compactJson(errors));
  return data;
}

/** What stands at a path in an answer; null where there is nothing. */
export function at(value: unknown, ...path: readonly (string | number)[]): JsonValue {
  return path.reduce<JsonValue>(
    (inner, key) => (inner as Record<string | number, JsonValue> | null)?.[key] ?? null,
    (value ?? null) as JsonValue,
  );
}

export function codeOf(error: unknown): JsonValue {
  return at(error, 'extensions', 'code');
}

/** The errors of a message: those of an `error`, or those beside the data of a `next`. */
export function errorsOf(message: JsonObject | undefined): readonly JsonValue[] {
  const payload = at(message, 'payload');
  return (Array.isArray(payload) ? payload : (at(payload, 'errors') ?? [])) as JsonValue[];
}

/** A WebSocket that records what comes and lets a test wait for it. */
export class SocketClient {
  readonly messages: JsonObject[] = [];
  readonly texts: string[] = [];
  closed: { readonly code: number; readonly reason: string } | null = null;
  private readonly waiters: { readonly ready: () => boolean; readonly resolve: () => void }[] = [];

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => {
      const text = String(data);
      this.texts.push(text);
      this.messages.push(parseJson(text) as JsonObject);
      this.wake();
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
      this.wake();
    });
    socket.on('error', () => undefined);
  }

  /** Opens the socket; `init` also introduces the client and waits for the acknowledgement. */
  static async open(
    port: number,
    options: {
      readonly init?: boolean;
      readonly headers?: Record<string, string>;
      readonly protocol?: string;
    } = {},
  ): Promise<SocketClient> {
    const { init = true, headers, protocol = 'graphql-transport-ws' } = options;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, protocol, { headers });
    const client = new SocketClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.on('open', resolve);
      socket.on('error', reject);
    });
    if (init) {
      client.send({ type: 'connection_init' });
      await client.until(() => client.messages.some((message) => message.type === 'connection_ack'));
    }
    return client;
  }

  send(message: JsonValue): void {
    this.socket.send(compactJson(message));
  }

  sendText(text: string): void {
    this.socket.send(text);
  }

  subscribe(id: string, source: string, variables: JsonValue = {}): void {
    this.send({ id, type: 'subscribe', payload: { query: source, variables } });
  }

  /** Messages of one operation. */
  of(id: string): JsonObject[] {
    return this.messages.filter((message) => message.id === id);
  }

  /** The data of the `next` messages of one operation. */
  data(id: string): JsonObject[] {
    return this.of(id)
      .filter((message) => message.type === 'next')
      .map((message) => ((message.payload as JsonObject).data ?? {}) as JsonObject);
  }

  async count(id: string, count: number): Promise<JsonObject[]> {
    await this.until(() => this.data(id).length >= count);
    return this.data(id);
  }

  /** Resolves as soon as `ready`, asked again after every message, is true. */
  until(ready: () => boolean): Promise<void> {
    if (ready()) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiters.push({ ready, resolve });
    });
  }

  async untilClosed(): Promise<{ readonly code: number; readonly reason: string }> {
    await this.until(() => this.closed !== null);
    if (this.closed === null) throw new Error('not closed');
    return this.closed;
  }

  close(): Promise<unknown> {
    this.socket.close();
    return this.untilClosed();
  }

  private wake(): void {
    for (const waiter of [...this.waiters]) {
      if (!waiter.ready()) continue;
      this.waiters.splice(this.waiters.indexOf(waiter), 1);
      waiter.resolve();
    }
  }
}
