/**
 * Reads a request body into one byte array, bounded, for both doors. It never decodes and never decompresses: a body
 * with a content encoding is refused, so that a few kilobytes cannot become gigabytes.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';

/** Why there are no bytes. `aborted`: the client is gone, there is nobody to answer. */
export type BodyRefusal = 'too-large' | 'encoded' | 'aborted';

export type BodyOutcome =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly refusal: BodyRefusal };

const EMPTY: Uint8Array = new Uint8Array(0);

/**
 * The whole body, at most `bytesMax` bytes, with or without a Content-Length. Never rejects. After `too-large` the
 * rest of the body is still coming: answer with `Connection: close` and call `endAfterDiscarding`.
 */
export function readBody(request: IncomingMessage, bytesMax: number): Promise<BodyOutcome> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== '' && encoding.toLowerCase() !== 'identity') {
    return Promise.resolve({ ok: false, refusal: 'encoded' });
  }
  const announced = request.headers['content-length'];
  if (announced !== undefined && Number(announced) > bytesMax) {
    return Promise.resolve({ ok: false, refusal: 'too-large' });
  }
  return new Promise((resolve) => collect(request, bytesMax, resolve));
}

function collect(request: IncomingMessage, bytesMax: number, resolve: (outcome: BodyOutcome) => void): void {
  let first: Buffer | null = null;
  let more: Buffer[] | null = null;
  let length = 0;
  let settled = false;
  const settle = (outcome: BodyOutcome): void => {
    if (settled) return;
    settled = true;
    resolve(outcome);
  };
  request.on('data', (chunk: Buffer) => {
    if (settled) return;
    length += chunk.length;
    if (length > bytesMax) {
      first = null;
      more = null;
      request.pause();
      settle({ ok: false, refusal: 'too-large' });
    } else if (first === null) first = chunk;
    else if (more === null) more = [first, chunk];
    else more.push(chunk);
  });
  request.on('end', () => {
    // The usual body of a transaction arrives as one chunk and is handed on without a copy.
    settle({ ok: true, bytes: more === null ? (first ?? EMPTY) : Buffer.concat(more, length) });
  });
  request.on('error', () => settle({ ok: false, refusal: 'aborted' }));
  request.on('close', () => settle({ ok: false, refusal: 'aborted' }));
}

/**
 * For an answer given before the whole body was read: throws away at most `bytesMax` further bytes and then ends
 * `response`, whose head and complete body must have been written with `Connection: close`. Closing at once would
 * reset the connection, and most clients would lose the answer with it. The listener's request timeout bounds the time.
 */
export function endAfterDiscarding(
  request: IncomingMessage,
  response: ServerResponse,
  bytesMax: number,
): void {
  let discarded = 0;
  const end = (): void => {
    if (!response.writableEnded) response.end();
  };
  if (request.readableEnded || request.destroyed) {
    end();
    return;
  }
  request.removeAllListeners('data');
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > bytesMax) end();
  });
  request.on('end', end);
  request.on('close', end);
  request.on('error', end);
  request.resume();
}
