/**
 * Answers that belong to no door: health, faults of the framing, refused upgrades, uncaught exceptions. They carry
 * 1.0.1's framework error shape (`{"message": …}` without a status), its upper-case reason phrases and its CORS header
 * (where origins are restricted, that of `server.cors_origins`).
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { JsonObject } from '../codec/json-value.js';
import { spacedJson } from '../codec/json-writer.js';
import type { Cors } from '../runtime/cors.js';
import { REASON_PHRASES } from '../runtime/reason-phrases.js';

/** 1.0.1's text for a request that it cannot read. */
export const UNREADABLE = 'The browser (or proxy) sent a request that this server could not understand.';

/** Sends `body` whole. `headers` are name, value, name, value. */
export function sendPlain(
  cors: Cors,
  response: ServerResponse,
  status: number,
  body: JsonObject,
  headers: readonly string[] = [],
): void {
  const text = `${spacedJson(body)}\n`;
  const common = contentHeaders(text);
  common.push(...cors.headers(response.req.headers.origin), ...headers);
  response.writeHead(status, REASON_PHRASES[status], common);
  response.end(text);
}

/** Writes a whole answer to a socket that has no response object, and closes it. */
export function sendRaw(
  cors: Cors,
  socket: Duplex,
  status: number,
  message: string,
  extra: readonly string[] = [],
): void {
  const text = `${spacedJson({ message })}\n`;
  const headers = [...contentHeaders(text), ...cors.headers(undefined), ...extra, 'Connection', 'close'];
  let head = `HTTP/1.1 ${status} ${REASON_PHRASES[status]}\r\n`;
  for (let index = 0; index < headers.length; index += 2) {
    head += `${headers[index]}: ${headers[index + 1]}\r\n`;
  }
  socket.end(`${head}\r\n${text}`);
}

function contentHeaders(text: string): string[] {
  return ['Content-Type', 'application/json', 'Content-Length', String(Buffer.byteLength(text))];
}

/** 405 in 1.0.1's words. */
export function sendMethodNotAllowed(cors: Cors, response: ServerResponse, allow: string): void {
  const message = 'The method is not allowed for the requested URL.';
  sendPlain(cors, response, 405, { message }, ['Allow', allow]);
}

/** The path of a request target, without query and without the origin of an absolute form. */
export function pathOf(request: IncomingMessage): string {
  const target = request.url ?? '/';
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  return path.charCodeAt(0) === SLASH ? path : path.replace(/^https?:\/\/[^/]*/i, '') || '/';
}

const SLASH = 47;
