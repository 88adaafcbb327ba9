/** The page of one asset: its way from the CREATE on as a drawing and as a list, and who holds it now. */

import { useState } from 'react';
import {
  Amount,
  AssetId,
  Empty,
  Failure,
  Loading,
  Panel,
  PublicKeys,
  Status,
  Table,
} from '../components/basics.js';
import { JsonView } from '../components/json-view.js';
import { Heading } from '../components/page-frame.js';
import { DRAWN_MAX, ProvenanceGraph } from '../components/provenance.js';
import { MoreButton, TransactionTable } from '../components/transaction-table.js';
import { ask } from '../data/ask.js';
import { payloadTitle } from '../data/json-words.js';
import { useFollowedQuery, useQuery } from '../data/query-hooks.js';
import { href } from '../data/route.js';
import { counted, grouped } from '../data/words.js';
import {
  AssetHistoryText,
  type AssetQuery,
  AssetText,
  ProvenanceText,
  type TransactionLineFragment,
} from '../generated/operations.js';

type Asset = NonNullable<AssetQuery['asset']>;

export function AssetPage({ id }: { readonly id: string }) {
  const { data, error, reload, changes } = useFollowedQuery(AssetText, { id }, { assetId: id });
  const asset = data?.asset ?? null;
  return (
    <>
      <div className="title-row">
        <Heading>Asset</Heading>
        {asset === null ? null : (
          <p className="figures">
            {asset.createdBy == null || asset.createdBy.status === 'VALID' ? null : (
              <Status status={asset.createdBy.status} />
            )}
            <span>
              <strong>{asset.amount == null ? '–' : grouped(asset.amount)}</strong> shares
            </span>
            <a className="button" href={href.composeTransfer(id)}>
              Transfer it
            </a>
          </p>
        )}
      </div>
      <p className="lead">
        <AssetId id={id} whole />
      </p>
      {error === null ? null : <Failure error={error} reload={reload} />}
      {data === null && error === null ? <Loading /> : null}
      {data !== null && asset === null ? (
        <Empty>
          No node knows a CREATE transaction with this id. The id of a TRANSFER is no asset:{' '}
          <a href={href.transaction(id)}>look for the transaction</a>.
        </Empty>
      ) : null}
      {asset === null ? null : <Whole id={id} asset={asset} changes={changes} />}
    </>
  );
}

interface WholeProps {
  readonly id: string;
  readonly asset: Asset;
  /** Changes of the asset that were told since the page was opened. */
  readonly changes: number;
}

function Whole({ id, asset, changes }: WholeProps) {
  const data = asset.data ?? null;
  return (
    <>
      <Provenance id={id} changes={changes} />
      <div className="columns">
        <Panel title="Data">
          {data === null ? (
            <Empty>Its creator wrote no data into it.</Empty>
          ) : (
            <JsonView value={data} label={`Data of ${payloadTitle(data, 40)}`} />
          )}
        </Panel>
        <Holders asset={asset} />
      </div>
      <History id={id} asset={asset} />
    </>
  );
}

function Provenance({ id, changes }: Pick<WholeProps, 'id' | 'changes'>) {
  const { data, error, reload } = useQuery(ProvenanceText, { id }, { changes });
  const provenance = data?.asset?.provenance;
  const count = provenance?.steps.length ?? 0;
  const cut = provenance?.truncated === true || count > DRAWN_MAX;
  return (
    <Panel title="Provenance" aside={count === 0 ? undefined : counted(count, 'transaction')}>
      {error !== null && provenance === undefined ? <Failure error={error} reload={reload} /> : null}
      {error === null && provenance === undefined ? <Loading /> : null}
      {provenance === undefined ? null : (
        <ProvenanceGraph transactions={provenance.steps.map((step) => step.transaction)} />
      )}
      {cut ? <p className="quiet">Only the first part is drawn; the list below has everything.</p> : null}
    </Panel>
  );
}

function Holders({ asset }: { readonly asset: Asset }) {
  const { nodes, pageInfo } = asset.holders;
  return (
    <Panel title="Held now by" aside={counted(nodes.length, 'holder')}>
      {nodes.length === 0 ? (
        <Empty>Nobody: its CREATE is not valid yet.</Empty>
      ) : (
        <Table caption="Holders of the asset" head={['Keys', { figures: 'Shares' }, { figures: 'Outputs' }]}>
          {nodes.map((holder) => (
            <tr key={holder.publicKeys.join(' ')}>
              <td>
                <PublicKeys keys={holder.publicKeys} />
              </td>
              <td className="number">
                <Amount amount={holder.amount} />
              </td>
              <td className="number">{grouped(holder.outputs)}</td>
            </tr>
          ))}
        </Table>
      )}
      {pageInfo.hasNextPage ? <p className="quiet">These are the largest hundred.</p> : null}
    </Panel>
  );
}

interface Rest {
  readonly lines: readonly TransactionLineFragment[];
  readonly cursor: string | null;
  readonly more: boolean;
}

function History({ id, asset: { history } }: { readonly id: string; readonly asset: Asset }) {
  const [rest, setRest] = useState<Rest | null>(null);
  const [loading, setLoading] = useState(false);
  const cursor = rest?.cursor ?? history.pageInfo.endCursor ?? null;
  const hasMore = rest?.more ?? history.pageInfo.hasNextPage;
  const lines = [...history.nodes, ...(rest?.lines ?? [])];
  const load = async (): Promise<void> => {
    setLoading(true);
    try {
      const { asset } = await ask(AssetHistoryText, { id, after: cursor });
      const page = asset?.history;
      setRest({
        lines: [...(rest?.lines ?? []), ...(page?.nodes ?? [])],
        cursor: page?.pageInfo.endCursor ?? cursor,
        more: page?.pageInfo.hasNextPage ?? false,
      });
    } finally {
      setLoading(false);
    }
  };
  const total = history.totalCount;
  return (
    <Panel title="History" aside={total == null ? undefined : counted(total, 'transaction')}>
      {lines.length === 0 ? (
        <Empty>No transaction of it is valid yet.</Empty>
      ) : (
        <TransactionTable
          caption="Transactions of the asset, the oldest first"
          transactions={lines}
          ofOneAsset
        />
      )}
      {hasMore ? <MoreButton loading={loading} onClick={() => void load()} known={lines.length} /> : null}
    </Panel>
  );
}
