/**
 * The doors of a node put together from its settings: GraphQL, the 1.0.1 API and its event stream behind one web
 * server. Everything that the doors share stands here: the rate of clients, the origins, the TLS certificate.
 */

import { createRestDoors } from '../../rest-compat/rest-door.js';
import type { Settings } from '../config/settings.js';
import type { LedgerEvents } from '../events/head-events.js';
import { createGraphqlDoor } from '../graphql/door.js';
import type { LedgerAccess } from '../ledger/ledger.js';
import { type Cors, corsOf } from '../runtime/cors.js';
import type { Runtime } from '../runtime/runtime.js';
import { packageVersion } from '../runtime/version.js';
import type { ListQueries } from '../view/list-queries.js';
import { ClientAddresses } from '../web/client-address.js';
import { ClientRate } from '../web/client-rate.js';
import { mountDashboard } from '../web/dashboard.js';
import { builtDashboardFolder, readDashboardFiles } from '../web/dashboard-files.js';
import type { Door, MountedDoor } from '../web/door.js';
import type { Readiness } from '../web/health.js';
import { meterLedger, meterQueries } from '../web/metered-ports.js';
import type { TlsMaterial } from '../web/tls.js';
import { type TransactionTrace, traceLedger } from '../web/transaction-trace.js';
import { createWebServer, type WebServer } from '../web/web-server.js';

export interface DoorsOptions {
  readonly settings: Settings;
  readonly runtime: Runtime;
  readonly role: 'node' | 'gateway';
  readonly ledger: LedgerAccess;
  readonly lists: ListQueries;
  /** Short name of the store. */
  readonly store: string;
  readonly events: LedgerEvents;
  readonly readiness: Readiness;
  readonly tls: TlsMaterial | null;
  readonly trace: TransactionTrace;
  /** Where the event stream is, for the links of the 1.0.1 API; asked at each request. */
  readonly streamUrl: () => string;
}

/** Opens nothing yet. */
export function createDoors(options: DoorsOptions): WebServer {
  const { settings, runtime, events, ledger } = options;
  const { server } = settings;
  const cors = corsOf(server.corsOrigins);
  const rate = clientRate(settings, runtime);
  const lists = meterQueries(options.lists, runtime.metrics, runtime.clock);
  const ledgerOf = (door: 'rest' | 'graphql'): LedgerAccess =>
    traceLedger(meterLedger(ledger, runtime.metrics, door), options.trace, door);
  const graphql = createGraphqlDoor({
    ledger: ledgerOf('graphql'),
    queries: lists,
    events,
    runtime,
    limits: graphqlLimits(settings),
    settings: {
      role: options.role,
      store: options.store,
      requestBytesMax: server.requestBytesMax,
      transactionBytesMax: server.transactionBytesMax,
      transactionsPerSubmitMax: server.transactionsPerSubmitMax,
      payloadIndexes: settings.view.payloadIndexes,
      cors,
    },
    operationRate: rate,
    version: packageVersion(),
  });
  const restSettings = {
    requestBytesMax: server.requestBytesMax,
    cors,
    // The port may be one that the system chooses, so the URL is known only once the listeners are open.
    get streamUrl() {
      return options.streamUrl();
    },
  };
  const context = { ledger: ledgerOf('rest'), lists, runtime, settings: restSettings };
  const { rest, stream } = createRestDoors(context, events);
  return createWebServer({
    mounted: [
      { paths: ['/graphql', '/graphql/schema.graphql'], door: graphql },
      ...pagesForBrowsers(settings, rest, cors),
    ],
    rest,
    stream,
    settings: {
      bind: server.bind,
      wsserver: { host: settings.wsserver.host, port: settings.wsserver.port },
      requestBytesMax: server.requestBytesMax,
      cors,
      rate,
      tls: options.tls,
      healthChecks: server.healthChecks,
      bounds: {
        headersTimeoutMs: server.headersTimeoutMs,
        requestTimeoutMs: server.requestTimeoutMs,
        keepAliveTimeoutMs: server.keepAliveTimeoutMs,
        connectionsMax: server.connectionsMax,
        drainMs: server.drainTimeoutMs,
      },
    },
    runtime,
    ledger,
    readiness: options.readiness,
  });
}

/** `/dashboard`, `/graphiql` and the way there from `/`; none when the settings say so. */
function pagesForBrowsers(settings: Settings, rest: Door, cors: Cors): readonly MountedDoor[] {
  if (!settings.dashboard.enabled) return [];
  return mountDashboard({ files: readDashboardFiles(builtDashboardFolder()), rest, cors });
}

/** Null when no rate is set: then no request is asked for its address. */
function clientRate({ server }: Settings, runtime: Runtime): ClientRate | null {
  const { rateLimitPerSecond: perSecond, rateLimitBurst: burst } = server;
  if (perSecond === null) return null;
  const addresses = new ClientAddresses(server.trustedProxies);
  return new ClientRate({ perSecond, burst, addresses, clock: runtime.clock });
}

function graphqlLimits({ graphql }: Settings) {
  return {
    documentBytesMax: graphql.documentBytesMax,
    tokensMax: graphql.tokensMax,
    depthMax: graphql.depthMax,
    aliasesMax: graphql.aliasesMax,
    rootFieldsMax: graphql.rootFieldsMax,
    costMax: graphql.costMax,
    pageSizeDefault: graphql.pageSizeDefault,
    pageSizeMax: graphql.pageSizeMax,
    subscriptionsPerConnectionMax: graphql.subscriptionsPerConnectionMax,
  };
}
