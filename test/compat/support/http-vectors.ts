/** The transcripts of 1.0.1's web API (`test/vectors/http.json`), and what an answer must be to equal one. */

import type { JsonObject, JsonValue } from '../../../src/codec/json-value.js';
import { prettyJson, spacedJson } from '../../../src/codec/json-writer.js';
import { readVector } from '../../support/vector-ledger.js';
import type { RawResponse } from './raw-client.js';

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  /** Characters of one byte each. */
  readonly body?: string;
  readonly response: {
    readonly status: number;
    readonly headers: Record<string, string>;
    readonly json?: JsonValue;
    readonly text?: string;
  };
}

const REASONS: Record<number, string> = {
  200: 'OK',
  202: 'ACCEPTED',
  400: 'BAD REQUEST',
  404: 'NOT FOUND',
  405: 'METHOD NOT ALLOWED',
};

export function recordedExchanges(): Exchange[] {
  return readVector('http.json').exchanges as unknown as Exchange[];
}

/** The request's body as bytes. */
export function requestBody({ body }: Exchange): Buffer | undefined {
  return body === undefined ? undefined : Buffer.from(body, 'latin1');
}

/** The body of the answer, as text. */
export function recordedBody(recorded: Exchange): string {
  const { json, text } = recorded.response;
  if (recorded.method === 'HEAD') return '';
  if (json === undefined) return text ?? '';
  return `${isPretty(recorded) ? prettyJson(json) : spacedJson(json)}\n`;
}

/** `body`: what it must be, where a node answers otherwise on purpose. */
export function expectRecorded(answer: RawResponse, recorded: Exchange, body = recordedBody(recorded)): void {
  const { status, headers } = recorded.response;
  expect(answer.statusLine).toBe(`HTTP/1.1 ${status} ${REASONS[status]}`);
  for (const [name, value] of Object.entries(headers)) {
    expect(answer.headers[name.toLowerCase()]).toBe(value);
  }
  expect(answer.headers.vary).toBe(headers.Vary);
  expect(answer.body).toBe(body);
  if (recorded.method === 'GET') expect(answer.headers['content-length']).toBe(String(answer.body.length));
}

/** Bodies of 1.0.1's `jsonify` come in lines, those of its framework on one. */
function isPretty({ response: { status, json } }: Exchange): boolean {
  if (status === 202) return true;
  const body = json as JsonObject;
  return 'software' in body || ('message' in body && 'status' in body);
}
