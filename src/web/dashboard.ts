/**
 * `/dashboard` and `/graphiql`: pages that the node serves from its own package and that speak to nobody but the node.
 * A browser that asks for `/` is sent there; everybody else gets 1.0.1's answer.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cors } from '../runtime/cors.js';
import type { Coding, DashboardFile } from './dashboard-files.js';
import type { Door, MountedDoor } from './door.js';
import { pathOf, sendMethodNotAllowed } from './plain-answer.js';

export interface DashboardOptions {
  /** By path; null when the dashboard was not built. */
  readonly files: ReadonlyMap<string, DashboardFile> | null;
  /** The 1.0.1 API, which owns `/`. */
  readonly rest: Door;
  readonly cors: Cors;
}

export const DASHBOARD_PATH = '/dashboard/';
export const GRAPHIQL_PATH = '/graphiql';

/** Paths that lead to a page that ends in a slash, or in none. */
const MOVED = new Map([
  ['/dashboard', DASHBOARD_PATH],
  ['/graphiql/', GRAPHIQL_PATH],
]);

const NOT_BUILT =
  'The dashboard is not built into this installation. Run `npm run build` in its folder and start the node again; the API works without it.\n';

/**
 * Everything comes from this origin; nothing is inline, so that a script in asset data can never run. GraphiQL's
 * editor measures its text with style elements of its own: on that page only, inline styles are allowed.
 */
function contentSecurityPolicy(path: string): string {
  const styles = path === GRAPHIQL_PATH ? "'self' 'unsafe-inline'" : "'self'";
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${styles}`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The doors of the dashboard with their paths. */
export function mountDashboard(options: DashboardOptions): MountedDoor[] {
  const { files } = options;
  const pages = [DASHBOARD_PATH, GRAPHIQL_PATH, ...MOVED.keys()];
  return [
    { paths: ['/'], door: createHomeDoor(options.rest) },
    { paths: [...new Set([...pages, ...(files?.keys() ?? [])])], door: createFileDoor(options) },
  ];
}

/** `/`: the dashboard for who asks for a page, 1.0.1's answer for everybody else. */
function createHomeDoor(rest: Door): Door {
  return {
    handle(request: IncomingMessage, response: ServerResponse): void | Promise<void> {
      if (!wantsPage(request)) return rest.handle(request, response);
      return redirect(response, 302, DASHBOARD_PATH, ['Vary', 'Accept']);
    },
    upgrade: rest.upgrade?.bind(rest),
    refuseTooMany: rest.refuseTooMany?.bind(rest),
    routeOf: rest.routeOf?.bind(rest),
    // The 1.0.1 door is closed by its owner.
    close: () => Promise.resolve(),
  };
}

function createFileDoor({ files, cors }: DashboardOptions): Door {
  return {
    handle(request: IncomingMessage, response: ServerResponse): void {
      const path = pathOf(request);
      const moved = MOVED.get(path);
      if (!isRead(request)) sendMethodNotAllowed(cors, response, 'GET, HEAD');
      else if (moved !== undefined) redirect(response, 308, moved);
      else sendFile(request, response, files?.get(path) ?? null);
    },
    routeOf: () => 'dashboard',
    close: () => Promise.resolve(),
  };
}

function sendFile(request: IncomingMessage, response: ServerResponse, file: DashboardFile | null): void {
  if (file === null) {
    sendText(response, 503, NOT_BUILT);
    return;
  }
  const coding = chooseCoding(file, request.headers['accept-encoding'] ?? '');
  const etag = `"${file.hash}${coding === null ? '' : `-${coding}`}"`;
  const headers = [...validatorHeaders(file, etag), ...securityHeaders(file.path)];
  if (holds(request.headers['if-none-match'], etag)) {
    response.writeHead(304, headers);
    response.end();
    return;
  }
  const body = (coding === null ? null : file.coded.get(coding)) ?? file.plain;
  if (coding !== null) headers.push('Content-Encoding', coding);
  headers.push('Content-Type', file.contentType, 'Content-Length', String(body.length));
  response.writeHead(200, headers);
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** What stands under a hashed name never changes; a page is asked for anew each time, and mostly not sent again. */
function validatorHeaders(file: DashboardFile, etag: string): string[] {
  const caching = file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache';
  return ['Cache-Control', caching, 'ETag', etag, 'Vary', 'Accept-Encoding'];
}

function securityHeaders(path: string): string[] {
  return [
    'Content-Security-Policy',
    contentSecurityPolicy(path),
    'X-Content-Type-Options',
    'nosniff',
    'X-Frame-Options',
    'DENY',
    'Referrer-Policy',
    'no-referrer',
    'Cross-Origin-Opener-Policy',
    'same-origin',
    'Cross-Origin-Resource-Policy',
    'same-origin',
  ];
}

function redirect(response: ServerResponse, status: 302 | 308, to: string, headers: string[] = []): void {
  response.writeHead(status, ['Location', to, 'Content-Length', '0', ...headers]);
  response.end();
}

function sendText(response: ServerResponse, status: number, text: string): void {
  const length = String(Buffer.byteLength(text));
  response.writeHead(status, [
    'Content-Type',
    'text/plain; charset=utf-8',
    'Content-Length',
    length,
    'Cache-Control',
    'no-store',
    'X-Content-Type-Options',
    'nosniff',
  ]);
  response.end(response.req.method === 'HEAD' ? undefined : text);
}

function isRead(request: IncomingMessage): boolean {
  return request.method === 'GET' || request.method === 'HEAD';
}

/** Browsers name `text/html`; drivers, curl and scripts send a wildcard or JSON, and get what they got from 1.0.1. */
function wantsPage(request: IncomingMessage): boolean {
  if (!isRead(request)) return false;
  const weights = weightsOf(request.headers.accept ?? '');
  const html = weights.get('text/html') ?? 0;
  return html > 0 && html >= (weights.get('application/json') ?? 0);
}

function chooseCoding(file: DashboardFile, accepted: string): Coding | null {
  const weights = weightsOf(accepted);
  return [...file.coded.keys()].find((name) => (weights.get(name) ?? 0) > 0) ?? null;
}

/** RFC 9110, section 12.4.2: names with their weights, 1 where none is given and 0 for one that is no number. */
function weightsOf(header: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const item of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    weights.set(name, weight === undefined ? 1 : Number(weight.slice(2)) || 0);
  }
  return weights;
}

/** Whether `If-None-Match` names the tag; compared weakly, as for every GET. */
function holds(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*');
}
