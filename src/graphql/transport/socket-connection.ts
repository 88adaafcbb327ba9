/**
 * One WebSocket: text in and out without loss, a bound for everything that may wait in it, and a definite close code
 * for every way it can end.
 */

import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { parseJsonBytes } from '../../codec/json-reader.js';
import { JsonFloat, type JsonObject } from '../../codec/json-value.js';
import { GRAPHQL_DOOR } from '../../config/limits.js';
import type { Logger, Runtime, Timer } from '../../runtime/runtime.js';
import { nextFrames } from './next-frames.js';
import { OperationTable } from './operation-table.js';
import type { WrittenPayloads } from './shared-results.js';

const { sockets: BOUNDS } = GRAPHQL_DOOR;

/** Codes of this API beyond those of graphql-transport-ws. */
export const SOCKET_CLOSE = {
  invalidMessage: 4400,
  initTimeout: 4408,
  /** The subscriber took its events too slowly; the reason names the cursor to resume from. */
  consumerTooSlow: 4013,
  tooManyMessages: 1013,
  unexpected: 1011,
} as const;

/** RFC 6455: 123 bytes; all of it is ASCII here. */
const CLOSE_REASON_MAX = 123;

/** What speaks GraphQL over a connection. */
export interface Protocol {
  /** Takes over a connection; the result is to be called when it has closed. */
  opened(connection: SocketConnection): (code: number, reason: string) => Promise<void>;
}

export class SocketConnection {
  readonly operations = new OperationTable();
  private initTimer: Timer | null = null;
  private inWork = 0;
  private alive = true;
  private ended = false;
  /** When the oldest text that the socket has not taken yet was written; null = none waits. */
  private waitingSinceMs: number | null = null;
  private waiting = 0;
  private onClosed: ((code: number, reason: string) => Promise<void>) | null = null;
  private resolveGone: () => void = () => undefined;
  private readonly gone = new Promise<void>((resolve) => {
    this.resolveGone = resolve;
  });

  constructor(
    private readonly socket: WebSocket,
    /** The connection below `socket`. */
    private readonly stream: Duplex,
    private readonly runtime: Runtime,
    private readonly logger: Logger,
    /** Asked before each operation: 0, or how long its client has to wait; null = nobody has to. */
    private readonly waitSeconds: (() => number) | null,
    private readonly onGone: () => void,
  ) {}

  open(protocol: Protocol): void {
    const { socket } = this;
    this.initTimer = this.runtime.scheduler.after(BOUNDS.initTimeoutMs, () => {
      this.end(SOCKET_CLOSE.initTimeout, 'Connection initialisation timeout');
    });
    socket.on('pong', () => {
      this.alive = true;
    });
    socket.on('ping', (data) => this.pong(data));
    // `ws` closes the socket itself, with the code that belongs to the fault.
    socket.on('error', (error) => this.logger.debug('graphql.socket_error', { error: error.message }));
    socket.on('close', (code, reason) => void this.closed(code, String(reason)));
    this.onClosed = protocol.opened(this);
  }

  /** The subprotocol that was agreed upon. */
  get protocol(): string {
    return this.socket.protocol;
  }

  /** 0 when one more operation may start, else the seconds after which it may. */
  admit(): number {
    return this.waitSeconds?.() ?? 0;
  }

  /** The client has introduced itself in time. */
  initialised(): void {
    this.initTimer?.cancel();
    this.initTimer = null;
  }

  receive(take: (message: JsonObject) => Promise<void>): void {
    this.socket.on('message', (data, isBinary) => {
      if (this.ended) return;
      const message = isBinary || !Buffer.isBuffer(data) ? null : readMessage(data);
      if (message === null) this.end(SOCKET_CLOSE.invalidMessage, 'Invalid message received');
      else if (this.inWork >= BOUNDS.messagesInWorkMax)
        this.end(SOCKET_CLOSE.tooManyMessages, 'Too many messages');
      else void this.work(take, message);
    });
  }

  private async work(take: (message: JsonObject) => Promise<void>, message: JsonObject): Promise<void> {
    this.inWork += 1;
    try {
      if (message.type === 'complete' && typeof message.id === 'string') this.operations.cancel(message.id);
      await take(message);
    } catch (error) {
      if (this.ended) return;
      this.logger.error('graphql.socket_message', {
        error: error instanceof Error ? error.stack : String(error),
      });
      this.end(SOCKET_CLOSE.unexpected, 'Internal server error');
    } finally {
      this.inWork -= 1;
    }
  }

  /** Resolves when the socket took the text, so that an operation never has more than one message waiting. */
  send(text: string): Promise<void> {
    return this.hand((taken) => this.socket.send(text, taken));
  }

  /**
   * Sends a `next` message for each payload, some at a time, and moves the operation's cursor with them: whoever reads
   * a closing frame has read what stands before it. The frames go to the socket below `ws`, which would make and write
   * each of them by itself.
   */
  async sendPayloads(id: string, prefix: Buffer, payloads: WrittenPayloads): Promise<void> {
    const { texts, cursors } = payloads;
    for (let from = 0; from < texts.length; ) {
      const operation = this.operations.named(id);
      if (operation === undefined) return;
      const to = endOfPart(texts, from);
      const frames = nextFrames(prefix, texts.slice(from, to));
      operation.cursor = cursors[to - 1] ?? operation.cursor;
      await this.hand((taken) => this.stream.write(frames, taken));
      from = to;
    }
  }

  private hand(write: (taken: () => void) => void): Promise<void> {
    const { socket } = this;
    if (socket.readyState !== socket.OPEN) return Promise.resolve();
    if (this.waiting === 0) this.waitingSinceMs = this.runtime.clock.monotonicMs();
    this.waiting += 1;
    const sent = new Promise<void>((resolve) => {
      write(() => {
        this.waiting -= 1;
        this.waitingSinceMs = this.waiting === 0 ? null : this.runtime.clock.monotonicMs();
        resolve();
      });
    });
    if (socket.bufferedAmount > BOUNDS.bufferedBytesMax) this.tooSlow('ConsumerTooSlow');
    return sent;
  }

  /** Called now and then: ends a socket whose other side is gone or does not read. */
  check(): void {
    const { waitingSinceMs } = this;
    if (waitingSinceMs !== null && this.runtime.clock.monotonicMs() - waitingSinceMs > BOUNDS.stalledMs) {
      this.tooSlow('ConsumerTooSlow');
    } else if (!this.alive) this.tooSlow('No answer to a ping');
    else {
      this.alive = false;
      this.socket.ping();
    }
  }

  /** A flood of pings from a client that reads nothing must not pile up answers. */
  private pong(data: Buffer): void {
    const { socket } = this;
    if (this.ended || socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > BOUNDS.bufferedBytesMax) this.tooSlow('ConsumerTooSlow');
    else socket.pong(data);
  }

  /** Closes with `code`, and cuts the connection when the other side does not answer in time. */
  end(code: number, reason: string): void {
    if (this.ended) return;
    this.ended = true;
    this.socket.close(code, reason);
    this.runtime.scheduler.after(BOUNDS.closeMs, () => this.socket.terminate());
  }

  leave(code: number, reason: string): Promise<void> {
    this.end(code, reason);
    return this.gone;
  }

  /** Events are in the view, not here: the cursor of the last one that was handed over is all it takes to go on. */
  private tooSlow(why: string): void {
    const cursor = this.operations.all().find((operation) => operation.cursor !== null)?.cursor;
    const reason = cursor === undefined ? why : `${why}; resume after ${cursor}`;
    this.end(SOCKET_CLOSE.consumerTooSlow, reason.slice(0, CLOSE_REASON_MAX));
  }

  private async closed(code: number, reason: string): Promise<void> {
    this.ended = true;
    this.initialised();
    for (const operation of this.operations.all()) operation.control.cancel();
    this.onGone();
    this.resolveGone();
    await this.onClosed?.(code, reason);
  }
}

/** Null for what is no JSON object, or names an operation at inordinate length. */
function readMessage(data: Buffer): JsonObject | null {
  try {
    const message = parseJsonBytes(data);
    if (typeof message !== 'object' || message === null) return null;
    if (Array.isArray(message) || message instanceof JsonFloat) return null;
    const { id } = message;
    return typeof id === 'string' && id.length > BOUNDS.operationIdMax ? null : message;
  } catch {
    return null;
  }
}

/** Where a part that begins at `from` ends: behind one payload at least, and behind as many as fit. */
function endOfPart(texts: readonly Buffer[], from: number): number {
  let bytes = 0;
  for (let to = from; to < texts.length; to++) {
    bytes += texts[to]?.length ?? 0;
    if (bytes > BOUNDS.partBytes && to > from) return to;
  }
  return texts.length;
}
