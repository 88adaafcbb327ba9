/**
 * The 1.0.1 HTTP API as a door: which path belongs to which resource, with and without a trailing slash and never a
 * redirect, and which methods each takes. Order of the methods in `Allow` is 1.0.1's.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HeadEvents } from '../src/events/events.js';
import { StoreUnavailable } from '../src/store/store.js';
import { ScanLimitExceeded, ViewBusy } from '../src/view/list-queries.js';
import { type Answer, optionsAnswer, type StreamedAnswer, sendAnswer, sendStreamed } from './answers.js';
import { getBlock, listBlocks } from './blocks.js';
import type { Resource, RestContext } from './context.js';
import { methodNotAllowed, ownError, Refusal, tryAgain, UNKNOWN_PATH } from './errors.js';
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
  const stream = new ValidTransactionsStream(context.ledger, events, context.runtime);
  return { rest: new RestDoor(context, stream), stream: createStreamDoor(stream) };
}

export class RestDoor {
  constructor(
    private readonly context: RestContext,
    private readonly stream: ValidTransactionsStream,
  ) {}

  handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = request.url ?? '/';
    const isPost = request.method === 'POST';
    if (isPost && target === TRANSACTIONS) return this.post(postTransaction, request, response);
    const mark = target.indexOf('?');
    const found = findRoute(mark === -1 ? target : target.slice(0, mark));
    if (found === null) return this.send(request, response, UNKNOWN_PATH);
    const { route, id } = found;
    if (request.method === 'GET' || request.method === 'HEAD') {
      return this.get(route.get, id, mark === -1 ? '' : target.slice(mark + 1), request, response);
    }
    if (isPost && route.post !== undefined) return this.post(route.post, request, response);
    const options = request.method === 'OPTIONS';
    return this.send(
      request,
      response,
      options ? optionsAnswer(request, route.allow) : methodNotAllowed(route.allow),
    );
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.stream.upgrade(request, socket, head);
  }

  close(): Promise<void> {
    return this.stream.close();
  }

  private async post(
    handler: typeof postTransaction,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    try {
      await handler(this.context, request, response);
    } catch (error) {
      sendAnswer(request, response, refusalOf(error));
    }
  }

  private async get(
    resource: Resource,
    id: string,
    query: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    let answer: Answer | StreamedAnswer;
    try {
      answer = await resource(this.context, id, new Query(query));
      if ('pieces' in answer) await sendStreamed(request, response, answer, this.context.runtime.scheduler);
      else sendAnswer(request, response, answer);
    } catch (error) {
      if (response.headersSent) throw error;
      sendAnswer(request, response, refusalOf(error));
    }
  }

  private send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
    sendAnswer(request, response, answer);
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

function findRoute(encoded: string): { readonly route: Route; readonly id: string } | null {
  const path = withoutSlash(decoded(encoded));
  const route = ROUTES.get(path);
  if (route !== undefined) return { route, id: '' };
  for (const [prefix, item] of ITEMS) {
    if (!path.startsWith(prefix)) continue;
    const id = path.slice(prefix.length);
    if (id !== '' && !id.includes('/')) return { route: item, id };
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
