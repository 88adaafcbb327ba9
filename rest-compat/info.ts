/** `GET /` and `GET /api/v1`: who this node is and where to go on (1.0.1: section 6.3). */

import { prettyJson } from '../src/codec/json-writer.js';
import type { LedgerAccess } from '../src/ledger/ledger.js';
import type { Answer } from './answers.js';

const DOCS = 'https://docs.bigchaindb.com/projects/server/en/v1.0.1/';

/** Blocks and votes are not advertised, nor is what came after 1.0.1: clients compare this body. */
function v1(prefix: string, streamUrl: string): Record<string, string> {
  return {
    assets: `${prefix}assets/`,
    docs: `${DOCS}http-client-server-api.html`,
    outputs: `${prefix}outputs/`,
    statuses: `${prefix}statuses/`,
    streams: streamUrl,
    transactions: `${prefix}transactions/`,
  };
}

export function rootInfo(ledger: LedgerAccess, streamUrl: string): Answer {
  return pretty({
    api: { v1: v1('/api/v1/', streamUrl) },
    docs: DOCS,
    keyring: [...ledger.keyring()],
    public_key: ledger.publicKey,
    software: 'BigchainDB',
    version: '1.0.1',
  });
}

/** The links lack `/api/v1` in 1.0.1 too. */
export function versionInfo(streamUrl: string): Answer {
  return pretty(v1('/', streamUrl));
}

function pretty(value: unknown): Answer {
  return { status: 200, body: `${prettyJson(value, { sortKeys: true })}\n` };
}
