/**
 * GraphQL over WebSocket (graphql-transport-ws) on the port of the HTTP API. Every operation passes the guard that
 * HTTP requests pass. The protocol itself is graphql-ws's; this file brings sockets to it, bounded: how many, how long
 * they may be silent, how slowly they may read.
 */

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GraphQLSchema } from 'graphql';
import { handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { GRAPHQL_DOOR } from '../../config/limits.js';
import type { Logger, Timer } from '../../runtime/runtime.js';
import type { Guard } from '../guard.js';
import type { DoorParts } from '../options.js';
import type { OperationMeter } from './operation-meter.js';
import { createProtocol } from './protocol.js';
import { type Protocol, SocketConnection } from './socket-connection.js';

export interface WebSocketParts {
  readonly parts: DoorParts;
  readonly schema: GraphQLSchema;
  readonly guard: Guard;
  readonly logger: Logger;
  readonly nextRequestId: () => string;
  readonly meter: OperationMeter;
}

const { sockets: BOUNDS } = GRAPHQL_DOOR;

export class WebSocketTransport {
  private readonly server: WebSocketServer;
  private readonly protocol: Protocol;
  private readonly connections = new Set<SocketConnection>();
  private keepAlive: Timer | null = null;
  private readonly stopCollecting: () => void;
  private closing: Promise<void> | null = null;

  constructor(private readonly own: WebSocketParts) {
    const { metrics } = own.parts.runtime;
    this.stopCollecting = metrics.onCollect(() => {
      const { connections } = this;
      let operations = 0;
      for (const connection of connections) operations += connection.operations.size;
      metrics.gauge('bigchaindb_subscribers', 'graphql_websockets').set(connections.size);
      metrics.gauge('bigchaindb_subscribers', 'graphql_operations').set(operations);
    });
    this.protocol = createProtocol(own);
    this.server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: own.parts.settings.requestBytesMax,
      perMessageDeflate: false,
      autoPong: false,
      handleProtocols,
    });
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.closing !== null || this.connections.size >= BOUNDS.max)
      refuse(socket, 503, 'Service Unavailable');
    else {
      const waitSeconds = this.own.parts.operationRate?.of(request) ?? null;
      this.server.handleUpgrade(request, socket, head, (opened) => this.opened(opened, socket, waitSeconds));
    }
  }

  /** Closes every socket with 1001 and waits until they are gone. Safe to call twice. */
  close(): Promise<void> {
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  private async closeOnce(): Promise<void> {
    this.stopCollecting();
    this.keepAlive?.cancel();
    await Promise.all([...this.connections].map((connection) => connection.leave(1001, 'Going away')));
    this.server.close();
  }

  private opened(socket: WebSocket, stream: Duplex, waitSeconds: (() => number) | null): void {
    const { parts, logger } = this.own;
    const connection = new SocketConnection(socket, stream, parts.runtime, logger, waitSeconds, () => {
      this.connections.delete(connection);
    });
    this.connections.add(connection);
    connection.open(this.protocol);
    if (this.keepAlive === null) this.scheduleKeepAlive();
  }

  /** One timer for all sockets: it pings them, and ends those that are gone or read too slowly. */
  private scheduleKeepAlive(): void {
    const { scheduler } = this.own.parts.runtime;
    this.keepAlive = scheduler.after(BOUNDS.keepAliveMs / 2, () => {
      this.keepAlive = null;
      for (const connection of this.connections) connection.check();
      if (this.connections.size > 0 && this.closing === null) this.scheduleKeepAlive();
    });
  }
}

function refuse(socket: Duplex, status: number, reason: string): void {
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
