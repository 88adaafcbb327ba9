/** What every door says to a client that sends faster than `server.rate_limit_per_second` (429), and how it says it. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { endAfterDiscarding } from './read-body.js';

export function tooManyText(retryAfterSeconds: number): string {
  const unit = retryAfterSeconds === 1 ? 'second' : 'seconds';
  return `Too many requests from this address. Try again in ${retryAfterSeconds} ${unit}.`;
}

/** A body that is not longer is thrown away, so that the connection can be used again: a new one costs more. */
const KEPT_BODY_BYTES = 64 * 1024;

/**
 * Answers a request whose body nobody has read. `write` is given headers to add (name, value, name, value) and writes
 * head and body without ending the response. At most `bytesMax` bytes of the request's body are thrown away.
 */
export function answerUnread(
  request: IncomingMessage,
  response: ServerResponse,
  bytesMax: number,
  write: (headers: readonly string[]) => void,
): void {
  const announced = request.headers['content-length'];
  const short =
    request.headers['transfer-encoding'] === undefined && Number(announced ?? 0) <= KEPT_BODY_BYTES;
  write(short ? [] : ['Connection', 'close']);
  // Node itself throws away what is left of a body when the answer has ended.
  if (short) response.end();
  else endAfterDiscarding(request, response, bytesMax);
}
