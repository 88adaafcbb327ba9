/**
 * The 1.0.1 HTTP API as a door: which path belongs to which resource, with and without a trailing slash and never a
 * redirect, and which methods each takes. Order of the methods in `Allow` is 1.0.1's.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HeadEvents } from '../src/events/events.js';
import { ANY_ORIGIN, type Cors } from '../src/runtime/cors.js';
import { requestIdOf, requestIds } from '../src/runtime/request-id.js';
import { answerUnread } from '../src/runtime/too-many-requests.js';
import { StoreUnavailable } from '../src/store/store.js';
import { ScanLimitExceeded, ViewBusy } from '../src/view/list-queries.js';
import {
  type Answer,
  type Exchange,
  optionsAnswer,
  type StreamedAnswer,
  sendAnswer,
  sendStreamed,
  writeAnswer,
} from './answers.js';
import { getBlock, listBlocks } from './blocks.js';
import type { Resource, RestContext } from './context.js';
import { methodNotAllowed, ownError, Refusal, tooManyRequests, tryAgain, UNKNOWN_PATH } from './errors.js';
import { rootInfo, versionInfo } from './info.js';
import { listOutputs } from './outputs.js';
import { Query } from './parameters.js';
import { postTransaction } from './post-transaction.js';
import { searchAssets, searchMetadata } from './search.js';
import { getStatus } from './statuses.js';
import { createStreamDoor, ValidTransactionsStream } from './streams.js';
import { getTransaction, listTransactions } from './transactions.js';
import { listVotes } from './votes.js';

interface Route {
  readonly allow: string;
  readonly get: Resource;
  readonly post?: typeof postTransaction;
}

const READ_ONLY = 'OPTIONS, GET, HEAD';
const TRANSACTIONS = '/api/v1/transactions';

function reading(get: Resource): Route {
  return { allow: READ_ONLY, get };
}

/** Paths without their trailing slash. */
const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['', reading(({ ledger, settings }) => rootInfo(ledger, settings.streamUrl))],
  ['/api/v1', reading(({ settings }) => versionInfo(settings.streamUrl))],
  [TRANSACTIONS, { allow: 'OPTIONS, POST, GET, HEAD', get: listTransactions, post: postTransaction }],
  ['/api/v1/outputs', reading(listOutputs)],
  ['/api/v1/statuses', reading(getStatus)],
  ['/api/v1/blocks', reading(listBlocks)],
  ['/api/v1/votes', reading(listVotes)],
  ['/api/v1/assets', reading(searchAssets)],
  ['/api/v1/metadata', reading(searchMetadata)],
]);

/** Collections whose items have a path of their own. */
const ITEMS: readonly (readonly [string, Route])[] = [
  [`${TRANSACTIONS}/`, reading(getTransaction)],
  ['/api/v1/blocks/', reading(getBlock)],
];

export interface RestDoors {
  /** Everything on the HTTP port that belongs to nobody else, the event stream included. */
  readonly rest: RestDoor;
  /** The event stream alone, for the WebSocket port. */
  readonly stream: ReturnType<typeof createStreamDoor>;
}

/** Makes the doors of one node; they share one stream. Nothing is opened before the first request. */
export function createRestDoors(context: RestContext, events: HeadEvents): RestDoors {
  const cors = context.settings.cors ?? ANY_ORIGIN;
  const stream = new ValidTransactionsStream(context.ledger, events, context.runtime, cors);
  return { rest: new RestDoor(context, stream), stream: createStreamDoor(stream, cors) };
}

export class RestDoor {
  private readonly cors: Cors;
  private readonly nextRequestId: () => string;
  private newest: { readonly target: string; readonly found: FoundRoute | null } | null = null;

  constructor(
    private readonly context: RestContext,
    private readonly stream: ValidTransactionsStream,
  ) {
    this.cors = context.settings.cors ?? ANY_ORIGIN;
    this.nextRequestId = requestIds(context.runtime.random);
  }

  handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange: Exchange = { request, response, cors: this.cors };
    const target = request.url ?? '/';
    const isPost = request.method === 'POST';
    if (isPost && target === TRANSACTIONS) return this.post(postTransaction, exchange);
    const found = this.find(target);
    if (found === null) return this.send(exchange, UNKNOWN_PATH);
    const { route, id } = found;
    if (request.method === 'GET' || request.method === 'HEAD') {
      const mark = target.indexOf('?');
      return this.get(route.get, id, mark === -1 ? '' : target.slice(mark + 1), exchange);
    }
    if (isPost && route.post !== undefined) return this.post(route.post, exchange);
    const options = request.method === 'OPTIONS';
    return this.send(exchange, options ? optionsAnswer(request, route.allow) : methodNotAllowed(route.allow));
  }

  refuseTooMany(request: IncomingMessage, response: ServerResponse, retryAfterSeconds: number): void {
    answerUnread(request, response, this.context.settings.requestBytesMax, (headers) =>
      writeAnswer({ request, response, cors: this.cors }, tooManyRequests(retryAfterSeconds, headers)),
    );
  }

  routeOf(request: IncomingMessage): string {
    const target = request.url ?? '/';
    return target === TRANSACTIONS ? TRANSACTIONS : (this.find(target)?.name ?? 'other');
  }

  /** A request is named for the metrics right before it is handled, so the newest target is mostly asked for twice. */
  private find(target: string): FoundRoute | null {
    if (this.newest?.target !== target) {
      const mark = target.indexOf('?');
      this.newest = { target, found: findRoute(mark === -1 ? target : target.slice(0, mark)) };
    }
    return this.newest.found;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.stream.upgrade(request, socket, head);
  }

  close(): Promise<void> {
    return this.stream.close();
  }

  private async post(handler: typeof postTransaction, exchange: Exchange): Promise<void> {
    try {
      await handler(this.context, exchange, requestIdOf(exchange.request, this.nextRequestId));
    } catch (error) {
      sendAnswer(exchange, refusalOf(error));
    }
  }

  private async get(resource: Resource, id: string, query: string, exchange: Exchange): Promise<void> {
    let answer: Answer | StreamedAnswer;
    try {
      answer = await resource(this.context, id, new Query(query));
      if ('pieces' in answer) await sendStreamed(exchange, answer, this.context.runtime.scheduler);
      else sendAnswer(exchange, answer);
    } catch (error) {
      if (exchange.response.headersSent) throw error;
      sendAnswer(exchange, refusalOf(error));
    }
  }

  private send(exchange: Exchange, answer: Answer): Promise<void> {
    sendAnswer(exchange, answer);
    return DONE;
  }
}

const DONE = Promise.resolve();

/** The answer an exception stands for; anything that is no answer goes on to `web`, which makes it a 500. */
function refusalOf(error: unknown): Answer {
  if (error instanceof Refusal) return error.answer;
  if (error instanceof StoreUnavailable) return tryAgain('The store cannot be reached now. Try again.');
  if (error instanceof ViewBusy)
    return tryAgain('Too many lists and searches are asked for at once. Try again.');
  if (error instanceof ScanLimitExceeded) return ownError(400, error.message);
  throw error;
}

interface FoundRoute {
  readonly route: Route;
  readonly id: string;
  /** The path, with `{id}` for an item. */
  readonly name: string;
}

function findRoute(encoded: string): FoundRoute | null {
  const path = withoutSlash(decoded(encoded));
  const route = ROUTES.get(path);
  if (route !== undefined) return { route, id: '', name: path === '' ? '/' : path };
  for (const [prefix, item] of ITEMS) {
    if (!path.startsWith(prefix)) continue;
    const id = path.slice(prefix.length);
    if (id !== '' && !id.includes('/')) return { route: item, id, name: `${prefix}{id}` };
  }
  return null;
}

/** One trailing slash more or less makes no difference; `//` is the root too, as in 1.0.1. */
function withoutSlash(path: string): string {
  if (path === '//') return '';
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

function decoded(encoded: string): string {
  const path = encoded.charCodeAt(0) === SLASH ? encoded : encoded.replace(/^https?:\/\/[^/]*/i, '');
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    // Not UTF-8: read with replacement characters, as 1.0.1 does. No id has any, so it is a miss like others.
    return new URLSearchParams(`path=${path.replaceAll('+', '%2B')}`).get('path') ?? path;
  }
}

const SLASH = 47;
