/**
 * 1.0.1's refusals. Two body shapes: A, its own errors, `{"message", "status"}` in lines; B, those of its framework,
 * `{"message"}` on one line, where the message may be an object that names the parameter.
 */

import { prettyJson, spacedJson } from '../src/codec/json-writer.js';
import type { Problem, ProblemCode } from '../src/model/errors.js';
import { tooManyText } from '../src/runtime/too-many-requests.js';
import type { Answer } from './answers.js';

/** Thrown inside a resource to answer with `answer`. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(readonly answer: Answer) {
    super('refused');
  }
}

/** Shape A. */
export function ownError(status: number, message: string, headers?: readonly string[]): Answer {
  return { status, body: `${prettyJson({ message, status })}\n`, headers };
}

/** Shape B. */
export function frameworkError(
  status: number,
  message: string | Record<string, string>,
  headers?: readonly string[],
): Answer {
  return { status, body: `${spacedJson({ message })}\n`, headers };
}

/** 400 B about one parameter. */
export function parameterRefusal(name: string, message: string): Refusal {
  return new Refusal(frameworkError(400, { [name]: message }));
}

/** 400 B. */
export function textRefusal(message: string): Refusal {
  return new Refusal(frameworkError(400, message));
}

export const NOT_FOUND = ownError(404, 'Not found');

/** 1.0.1's page for a path that it does not know; not JSON (sic). */
export const UNKNOWN_PATH: Answer = {
  status: 404,
  contentType: 'text/html',
  body:
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n' +
    '<p>The requested URL was not found on the server.  If you entered the URL manually please check your spelling ' +
    'and try again.</p>\n',
};

export function methodNotAllowed(allow: string): Answer {
  return frameworkError(405, 'The method is not allowed for the requested URL.', ['Allow', allow]);
}

/** The body of a POST is not JSON at all. */
export const UNREADABLE = frameworkError(
  400,
  'The browser (or proxy) sent a request that this server could not understand.',
);

const CLOSE = ['Connection', 'close'];

/** Werkzeug's sentences for these two; 1.0.1 itself had no limit. The connection ends: its body was not read. */
export const BODY_TOO_LARGE = frameworkError(
  413,
  'The data value transmitted exceeds the capacity limit.',
  CLOSE,
);
export const BODY_ENCODED = frameworkError(
  415,
  'The server does not support the media type transmitted in the request.',
  CLOSE,
);

/** Come back in a moment: nothing was decided about the request. */
export function tryAgain(message: string): Answer {
  return ownError(503, message, RETRY_AFTER);
}

const RETRY_AFTER = ['Retry-After', '1'];

/** The client sends too fast. 1.0.1 left that to the nginx in front of it, which answered 429 too. */
export function tooManyRequests(retryAfterSeconds: number, headers: readonly string[]): Answer {
  return ownError(429, tooManyText(retryAfterSeconds), [
    'Retry-After',
    String(retryAfterSeconds),
    ...headers,
  ]);
}

/** What 1.0.1 says to a transaction that it does not take. */
export function transactionRefusal(problem: Problem, retryable: boolean): Answer {
  const message =
    problem.code === 'SCHEMA_VALIDATION'
      ? `Invalid transaction schema: ${problem.message}`
      : `Invalid transaction (${problem.name}): ${problem.message}`;
  if (retryable || TRY_AGAIN.has(problem.code)) return tryAgain(problem.message);
  return ownError(problem.code === 'TOO_LARGE' ? 413 : 400, message);
}

/** Says something about this moment, not about the transaction. */
const TRY_AGAIN: ReadonlySet<ProblemCode> = new Set([
  'BACKLOG_FULL',
  'STORE_UNAVAILABLE',
  'OUTCOME_UNKNOWN',
  'TIMEOUT',
]);
