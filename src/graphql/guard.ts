/**
 * The one guard of both transports: nothing runs that has not passed it. Documents are measured, and for WebSockets
 * validated, once and kept; the cost is counted for every request, because variables decide it.
 */

import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
  validate,
} from 'graphql';
import { costOf } from './cost.js';
import { DocumentCache } from './document-cache.js';
import { readDocument } from './document-limits.js';
import { clientError, limitExceeded } from './errors.js';
import type { GraphqlLimits } from './options.js';

export interface GuardedDocument {
  readonly document: DocumentNode;
  /** Filled in by the first `validated`. */
  errors: readonly GraphQLError[] | null;
}

export interface AdmittedOperation {
  readonly operation: OperationDefinitionNode;
  readonly cost: number;
}

export class Guard {
  private readonly documents = new DocumentCache<GuardedDocument>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly limits: GraphqlLimits,
  ) {}

  /** Parses and measures. Throws GraphQLError: LIMIT_EXCEEDED or a syntax error. */
  read(source: string): GuardedDocument {
    const known = this.documents.get(source);
    if (known !== undefined) return known;
    const document = readDocument(source, this.limits);
    const made: GuardedDocument = { document, errors: null };
    this.documents.set(source, made, document);
    return made;
  }

  /** The errors that validation finds; none twice. */
  validated(guarded: GuardedDocument): readonly GraphQLError[] {
    guarded.errors ??= validate(this.schema, guarded.document);
    return guarded.errors;
  }

  /**
   * The operation of a valid document, if it may run with these variables. Throws GraphQLError: LIMIT_EXCEEDED or
   * OPERATION_RESOLUTION_FAILURE.
   */
  admit(
    document: DocumentNode,
    operationName: string | null | undefined,
    variables: Readonly<Record<string, unknown>>,
  ): AdmittedOperation {
    const operation = getOperationAST(document, operationName);
    if (operation === null || operation === undefined) {
      throw clientError(
        'OPERATION_RESOLUTION_FAILURE',
        'The document has no such operation, or several and none was named.',
        { http: { status: 400 } },
      );
    }
    const cost = costOf(this.schema, document, operation, variables, this.limits);
    if (cost > this.limits.costMax) {
      throw limitExceeded(
        'maxCost',
        `This operation costs ${cost}; at most ${this.limits.costMax} is answered. Ask for shorter pages.`,
      );
    }
    return { operation, cost };
  }
}
