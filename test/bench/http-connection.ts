/**
 * One keep-alive HTTP/1.1 connection that sends requests as bytes made beforehand and reads no more of an answer than
 * it must, so that the load generator takes as little as possible of the machine it shares with the node.
 */

import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly body: Buffer;
}

interface OpenRequest {
  resolve(answer: RawAnswer): void;
  reject(error: Error): void;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);

export class HttpConnection {
  private open: OpenRequest | null = null;
  private received: Buffer = NOTHING;
  private gone: Error | null = null;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (bytes) => this.receive(bytes));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('the node closed the connection')));
  }

  /** `address`: e.g. `http://localhost:9984`. */
  static open(address: string): Promise<HttpConnection> {
    const { hostname, port } = new URL(address);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.removeListener('error', reject);
        resolve(new HttpConnection(socket));
      });
    });
  }

  /** Sends one whole request; the next one only after its answer came. */
  request(bytes: Buffer): Promise<RawAnswer> {
    if (this.gone !== null) return Promise.reject(this.gone);
    if (this.open !== null) return Promise.reject(new Error('one request at a time'));
    return new Promise((resolve, reject) => {
      this.open = { resolve, reject };
      this.socket.write(bytes);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(bytes: Buffer): void {
    this.received = this.received.length === 0 ? bytes : Buffer.concat([this.received, bytes]);
    const answer = readAnswer(this.received);
    if (answer === null) return;
    this.received = NOTHING;
    const open = this.open;
    this.open = null;
    open?.resolve(answer);
  }

  private fail(error: Error): void {
    this.gone ??= error;
    const open = this.open;
    this.open = null;
    open?.reject(error);
  }
}

/** A whole request with a JSON body. */
export function postBytes(address: string, path: string, body: Buffer | string): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const head = `POST ${path} HTTP/1.1\r\nHost: ${new URL(address).host}\r\nContent-Type: application/json\r\nContent-Length: ${bytes.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
}

export function getBytes(address: string, path: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${new URL(address).host}\r\n\r\n`, 'latin1');
}

/** The answer in `received`, or null while it is not complete. */
export function readAnswer(received: Buffer): RawAnswer | null {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const head = received.toString('latin1', 0, headEnd);
  const status = Number(head.slice(9, 12));
  const bodyStart = headEnd + HEAD_END.length;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (length !== null) {
    const end = bodyStart + Number(length[1]);
    return received.length < end ? null : { status, body: received.subarray(bodyStart, end) };
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return { status, body: NOTHING };
  const body = readChunks(received, bodyStart);
  return body === null ? null : { status, body };
}

function readChunks(received: Buffer, start: number): Buffer | null {
  const chunks: Buffer[] = [];
  for (let at = start; ; ) {
    const lineEnd = received.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(received.toString('latin1', at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (received.length < next) return null;
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(received.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = next;
  }
}
