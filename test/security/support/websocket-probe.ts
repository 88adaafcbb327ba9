/** A WebSocket without a library, so that it can break every rule of RFC 6455; and it need not read. */

import { connect, type Socket } from 'node:net';

const CLOSE = 0x8;
/** What stands for a connection that ended without a closing frame. */
export const CUT = 1006;

/** Opcodes. */
export const TEXT = 0x1;
export const BINARY = 0x2;
export const CONTINUATION = 0x0;
export const PING = 0x9;

export interface FrameOptions {
  /** Default true. */
  readonly final?: boolean;
  /** Default true: clients mask. */
  readonly masked?: boolean;
  /** The reserved bits, 0 to 7. */
  readonly reserved?: number;
  /** The length that the head announces, in place of the payload's. */
  readonly announced?: number;
}

/** One frame, as a client sends it, or as it must not. */
export function frame(opcode: number, payload: string | Buffer = '', options: FrameOptions = {}): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const { final = true, masked = true, reserved = 0, announced = bytes.length } = options;
  const first = (final ? 0x80 : 0) | (reserved << 4) | opcode;
  const mask = masked ? 0x80 : 0;
  const head = Buffer.alloc(announced < 126 ? 2 : announced < 65_536 ? 4 : 10);
  head[0] = first;
  head[1] = mask | (announced < 126 ? announced : announced < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(announced, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(announced), 2);
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([head, masked ? Buffer.alloc(4) : Buffer.alloc(0), bytes]);
}

export class WebSocketProbe {
  /** Status of the handshake's answer; 101 when there is a WebSocket. */
  status = 0;
  /** Head of that answer. */
  head = '';
  /** Texts received. */
  readonly texts: string[] = [];
  private received = Buffer.alloc(0);
  private closeCode: number | null = null;
  private waiters: (() => void)[] = [];

  private constructor(
    readonly socket: Socket,
    private readonly count: (code: number) => void,
  ) {
    socket.on('data', (bytes) => this.take(bytes));
    socket.on('error', () => undefined);
    socket.on('close', () => this.ended(CUT));
  }

  /** Resolves with the answer to the handshake, whatever it is. `count` is told status and close code. */
  static async open(
    to: { readonly port: number; readonly path: string; readonly headers: readonly string[] },
    count: (code: number) => void,
  ): Promise<WebSocketProbe> {
    const socket = connect({ host: '127.0.0.1', port: to.port, noDelay: true });
    const probe = new WebSocketProbe(socket, count);
    socket.write(
      [
        `GET ${to.path} HTTP/1.1`,
        'Host: node',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        ...to.headers,
        '',
        '',
      ].join('\r\n'),
    );
    await probe.until(() => probe.status !== 0 || probe.closeCode !== null);
    return probe;
  }

  send(...frames: readonly Buffer[]): void {
    for (const bytes of frames) if (!this.socket.destroyed) this.socket.write(bytes);
  }

  sendText(text: string): void {
    this.send(frame(TEXT, text));
  }

  /** The code of the closing frame, or `CUT`. */
  async closed(): Promise<number> {
    await this.until(() => this.closeCode !== null);
    this.socket.destroy();
    return this.closeCode ?? CUT;
  }

  /** Resolves when `text` came; rejects when the socket closed before. */
  async says(text: string): Promise<void> {
    const said = (): boolean => this.texts.some((each) => each.includes(text));
    await this.until(() => said() || this.closeCode !== null);
    if (!said()) throw new Error(`closed with ${this.closeCode} before it said ${text}`);
  }

  end(): void {
    this.socket.destroy();
  }

  private until(ready: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!ready()) return;
        this.waiters = this.waiters.filter((each) => each !== check);
        resolve();
      };
      this.waiters.push(check);
      check();
    });
  }

  private take(bytes: Buffer): void {
    this.received = Buffer.concat([this.received, bytes]);
    if (this.status === 0) this.readHead();
    if (this.status === 101) while (this.readFrame());
    this.wake();
  }

  private readHead(): void {
    const end = this.received.indexOf('\r\n\r\n');
    if (end < 0) return;
    this.head = this.received.toString('latin1', 0, end);
    this.received = this.received.subarray(end + 4);
    this.status = Number(this.head.split(' ')[1]);
    this.count(this.status);
  }

  /** The node's frames are whole and not masked. */
  private readFrame(): boolean {
    const { received } = this;
    const short = (received[1] ?? 0) & 0x7f;
    const from = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (received.length < from) return false;
    const long =
      short === 126 ? received.readUInt16BE(2) : Number(short === 127 ? received.readBigUInt64BE(2) : 0);
    const length = short < 126 ? short : long;
    if (received.length < from + length) return false;
    const payload = received.subarray(from, from + length);
    const opcode = (received[0] ?? 0) & 0x0f;
    if (opcode === TEXT) this.texts.push(payload.toString());
    if (opcode === CLOSE) this.ended(payload.length >= 2 ? payload.readUInt16BE(0) : 1005);
    this.received = received.subarray(from + length);
    return true;
  }

  private ended(code: number): void {
    if (this.closeCode === null && this.status === 101) this.count(code);
    this.closeCode ??= code;
    this.wake();
  }

  private wake(): void {
    for (const waiter of [...this.waiters]) waiter();
  }
}
