/**
 * GraphQL over HTTP. Bodies are read here, bounded and without loss, and handed on as values: plain
 * requests run directly, all others through Apollo, with the same answers. These are written here. A client that goes away ends its operation.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApolloServer, HeaderMap, type HTTPGraphQLRequest } from '@apollo/server';
import { GraphQLError, OperationTypeNode } from 'graphql';
import { JsonSyntaxError, parseJson, parseJsonBytes } from '../../codec/json-reader.js';
import type { JsonObject, JsonValue } from '../../codec/json-value.js';
import { JsonFloat } from '../../codec/json-value.js';
import { compactJson } from '../../codec/json-writer.js';
import { LEDGER } from '../../config/limits.js';
import { ANY_ORIGIN, type Cors } from '../../runtime/cors.js';
import { type BodyRefusal, endAfterDiscarding, readBody } from '../../runtime/read-body.js';
import { requestIdOf } from '../../runtime/request-id.js';
import { answerUnread } from '../../runtime/too-many-requests.js';
import type { GraphqlContext, RunningOperation } from '../context.js';
import { clientError, rateLimited, shownError } from '../errors.js';
import type { Guard } from '../guard.js';
import { OperationControl } from '../operation-control.js';
import type { DoorParts } from '../options.js';
import { Scope } from '../scope.js';
import { isRefusal } from './apollo.js';
import { corsFields } from './cors-fields.js';
import type { DirectAnswer, DirectExecution } from './direct-execution.js';
import type { OperationMeter } from './operation-meter.js';

export interface HttpTransportParts {
  readonly parts: DoorParts;
  readonly guard: Guard;
  readonly apollo: ApolloServer<GraphqlContext>;
  readonly direct: DirectExecution;
  readonly meter: OperationMeter;
  readonly requestIdMark: string;
  /** A new id, unique in this process. */
  readonly nextRequestId: () => string;
}

interface AnswerToSend {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const ALLOWED_METHODS = 'GET, POST, OPTIONS';
const COMMON_HEADERS = {
  'access-control-expose-headers': 'x-request-id, retry-after',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
} as const;
const PREFLIGHT_HEADERS = {
  ...COMMON_HEADERS,
  'access-control-allow-methods': ALLOWED_METHODS,
  'access-control-allow-headers': 'content-type, accept, apollo-require-preflight, x-apollo-operation-name',
  'access-control-max-age': '86400',
} as const;

/** An answer with errors begins with them. */
const ERRORS_FIRST = '{"errors":';

export class HttpTransport {
  private readonly cors: Cors;

  constructor(private readonly own: HttpTransportParts) {
    this.cors = own.parts.settings.cors ?? ANY_ORIGIN;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'OPTIONS') {
      response.writeHead(204, { ...corsFields(this.cors, request), ...PREFLIGHT_HEADERS }).end();
      return;
    }
    const requestId = requestIdOf(request, this.own.nextRequestId);
    if (request.method !== 'GET' && request.method !== 'POST') {
      const message = `GraphQL takes GET and POST, not ${request.method ?? 'nothing'}.`;
      const error = clientError('BAD_REQUEST', message);
      this.send(request, response, refusal(405, error, requestId, { allow: ALLOWED_METHODS }));
      return;
    }
    const outcome = await readBody(request, this.own.parts.settings.requestBytesMax);
    if (outcome.ok) await this.execute(request, response, outcome.bytes, requestId);
    else if (outcome.refusal !== 'aborted') this.refuseBody(request, response, outcome.refusal, requestId);
  }

  private async execute(
    request: IncomingMessage,
    response: ServerResponse,
    bytes: Uint8Array,
    requestId: string,
  ): Promise<void> {
    const control = new OperationControl();
    response.once('close', () => {
      if (!response.writableFinished) control.cancel();
    });
    try {
      const { answer, kind } = await this.answerOf(request, bytes, requestId, control);
      if (!response.destroyed) this.send(request, response, answer);
      // A crash from here on finds a client that relies on what the store acknowledged.
      if (kind === OperationTypeNode.MUTATION) this.own.parts.runtime.failpoints.hit('submit.after_reply');
    } finally {
      control.finish();
    }
  }

  private async answerOf(
    request: IncomingMessage,
    bytes: Uint8Array,
    requestId: string,
    control: OperationControl,
  ): Promise<{ answer: AnswerToSend; kind: OperationTypeNode | null }> {
    const search = searchOf(request);
    const read = readRequest(request, bytes, search);
    const operation: RunningOperation = {
      requestId,
      control,
      startedMs: this.own.meter.now(),
      kind: null,
      failed: false,
      variables: read.ok ? read.variables : null,
      cost: null,
      refused: false,
      cursor: null,
    };
    const answer = await this.run(request, read, search, operation);
    this.own.meter.ended('http', operation, answer.body.startsWith(ERRORS_FIRST));
    return { answer, kind: operation.kind };
  }

  private async run(
    request: IncomingMessage,
    read: ReadRequest,
    search: string,
    operation: RunningOperation,
  ): Promise<AnswerToSend> {
    const directly = read.ok ? this.own.direct.admit(request.headers.accept, read.body) : null;
    if (directly !== null) {
      operation.cost = directly.cost;
      operation.kind = directly.operation.operation;
      const answer = await this.own.direct.run(directly, operation);
      if (answer !== null) return directAnswer(answer, operation.requestId);
    }
    return this.throughApollo(request, read, search, operation);
  }

  private async throughApollo(
    request: IncomingMessage,
    read: ReadRequest,
    search: string,
    operation: RunningOperation,
  ): Promise<AnswerToSend> {
    const { control, requestId } = operation;
    const answer = await this.own.apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: httpRequest(request, read.ok ? read.body : undefined, search),
      context: async () => {
        if (!read.ok) throw read.error;
        this.measure(read.query, operation);
        return { operation, scope: new Scope(this.own.parts, control) };
      },
    });
    const text = answer.body.kind === 'complete' ? answer.body.string : '';
    const headers: Record<string, string> = { ...COMMON_HEADERS, 'x-request-id': requestId };
    for (const [name, value] of answer.headers) headers[name] = value;
    const body = text.startsWith(ERRORS_FIRST) ? text.replaceAll(this.own.requestIdMark, requestId) : text;
    return { status: statusOf(answer.status ?? 200, headers['content-type'], operation), headers, body };
  }

  /** Refuses what is beyond the limits; what cannot be parsed is left to Apollo to report. */
  private measure(query: string | null, operation: RunningOperation): void {
    if (query === null) return;
    try {
      this.own.guard.read(query);
    } catch (error) {
      if (!(error instanceof GraphQLError) || error.extensions.code === undefined) return;
      operation.refused = isRefusal([error]);
      throw error;
    }
  }

  refuseTooMany(request: IncomingMessage, response: ServerResponse, retryAfterSeconds: number): void {
    const requestId = requestIdOf(request, this.own.nextRequestId);
    const retry = { 'retry-after': String(retryAfterSeconds) };
    const answer = refusal(429, rateLimited(retryAfterSeconds), requestId, retry);
    answerUnread(request, response, this.own.parts.settings.requestBytesMax, ([name, value = '']) =>
      this.write(request, response, name === undefined ? answer : withHeader(answer, name, value)),
    );
  }

  private refuseBody(
    request: IncomingMessage,
    response: ServerResponse,
    reason: BodyRefusal,
    requestId: string,
  ): void {
    const bytesMax = this.own.parts.settings.requestBytesMax;
    const tooLarge = reason === 'too-large';
    const error = tooLarge
      ? clientError('LIMIT_EXCEEDED', `A request has at most ${bytesMax} bytes.`, {
          limit: 'maxRequestBytes',
        })
      : clientError('BAD_REQUEST', 'A request body is sent without content encoding.');
    const closing = { connection: 'close' };
    this.write(request, response, refusal(tooLarge ? 413 : 415, error, requestId, closing));
    endAfterDiscarding(request, response, bytesMax);
  }

  private send(request: IncomingMessage, response: ServerResponse, answer: AnswerToSend): void {
    this.writeHead(request, response, answer);
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  }

  /** Without ending the response: the request has not been read. */
  private write(request: IncomingMessage, response: ServerResponse, answer: AnswerToSend): void {
    this.writeHead(request, response, answer);
    response.write(answer.body);
  }

  private writeHead(request: IncomingMessage, response: ServerResponse, answer: AnswerToSend): void {
    response.writeHead(answer.status, {
      ...corsFields(this.cors, request),
      ...answer.headers,
      'content-length': Buffer.byteLength(answer.body),
    });
  }
}

/** A request that is answered before anything ran. */
function refusal(
  status: number,
  error: GraphQLError,
  requestId: string,
  headers: Readonly<Record<string, string>>,
): AnswerToSend {
  return {
    status,
    headers: {
      ...COMMON_HEADERS,
      'content-type': 'application/json; charset=utf-8',
      'x-request-id': requestId,
      ...headers,
    },
    body: compactJson({ errors: [shownError(error.toJSON(), error, requestId)] }),
  };
}

function withHeader(answer: AnswerToSend, name: string, value: string): AnswerToSend {
  return { ...answer, headers: { ...answer.headers, [name]: value } };
}

/**
 * GraphQL over HTTP: a refused document is 400 as `application/graphql-response+json`, but 200 as `application/json`,
 * which clients from before that specification expect.
 */
function statusOf(status: number, contentType: string | undefined, operation: RunningOperation): number {
  const legacy = contentType?.startsWith('application/json') ?? false;
  return status === 400 && legacy && operation.refused ? 200 : status;
}

function directAnswer({ status, contentType, body }: DirectAnswer, requestId: string): AnswerToSend {
  return {
    status,
    headers: { ...COMMON_HEADERS, 'x-request-id': requestId, 'content-type': contentType },
    body,
  };
}

function searchOf(request: IncomingMessage): string {
  const url = request.url ?? '';
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at);
}

function httpRequest(request: IncomingMessage, body: unknown, search: string): HTTPGraphQLRequest {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return { method: (request.method ?? 'GET').toUpperCase(), headers, body, search };
}

type ReadRequest =
  | {
      readonly ok: true;
      readonly body: JsonValue | undefined;
      /** The query text, when there is one. */
      readonly query: string | null;
      readonly variables: JsonObject | null;
    }
  | { readonly ok: false; readonly error: GraphQLError };

function readRequest(request: IncomingMessage, bytes: Uint8Array, search: string): ReadRequest {
  try {
    return request.method === 'GET' ? readSearch(search) : readPost(request, bytes);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return refused(400, `The request is not JSON: ${error.message}.`);
    throw error;
  }
}

/** Apollo reads `variables` of a GET with losses, so they are read again here. */
function readSearch(search: string): ReadRequest {
  const parameters = new URLSearchParams(search);
  const variables = parameters.get('variables');
  const read = variables === null || variables === '' ? null : parseJson(variables);
  return {
    ok: true,
    body: undefined,
    query: parameters.get('query'),
    variables: isObject(read) ? read : null,
  };
}

/** How deep a transaction stands in a body: `variables.t`, `variables.input.transaction`, `variables.input.transactions[n]`. */
const TRANSACTION_DEPTHS = { from: 3, to: 5 };

const JSON_TYPE = /^application\/json[ \t]*(;[ \t]*charset="?utf-8"?[ \t]*)?$/i;

function readPost(request: IncomingMessage, bytes: Uint8Array): ReadRequest {
  const contentType = request.headers['content-type'];
  if (contentType === undefined || !JSON_TYPE.test(contentType)) {
    return refused(415, 'The body of a POST is application/json in UTF-8.');
  }
  const body = parseJsonBytes(bytes, LEDGER.jsonDepthMax, TRANSACTION_DEPTHS);
  const query = isObject(body) && typeof body.query === 'string' ? body.query : null;
  return { ok: true, body, query, variables: null };
}

function refused(status: number, message: string): ReadRequest {
  return { ok: false, error: clientError('BAD_REQUEST', message, { http: { status } }) };
}

function isObject(value: JsonValue): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonFloat)
  );
}
