/** The page of one public key: what it holds, held and created. */

import { useEffect, useState } from 'react';
import {
  Amount,
  AssetId,
  Empty,
  Failure,
  Loading,
  Operation,
  Panel,
  PublicKey,
  PublicKeys,
  Table,
  Time,
  TransactionId,
} from '../components/basics.js';
import { Heading } from '../components/page-frame.js';
import { MoreButton } from '../components/transaction-table.js';
import { payloadTitle } from '../data/json-words.js';
import { useFollowedQuery, useQuery } from '../data/query-hooks.js';
import { counted, grouped } from '../data/words.js';
import {
  AccountOutputsText,
  type AccountQuery,
  AccountText,
  type OutputLineFragment,
} from '../generated/operations.js';

export function AccountPage({ publicKey }: { readonly publicKey: string }) {
  const { data, error, reload, changes } = useFollowedQuery(AccountText, { publicKey }, { publicKey });
  return (
    <>
      <Heading>Account</Heading>
      <p className="lead">
        <PublicKey id={publicKey} whole link={false} />
      </p>
      {error === null ? null : <Failure error={error} reload={reload} />}
      {data === null && error === null ? <Loading /> : null}
      {data === null ? null : <Balances account={data.account} />}
      {data === null ? null : <Outputs publicKey={publicKey} changes={changes} />}
      {data === null ? null : <Created account={data.account} />}
    </>
  );
}

type Account = AccountQuery['account'];

function Balances({ account: { balances, publicKey } }: { readonly account: Account }) {
  return (
    <Panel title="Balances" aside={counted(balances.nodes.length, 'asset and owners', 'assets and owners')}>
      {balances.nodes.length === 0 ? (
        <Empty>
          It holds nothing now. A CREATE or TRANSFER to this key shows here as soon as it is valid.
        </Empty>
      ) : (
        <Table
          caption="Balances"
          head={['Asset', { figures: 'Shares' }, { figures: 'Outputs' }, 'Held with']}
        >
          {balances.nodes.map((balance) => (
            <tr key={`${balance.asset.id} ${balance.publicKeys.join(' ')}`}>
              <td>
                <AssetId id={balance.asset.id} />
              </td>
              <td className="number">
                <Amount amount={balance.amount} />
              </td>
              <td className="number">{grouped(balance.outputs)}</td>
              <td>
                {balance.publicKeys.length === 1 ? (
                  <span className="quiet">alone</span>
                ) : (
                  <PublicKeys keys={balance.publicKeys.filter((key) => key !== publicKey)} plain />
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
      {balances.pageInfo.hasNextPage ? <p className="quiet">These are the first fifty.</p> : null}
    </Panel>
  );
}

interface OutputsProps {
  readonly publicKey: string;
  /** Changes of the account that were told since the page was opened. */
  readonly changes: number;
}

function Outputs({ publicKey, changes }: OutputsProps) {
  const [spent, setSpent] = useState(false);
  const choice = [false, true].map((each) => (
    <button key={String(each)} type="button" aria-pressed={each === spent} onClick={() => setSpent(each)}>
      {each ? 'Spent' : 'Unspent'}
    </button>
  ));
  return (
    <Panel title="Outputs" aside={<div className="choice">{choice}</div>}>
      <OutputList key={String(spent)} publicKey={publicKey} changes={changes} spent={spent} />
    </Panel>
  );
}

function OutputList({ publicKey, changes, spent }: OutputsProps & { readonly spent: boolean }) {
  const [before, setBefore] = useState<readonly OutputLineFragment[]>([]);
  const [after, setAfter] = useState<string | null>(null);
  const { data, error, reload } = useQuery(
    AccountOutputsText,
    { publicKey, spent, after },
    { changes: after === null ? changes : 0 },
  );
  const page = data?.account.outputs;
  const [more, setMore] = useState(false);
  useEffect(() => setMore(page?.pageInfo.hasNextPage ?? false), [page]);
  const outputs = [...before, ...(page?.nodes ?? [])];
  if (error !== null && page === undefined) return <Failure error={error} reload={reload} />;
  if (page === undefined && outputs.length === 0) return <Loading />;
  if (outputs.length === 0) return <Empty>{spent ? 'It has spent nothing.' : 'It holds no output.'}</Empty>;
  const load = (): void => {
    setBefore(outputs);
    setAfter(page?.pageInfo.endCursor ?? null);
  };
  return (
    <>
      <Table
        caption={spent ? 'Spent outputs' : 'Unspent outputs'}
        head={[
          'Output of',
          'Made by',
          'Asset',
          { figures: 'Shares' },
          'Owners',
          spent ? 'Spent by' : 'Since',
        ]}
      >
        {outputs.map((output) => (
          <tr key={`${output.transaction.id}:${output.index}`}>
            <td>
              <TransactionId id={output.transaction.id} /> <span className="index">{output.index}</span>
            </td>
            <td>
              <Operation name={output.transaction.operation} />
            </td>
            <td>
              <AssetId id={output.asset.id} plain />
            </td>
            <td className="number">
              <Amount amount={output.amount} />
            </td>
            <td>
              <PublicKeys keys={output.publicKeys} plain />
            </td>
            <td>
              {output.spentBy == null ? (
                <Time at={output.transaction.decidedAt} />
              ) : (
                <TransactionId id={output.spentBy.transaction.id} plain />
              )}
            </td>
          </tr>
        ))}
      </Table>
      {more ? <MoreButton loading={page === undefined} onClick={load} known={outputs.length} /> : null}
    </>
  );
}

function Created({ account: { created } }: { readonly account: Account }) {
  return (
    <Panel title="Created assets">
      {created.nodes.length === 0 ? (
        <Empty>It has created no asset.</Empty>
      ) : (
        <Table caption="Created assets" head={['Asset', 'Data', { figures: 'Shares' }]}>
          {created.nodes.map((asset) => (
            <tr key={asset.id}>
              <td>
                <AssetId id={asset.id} />
              </td>
              <td>
                <bdi className="payload">{payloadTitle(asset.data ?? null)}</bdi>
              </td>
              <td className="number">{asset.amount == null ? '' : <Amount amount={asset.amount} />}</td>
            </tr>
          ))}
        </Table>
      )}
      {created.pageInfo.hasNextPage ? <p className="quiet">These are the last ten.</p> : null}
    </Panel>
  );
}
