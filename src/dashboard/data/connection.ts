/**
 * Subscriptions over one WebSocket (graphql-transport-ws). A subscription that is lost begins again behind the last
 * cursor it gave, so that nothing is left out or shown twice; until then the page says that it is paused.
 */

import { type Client, createClient } from 'graphql-ws/client';
import type { TypedText } from '../generated/operations.js';
import { after } from './browser.js';
import { Store } from './store.js';

export type LiveState = 'connecting' | 'live' | 'paused';

/** Of the one connection that all subscriptions share. */
export const liveState = new Store<LiveState>('connecting');

/** A silent connection is asked this often whether it is there, and given up when no answer comes. */
const PING_MS = 10_000;
const PONG_MS = 5_000;
/** Waits between two attempts, the last one again and again. */
const RETRY_MS = [250, 500, 1000, 2000, 5000];

const NORMAL_CLOSURE = 1000;

let shared: Client | null = null;

function client(): Client {
  if (shared !== null) return shared;
  let cancelPong = (): void => undefined;
  const url = new URL('/graphql', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const made = createClient({
    url: url.href,
    // Each subscription is begun again here, behind its own cursor.
    retryAttempts: 0,
    keepAlive: PING_MS,
    connectionAckWaitTimeout: PONG_MS,
    lazyCloseTimeout: 2_000,
    on: {
      connected: () => liveState.set('live'),
      closed: (event) => {
        cancelPong();
        // Nobody follows anything any more: then it was closed from here.
        if (event instanceof CloseEvent && event.code === NORMAL_CLOSURE) return;
        liveState.set('paused');
      },
      ping: (received) => {
        if (!received) cancelPong = after(PONG_MS, () => made.terminate());
      },
      pong: (received) => {
        if (received) cancelPong();
      },
    },
  });
  shared = made;
  return made;
}

export interface Following<R> {
  /** One event; what comes back is the cursor to go on behind, or null to keep the last one. */
  readonly onEvent: (data: R) => string | null;
  /** The node refuses the subscription for good; it is not tried again. */
  readonly onRefused?: (message: string) => void;
  /** The node says that there is nothing more to come. Left out: the subscription is begun again. */
  readonly onEnd?: () => void;
}

/** Errors that come again however often the same is asked; any other end is that of the connection. */
const FINAL_CODES = new Set(['BAD_USER_INPUT', 'NOT_FOUND', 'LIMIT_EXCEEDED', 'GRAPHQL_VALIDATION_FAILED']);

interface OperationError {
  readonly message: string;
  readonly extensions?: { readonly code?: unknown };
}

/** Follows a subscription until what comes back is called. `variables` are asked for at every new beginning. */
export function follow<R, V extends Record<string, unknown>>(
  text: TypedText<R, V>,
  variables: (after: string | null) => V,
  following: Following<R>,
  start: string | null = null,
): () => void {
  const follower = new Follower(text, variables, following, start);
  follower.begin();
  return () => follower.end();
}

class Follower<R, V extends Record<string, unknown>> {
  private attempts = 0;
  private ended = false;
  private stop: () => void = () => undefined;

  constructor(
    private readonly text: TypedText<R, V>,
    private readonly variables: (after: string | null) => V,
    private readonly following: Following<R>,
    private cursor: string | null,
  ) {}

  begin(): void {
    this.stop = client().subscribe<R>(
      { query: this.text, variables: this.variables(this.cursor) },
      {
        next: ({ data }) => {
          this.attempts = 0;
          if (!this.ended && data != null) this.cursor = this.following.onEvent(data) ?? this.cursor;
        },
        error: (reason) => this.failed(reason),
        complete: () => this.completed(),
      },
    );
  }

  end(): void {
    this.ended = true;
    this.stop();
  }

  private failed(reason: unknown): void {
    if (this.ended) return;
    const errors = Array.isArray(reason) ? (reason as readonly OperationError[]) : [];
    const final = errors.find((error) => FINAL_CODES.has(String(error.extensions?.code)));
    if (final === undefined) {
      this.again();
      return;
    }
    this.ended = true;
    this.following.onRefused?.(final.message);
  }

  private completed(): void {
    if (this.ended) return;
    const { onEnd } = this.following;
    this.ended = onEnd !== undefined;
    if (onEnd === undefined) this.again();
    else onEnd();
  }

  private again(): void {
    const delayMs = RETRY_MS[Math.min(this.attempts++, RETRY_MS.length - 1)] ?? 0;
    this.stop = after(delayMs, () => this.begin());
  }
}
