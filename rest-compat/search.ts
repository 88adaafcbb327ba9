/** Text search over assets and metadata of valid transactions, best hit first (1.0.1: section 5.2). */

import type { Answer, StreamedAnswer } from './answers.js';
import type { RestContext } from './context.js';
import { ownError } from './errors.js';
import { spacedText } from './json-text.js';
import type { RestLists, SearchHit } from './lists.js';
import { integerParameter, type Query } from './parameters.js';
import { memberText } from './text-scan.js';

const EMPTY_SEARCH = ownError(400, 'text_search cannot be empty');

/** `GET /api/v1/assets`: `[{"data", "id"}]`. Not strict. */
export function searchAssets(
  context: RestContext,
  _id: string,
  query: Query,
): Promise<Answer | StreamedAnswer> {
  return search(context, query, 'searchAssets', ({ transactionId, text }) => {
    const data = memberText(memberText(text, 'asset') ?? '', 'data') ?? 'null';
    return `{"data": ${spacedText(data)}, "id": "${transactionId}"}`;
  });
}

/** `GET /api/v1/metadata`: `[{"id", "metadata"}]`. Came with 1.3; a 404 in 1.0.1. */
export function searchMetadata(
  context: RestContext,
  _id: string,
  query: Query,
): Promise<Answer | StreamedAnswer> {
  return search(context, query, 'searchMetadata', ({ transactionId, text }) => {
    return `{"id": "${transactionId}", "metadata": ${spacedText(memberText(text, 'metadata') ?? 'null')}}`;
  });
}

/** A limit of 0 is none, as in 1.0.1; a negative one passes its checks too and finds nothing. */
async function search(
  { ledger, lists }: RestContext,
  query: Query,
  kind: 'searchAssets' | 'searchMetadata',
  show: (hit: SearchHit) => string,
): Promise<Answer | StreamedAnswer> {
  const text = query.required('search');
  const asked = query.optional('limit');
  const limit = asked === undefined ? 0 : integerParameter('limit', asked);
  if (text === '') return EMPTY_SEARCH;
  if (limit < 0) return { status: 200, body: '[]\n' };
  return { pieces: hitPieces(lists, kind, text, limit === 0 ? null : limit, ledger.view.height(), show) };
}

async function* hitPieces(
  lists: RestLists,
  kind: 'searchAssets' | 'searchMetadata',
  text: string,
  limit: number | null,
  asOf: number,
  show: (hit: SearchHit) => string,
): AsyncGenerator<string, void, void> {
  let separator = '[';
  for (const hit of await lists[kind](text, limit, asOf)) {
    yield separator + show(hit);
    separator = ', ';
  }
  yield separator === '[' ? '[]\n' : ']\n';
}
