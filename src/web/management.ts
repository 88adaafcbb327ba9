/**
 * The listener for those who run the node, on `management.bind`, apart from the API, so that it can stay inside the
 * operator's network: `/metrics` in Prometheus' text format, `/livez` and `/readyz`, and administration with a token.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { MANAGEMENT, WEB } from '../config/limits.js';
import type { LedgerAccess } from '../ledger/ledger.js';
import { NO_ORIGIN } from '../runtime/cors.js';
import type { Metrics } from '../runtime/metrics.js';
import { startProcessMetrics } from '../runtime/process-metrics.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Administration } from './administration.js';
import type { Door } from './door.js';
import { createHealthDoor, HEALTH_PATHS, Readiness } from './health.js';
import { type Address, Listener } from './listener.js';
import { pathOf, sendMethodNotAllowed, sendPlain, sendRaw } from './plain-answer.js';

export interface ManagementOptions {
  /** `management.bind`. */
  readonly address: Address;
  readonly runtime: Runtime;
  readonly ledger: LedgerAccess;
  /** Shared with the API's listeners; its own when left out. */
  readonly readiness?: Readiness;
  /** Left out: only metrics and health. */
  readonly administration?: Administration;
}

export interface Management {
  /** Resolves with the bound address; rejects with AddressUnavailable, which names the setting. Call once. */
  listen(): Promise<Address>;
  /** Safe to call twice. */
  close(): Promise<void>;
}

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function createManagement(options: ManagementOptions): Management {
  const { address, runtime, ledger, administration } = options;
  const { metrics } = runtime;
  const log = runtime.logger('web');
  const stops = [collectLedger(metrics, ledger), startProcessMetrics(metrics)];
  const health = createHealthDoor(options.readiness ?? new Readiness(ledger), NO_ORIGIN);
  const doors = new Map<string, Door>([['/metrics', metricsDoor(metrics)]]);
  for (const path of HEALTH_PATHS) doors.set(path, health);
  if (administration !== undefined) for (const path of administration.paths) doors.set(path, administration);
  const listener = new Listener({
    setting: 'management.bind',
    address,
    bounds: WEB,
    scheduler: runtime.scheduler,
    logger: log,
    cors: NO_ORIGIN,
    tls: null,
    requestBytesMax: MANAGEMENT.requestBytesMax,
    onRequest(request, response) {
      const door = doors.get(pathOf(request));
      if (door === undefined) sendPlain(NO_ORIGIN, response, 404, { message: NOTHING_ELSE });
      else answer(door, request, response).catch((error) => log.error('management.failed', { error }));
    },
    onUpgrade: (_request, socket) => sendRaw(NO_ORIGIN, socket, 400, 'There are no WebSockets here.'),
  });
  return {
    listen: () => listener.listen(),
    close() {
      for (const stop of stops.splice(0)) stop();
      return listener.close();
    },
  };
}

const NOTHING_ELSE = 'Only metrics, health and administration are here.';

/** A failed action is a 500 and a log line; the node goes on. */
async function answer(door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await door.handle(request, response);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else sendPlain(NO_ORIGIN, response, 500, { message: 'Internal Server Error' });
    throw error;
  }
}

function metricsDoor(metrics: Metrics): Door {
  return {
    handle(request, response) {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        sendMethodNotAllowed(NO_ORIGIN, response, 'GET, HEAD');
        return;
      }
      const body = Buffer.from(metrics.text(), 'utf8');
      response.writeHead(200, { 'Content-Type': CONTENT_TYPE, 'Content-Length': body.length });
      response.end(body);
    },
    close: () => Promise.resolve(),
  };
}

/** What the ledger can be asked for at each scrape. */
function collectLedger(metrics: Metrics, ledger: LedgerAccess): () => void {
  return metrics.onCollect(() => {
    const backlog = ledger.backlog();
    metrics.gauge('bigchaindb_ready').set(ledger.notReady().length === 0 ? 1 : 0);
    metrics.gauge('bigchaindb_view_height').set(ledger.view.height());
    metrics.gauge('bigchaindb_undecided_blocks').set(ledger.undecidedBlocks().length);
    metrics.gauge('bigchaindb_backlog_entries').set(backlog.count);
    metrics.gauge('bigchaindb_backlog_oldest_seconds').set(backlog.oldestSeconds ?? 0);
  });
}
