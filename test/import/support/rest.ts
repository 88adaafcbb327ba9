/** What clients of 1.0.1 ask a node over REST, with answers read without loss. */

import { canonicalJson } from '../../../src/codec/canonical-json.js';
import { parseJson } from '../../../src/codec/json-reader.js';
import type { JsonObject, JsonValue } from '../../../src/codec/json-value.js';
import { exchange } from '../../compat/support/raw-client.js';
import type { NodeProcess } from '../../support/process-node.js';

export interface RestAnswer {
  readonly status: number;
  readonly json: JsonValue;
  /** Canonical text: what differs in any digit differs here. */
  readonly text: string;
}

export class RestClient {
  private readonly port: number;

  constructor(node: NodeProcess) {
    this.port = Number(new URL(node.http).port);
  }

  async get(path: string): Promise<RestAnswer> {
    const answer = await exchange(this.port, { method: 'GET', path: `/api/v1/${path}` });
    const json = parseJson(answer.body);
    return { status: answer.status, json, text: canonicalJson(json) };
  }

  async post(text: string): Promise<number> {
    return (await exchange(this.port, { method: 'POST', path: '/api/v1/transactions', body: text })).status;
  }

  /** The status word of a transaction or a block; null for a 404. */
  async status(kind: 'transaction' | 'block', id: string): Promise<string | null> {
    const { status, json } = await this.get(`statuses?${kind}_id=${id}`);
    return status === 404 ? null : String((json as JsonObject).status);
  }

  /** `id:index`, sorted. */
  async outputs(publicKey: string, spent?: boolean): Promise<string[]> {
    const asked = spent === undefined ? '' : `&spent=${spent}`;
    const { json } = await this.get(`outputs?public_key=${publicKey}${asked}`);
    return (json as JsonObject[]).map((each) => `${each.transaction_id}:${each.output_index}`).sort();
  }
}
