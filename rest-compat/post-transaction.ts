/**
 * `POST /api/v1/transactions`: hands the body's bytes to the ledger and answers once the transaction is on stable
 * storage. This is the busiest path of the node; it neither parses the body nor makes an object of the URL.
 */

import type { SubmitOutcome, SubmittedText } from '../src/ledger/ledger.js';
import { endAfterDiscarding, readBody } from '../src/runtime/read-body.js';
import { type Answer, type Exchange, sendAnswer, writeAnswer } from './answers.js';
import type { RestContext } from './context.js';
import { BODY_ENCODED, BODY_TOO_LARGE, transactionRefusal, tryAgain, UNREADABLE } from './errors.js';
import { prettyText } from './json-text.js';

/** Takes any content type or none; query parameters such as `mode` are ignored (1.0.1: section 6.1). */
export async function postTransaction(
  context: RestContext,
  exchange: Exchange,
  requestId: string,
): Promise<void> {
  const { request, response } = exchange;
  const { requestBytesMax } = context.settings;
  const body = await readBody(request, requestBytesMax);
  if (!body.ok) {
    if (body.refusal === 'aborted') return;
    const encoded = body.refusal === 'encoded';
    writeAnswer(exchange, encoded ? BODY_ENCODED : BODY_TOO_LARGE);
    endAfterDiscarding(request, response, requestBytesMax);
    return;
  }
  const submitted = inCharset(body.bytes, request.headers['content-type']);
  if (submitted === null) {
    sendAnswer(exchange, UNREADABLE);
    return;
  }
  const [outcome] = await context.ledger.submit([submitted], requestId);
  sendAnswer(exchange, outcome === undefined ? tryAgain('No outcome.') : answerOf(outcome));
  // A crash from here on finds a client that relies on what the store acknowledged.
  context.runtime.failpoints.hit('submit.after_reply');
}

function answerOf(outcome: SubmitOutcome): Answer {
  if (!outcome.accepted) {
    return outcome.notJson ? UNREADABLE : transactionRefusal(outcome.problem, outcome.retryable);
  }
  // The posted document with sorted keys is its canonical text, pretty-printed.
  return {
    status: 202,
    body: `${prettyText(outcome.text)}\n`,
    headers: ['Location', `../statuses?transaction_id=${outcome.id}`],
  };
}

/**
 * The bytes as they are for UTF-8, else their text by the `charset` parameter of the content type, which 1.0.1
 * honours. Null when the charset is unknown (a 500 there) or the bytes do not belong to it.
 */
function inCharset(bytes: Uint8Array, contentType: string | undefined): SubmittedText | null {
  if (contentType === undefined || !contentType.includes('charset')) return bytes;
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(contentType)?.[1]?.toLowerCase();
  if (charset === undefined || UTF8_NAMES.has(charset)) return bytes;
  if (LATIN1_NAMES.has(charset)) return Buffer.from(bytes).toString('latin1');
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

const UTF8_NAMES: ReadonlySet<string> = new Set(['', 'utf-8', 'utf8', 'us-ascii', 'ascii']);
const LATIN1_NAMES: ReadonlySet<string> = new Set(['iso-8859-1', 'iso8859-1', 'latin-1', 'latin1']);
