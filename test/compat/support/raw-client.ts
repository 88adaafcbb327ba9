/** Speaks HTTP byte by byte over a real socket and reads answers without an HTTP library, so that framing can be seen. */

import { connect, type Socket } from 'node:net';

export interface RawResponse {
  readonly statusLine: string;
  readonly status: number;
  /** Lower-case name → value; the last one wins. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export class RawClient {
  private received = Buffer.alloc(0);
  private ended = false;
  private wake: (() => void) | null = null;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.wake?.();
    });
    const end = (): void => {
      this.ended = true;
      this.wake?.();
    };
    socket.on('end', end);
    socket.on('close', end);
    socket.on('error', end);
  }

  static open(port: number): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => resolve(new RawClient(socket)));
    });
  }

  send(text: string | Buffer): void {
    this.socket.write(text);
  }

  /** `GET path` with a Host and the given header lines. */
  get(path: string, ...lines: string[]): void {
    this.send([`GET ${path} HTTP/1.1`, 'Host: node', ...lines, '', ''].join('\r\n'));
  }

  /** The next whole answer; `bodiless` for HEAD. */
  async response(bodiless = false): Promise<RawResponse> {
    const head = await this.until('\r\n\r\n');
    const [statusLine = '', ...lines] = head.slice(0, -4).split('\r\n');
    const headers: Record<string, string> = {};
    for (const line of lines) {
      const colon = line.indexOf(':');
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    const body = bodiless ? '' : await this.body(headers);
    return { statusLine, status: Number(statusLine.split(' ')[1]), headers, body };
  }

  /** Resolves when the other side has closed; with what it sent last. */
  async closed(): Promise<string> {
    while (!this.ended) await this.more();
    return this.received.toString('latin1');
  }

  end(): void {
    this.socket.destroy();
  }

  private async body(headers: Record<string, string>): Promise<string> {
    if (headers['transfer-encoding'] === 'chunked') return this.chunks();
    if (headers['content-length'] !== undefined) return this.take(Number(headers['content-length']));
    return this.closed();
  }

  private async chunks(): Promise<string> {
    let body = '';
    for (;;) {
      const size = Number.parseInt(await this.until('\r\n'), 16);
      body += await this.take(size);
      await this.until('\r\n');
      if (size === 0) return body;
    }
  }

  private async until(mark: string): Promise<string> {
    for (;;) {
      const at = this.received.indexOf(mark);
      if (at !== -1) return this.take(at + mark.length);
      await this.more();
    }
  }

  private async take(length: number): Promise<string> {
    while (this.received.length < length) await this.more();
    const text = this.received.toString('latin1', 0, length);
    this.received = this.received.subarray(length);
    return text;
  }

  private more(): Promise<void> {
    if (this.ended) return Promise.reject(new Error(`closed early: ${this.received.toString('latin1')}`));
    return new Promise((resolve) => {
      this.wake = () => {
        this.wake = null;
        resolve();
      };
    });
  }
}

/** One request on a connection of its own. */
export async function exchange(
  port: number,
  request: { method: string; path: string; headers?: Record<string, string>; body?: string | Buffer },
): Promise<RawResponse> {
  const client = await RawClient.open(port);
  const lines = [`${request.method} ${request.path} HTTP/1.1`, 'Host: node', 'Connection: close'];
  for (const [name, value] of Object.entries(request.headers ?? {})) lines.push(`${name}: ${value}`);
  if (request.body !== undefined) lines.push(`Content-Length: ${Buffer.byteLength(request.body)}`);
  client.send(`${lines.join('\r\n')}\r\n\r\n`);
  if (request.body !== undefined) client.send(request.body as Buffer);
  const response = await client.response(request.method === 'HEAD');
  client.end();
  return response;
}
