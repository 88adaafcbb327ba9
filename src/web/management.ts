/**
 * The listener for those who run the node: `/metrics` in Prometheus' text format on `management.bind`, apart from the
 * API, so that it can stay inside the operator's network.
 */

import type { ServerResponse } from 'node:http';
import { WEB } from '../config/limits.js';
import type { LedgerAccess } from '../ledger/ledger.js';
import type { Metrics } from '../runtime/metrics.js';
import { startProcessMetrics } from '../runtime/process-metrics.js';
import type { Runtime } from '../runtime/runtime.js';
import { type Address, Listener } from './listener.js';
import { pathOf, sendMethodNotAllowed, sendPlain, sendRaw } from './plain-answer.js';

export interface ManagementOptions {
  /** `management.bind`. */
  readonly address: Address;
  readonly runtime: Runtime;
  readonly ledger: LedgerAccess;
}

export interface Management {
  /** Resolves with the bound address; rejects with AddressUnavailable, which names the setting. Call once. */
  listen(): Promise<Address>;
  /** Safe to call twice. */
  close(): Promise<void>;
}

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function createManagement({ address, runtime, ledger }: ManagementOptions): Management {
  const { metrics } = runtime;
  const stops = [collectLedger(metrics, ledger), startProcessMetrics(metrics)];
  const listener = new Listener({
    setting: 'management.bind',
    address,
    bounds: WEB,
    scheduler: runtime.scheduler,
    logger: runtime.logger('web'),
    requestBytesMax: 0,
    onRequest(request, response) {
      if (pathOf(request) !== '/metrics') sendPlain(response, 404, { message: 'Only /metrics is here.' });
      else if (request.method !== 'GET' && request.method !== 'HEAD')
        sendMethodNotAllowed(response, 'GET, HEAD');
      else sendMetrics(response, metrics);
    },
    onUpgrade: (_request, socket) => sendRaw(socket, 400, 'There are no WebSockets here.'),
  });
  return {
    listen: () => listener.listen(),
    close() {
      for (const stop of stops.splice(0)) stop();
      return listener.close();
    },
  };
}

function sendMetrics(response: ServerResponse, metrics: Metrics): void {
  const body = Buffer.from(metrics.text(), 'utf8');
  response.writeHead(200, { 'Content-Type': CONTENT_TYPE, 'Content-Length': body.length });
  response.end(body);
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
