/**
 * What a resource answers, and how it gets onto the wire: status lines with 1.0.1's upper-case reasons, CORS on every
 * answer, short bodies whole in one write, long lists in chunks with back-pressure. Every body is ASCII text.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { REST } from '../src/config/limits.js';
import type { Cors } from '../src/runtime/cors.js';
import { REASON_PHRASES } from '../src/runtime/reason-phrases.js';
import type { Scheduler } from '../src/runtime/runtime.js';

/** A whole answer. `body` is ASCII; `headers` are name, value, name, value. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** `application/json` when omitted. */
  readonly contentType?: string;
  readonly headers?: readonly string[];
}

/** A 200 of unknown length: JSON text in pieces, made while the client reads. */
export interface StreamedAnswer {
  readonly pieces: AsyncGenerator<string, void, void>;
}

const JSON_TYPE = 'application/json';

/** One request, the response to it, and whose pages may read that. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly cors: Cors;
}

/** Sends a whole answer in one write. */
export function sendAnswer(exchange: Exchange, answer: Answer): void {
  writeHead(exchange, answer);
  exchange.response.end(answer.body, 'latin1');
}

/** Writes head and body without ending the response; for an answer given before the request was read. */
export function writeAnswer(exchange: Exchange, answer: Answer): void {
  writeHead(exchange, answer);
  exchange.response.write(answer.body, 'latin1');
}

function writeHead({ request, response, cors }: Exchange, answer: Answer): void {
  const headers = [...cors.echoed(request.headers.origin)];
  headers.push('Content-Type', answer.contentType ?? JSON_TYPE, 'Content-Length', String(answer.body.length));
  if (answer.headers !== undefined) headers.push(...answer.headers);
  response.writeHead(answer.status, REASON_PHRASES[answer.status], headers);
}

/**
 * Sends pieces as the client takes them: at most one batch of `wholeAnswerBytesMax` waits in memory. A list that fits
 * one batch is sent whole. When a piece fails after the head went out, the connection is cut, so that nobody takes
 * half a list for the whole one.
 */
export async function sendStreamed(
  exchange: Exchange,
  answer: StreamedAnswer,
  scheduler: Scheduler,
): Promise<void> {
  const { request, response, cors } = exchange;
  let waiting = '';
  try {
    for await (const piece of answer.pieces) {
      waiting += piece;
      if (waiting.length < REST.wholeAnswerBytesMax) continue;
      if (!response.headersSent) {
        const allowed = cors.echoed(request.headers.origin);
        response.writeHead(200, REASON_PHRASES[200], [...allowed, 'Content-Type', JSON_TYPE]);
      }
      if (request.method === 'HEAD') break;
      if (!(await written(response, waiting))) return;
      waiting = '';
      // One batch a turn: a client that reads fast must not keep the event loop from the others.
      await scheduler.yieldTurn();
    }
  } catch (error) {
    if (!response.headersSent) throw error;
    response.destroy();
    throw error;
  }
  if (response.headersSent) response.end(waiting, 'latin1');
  else sendAnswer(exchange, { status: 200, body: waiting });
}

/** Resolves with true when more may be written, with false when the client is gone. */
function written(response: ServerResponse, text: string): Promise<boolean> {
  if (response.destroyed) return Promise.resolve(false);
  if (response.write(text, 'latin1')) return Promise.resolve(true);
  return new Promise((resolve) => {
    const settle = (more: boolean): void => {
      response.removeListener('drain', drained);
      response.removeListener('close', closed);
      resolve(more);
    };
    const drained = (): void => settle(true);
    const closed = (): void => settle(false);
    response.on('drain', drained);
    response.on('close', closed);
  });
}

/** OPTIONS, with what a browser's preflight asks for. */
export function optionsAnswer(request: IncomingMessage, allow: string): Answer {
  const headers = ['Allow', allow];
  const wanted = request.headers['access-control-request-method'];
  if (wanted !== undefined && PREFLIGHT_METHODS.split(', ').includes(wanted.toUpperCase())) {
    headers.push('Access-Control-Allow-Methods', PREFLIGHT_METHODS);
    const names = request.headers['access-control-request-headers'];
    if (names !== undefined) headers.push('Access-Control-Allow-Headers', sortedNames(names));
  }
  return { status: 200, body: '', contentType: 'text/html; charset=utf-8', headers };
}

const PREFLIGHT_METHODS = 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT';

function sortedNames(list: string): string {
  return list
    .split(',')
    .map((name) => name.trim())
    .sort()
    .join(', ');
}
