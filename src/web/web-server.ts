/**
 * The node's face to the network: the HTTP API on `server.bind` and 1.0.1's event stream on `wsserver.host:port`.
 * Routes requests and WebSockets to the doors, answers health checks, turns what a door throws into a 500, and drains.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WEB } from '../config/limits.js';
import type { LedgerAccess } from '../ledger/ledger.js';
import { ANY_ORIGIN, type Cors } from '../runtime/cors.js';
import type { Logger, Runtime } from '../runtime/runtime.js';
import { tooManyText } from '../runtime/too-many-requests.js';
import type { ClientRate } from './client-rate.js';
import type { Door, MountedDoor } from './door.js';
import { createHealthDoor, HEALTH_PATHS, Readiness } from './health.js';
import { type Address, Listener, type ListenerOptions, type WebBounds } from './listener.js';
import { pathOf, sendPlain, sendRaw } from './plain-answer.js';
import { RequestMeter } from './request-meter.js';
import type { TlsMaterial } from './tls.js';

export interface WebSettings {
  /** `server.bind`; port 0 takes a free one. */
  readonly bind: Address;
  /** `wsserver.host` and `wsserver.port`; null opens no second listener. */
  readonly wsserver: Address | null;
  /** The doors' limit of a request body. */
  readonly requestBytesMax: number;
  /** Bounds other than the defaults of `WEB`. */
  readonly bounds?: Partial<WebBounds>;
  /** `server.cors_origins`; any when left out. */
  readonly cors?: Cors;
  /** `server.rate_limit_per_second`; null or left out: none. */
  readonly rate?: ClientRate | null;
  /** `tls.*`, for both listeners; null or left out: none. */
  readonly tls?: TlsMaterial | null;
  /** `server.health_checks`; true when left out. */
  readonly healthChecks?: boolean;
}

export interface WebServerOptions {
  /** Doors with paths of their own. */
  readonly mounted: readonly MountedDoor[];
  /** The 1.0.1 API: everything else, its 404 page included. */
  readonly rest: Door;
  /** Serves `wsserver`: the event stream and nothing else. */
  readonly stream: Door;
  readonly settings: WebSettings;
  readonly runtime: Runtime;
  readonly ledger: LedgerAccess;
  /** Shared with the management listener, and told when these listeners close; its own when left out. */
  readonly readiness?: Readiness;
}

/** Where the listeners are bound. */
export interface WebAddresses {
  readonly http: Address;
  readonly stream: Address | null;
}

export interface WebServer {
  /** Opens both listeners or none; rejects with AddressUnavailable, which names the setting. Call once. */
  listen(): Promise<WebAddresses>;
  /** New TLS handshakes use this certificate. */
  renewTls(tls: TlsMaterial): void;
  /** Stops accepting, finishes active requests within a bound, then closes the doors. Safe to call twice. */
  close(): Promise<void>;
}

export function createWebServer(options: WebServerOptions): WebServer {
  return new NodeWebServer(options);
}

class NodeWebServer implements WebServer {
  private readonly http: Listener;
  private readonly stream: Listener | null;
  private readonly logger: Logger;
  private readonly paths = new Map<string, Door>();
  private readonly cors: Cors;
  private readonly readiness: Readiness;
  private readonly health: Door;
  private readonly stopCollecting: () => void;
  private readonly meter: RequestMeter;
  private closing: Promise<void> | null = null;

  constructor(private readonly options: WebServerOptions) {
    const { settings, runtime } = options;
    this.logger = runtime.logger('web');
    this.cors = settings.cors ?? ANY_ORIGIN;
    this.meter = new RequestMeter(runtime.metrics, runtime.clock);
    this.readiness = options.readiness ?? new Readiness(options.ledger);
    this.health = createHealthDoor(this.readiness, this.cors);
    if (settings.healthChecks !== false) for (const path of HEALTH_PATHS) this.paths.set(path, this.health);
    for (const { paths, door } of options.mounted) for (const path of paths) this.paths.set(path, door);
    this.http = this.listener('server.bind', settings.bind, (request) => this.doorOf(request));
    this.stream =
      settings.wsserver === null || sameAddress(settings.wsserver, settings.bind)
        ? null
        : this.listener('wsserver.port', settings.wsserver, () => options.stream);
    this.stopCollecting = runtime.metrics.onCollect(() => {
      const connections = this.http.connections + (this.stream?.connections ?? 0);
      runtime.metrics.gauge('bigchaindb_connections').set(connections);
    });
  }

  async listen(): Promise<WebAddresses> {
    const http = await this.http.listen();
    try {
      const stream = this.stream === null ? null : await this.stream.listen();
      this.logger.info('web.listening', { http, stream });
      return { http, stream };
    } catch (error) {
      await this.http.close();
      throw error;
    }
  }

  renewTls(tls: TlsMaterial): void {
    this.http.renewTls(tls);
    this.stream?.renewTls(tls);
  }

  close(): Promise<void> {
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  private async closeOnce(): Promise<void> {
    this.readiness.stopping = true;
    this.stopCollecting();
    const listeners = [this.http.close(), this.stream?.close()];
    // The doors close their WebSockets meanwhile; the listeners wait for every socket.
    const doors = new Set([...this.paths.values(), this.options.rest, this.options.stream]);
    await Promise.all([...[...doors].map((door) => door.close()), ...listeners]);
  }

  private listener(setting: string, address: Address, choose: (request: IncomingMessage) => Door): Listener {
    const { settings, runtime } = this.options;
    const options: ListenerOptions = {
      setting,
      address,
      bounds: { ...WEB, ...settings.bounds },
      requestBytesMax: settings.requestBytesMax,
      cors: this.cors,
      tls: settings.tls ?? null,
      scheduler: runtime.scheduler,
      logger: this.logger,
      onRequest: (request, response) => this.answer(choose(request), request, response),
      onUpgrade: (request, socket, head) => this.upgrade(choose(request), request, socket, head),
    };
    return new Listener(options);
  }

  private doorOf(request: IncomingMessage): Door {
    return this.paths.get(pathOf(request)) ?? this.options.rest;
  }

  private answer(door: Door, request: IncomingMessage, response: ServerResponse): void {
    try {
      this.meter.follow(door.routeOf?.(request) ?? 'other', request, response);
      // A load balancer's questions come from the address of many clients.
      const waitSeconds = door === this.health ? 0 : this.waitSeconds(request);
      const answered =
        waitSeconds === 0
          ? door.handle(request, response)
          : this.refuseTooMany(door, request, response, waitSeconds);
      if (answered !== undefined) answered.catch((error) => this.failed(request, response, error));
    } catch (error) {
      this.failed(request, response, error);
    }
  }

  /** 0, or how long the request's client has to wait because it sends too fast. */
  private waitSeconds(request: IncomingMessage): number {
    const waitSeconds = this.options.settings.rate?.take(request) ?? 0;
    if (waitSeconds > 0) this.meter.refused();
    return waitSeconds;
  }

  private refuseTooMany(
    door: Door,
    request: IncomingMessage,
    response: ServerResponse,
    seconds: number,
  ): void {
    if (door.refuseTooMany !== undefined) {
      door.refuseTooMany(request, response, seconds);
      return;
    }
    sendPlain(this.cors, response, 429, { message: tooManyText(seconds) }, ['Retry-After', String(seconds)]);
  }

  private upgrade(door: Door, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    try {
      const waitSeconds = this.waitSeconds(request);
      if (waitSeconds > 0) {
        const retry = ['Retry-After', String(waitSeconds)];
        sendRaw(this.cors, socket, 429, tooManyText(waitSeconds), retry);
      } else if (!this.cors.maySpeak(request))
        sendRaw(this.cors, socket, 403, 'Pages of this origin may not open WebSockets here.');
      else if (door.upgrade === undefined) sendRaw(this.cors, socket, 404, 'No WebSocket here.');
      else door.upgrade(request, socket, head);
    } catch (error) {
      this.log(request, error);
      socket.destroy();
    }
  }

  /** 1.0.1 answers 500 and then loses a worker; here the next request finds everything as it was. */
  private failed(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    this.log(request, error);
    if (response.headersSent) response.destroy();
    else sendPlain(this.cors, response, 500, { message: 'Internal Server Error' });
  }

  private log(request: IncomingMessage, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.logger.error('web.uncaught', { method: request.method, path: pathOf(request), error: text });
  }
}

function sameAddress(left: Address, right: Address): boolean {
  return left.port !== 0 && left.port === right.port && left.host === right.host;
}
