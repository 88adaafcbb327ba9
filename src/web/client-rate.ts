/**
 * The rate limit by client address: a token bucket for each client. A bucket fills by `perSecond` a second up to
 * `burst`, and every request, WebSocket upgrade and GraphQL operation on a WebSocket takes one token.
 */

import type { IncomingMessage } from 'node:http';
import { BoundedCache } from '../codec/bounded-cache.js';
import { RATE } from '../config/limits.js';
import type { Clock } from '../runtime/runtime.js';
import type { ClientAddresses } from './client-address.js';

export interface ClientRateOptions {
  readonly perSecond: number;
  readonly burst: number;
  readonly addresses: ClientAddresses;
  readonly clock: Clock;
  /** Clients of one generation; `RATE.clientsMax` when left out. */
  readonly clientsMax?: number;
}

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

export class ClientRate {
  /**
   * Two generations, so memory is bounded. A bucket that is forgotten starts full again: whoever commands so many
   * addresses that his own bucket is pushed out has a full one for each of them anyway.
   */
  private readonly buckets: BoundedCache<string, Bucket>;

  constructor(private readonly options: ClientRateOptions) {
    this.buckets = new BoundedCache(options.clientsMax ?? RATE.clientsMax);
  }

  /** Takes a token of the request's client: 0 = go on, else the seconds after which there is one again. */
  take(request: IncomingMessage): number {
    return this.takeFrom(this.options.addresses.of(request));
  }

  /** The same for what comes later over the connection of `request`; the address is read now, while it is known. */
  of(request: IncomingMessage): () => number {
    const client = this.options.addresses.of(request);
    return () => this.takeFrom(client);
  }

  /** Clients that are remembered. */
  get size(): number {
    return this.buckets.size;
  }

  private takeFrom(client: string): number {
    const { perSecond, burst, clock } = this.options;
    const nowMs = clock.monotonicMs();
    let bucket = this.buckets.get(client);
    if (bucket === undefined) {
      bucket = { tokens: burst, filledAtMs: nowMs };
      this.buckets.set(client, bucket);
    }
    bucket.tokens = Math.min(burst, bucket.tokens + ((nowMs - bucket.filledAtMs) / 1000) * perSecond);
    bucket.filledAtMs = nowMs;
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return 0;
    }
    return Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond));
  }
}
