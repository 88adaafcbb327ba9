/** Counts and times the requests of the API: by route, method and status, from the last header to the end of the answer. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Counter, Histogram, Metrics } from '../runtime/metrics.js';
import type { Clock } from '../runtime/runtime.js';

const METHODS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'DELETE']);

interface Answered {
  readonly count: Counter;
  readonly seconds: Histogram;
}

export class RequestMeter {
  /** Series by method and status of each route; the names of routes and methods are few, and so are the statuses. */
  private readonly known = new Map<string, Answered>();
  private readonly tooMany: Counter;

  constructor(
    private readonly metrics: Metrics,
    private readonly clock: Clock,
  ) {
    this.tooMany = metrics.counter('bigchaindb_rate_limited_total');
  }

  /** An answer that is cut short counts with the status that it began with, one that never began as 499. */
  follow(route: string, request: IncomingMessage, response: ServerResponse): void {
    const startedMs = this.clock.monotonicMs();
    response.once('close', () => {
      const status = response.headersSent ? response.statusCode : CLIENT_GONE;
      const { count, seconds } = this.series(route, request.method, status);
      count.add();
      seconds.observe((this.clock.monotonicMs() - startedMs) / 1000);
    });
  }

  /** A request, an upgrade or an operation was refused because its client sends too fast. */
  refused(): void {
    this.tooMany.add();
  }

  private series(route: string, method: string | undefined, status: number): Answered {
    const key = `${route} ${method} ${status}`;
    const found = this.known.get(key);
    if (found !== undefined) return found;
    const word = method !== undefined && METHODS.has(method) ? method : 'other';
    const made = {
      count: this.metrics.counter('bigchaindb_http_requests_total', route, word, String(status)),
      seconds: this.metrics.histogram('bigchaindb_http_request_seconds', route, word),
    };
    if (word !== 'other') this.known.set(key, made);
    return made;
  }
}

/** nginx's word for a client that did not wait for the answer. */
const CLIENT_GONE = 499;
