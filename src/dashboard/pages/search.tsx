/** What the search box found. */

import {
  AssetId,
  BlockId,
  Empty,
  Failure,
  Loading,
  Operation,
  PublicKey,
  Status,
  TransactionId,
} from '../components/basics.js';
import { Heading } from '../components/page-frame.js';
import { payloadTitle } from '../data/json-words.js';
import { useQuery } from '../data/query-hooks.js';
import { counted, grouped } from '../data/words.js';
import { type SearchQuery, SearchText } from '../generated/operations.js';

export function SearchPage({ text }: { readonly text: string }) {
  const { data, error, reload } = useQuery(SearchText, { text }, { skip: text.trim() === '' });
  const hits = data?.search ?? [];
  return (
    <>
      <Heading>Search</Heading>
      {text.trim() === '' ? (
        <Empty>
          Type into the box above: the id of a transaction, asset or block, a height, a public key, or words
          that stand in the data of an asset. «"two words"» must stand beside one another, «-word» must not
          stand.
        </Empty>
      ) : null}
      {error === null ? null : <Failure error={error} reload={reload} />}
      {data === null && error === null && text.trim() !== '' ? <Loading /> : null}
      {data === null ? null : (
        <>
          <p className="lead" role="status">
            {counted(hits.length, 'hit')} for <bdi className="searched">{text}</bdi>
          </p>
          {hits.length === 0 ? (
            <Empty>
              Nothing here has this id, height or key, and no valid asset holds these words. An id has 64
              hexadecimal digits; words are looked for in asset data, not in metadata.
            </Empty>
          ) : null}
          <ul className={hits.length === 0 ? 'hits' : 'panel hits'}>
            {hits.map((hit) => (
              <Hit key={`${hit.__typename} ${keyOf(hit)}`} hit={hit} />
            ))}
          </ul>
        </>
      )}
    </>
  );
}

type SearchHit = SearchQuery['search'][number];

function keyOf(hit: SearchHit): string {
  switch (hit.__typename) {
    case 'Transaction':
      return hit.id;
    case 'Block':
      return hit.blockId;
    case 'Asset':
      return hit.assetId;
    case 'Account':
      return hit.publicKey;
  }
}

function Hit({ hit }: { readonly hit: SearchHit }) {
  switch (hit.__typename) {
    case 'Transaction':
      return (
        <li className="hit">
          <span className="kind">Transaction</span>
          <TransactionId id={hit.id} />
          <span>
            <Operation name={hit.operation} /> <Status status={hit.status} />
          </span>
        </li>
      );
    case 'Block':
      return (
        <li className="hit">
          <span className="kind">Block</span>
          <BlockId id={hit.blockId} />
          <span>
            height {grouped(hit.height)}, {counted(hit.transactionCount, 'transaction')}
          </span>
        </li>
      );
    case 'Asset':
      return (
        <li className="hit">
          <span className="kind">Asset</span>
          <AssetId id={hit.assetId} />
          <bdi className="payload">{payloadTitle(hit.data ?? null)}</bdi>
        </li>
      );
    case 'Account':
      return (
        <li className="hit">
          <span className="kind">Public key</span>
          <PublicKey id={hit.publicKey} />
          <span />
        </li>
      );
  }
}
