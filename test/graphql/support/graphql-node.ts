/** One real node in this process, all in memory, with the GraphQL door on a free port. */

import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { DOOR } from '../../../src/config/limits.js';
import { LedgerEvents } from '../../../src/events/head-events.js';
import { createGraphqlDoor, type GraphqlDoor } from '../../../src/graphql/door.js';
import type { GraphqlLimits, GraphqlSettings } from '../../../src/graphql/options.js';
import { createDirectChecker } from '../../../src/ledger/checker-direct.js';
import type { LedgerAccess } from '../../../src/ledger/ledger.js';
import { type Core, startCore } from '../../../src/pipelines/core.js';
import { noFailpoints } from '../../../src/runtime/failpoints.js';
import type { Logger, Runtime } from '../../../src/runtime/runtime.js';
import { createSystemRuntime } from '../../../src/runtime/system-runtime.js';
import { createDirectStore } from '../../../src/store/embedded/direct.js';
import { createDirectView, type QueryableView } from '../../../src/view/direct-view.js';
import type { ListQueries } from '../../../src/view/list-queries.js';
import { keyPairOf } from '../../support/transactions.js';

export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly fields: Record<string, unknown>;
}

export interface NodeOptions {
  readonly limits?: Partial<GraphqlLimits>;
  readonly settings?: Partial<GraphqlSettings>;
  readonly payloadIndexes?: readonly string[];
  /** Stands between the door and the ledger. */
  readonly wrapLedger?: (ledger: LedgerAccess) => LedgerAccess;
  /** Stands between the door and the view's lists. */
  readonly wrapQueries?: (queries: ListQueries) => ListQueries;
  readonly wrapRuntime?: (runtime: Runtime) => Runtime;
}

export interface GraphqlNode {
  readonly url: string;
  readonly port: number;
  readonly publicKey: string;
  readonly door: GraphqlDoor;
  readonly core: Core;
  readonly view: QueryableView;
  readonly events: LedgerEvents;
  /** What the door logged. */
  readonly log: LogLine[];
  /** Submits texts and waits until all are decided. */
  settle(texts: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export async function startGraphqlNode(options: NodeOptions = {}): Promise<GraphqlNode> {
  const log: LogLine[] = [];
  const system = createSystemRuntime({ logger: () => recorder(log), failpoints: noFailpoints });
  const runtime = options.wrapRuntime?.(system) ?? system;
  const store = createDirectStore({ path: ':memory:', scheduler: system.scheduler });
  const view = createDirectView({ path: ':memory:', payloadIndexes: options.payloadIndexes ?? [] });
  const keyPair = keyPairOf('node');
  const events = new LedgerEvents(view.read.height(), (error) => {
    throw error;
  });
  const failures: Error[] = [];
  const core = await startCore({
    store,
    view,
    checker: createDirectChecker(system),
    runtime: system,
    keyPair,
    keyring: [],
    federationChanges: [],
    blockIntervalMs: 5,
    reassignDelayMs: 10_000,
    limits: { transactionBytesMax: DOOR.transactionBytesMax, signaturesMax: DOOR.signaturesMax },
    onHead: (height) => events.publishHead(height),
    onRejected: (id) => events.publishRejection(id),
    onChange: (listener) => {
      const stops = [events.onHead(listener), events.onRejection(listener)];
      return () => {
        for (const stop of stops) stop();
      };
    },
    isStopping: () => false,
    onFailure: (error) => failures.push(error),
  });
  await core.caughtUpOrAfter(2000);
  const door = createGraphqlDoor({
    ledger: options.wrapLedger?.(core.access) ?? core.access,
    queries: options.wrapQueries?.(view.lists) ?? view.lists,
    events,
    runtime,
    limits: options.limits,
    settings: {
      role: 'node',
      store: store.kind,
      requestBytesMax: DOOR.requestBytesMax,
      transactionBytesMax: DOOR.transactionBytesMax,
      transactionsPerSubmitMax: DOOR.transactionsPerSubmitMax,
      payloadIndexes: options.payloadIndexes ?? [],
      ...options.settings,
    },
    version: '0.0.0-test',
  });
  const { server, port, closeServer } = await listen(door);
  let closed = false;
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    port,
    publicKey: keyPair.publicKey,
    door,
    core,
    view,
    events,
    log,
    async settle(texts) {
      const outcomes = await core.access.submit(texts);
      for (const outcome of outcomes) {
        if (!outcome.accepted) throw new Error(outcome.problem.message);
      }
      await Promise.all(outcomes.map((outcome) => core.access.waitDecided(outcome.id ?? '', 20_000)));
    },
    async close() {
      if (closed) return;
      closed = true;
      await door.close();
      await closeServer();
      await core.stop();
      await view.close();
      await store.close();
      if (failures.length > 0) throw failures[0];
      if (server.listening) throw new Error('the server still listens');
    },
  };
}

async function listen(
  door: GraphqlDoor,
): Promise<{ server: Server; port: number; closeServer: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    door.handle(request, response).catch((error) => response.destroy(error));
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => door.upgrade(request, socket, head));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const closeServer = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return { server, port: (server.address() as AddressInfo).port, closeServer };
}

function recorder(log: LogLine[]): Logger {
  const write =
    (level: string) =>
    (event: string, fields: Record<string, unknown> = {}): void => {
      log.push({ level, event, fields });
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
