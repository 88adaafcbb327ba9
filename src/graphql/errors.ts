/**
 * Errors of the door: the closed list of codes that clients may meet, and what becomes of anything else. A client
 * never sees a stack, a path of the file system or the text of an unexpected fault; the log does, under the same
 * request id.
 */

import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { tooManyText } from '../runtime/too-many-requests.js';
import { StoreUnavailable } from '../store/store.js';
import { FilterInvalid, ScanLimitExceeded, ViewBusy } from '../view/list-queries.js';

/** Every value of `extensions.code`. Problems of submitted transactions are data, not errors. */
export const ERROR_CODES = [
  /** The request itself is malformed: not JSON, no query, a wrong method. */
  'BAD_REQUEST',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  /** The operation that was named is not in the document, or none was named and there are several. */
  'OPERATION_RESOLUTION_FAILURE',
  /** An argument or variable that this field does not take. */
  'BAD_USER_INPUT',
  /** A subscription asked about something that no node knows. */
  'NOT_FOUND',
  /** A limit of `serviceConfig`; `extensions.limit` names it. */
  'LIMIT_EXCEEDED',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  /** The client sends too fast; `extensions.retryAfterSeconds` says when it may go on. */
  'RATE_LIMITED',
  /** The operation took longer than `requestTimeoutMs`. */
  'TIMEOUT',
  /** The client went away. */
  'CANCELLED',
  /** The store or the view cannot answer now; the same request may be sent again. */
  'SERVICE_UNAVAILABLE',
  'INTERNAL_SERVER_ERROR',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

const KNOWN: ReadonlySet<unknown> = new Set(ERROR_CODES);

/** An error that a client may see as it is. `extensions` go along with the code. */
export function clientError(
  code: ErrorCode,
  message: string,
  extensions: Readonly<Record<string, unknown>> = {},
): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...extensions } });
}

/** A value that an argument does not take. */
export function badInput(message: string): GraphQLError {
  return clientError('BAD_USER_INPUT', message);
}

/** `limit` is the name of a field of `serviceConfig`. */
export function limitExceeded(limit: string, message: string): GraphQLError {
  return clientError('LIMIT_EXCEEDED', message, { limit, http: { status: 400 } });
}

/** An operation, or a request, that came too soon. */
export function rateLimited(retryAfterSeconds: number): GraphQLError {
  return clientError('RATE_LIMITED', tooManyText(retryAfterSeconds), { retryAfterSeconds });
}

const UNAVAILABLE = 'The node cannot reach the ledger now. Try again.';

/** What a client is shown for `error`, which graphql-js or Apollo has formatted. */
export function shownError(
  formatted: GraphQLFormattedError,
  error: unknown,
  requestId: string,
): GraphQLFormattedError {
  const { locations, path, message } = formatted;
  const place = {
    ...(locations === undefined ? {} : { locations }),
    ...(path === undefined ? {} : { path }),
  };
  const code = codeOf(error, formatted.extensions?.code);
  if (code === 'SERVICE_UNAVAILABLE' && isUnavailable(originalOf(error))) {
    return { message: UNAVAILABLE, ...place, extensions: { code, retryAfterSeconds: 1, requestId } };
  }
  if (code === 'INTERNAL_SERVER_ERROR') {
    return { message: 'Internal server error', ...place, extensions: { code, requestId } };
  }
  const { http: _http, stacktrace: _stacktrace, ...extensions } = formatted.extensions ?? {};
  return { message, ...place, extensions: { ...extensions, code, requestId } };
}

/** The fault behind `error` when it is the node's own; null when the client or the store is to blame. */
export function unexpectedCause(error: GraphQLError): unknown {
  return codeOf(error, error.extensions.code) === 'INTERNAL_SERVER_ERROR' ? originalOf(error) : null;
}

function codeOf(error: unknown, given: unknown): ErrorCode {
  const cause = originalOf(error);
  if (isUnavailable(cause)) return 'SERVICE_UNAVAILABLE';
  if (cause instanceof ScanLimitExceeded) return 'LIMIT_EXCEEDED';
  if (cause instanceof FilterInvalid) return 'BAD_USER_INPUT';
  if (isErrorCode(given) && given !== 'INTERNAL_SERVER_ERROR') return given;
  // Without a code of its own: graphql-js refused a value that a type does not take.
  const own = cause instanceof GraphQLError ? cause.extensions.code : 'INTERNAL_SERVER_ERROR';
  return own === undefined ? 'BAD_USER_INPUT' : isErrorCode(own) ? own : 'INTERNAL_SERVER_ERROR';
}

function isErrorCode(code: unknown): code is ErrorCode {
  return KNOWN.has(code);
}

function isUnavailable(cause: unknown): boolean {
  return cause instanceof StoreUnavailable || cause instanceof ViewBusy;
}

/** The innermost error: graphql-js wraps what a resolver throws, and what a type refuses, to say where it was. */
function originalOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError !== undefined) cause = cause.originalError;
  return cause;
}
