/** One connection of the event stream: bounded in what may wait for it, closed with a reason, and let go of. */

import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { STREAM } from '../src/config/limits.js';
import type { Scheduler } from '../src/runtime/runtime.js';

/** Close codes: RFC 6455 and the registry behind it. */
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

export class Subscriber {
  private answered = true;
  private closing = false;

  /**
   * `after` is the height up to which nothing is sent: the stream starts now. The socket is the one below `socketOf`:
   * prepared frames go straight to it, so that a block costs one write.
   */
  constructor(
    private readonly webSocket: WebSocket,
    private readonly socket: Duplex,
    readonly after: number,
    private readonly scheduler: Scheduler,
    onGone: (subscriber: Subscriber) => void,
  ) {
    webSocket.on('error', () => undefined);
    webSocket.on('pong', () => {
      this.answered = true;
    });
    webSocket.on('ping', (data) => this.pong(data));
    webSocket.once('close', () => onGone(this));
  }

  /** Writes frames that are complete in themselves. Closes the subscriber instead when too much waits for it. */
  send(frames: Buffer): void {
    if (this.closing || this.webSocket.readyState !== WebSocket.OPEN) return;
    if (this.socket.writableLength + frames.length > STREAM.bufferedBytesMax) {
      this.close(TRY_AGAIN_LATER, 'ConsumerTooSlow');
      return;
    }
    this.socket.write(frames);
  }

  /** Asks for a sign of life; one that did not answer the last time is cut. */
  heartbeat(): void {
    if (this.closing) return;
    if (!this.answered) {
      this.webSocket.terminate();
      return;
    }
    this.answered = false;
    this.webSocket.ping();
  }

  /** The node is stopping. */
  goAway(): void {
    this.close(GOING_AWAY, 'the node is stopping');
  }

  /** Without waiting for the other side. */
  cut(): void {
    this.webSocket.terminate();
  }

  /** A flood of pings from a client that reads nothing must not pile up answers. */
  private pong(data: Buffer): void {
    if (this.closing || this.webSocket.readyState !== WebSocket.OPEN) return;
    if (this.socket.writableLength > STREAM.bufferedBytesMax) this.close(TRY_AGAIN_LATER, 'ConsumerTooSlow');
    else this.webSocket.pong(data);
  }

  private close(code: number, reason: string): void {
    if (this.closing) return;
    this.closing = true;
    this.webSocket.close(code, reason);
    const cut = this.scheduler.after(STREAM.closeMs, () => this.webSocket.terminate());
    this.webSocket.once('close', () => cut.cancel());
  }
}
