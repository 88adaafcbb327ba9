/** `/livez` and `/readyz`: is the process alive, and may a load balancer send it clients. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LedgerAccess } from '../ledger/ledger.js';
import type { Door } from './door.js';
import { pathOf, sendMethodNotAllowed, sendPlain } from './plain-answer.js';

export const HEALTH_PATHS = ['/livez', '/readyz'] as const;

/**
 * `/livez` answers 200 as long as the event loop turns. `/readyz` answers 200 `{"status": "ready"}`, or 503 with the
 * reasons why this node should get no requests now; `draining` tells whether the listeners are closing.
 */
export function createHealthDoor(ledger: LedgerAccess, draining: () => boolean): Door {
  const ready = (response: ServerResponse): void => {
    const reasons = [...ledger.notReady()];
    if (draining()) reasons.push('the node is stopping');
    if (reasons.length === 0) sendPlain(response, 200, { status: 'ready' }, NO_STORE);
    else sendPlain(response, 503, { status: 'not ready', reasons }, ['Retry-After', '1', ...NO_STORE]);
  };
  return {
    handle(request: IncomingMessage, response: ServerResponse): void {
      if (request.method !== 'GET' && request.method !== 'HEAD') sendMethodNotAllowed(response, 'GET, HEAD');
      else if (pathOf(request) === '/readyz') ready(response);
      else sendPlain(response, 200, { status: 'ok' }, NO_STORE);
    },
    close: () => Promise.resolve(),
  };
}

const NO_STORE = ['Cache-Control', 'no-store'];
