/**
 * One HTTP listener with every bound set explicitly, so that no default of the platform decides what a slow, silent or
 * malformed client may cost. Owns framing faults, active requests and draining; knows nothing of routes.
 */

import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { WEB } from '../config/limits.js';
import type { Cors } from '../runtime/cors.js';
import type { Logger, Scheduler } from '../runtime/runtime.js';
import { sendPlain, sendRaw, UNREADABLE } from './plain-answer.js';
import type { TlsMaterial } from './tls.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export type WebBounds = { readonly [name in keyof typeof WEB]: number };

export interface ListenerOptions {
  /** Name of the setting that holds the address, for errors: `server.bind`. */
  readonly setting: string;
  readonly address: Address;
  readonly bounds: WebBounds;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly cors: Cors;
  /** Null: no TLS. */
  readonly tls: TlsMaterial | null;
  /** A body announced to be longer is not asked for (`Expect: 100-continue`); the door refuses it. */
  readonly requestBytesMax: number;
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** The address of a listener cannot be used; the message names the setting. */
export class AddressUnavailable extends Error {
  override readonly name = 'AddressUnavailable';
}

export class Listener {
  private readonly server: Server | TlsServer;
  /** The newest response of a socket: tells whether a framing fault may still be answered. */
  private readonly responses = new WeakMap<Duplex, ServerResponse>();
  /** Sockets that got an answer to a framing fault and are about to be cut. */
  private readonly faulty = new WeakSet<Duplex>();
  /** Every open connection: also those that were upgraded or whose TLS handshake is not over. */
  private readonly sockets = new Set<Socket>();
  /** With TLS: those whose handshake is over, and by address those whose handshake is not. */
  private readonly secured = new WeakSet<Duplex>();
  private readonly shakingHands = new Map<string, Socket>();
  private closing: Promise<void> | null = null;

  constructor(private readonly options: ListenerOptions) {
    const { bounds, cors, tls } = options;
    this.server = tls === null ? createServer(serverOptions(bounds)) : this.createSecure(tls);
    // Beyond the maximum Node drops headers silently; one more than allowed shows that there were too many.
    this.server.maxHeadersCount = bounds.headersMax + 1;
    this.server.maxRequestsPerSocket = bounds.requestsPerSocketMax;
    this.server.maxConnections = bounds.connectionsMax;
    this.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    this.server.on('request', (request, response) => this.request(request, response));
    this.server.on('checkContinue', (request, response) => this.expectContinue(request, response));
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    this.server.on('connect', (_request, socket) => {
      socket.on('error', ignore);
      sendRaw(cors, socket, 405, 'The method is not allowed for the requested URL.');
    });
    this.server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.fault(error, socket));
  }

  private createSecure(tls: TlsMaterial): TlsServer {
    const { bounds } = this.options;
    const server = createTlsServer({
      ...serverOptions(bounds),
      ...tls.options,
      requestCert: tls.clientsNeedCertificate,
      rejectUnauthorized: tls.clientsNeedCertificate,
      handshakeTimeout: bounds.headersTimeoutMs,
    });
    server.on('connection', (socket: Socket) => {
      const peer = peerOf(socket);
      this.shakingHands.set(peer, socket);
      socket.once('close', () => this.shakingHands.delete(peer));
    });
    server.on('secureConnection', (socket) => {
      this.secured.add(socket);
      this.shakingHands.delete(peerOf(socket));
    });
    return server;
  }

  /** New handshakes use this certificate; open connections live on. Only for a listener that began with one. */
  renewTls(tls: TlsMaterial): void {
    if ('setSecureContext' in this.server) this.server.setSecureContext(tls.options);
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.sockets.size;
  }

  get draining(): boolean {
    return this.closing !== null;
  }

  /** Binds; rejects with AddressUnavailable when the address is taken or not this machine's. */
  listen(): Promise<Address> {
    const { address, setting } = this.options;
    return new Promise((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException): void => {
        reject(new AddressUnavailable(`${setting}: ${explain(error, address)}`));
      };
      this.server.once('error', failed);
      this.server.listen({ host: numericHost(address.host), port: address.port }, () => {
        this.server.removeListener('error', failed);
        this.server.on('error', (error) =>
          this.options.logger.error('listener.failed', { message: error.message }),
        );
        const bound = this.server.address() as AddressInfo;
        resolve({ host: bound.address, port: bound.port });
      });
    });
  }

  /**
   * Stops accepting, lets active requests finish, closes idle connections, and cuts what is left after `drainMs`.
   * Safe to call twice.
   */
  close(): Promise<void> {
    this.closing ??= this.drain();
    return this.closing;
  }

  private async drain(): Promise<void> {
    if (!this.server.listening) return;
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
    this.server.closeIdleConnections();
    for (const socket of this.shakingHands.values()) socket.destroy();
    const deadline = this.options.scheduler.after(this.options.bounds.drainMs, () => {
      this.options.logger.warn('listener.drain_cut', { setting: this.options.setting });
      for (const socket of this.sockets) socket.destroy();
    });
    await closed;
    deadline.cancel();
  }

  private request(request: IncomingMessage, response: ServerResponse): void {
    this.responses.set(request.socket, response);
    if (request.rawHeaders.length > this.options.bounds.headersMax * 2) {
      sendPlain(this.options.cors, response, 431, { message: 'Too many header fields.' }, [
        'Connection',
        'close',
      ]);
      return;
    }
    if (this.draining) response.shouldKeepAlive = false;
    response.on('error', ignore);
    this.options.onRequest(request, response);
    if (this.draining) return;
    response.once('close', () => {
      if (this.draining) this.server.closeIdleConnections();
    });
  }

  /** `Expect: 100-continue`: the reader of the body decides; a body that is refused by its length is not asked for. */
  private expectContinue(request: IncomingMessage, response: ServerResponse): void {
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced <= this.options.requestBytesMax) response.writeContinue();
    this.request(request, response);
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', ignore);
    if (this.draining) {
      sendRaw(this.options.cors, socket, 503, 'The node is stopping.');
      return;
    }
    if ((request.headers.upgrade ?? '').toLowerCase() !== 'websocket') {
      this.ignoreUpgrade(request, socket);
      return;
    }
    this.options.onUpgrade(request, socket, head);
  }

  /** An upgrade to something else, such as `h2c`, is answered as if it had not been asked for (RFC 9110, 7.8). */
  private ignoreUpgrade(request: IncomingMessage, socket: Duplex): void {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      sendRaw(this.options.cors, socket, 400, 'Only a WebSocket upgrade is offered here.');
      return;
    }
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    response.on('finish', () => {
      response.detachSocket(socket as Socket);
      socket.end();
    });
    this.request(request, response);
  }

  /** Framing faults and time-outs: two lengths, a length and chunks, bad chunks, oversized headers, silence. */
  private fault(error: NodeJS.ErrnoException, socket: Duplex): void {
    if (this.faulty.has(socket)) return;
    // With TLS, what fails before the first request is the handshake: there is nobody to answer yet.
    const handshake = socket instanceof TLSSocket && !this.secured.has(socket);
    if (handshake || error.code === 'ECONNRESET' || !socket.writable || !this.mayAnswerFault(socket)) {
      socket.destroy();
      return;
    }
    this.faulty.add(socket);
    socket.on('error', ignore);
    if (error.code === 'HPE_HEADER_OVERFLOW')
      sendRaw(this.options.cors, socket, 431, 'The request line or a header is too long.');
    else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT')
      sendRaw(this.options.cors, socket, 408, 'The request took too long.');
    else sendRaw(this.options.cors, socket, 400, UNREADABLE);
    // Cut a little later: closing while the client is still sending would reset the answer away.
    const cut = this.options.scheduler.after(FAULT_LINGER_MS, () => socket.destroy());
    socket.once('close', () => cut.cancel());
  }

  /** Only when the answer cannot be taken for that of an earlier request on the same connection. */
  private mayAnswerFault(socket: Duplex): boolean {
    const newest = this.responses.get(socket);
    if (newest === undefined || newest.writableFinished) return true;
    return !newest.req.complete && newest.socket !== null && !newest.headersSent;
  }
}

const FAULT_LINGER_MS = 1000;

function serverOptions(bounds: WebBounds): ServerOptions {
  return {
    headersTimeout: bounds.headersTimeoutMs,
    requestTimeout: bounds.requestTimeoutMs,
    keepAliveTimeout: bounds.keepAliveTimeoutMs,
    connectionsCheckingInterval: bounds.connectionsCheckingIntervalMs,
    maxHeaderSize: bounds.headerBytesMax,
    insecureHTTPParser: false,
    // 1.0.1 does not ask for a Host header, and no route depends on it.
    requireHostHeader: false,
    noDelay: true,
  };
}

function ignore(): void {}

/** The same for a connection and for the TLS upon it. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/** 1.0.1 (gunicorn) binds `localhost` to IPv4; the resolver's first answer would be `::1` on many machines. */
function numericHost(host: string): string {
  return host === 'localhost' ? '127.0.0.1' : host;
}

function explain(error: NodeJS.ErrnoException, address: Address): string {
  const where = `${address.host}:${address.port}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return `${where} is in use by another process`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${where} is not an address of this machine`;
    case 'EACCES':
      return `no permission to listen on ${where}`;
    default:
      return `cannot listen on ${where} (${error.message})`;
  }
}
