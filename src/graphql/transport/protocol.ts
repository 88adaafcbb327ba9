/** graphql-ws joined to the door: guard, context, errors and the lossless writer. */

import {
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  OperationTypeNode,
} from 'graphql';
import { makeServer, type SubscribePayload } from 'graphql-ws';
import type { JsonObject } from '../../codec/json-value.js';
import { compactJson } from '../../codec/json-writer.js';
import type { Logger } from '../../runtime/runtime.js';
import type { GraphqlContext, RunningOperation } from '../context.js';
import { clientError, limitExceeded, rateLimited, shownError, unexpectedCause } from '../errors.js';
import type { Guard } from '../guard.js';
import { OperationControl } from '../operation-control.js';
import type { DoorParts } from '../options.js';
import { Scope } from '../scope.js';
import { costExtensions, logUnexpected, operationTimeMs } from './apollo.js';
import { nextPrefix } from './next-frames.js';
import type { OperationMeter } from './operation-meter.js';
import { SharedResults, WrittenPayloads } from './shared-results.js';
import type { Protocol, SocketConnection } from './socket-connection.js';

export interface ProtocolParts {
  readonly parts: DoorParts;
  readonly schema: GraphQLSchema;
  readonly guard: Guard;
  readonly logger: Logger;
  readonly nextRequestId: () => string;
  readonly meter: OperationMeter;
}

interface Extra {
  readonly connection: SocketConnection;
}

export function createProtocol(own: ProtocolParts): Protocol {
  // graphql-ws writes messages with JSON.stringify, which would lose digits. Its replacer is given the whole message
  // first, and the text it makes is sent in the same call; so the message is kept here and written by `compactJson`.
  let message: unknown = null;
  const shared = new SharedResults(own.parts.runtime.scheduler);
  const server = makeServer<Record<string, unknown>, Extra>({
    schema: own.schema,
    // This door has its own timer.
    connectionInitWaitTimeout: 0,
    jsonMessageReplacer: (_key: string, value: unknown) => {
      message = value;
      return null;
    },
    onConnect: ({ extra }) => {
      extra.connection.initialised();
      return true;
    },
    subscribe: (args) => {
      const { operation } = args.contextValue as GraphqlContext;
      return shared.subscribe(args, (result) => shownResult(own, operation, result));
    },
    onSubscribe: ({ extra }, id, payload) => admit(own, extra.connection, id, payload),
    onNext: ({ extra }, _id, payload, _args, result) => {
      const operation = extra.connection.operations.get(payload);
      return result instanceof WrittenPayloads ? result : shownResult(own, operation, result);
    },
    onError: ({ extra }, _id, payload, errors) => {
      const operation = extra.connection.operations.get(payload);
      if (operation === undefined) own.meter.refused('websocket');
      else operation.failed = true;
      return errors.map((error) => shown(own, asError(error), operation));
    },
    onComplete: ({ extra }, id, payload) => {
      const operation = extra.connection.operations.get(payload);
      if (operation !== undefined) own.meter.ended('websocket', operation, operation.failed);
      extra.connection.operations.remove(id, payload);
    },
  });
  return {
    opened: (connection) =>
      server.opened(
        {
          protocol: connection.protocol,
          send: () => sendMessage(connection, message as GraphqlMessage),
          close: (code = 1000, reason = '') => connection.end(code, reason),
          // graphql-ws takes what is no string as a message that was parsed already.
          onMessage: (take) => connection.receive((parsed) => take(parsed as never)),
        },
        { connection },
      ) as (code: number, reason: string) => Promise<void>,
  };
}

/** What graphql-ws sends. */
interface GraphqlMessage {
  readonly id?: string;
  readonly payload?: unknown;
}

function sendMessage(connection: SocketConnection, message: GraphqlMessage): Promise<void> {
  const { id, payload } = message;
  if (!(payload instanceof WrittenPayloads) || id === undefined) return connection.send(compactJson(message));
  return connection.sendPayloads(id, nextPrefix(compactJson(id)), payload);
}

type Admission = ExecutionArgs | readonly GraphQLError[];

function admit(
  own: ProtocolParts,
  connection: SocketConnection,
  id: string,
  payload: SubscribePayload,
): Admission {
  const waitSeconds = connection.admit();
  if (waitSeconds > 0) {
    own.parts.runtime.metrics.counter('bigchaindb_rate_limited_total').add();
    return [rateLimited(waitSeconds)];
  }
  const { subscriptionsPerConnectionMax } = own.parts.limits;
  if (connection.operations.size >= subscriptionsPerConnectionMax) {
    const text = `One connection runs at most ${subscriptionsPerConnectionMax} operations at a time.`;
    return [limitExceeded('maxSubscriptionsPerConnection', text)];
  }
  try {
    return start(own, connection, id, payload);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return [error.extensions.code === undefined ? clientError('GRAPHQL_PARSE_FAILED', error.message) : error];
  }
}

function start(
  own: ProtocolParts,
  connection: SocketConnection,
  id: string,
  payload: SubscribePayload,
): Admission {
  const guarded = own.guard.read(payload.query);
  const errors = own.guard.validated(guarded);
  if (errors.length > 0) return errors.map(validationFailed);
  const variables = (payload.variables ?? {}) as JsonObject;
  const { operation, cost } = own.guard.admit(guarded.document, payload.operationName, variables);
  const control = new OperationControl();
  const running: RunningOperation = {
    requestId: own.nextRequestId(),
    control,
    startedMs: own.meter.now(),
    kind: operation.operation,
    failed: false,
    variables,
    cost,
    refused: false,
    cursor: null,
  };
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION) {
    control.limit(own.parts.runtime.scheduler, operationTimeMs(operation.operation, own.parts.limits));
  }
  connection.operations.add(id, payload, running);
  const contextValue: GraphqlContext = { scope: new Scope(own.parts, control), operation: running };
  return {
    schema: own.schema,
    document: guarded.document,
    operationName: payload.operationName ?? null,
    variableValues: variables,
    contextValue,
  };
}

function validationFailed(error: GraphQLError): GraphQLError {
  const { nodes, source, positions, path, message } = error;
  return new GraphQLError(message, {
    nodes,
    source,
    positions,
    path,
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
  });
}

function shownResult(
  own: ProtocolParts,
  operation: RunningOperation | undefined,
  result: ExecutionResult,
): ExecutionResult {
  const { data, errors } = result;
  if (errors !== undefined && operation !== undefined) operation.failed = true;
  const cost = operation?.cost ?? null;
  return {
    ...(errors === undefined ? {} : { errors: errors.map((error) => shown(own, error, operation)) as never }),
    ...(data === undefined ? {} : { data }),
    ...(cost === null ? {} : { extensions: costExtensions(cost, own.parts.limits) }),
  };
}

function shown(own: ProtocolParts, error: GraphQLError, operation: RunningOperation | undefined) {
  const requestId = operation?.requestId ?? own.nextRequestId();
  const cause = unexpectedCause(error);
  if (cause !== null) logUnexpected(own.logger, cause, requestId);
  return shownError(error.toJSON(), error, requestId);
}

function asError(error: unknown): GraphQLError {
  return error instanceof GraphQLError ? error : clientError('BAD_REQUEST', 'The operation cannot run.');
}
