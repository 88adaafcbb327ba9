/** Text search over assets and metadata of valid transactions, best hit first (1.0.1: section 5.2). */

import type { SearchHit } from '../src/view/list-queries.js';
import type { Answer, StreamedAnswer } from './answers.js';
import type { RestContext } from './context.js';
import { ownError } from './errors.js';
import { spacedText } from './json-text.js';
import { listPieces } from './lists.js';
import { integerParameter, type Query } from './parameters.js';

const EMPTY_SEARCH = ownError(400, 'text_search cannot be empty');

/** `GET /api/v1/assets`: `[{"data", "id"}]`. Not strict. */
export function searchAssets(
  context: RestContext,
  _id: string,
  query: Query,
): Promise<Answer | StreamedAnswer> {
  const { lists } = context;
  return search(context, query, (text, limit, asOf) => lists.searchAssets(text, limit, asOf), showAsset);
}

function showAsset({ id, data }: SearchHit): string {
  return `{"data": ${spacedText(data)}, "id": "${id}"}`;
}

/** `GET /api/v1/metadata`: `[{"id", "metadata"}]`. Came with 1.3; a 404 in 1.0.1. */
export function searchMetadata(
  context: RestContext,
  _id: string,
  query: Query,
): Promise<Answer | StreamedAnswer> {
  const { lists } = context;
  return search(context, query, (text, limit, asOf) => lists.searchMetadata(text, limit, asOf), showMetadata);
}

function showMetadata({ id, data }: SearchHit): string {
  return `{"id": "${id}", "metadata": ${spacedText(data)}}`;
}

/** A limit of 0 is none, as in 1.0.1; a negative one passes its checks too and finds nothing. */
async function search(
  { ledger }: RestContext,
  query: Query,
  find: (text: string, limit: number, asOf: number) => Promise<readonly SearchHit[]>,
  show: (hit: SearchHit) => string,
): Promise<Answer | StreamedAnswer> {
  const text = query.required('search');
  const asked = query.optional('limit');
  const limit = asked === undefined ? 0 : integerParameter('limit', asked);
  if (text === '') return EMPTY_SEARCH;
  if (limit < 0) return { status: 200, body: '[]\n' };
  return { pieces: listPieces(hitPages(await find(text, limit, ledger.view.height()), show)) };
}

/** One by one, because a hundred assets may be a hundred megabytes. */
function* hitPages(
  hits: readonly SearchHit[],
  show: (hit: SearchHit) => string,
): Generator<string[], void, void> {
  for (const hit of hits) yield [show(hit)];
}
