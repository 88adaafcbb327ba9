/** `/livez` and `/readyz`: is the process alive, and may a load balancer send it clients. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LedgerAccess } from '../ledger/ledger.js';
import type { Cors } from '../runtime/cors.js';
import type { Door } from './door.js';
import { pathOf, sendMethodNotAllowed, sendPlain } from './plain-answer.js';

export const HEALTH_PATHS = ['/livez', '/readyz'] as const;

/** Whether a load balancer may send clients here, and who may say no. One for all listeners of a node. */
export class Readiness {
  /** The listeners are closing. */
  stopping = false;
  /** An operator wants no new clients here, say before an upgrade; what comes all the same is answered. */
  drained = false;

  constructor(private readonly ledger: Pick<LedgerAccess, 'notReady'>) {}

  /** Why this node should get no requests now; empty when it should. */
  reasons(): string[] {
    const reasons = [...this.ledger.notReady()];
    if (this.stopping) reasons.push('the node is stopping');
    if (this.drained) reasons.push('an operator drains the node');
    return reasons;
  }
}

/**
 * `/livez` answers 200 as long as the event loop turns. `/readyz` answers 200 `{"status": "ready"}`, or 503 with the
 * reasons.
 */
export function createHealthDoor(readiness: Readiness, cors: Cors): Door {
  const ready = (response: ServerResponse): void => {
    const reasons = readiness.reasons();
    if (reasons.length === 0) sendPlain(cors, response, 200, { status: 'ready' }, NO_STORE);
    else sendPlain(cors, response, 503, { status: 'not ready', reasons }, ['Retry-After', '1', ...NO_STORE]);
  };
  return {
    handle(request: IncomingMessage, response: ServerResponse): void {
      if (request.method !== 'GET' && request.method !== 'HEAD')
        sendMethodNotAllowed(cors, response, 'GET, HEAD');
      else if (pathOf(request) === '/readyz') ready(response);
      else sendPlain(cors, response, 200, { status: 'ok' }, NO_STORE);
    },
    routeOf: () => 'health',
    close: () => Promise.resolve(),
  };
}

const NO_STORE = ['Cache-Control', 'no-store'];
