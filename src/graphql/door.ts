/** The GraphQL door: one schema and one guard behind HTTP and WebSocket, and the schema's text as a file. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { GRAPHQL } from '../config/limits.js';
import { ANY_ORIGIN, type Cors } from '../runtime/cors.js';
import { requestIds } from '../runtime/request-id.js';
import { Guard } from './guard.js';
import type { DoorParts, GraphqlDoorOptions } from './options.js';
import { graphqlSchema, schemaText } from './schema.js';
import { createApollo } from './transport/apollo.js';
import { corsFields } from './transport/cors-fields.js';
import { DirectExecution } from './transport/direct-execution.js';
import { HttpTransport } from './transport/http.js';
import { OperationMeter } from './transport/operation-meter.js';
import { WebSocketTransport } from './transport/websocket.js';

/** Answers `/graphql` and `/graphql/schema.graphql`; the web server routes them here. */
export interface GraphqlDoor {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** 429 as a GraphQL error. */
  refuseTooMany(request: IncomingMessage, response: ServerResponse, retryAfterSeconds: number): void;
  routeOf(request: IncomingMessage): string;
  /** Takes over a WebSocket request, or refuses it and ends the socket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** The contract, in GraphQL's schema language. */
  readonly sdl: string;
  /** Ends every subscription and socket. Safe to call twice. */
  close(): Promise<void>;
}

/** Where the contract is served. */
export const SCHEMA_PATH = '/graphql/schema.graphql';

export function createGraphqlDoor(options: GraphqlDoorOptions): GraphqlDoor {
  const parts: DoorParts = { ...options, limits: { ...GRAPHQL, ...options.limits } };
  const logger = options.runtime.logger('graphql');
  const schema = graphqlSchema();
  const guard = new Guard(schema, parts.limits);
  const requestIdMark = `request-${Buffer.from(options.runtime.random.bytes(16)).toString('hex')}`;
  const nextRequestId = requestIds(options.runtime.random);
  const { scheduler } = options.runtime;
  const apollo = createApollo({ schema, guard, limits: parts.limits, logger, scheduler, requestIdMark });
  const meter = new OperationMeter(options.runtime.metrics, options.runtime.clock);
  const direct = new DirectExecution({ parts, schema, guard, logger });
  const http = new HttpTransport({ parts, guard, apollo, direct, meter, requestIdMark, nextRequestId });
  const sockets = new WebSocketTransport({ parts, schema, guard, logger, nextRequestId, meter });
  const sdl = schemaText();
  const cors = parts.settings.cors ?? ANY_ORIGIN;
  let closed: Promise<void> | null = null;
  return {
    sdl,
    handle: (request, response) =>
      isSchemaRequest(request) ? sendSchema(request, response, sdl, cors) : http.handle(request, response),
    refuseTooMany: (request, response, seconds) => http.refuseTooMany(request, response, seconds),
    routeOf: (request) => (isSchemaRequest(request) ? SCHEMA_PATH : '/graphql'),
    upgrade: (request, socket, head) => sockets.upgrade(request, socket, head),
    close: () => {
      closed ??= sockets.close().then(() => apollo.stop());
      return closed;
    },
  };
}

function isSchemaRequest(request: IncomingMessage): boolean {
  return request.url?.split('?', 1)[0] === SCHEMA_PATH;
}

async function sendSchema(
  request: IncomingMessage,
  response: ServerResponse,
  sdl: string,
  cors: Cors,
): Promise<void> {
  const allowed = request.method === 'GET' || request.method === 'HEAD';
  const body = allowed ? sdl : '';
  response.writeHead(allowed ? 200 : 405, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...corsFields(cors, request),
    ...(allowed ? {} : { allow: 'GET, HEAD' }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
