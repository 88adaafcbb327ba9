/**
 * POSTs in which there is nothing to report: a document that the guard knows to be valid, for a client that takes an
 * ordinary answer. They run here, without the steps that Apollo takes around every request, which cost more than a
 * look-up does. Everything else is Apollo's, refusals above all: nothing has run when a request is left to it.
 */

import {
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import type { JsonObject, JsonValue } from '../../codec/json-value.js';
import { JsonFloat } from '../../codec/json-value.js';
import { compactJson } from '../../codec/json-writer.js';
import type { Logger } from '../../runtime/runtime.js';
import type { GraphqlContext, RunningOperation } from '../context.js';
import { shownError, unexpectedCause } from '../errors.js';
import type { Guard, GuardedDocument } from '../guard.js';
import type { DoorParts } from '../options.js';
import { Scope } from '../scope.js';
import { costExtensions, isRefusal, logUnexpected, operationTimeMs } from './apollo.js';

export interface DirectParts {
  readonly parts: DoorParts;
  readonly schema: GraphQLSchema;
  readonly guard: Guard;
  readonly logger: Logger;
}

/** A request that may run. */
export interface DirectRequest {
  readonly guarded: GuardedDocument;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | null;
  readonly variables: JsonObject;
  readonly cost: number;
  readonly contentType: string;
}

export interface DirectAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const LEGACY_TYPE = 'application/json; charset=utf-8';
const RESPONSE_TYPE = 'application/graphql-response+json; charset=utf-8';

/** What common clients send as `Accept`, and what they are answered with; others are negotiated by Apollo. */
const CONTENT_TYPES: ReadonlyMap<string, string> = new Map([
  ['', LEGACY_TYPE],
  ['*/*', LEGACY_TYPE],
  ['application/json', LEGACY_TYPE],
  ['application/json, text/plain, */*', LEGACY_TYPE],
  ['application/json, multipart/mixed', LEGACY_TYPE],
  ['application/graphql-response+json', RESPONSE_TYPE],
  ['application/graphql-response+json, application/json', LEGACY_TYPE],
]);

export class DirectExecution {
  constructor(private readonly own: DirectParts) {}

  /** The request as it can run here; null = Apollo's. */
  admit(accept: string | undefined, body: JsonValue | undefined): DirectRequest | null {
    const contentType = CONTENT_TYPES.get(accept ?? '');
    if (contentType === undefined || !isObject(body)) return null;
    const { query, variables = null, operationName = null, extensions } = body;
    if (typeof query !== 'string' || query === '' || extensions !== undefined) return null;
    if (operationName !== null && typeof operationName !== 'string') return null;
    if (variables !== null && !isObject(variables)) return null;
    const given = variables ?? {};
    try {
      const guarded = this.own.guard.read(query);
      if (this.own.guard.validated(guarded).length > 0) return null;
      const { operation, cost } = this.own.guard.admit(guarded.document, operationName, given);
      if (operation.operation === OperationTypeNode.SUBSCRIPTION) return null;
      return { guarded, operation, operationName, variables: given, cost, contentType };
    } catch {
      // Apollo meets the same refusal and reports it.
      return null;
    }
  }

  /** Runs it to its answer; null = its variables were refused before anything ran, which Apollo reports. */
  async run(request: DirectRequest, running: RunningOperation): Promise<DirectAnswer | null> {
    const { parts, schema } = this.own;
    const { guarded, operation, operationName, variables, cost, contentType } = request;
    running.control.limit(parts.runtime.scheduler, operationTimeMs(operation.operation, parts.limits));
    const contextValue: GraphqlContext = { scope: new Scope(parts, running.control), operation: running };
    const { data, errors }: ExecutionResult = await execute({
      schema,
      document: guarded.document,
      contextValue,
      variableValues: variables,
      operationName,
    });
    if (data === undefined) return null;
    const extensions = costExtensions(cost, parts.limits);
    if (errors === undefined) return { status: 200, contentType, body: compactJson({ data, extensions }) };
    const shown = errors.map((error) => this.shown(error, running.requestId));
    const body = compactJson({ errors: shown, data, extensions });
    return { status: statusOf(errors, contentType), contentType, body };
  }

  private shown(error: GraphQLError, requestId: string) {
    const cause = unexpectedCause(error);
    if (cause !== null) logUnexpected(this.own.logger, cause, requestId);
    return shownError(error.toJSON(), error, requestId);
  }
}

/** As Apollo and the HTTP transport do: an error may bring its status; a refusal is 200 to clients of the old type. */
function statusOf(errors: readonly GraphQLError[], contentType: string): number {
  let status = 200;
  for (const { extensions } of errors) {
    const { http } = extensions;
    if (typeof http === 'object' && http !== null && 'status' in http && typeof http.status === 'number')
      status = http.status;
  }
  return status === 400 && contentType === LEGACY_TYPE && isRefusal(errors) ? 200 : status;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonFloat)
  );
}
