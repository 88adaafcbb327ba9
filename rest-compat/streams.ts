/**
 * 1.0.1's event stream `/api/v1/streams/valid_transactions`, on the WebSocket port and on the HTTP port: one text frame
 * per transaction of every block decided valid, in order of decision, each once per connection, from the moment of the
 * connection on. What clients send is ignored. Subscribers keep no queue of events: frames are made from the view.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { STREAM } from '../src/config/limits.js';
import type { HeadEvents } from '../src/events/events.js';
import type { LedgerAccess } from '../src/ledger/ledger.js';
import { ANY_ORIGIN, type Cors } from '../src/runtime/cors.js';
import type { Logger, Runtime, Timer } from '../src/runtime/runtime.js';
import { framesOf } from './stream-frames.js';
import { Subscriber } from './subscriber.js';

export const STREAM_PATH = '/api/v1/streams/valid_transactions';

export class ValidTransactionsStream {
  private readonly server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: STREAM.messageBytesMax,
    autoPong: false,
  });
  private readonly subscribers = new Set<Subscriber>();
  private readonly logger: Logger;
  private readonly stopListening: () => void;
  private readonly stopCollecting: () => void;
  private heartbeat: Timer | null = null;
  /** Heights up to here were sent, or decided when nobody listened. */
  private sent: number;
  private pumping: Promise<void> | null = null;
  private closed = false;

  constructor(
    private readonly ledger: LedgerAccess,
    private readonly events: HeadEvents,
    private readonly runtime: Runtime,
    private readonly cors: Cors = ANY_ORIGIN,
  ) {
    this.logger = runtime.logger('rest-compat');
    this.sent = events.head();
    this.stopListening = events.onHead(() => this.headMoved());
    const { metrics } = runtime;
    this.stopCollecting = metrics.onCollect(() =>
      metrics.gauge('bigchaindb_subscribers', 'event_stream').set(this.subscribers.size),
    );
  }

  /** Connections that are open now. */
  get size(): number {
    return this.subscribers.size;
  }

  /** Takes a WebSocket of the stream's path; any other is a 404, and one too many a 503. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!isStreamPath(request)) refuse(this.cors, socket, '404 NOT FOUND');
    else if (this.closed || this.subscribers.size >= STREAM.subscribersMax) {
      refuse(this.cors, socket, '503 SERVICE UNAVAILABLE');
    } else {
      this.server.handleUpgrade(request, socket, head, (webSocket) => {
        const after = this.events.head();
        const { scheduler } = this.runtime;
        const subscriber = new Subscriber(webSocket, socket, after, scheduler, (gone) => {
          this.subscribers.delete(gone);
        });
        this.subscribers.add(subscriber);
        this.beat();
      });
    }
  }

  /** Says goodbye to every subscriber and lets go of it. Safe to call twice. */
  async close(): Promise<void> {
    this.closed = true;
    this.stopListening();
    this.stopCollecting();
    this.heartbeat?.cancel();
    await this.pumping;
    for (const subscriber of this.subscribers) subscriber.goAway();
  }

  private headMoved(): void {
    if (this.closed) return;
    if (this.pumping !== null) return;
    if (this.subscribers.size === 0) {
      this.sent = this.events.head();
      return;
    }
    this.pumping = this.pump()
      .catch((error) => this.fail(error))
      .finally(() => {
        this.pumping = null;
        // The head may have moved between the last look and this turn.
        if (this.sent < this.events.head()) this.headMoved();
      });
  }

  private async pump(): Promise<void> {
    while (!this.closed && this.sent < this.events.head()) {
      const height = this.sent + 1;
      const block = this.ledger.view.blockByHeight(height);
      if (block !== null && block.status === 'valid' && this.subscribers.size > 0) {
        await this.sendBlock(block.id, height);
      }
      this.sent = height;
    }
  }

  private async sendBlock(blockId: string, height: number): Promise<void> {
    let from = 0;
    for (;;) {
      const part = framesOf(this.ledger, blockId, height, from, STREAM.transactionsPerTurn);
      if (part === null) return;
      from += part.count;
      await this.sendToAll(height, part.frames);
    }
  }

  /** In order of connection, some at a time: thousands of writes take longer than a turn may. */
  private async sendToAll(height: number, frames: Buffer): Promise<void> {
    let served = 0;
    for (const subscriber of this.subscribers) {
      if (subscriber.after >= height) continue;
      subscriber.send(frames);
      served += 1;
      if (served % STREAM.subscribersPerTurn === 0) await this.runtime.scheduler.yieldTurn();
    }
  }

  /** What is read from the view is this node's own; a failure here is a fault, not a client's doing. */
  private fail(error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.logger.error('stream.failed', { height: this.sent + 1, error: text });
    // Nobody may take a stream with a hole for a whole one.
    for (const subscriber of this.subscribers) subscriber.cut();
    this.sent = this.events.head();
  }

  private beat(): void {
    if (this.heartbeat !== null || this.closed) return;
    this.heartbeat = this.runtime.scheduler.after(STREAM.heartbeatMs, () => {
      this.heartbeat = null;
      for (const subscriber of this.subscribers) subscriber.heartbeat();
      if (this.subscribers.size > 0) this.beat();
    });
  }
}

/** The door of `wsserver.host:port`: the stream, and 404 for everything else. */
export function createStreamDoor(
  stream: ValidTransactionsStream,
  cors: Cors = ANY_ORIGIN,
): {
  handle(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  routeOf(): string;
  close(): Promise<void>;
} {
  return {
    handle(request, response) {
      const here = isStreamPath(request);
      const text = here ? 'Can "Upgrade" only to "WebSocket".' : '404: Not Found';
      response.writeHead(here ? 400 : 404, here ? 'BAD REQUEST' : 'NOT FOUND', [
        'Content-Type',
        'text/plain; charset=utf-8',
        'Content-Length',
        String(text.length),
        ...cors.headers(request.headers.origin),
      ]);
      response.end(text);
    },
    upgrade: (request, socket, head) => stream.upgrade(request, socket, head),
    routeOf: () => 'stream',
    close: () => stream.close(),
  };
}

function isStreamPath(request: IncomingMessage): boolean {
  const target = request.url ?? '';
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  return path === STREAM_PATH || path === `${STREAM_PATH}/`;
}

function refuse(cors: Cors, socket: Duplex, status: string): void {
  const [name, value] = cors.headers(undefined);
  socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n${name}: ${value}\r\nConnection: close\r\n\r\n`);
}
