/**
 * Which web pages may read this node's answers and open WebSockets to it: the setting `server.cors_origins`, the same
 * for every door and every error. The node knows no cookies and no users, so this protects an operator who wants no
 * foreign page to make its visitors' browsers use the node; it stops nobody who is not a browser.
 */

import type { IncomingMessage } from 'node:http';

const ANY = '*';
const ANY_HEADERS: readonly string[] = ['Access-Control-Allow-Origin', ANY];
const VARY: readonly string[] = ['Vary', 'Origin'];

/** Headers come as name, value, name, value. */
export class Cors {
  private readonly listed: ReadonlySet<string> | null;

  /** `origins` as browsers send them, in lower case; `*` among them means any. */
  constructor(origins: readonly string[]) {
    this.listed = origins.includes(ANY) ? null : new Set(origins);
  }

  /** For an answer to a request with this `Origin`: `*`, the origin when it is listed, or nothing. */
  headers(origin: string | undefined): readonly string[] {
    return this.listed === null ? ANY_HEADERS : this.named(this.listed, origin);
  }

  /** The same as flask-cors does it (1.0.1: section 6.1): where any origin may, the one that the client names is echoed. */
  echoed(origin: string | undefined): readonly string[] {
    if (this.listed !== null) return this.named(this.listed, origin);
    return origin === undefined || origin === ''
      ? ANY_HEADERS
      : ['Access-Control-Allow-Origin', origin, ...VARY];
  }

  /**
   * Browsers do not keep foreign pages from WebSockets, so the node does. Without an origin it is no browser; a page
   * of the node's own host is no foreign one.
   */
  maySpeak({ headers: { origin, host } }: IncomingMessage): boolean {
    if (origin === undefined || this.listed === null || this.listed.has(origin.toLowerCase())) return true;
    return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
  }

  private named(listed: ReadonlySet<string>, origin: string | undefined): readonly string[] {
    if (origin === undefined || !listed.has(origin.toLowerCase())) return VARY;
    return ['Access-Control-Allow-Origin', origin, ...VARY];
  }
}

/** As 1.0.1. */
export const ANY_ORIGIN = new Cors([ANY]);

/** The policy of `server.cors_origins`. */
export function corsOf(origins: readonly string[]): Cors {
  return origins.includes(ANY) ? ANY_ORIGIN : new Cors(origins);
}

/** For what no web page reads. */
export const NO_ORIGIN = new Cors([]);
