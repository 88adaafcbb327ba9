/** What the GraphQL door is given, and the limits that it publishes in `serviceConfig`. */

import type { IncomingMessage } from 'node:http';
import type { HeadEvents } from '../events/events.js';
import type { LedgerAccess } from '../ledger/ledger.js';
import type { Cors } from '../runtime/cors.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ListQueries } from '../view/list-queries.js';

/** From the settings `graphql.*`; the bounds that hold for every operation, over HTTP and WebSocket alike. */
export interface GraphqlLimits {
  /** UTF-8 bytes of the query text. */
  readonly documentBytesMax: number;
  readonly tokensMax: number;
  readonly depthMax: number;
  readonly introspectionDepthMax: number;
  readonly aliasesMax: number;
  readonly directivesMax: number;
  readonly rootFieldsMax: number;
  /** Fields in one selection, fragments spread. */
  readonly selectionFieldsMax: number;
  /** How often one response name may stand in a selection. */
  readonly repeatedFieldsMax: number;
  readonly costMax: number;
  readonly pageSizeDefault: number;
  readonly pageSizeMax: number;
  readonly subscriptionsPerConnectionMax: number;
  readonly operationTimeoutMs: number;
}

/** Other settings that the door needs. */
export interface GraphqlSettings {
  readonly role: 'node' | 'gateway';
  /** Short name of the store: `embedded`, `mongodb`. */
  readonly store: string;
  readonly requestBytesMax: number;
  readonly transactionBytesMax: number;
  readonly transactionsPerSubmitMax: number;
  /** Paths in asset data and metadata that are indexed for filters. */
  readonly payloadIndexes: readonly string[];
  /** `server.cors_origins`; any when left out. Who may open a WebSocket is the listener's to check. */
  readonly cors?: Cors;
}

/** Bounds the operations that one client address starts on its WebSockets. */
export interface OperationRate {
  /** For the connection that `request` opened: asked before each operation, answers 0 or the seconds to wait. */
  of(request: IncomingMessage): () => number;
}

export interface GraphqlDoorOptions {
  readonly ledger: LedgerAccess;
  readonly queries: ListQueries;
  readonly events: HeadEvents;
  readonly runtime: Runtime;
  /** Limits other than the defaults of `GRAPHQL`. */
  readonly limits?: Partial<GraphqlLimits>;
  readonly settings: GraphqlSettings;
  /** Null or left out: as many operations as a client likes. */
  readonly operationRate?: OperationRate | null;
  /** The version of this software. */
  readonly version: string;
}

/** The options with every limit set: what the parts of the door share. */
export interface DoorParts extends Omit<GraphqlDoorOptions, 'limits'> {
  readonly limits: GraphqlLimits;
}
