/**
 * What a request is called in log lines. A proxy that names its requests (`X-Request-Id`) is followed, so that its log
 * and the node's speak of the same thing; anybody may send that header, so the name proves nothing.
 */

import type { IncomingMessage } from 'node:http';
import type { Random } from './runtime.js';

const HARMLESS = /^[A-Za-z0-9_.:-]{1,64}$/;

/** The name in the request's header when it is a harmless word, else a new one. */
export function requestIdOf(request: IncomingMessage, makeId: () => string): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && HARMLESS.test(given) ? given : makeId();
}

/** Makes names that no other process makes. */
export function requestIds(random: Random): () => string {
  const processName = Buffer.from(random.bytes(6)).toString('hex');
  let requests = 0;
  return () => {
    requests += 1;
    return `${processName}-${requests}`;
  };
}
