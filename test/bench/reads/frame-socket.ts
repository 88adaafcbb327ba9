/**
 * A WebSocket that counts the text frames it is sent and looks at nothing else, so that a thousand of them leave most
 * of a core to the measurement. Answers pings.
 */

import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

const FINAL = 0x80;
const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
const MASKED = 0x80;
const HEAD_END = '\r\n\r\n';
const NOTHING = Buffer.alloc(0);

export class FrameSocket {
  /** Text frames since the connection was opened. */
  texts = 0;
  /** Why it was closed; null while it is open. */
  closed: string | null = null;
  /** Called after each piece of the stream that brought a text. */
  onTexts: () => void = () => undefined;
  private rest: Buffer = NOTHING;
  private handshake: ((error: Error | null) => void) | null = null;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (bytes) => this.receive(bytes));
    socket.on('error', (error) => this.end(error.message));
    socket.on('close', () => this.end('the connection ended'));
  }

  /** `address`: e.g. `ws://localhost:9985/api/v1/streams/valid_transactions`. */
  static open(address: string, protocol?: string): Promise<FrameSocket> {
    const { hostname, port, host, pathname } = new URL(address);
    const key = randomBytes(16).toString('base64');
    const head = [
      `GET ${pathname} HTTP/1.1`,
      `Host: ${host}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${key}`,
      ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
    ].join('\r\n');
    return new Promise((resolve, reject) => {
      const opened = new FrameSocket(connect({ host: hostname, port: Number(port), noDelay: true }));
      opened.handshake = (error) => (error === null ? resolve(opened) : reject(error));
      opened.socket.write(head + HEAD_END);
    });
  }

  /** Sends one text. */
  send(text: string): void {
    this.frame(TEXT, Buffer.from(text));
  }

  close(): void {
    this.socket.removeAllListeners('close');
    this.socket.destroy();
  }

  private end(reason: string): void {
    this.closed ??= reason;
    this.handshake?.(new Error(reason));
    this.handshake = null;
  }

  private receive(bytes: Buffer): void {
    let data = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    if (this.handshake !== null) {
      const end = data.indexOf(HEAD_END);
      this.rest = data;
      if (end < 0) return;
      const head = data.toString('latin1', 0, end);
      if (!head.startsWith('HTTP/1.1 101')) {
        this.end(head);
        return;
      }
      data = data.subarray(end + HEAD_END.length);
      this.handshake(null);
      this.handshake = null;
    }
    const before = this.texts;
    this.rest = data.subarray(this.frames(data));
    if (this.texts > before) this.onTexts();
  }

  /** Takes whole frames; the place behind the last of them. */
  private frames(data: Buffer): number {
    let at = 0;
    while (at + 2 <= data.length) {
      const short = (data[at + 1] ?? 0) & 0x7f;
      const start = at + (short === 126 ? 4 : short === 127 ? 10 : 2);
      if (start > data.length) break;
      const length =
        short === 126
          ? data.readUInt16BE(at + 2)
          : short === 127
            ? Number(data.readBigUInt64BE(at + 2))
            : short;
      if (start + length > data.length) break;
      this.take((data[at] ?? 0) & 0xf, data.subarray(start, start + length));
      at = start + length;
    }
    return at;
  }

  private take(opcode: number, payload: Buffer): void {
    if (opcode === TEXT) this.texts += 1;
    else if (opcode === PING) this.frame(PONG, payload);
    else if (opcode === CLOSE)
      this.end(`closed with ${payload.length < 2 ? 'no code' : payload.readUInt16BE(0)}`);
  }

  /** Clients mask; a mask of zeros changes nothing. Up to 65,535 bytes. */
  private frame(opcode: number, payload: Buffer): void {
    const long = payload.length > 125;
    const head = Buffer.alloc(long ? 8 : 6);
    head[0] = FINAL | opcode;
    head[1] = MASKED | (long ? 126 : payload.length);
    if (long) head.writeUInt16BE(payload.length, 2);
    this.socket.write(Buffer.concat([head, payload]));
  }
}
