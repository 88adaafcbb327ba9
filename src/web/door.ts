/** What a door is to the web: something that answers requests below some paths, and perhaps takes WebSockets. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Structural on purpose: the doors do not import `web`. */
export interface Door {
  /** Answers the request. What it throws, or rejects with, becomes a 500 and a log line; the process lives. */
  handle(request: IncomingMessage, response: ServerResponse): void | Promise<void>;
  /** Takes over the socket of a WebSocket request, or refuses it in HTTP and ends it. */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Refuses a request of a client that sends too fast (429 with `Retry-After`), in the door's own shape. */
  refuseTooMany?(request: IncomingMessage, response: ServerResponse, retryAfterSeconds: number): void;
  /** The name of the request's route in counts: one of few, whatever clients send. */
  routeOf?(request: IncomingMessage): string;
  /** Ends what the door keeps open by itself: sockets, timers, subscriptions. Safe to call twice. */
  close(): Promise<void>;
}

/** A door with the exact paths that belong to it. */
export interface MountedDoor {
  readonly paths: readonly string[];
  readonly door: Door;
}
