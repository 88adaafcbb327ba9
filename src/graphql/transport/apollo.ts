/**
 * Apollo Server as the engine of every HTTP request that is not plain (`direct-execution.ts`): content negotiation, CSRF prevention, the document cache and the steps
 * of GraphQL over HTTP. What it could do by itself beyond that is off: landing page, cache control, reports to third
 * parties, persisted queries, batching, signal handlers.
 */

import {
  ApolloServer,
  type ApolloServerOptions,
  type ApolloServerPlugin,
  type GraphQLRequestListener,
} from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { type DocumentNode, GraphQLError, type GraphQLSchema, OperationTypeNode } from 'graphql';
import { compactJson } from '../../codec/json-writer.js';
import { GRAPHQL_DOOR } from '../../config/limits.js';
import type { Logger, Scheduler } from '../../runtime/runtime.js';
import type { GraphqlContext } from '../context.js';
import { DocumentCache } from '../document-cache.js';
import { type ErrorCode, shownError, unexpectedCause } from '../errors.js';
import type { Guard } from '../guard.js';
import type { GraphqlLimits } from '../options.js';

export interface ApolloParts {
  readonly schema: GraphQLSchema;
  readonly guard: Guard;
  readonly limits: GraphqlLimits;
  readonly logger: Logger;
  readonly scheduler: Scheduler;
  /** Stands in errors until the request's own id takes its place; no client ever sees it. */
  readonly requestIdMark: string;
}

/** Started, and never to be started again. */
export function createApollo(parts: ApolloParts): ApolloServer<GraphqlContext> {
  const { schema, logger, requestIdMark, limits } = parts;
  const server = new ApolloServer<GraphqlContext>({
    schema,
    nodeEnv: 'production',
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    parseOptions: { maxTokens: limits.tokensMax },
    documentStore: validatedDocuments(),
    stringifyResult: (result) => compactJson(result),
    formatError: (formatted, error) => shownError(formatted, error, requestIdMark),
    logger: {
      debug: (message) => logger.debug('graphql.apollo', { message: String(message) }),
      info: (message) => logger.info('graphql.apollo', { message: String(message) }),
      warn: (message) => logger.warn('graphql.apollo', { message: String(message) }),
      error: (message) => logger.error('graphql.apollo', { message: String(message) }),
    },
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      guardPlugin(parts),
    ],
  });
  server.startInBackgroundHandlingStartupErrorsByLoggingAndFailingAllRequests();
  return server;
}

/** Apollo's own cache counts what a document prints, not what it keeps alive: comments would come free. */
type DocumentStore = NonNullable<ApolloServerOptions<GraphqlContext>['documentStore']>;

function validatedDocuments(): DocumentStore {
  const documents = new DocumentCache<DocumentNode>();
  return {
    get: async (key: string) => documents.get(key),
    set: async (key: string, document: DocumentNode) => documents.set(key, document, document),
    delete: async (key: string) => documents.delete(key),
  };
}

/** Errors that say: this document, or these variables, cannot run. */
const REFUSALS: ReadonlySet<unknown> = new Set<ErrorCode>([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
  'LIMIT_EXCEEDED',
]);

/** True when every error refuses the request as a whole. */
export function isRefusal(errors: readonly GraphQLError[]): boolean {
  return errors.every((error) => REFUSALS.has(error.extensions.code));
}

function guardPlugin(parts: ApolloParts): ApolloServerPlugin<GraphqlContext> {
  const listener: GraphQLRequestListener<GraphqlContext> = {
    async didResolveOperation({ request, document, contextValue }) {
      const { operation: running } = contextValue;
      const { operation, cost } = parts.guard.admit(document, request.operationName, request.variables ?? {});
      running.cost = cost;
      running.kind = operation.operation;
      if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
        throw new GraphQLError(
          'Subscriptions run over WebSocket: connect with the subprotocol graphql-transport-ws.',
          {
            extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
          },
        );
      }
      running.control.limit(parts.scheduler, operationTimeMs(operation.operation, parts.limits));
    },
    async didEncounterErrors({ errors, contextValue }) {
      const { operation: running } = contextValue;
      running.refused = isRefusal(errors);
      for (const error of errors) {
        const cause = unexpectedCause(error);
        if (cause !== null) logUnexpected(parts.logger, cause, running.requestId);
      }
    },
    async willSendResponse({ response, contextValue }) {
      const { cost } = contextValue.operation;
      if (cost === null || response.body.kind !== 'single') return;
      const { singleResult } = response.body;
      singleResult.extensions = { ...singleResult.extensions, ...costExtensions(cost, parts.limits) };
    },
  };
  return {
    async requestDidStart({ request, contextValue }) {
      const { variables } = contextValue.operation;
      if (variables !== null) request.variables = variables;
      return listener;
    },
  };
}

/** A mutation has as long besides what it was asked to wait for a decision. */
export function operationTimeMs(type: OperationTypeNode, limits: GraphqlLimits): number {
  const { operationTimeoutMs } = limits;
  return type === OperationTypeNode.MUTATION
    ? operationTimeoutMs + GRAPHQL_DOOR.waitMsMax
    : operationTimeoutMs;
}

export function costExtensions(cost: number, limits: GraphqlLimits): Record<string, unknown> {
  return { cost: { requested: cost, maximum: limits.costMax } };
}

/** The log has what the client is not shown, under the id that the client has. */
export function logUnexpected(logger: Logger, error: unknown, requestId: string): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  logger.error('graphql.unexpected', { requestId, error: text });
}
