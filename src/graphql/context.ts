/** What every resolver is given, and what the transports keep of one operation. */

import type { OperationTypeNode } from 'graphql';
import type { JsonObject } from '../codec/json-value.js';
import type { OperationControl } from './operation-control.js';
import type { Scope } from './scope.js';

export interface GraphqlContext {
  readonly scope: Scope;
  readonly operation: RunningOperation;
}

/** One operation from the guard to its answer. */
export interface RunningOperation {
  readonly requestId: string;
  readonly control: OperationControl;
  readonly startedMs: number;
  /** Null until it is known to be able to run. */
  kind: OperationTypeNode | null;
  /** Of a GET, read without loss; null elsewhere. */
  readonly variables: JsonObject | null;
  /** As the guard counted it; null before. */
  cost: number | null;
  /** The document or its variables were refused, so nothing ran. */
  refused: boolean;
  /** An event of it had errors. */
  failed: boolean;
  /** Of a subscription: everything up to here was handed to the socket. */
  cursor: string | null;
}
