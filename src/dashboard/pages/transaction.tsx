/** The page of one transaction: its life, what it spends and makes, its payload, the check in this browser. */

import { useEffect, useMemo, useState } from 'react';
import {
  AssetId,
  BlockId,
  Empty,
  Facts,
  Failure,
  Loading,
  Operation,
  Panel,
  PublicKey,
  Status,
  Time,
  TransactionId,
} from '../components/basics.js';
import { CheckPanel } from '../components/check.js';
import { Flow } from '../components/flow.js';
import { JsonView, TextView } from '../components/json-view.js';
import { Heading } from '../components/page-frame.js';
import { follow } from '../data/connection.js';
import { indentedJson } from '../data/json-words.js';
import { useQuery } from '../data/query-hooks.js';
import { href } from '../data/route.js';
import { hashedText, member } from '../data/transaction-document.js';
import { duration, grouped, plainWords } from '../data/words.js';
import {
  AssetDataText,
  type TransactionQuery,
  TransactionStatusText,
  TransactionText,
  type WholeTransactionFragment,
} from '../generated/operations.js';

export function TransactionPage({ id }: { readonly id: string }) {
  const [open, setOpen] = useState(true);
  const { data, error, reload } = useQuery(TransactionText, { id }, { withHead: open });
  const transaction = data?.transaction ?? null;
  const status = transaction?.status ?? null;
  const settled = transaction !== null && (status === 'VALID' || transaction.operation === 'GENESIS');
  useEffect(() => setOpen(!settled), [settled]);
  useEffect(() => {
    if (!open) return;
    return follow(TransactionStatusText, () => ({ id }), {
      onEvent: () => {
        reload();
        return null;
      },
      onEnd: reload,
      onRefused: () => undefined,
    });
  }, [id, open, reload]);
  return (
    <>
      <div className="title-row">
        <Heading>Transaction</Heading>
        {transaction === null ? null : (
          <p className="figures">
            <Operation name={transaction.operation} /> <Status status={status} />
          </p>
        )}
      </div>
      <p className="lead">
        <TransactionId id={id} whole link={false} />
      </p>
      {error === null ? null : <Failure error={error} reload={reload} />}
      {data === null && error === null ? <Loading /> : null}
      {data !== null && transaction === null ? <Absent id={id} rejection={data.rejection ?? null} /> : null}
      {transaction === null ? null : (
        <Whole id={id} transaction={transaction} rejection={data?.rejection ?? null} />
      )}
    </>
  );
}

type Rejection = NonNullable<TransactionQuery['rejection']>;

function Absent({ id, rejection }: { readonly id: string; readonly rejection: Rejection | null }) {
  if (rejection !== null) {
    return (
      <>
        <RejectionNotice rejection={rejection} />
        <Empty>Of a rejected transaction the reason is kept, not the text.</Empty>
      </>
    );
  }
  return (
    <Empty>
      No node knows a transaction with this id. If it was sent just now, this page shows it as soon as it
      arrives. A block may have this id: <a href={href.block(id)}>look for the block</a>.
    </Empty>
  );
}

function RejectionNotice({ rejection }: { readonly rejection: Rejection }) {
  return (
    <div className="notice bad">
      <p>
        <strong>Rejected: {plainWords(rejection.code)}.</strong> {rejection.message}
      </p>
      <p className="quiet">
        <Time at={rejection.at} />, by <PublicKey id={rejection.node} plain link={false} />
      </p>
    </div>
  );
}

interface WholeProps {
  readonly id: string;
  readonly transaction: WholeTransactionFragment;
  readonly rejection: Rejection | null;
}

function Whole({ id, transaction, rejection }: WholeProps) {
  const { document } = transaction;
  const metadata = member(document, 'metadata');
  const text = useMemo(() => indentedJson(document), [document]);
  const canonical = useMemo(() => hashedText(document), [document]);
  return (
    <>
      {rejection !== null && transaction.status !== 'VALID' ? (
        <RejectionNotice rejection={rejection} />
      ) : null}
      <Life transaction={transaction} />
      <Panel title="What it does">
        <Flow transaction={transaction} />
      </Panel>
      <CheckPanel id={id} transaction={transaction} />
      <div className="columns">
        <AssetPanel transaction={transaction} />
        <Panel title="Metadata">
          {metadata === null ? <Empty>None.</Empty> : <JsonView value={metadata} label="Metadata" />}
        </Panel>
      </div>
      <Panel title="Document">
        <TextView text={text} label="Document" />
      </Panel>
      <Panel title="Canonical text">
        <p className="quiet">Its SHA3-256 is the id. It has no id and no signatures in it.</p>
        <TextView text={canonical} label="Canonical text" wrap />
      </Panel>
    </>
  );
}

function AssetPanel({ transaction }: { readonly transaction: WholeTransactionFragment }) {
  const transfer = transaction.operation === 'TRANSFER';
  const { id } = transaction.asset;
  const { data } = useQuery(AssetDataText, { id }, { skip: !transfer });
  const own = member(member(transaction.document, 'asset'), 'data');
  const shown = transfer ? (data?.asset?.data ?? null) : own;
  return (
    <Panel title="Asset" aside={<AssetId id={id} />}>
      {shown === null ? <Empty>No data.</Empty> : <JsonView value={shown} label="Asset data" />}
    </Panel>
  );
}

/** Accepted, in a block, decided: what happened when. */
function Life({ transaction }: { readonly transaction: WholeTransactionFragment }) {
  const { acceptedAt, decidedAt, block, blocks, position } = transaction;
  const others = blocks.filter((each) => each.id !== block?.id);
  const tookMs =
    acceptedAt == null || decidedAt == null ? null : Date.parse(decidedAt) - Date.parse(acceptedAt);
  return (
    <Panel title="Life" aside={tookMs === null ? undefined : `${duration(tookMs)} from accepted to valid`}>
      <ol className="life">
        <li className="done">
          <h3>Accepted</h3>
          <p>
            {acceptedAt == null ? <span className="quiet">time unknown here</span> : <Time at={acceptedAt} />}
          </p>
        </li>
        <li className={block == null ? 'open' : 'done'}>
          <h3>In a block</h3>
          {block == null ? (
            <p className="quiet">not yet</p>
          ) : (
            <p>
              <a href={href.block(block.height)}>height {grouped(block.height)}</a>
              {position == null ? null : `, place ${position}`}
              <br />
              <BlockId id={block.id} />
            </p>
          )}
        </li>
        <li className={decidedAt == null ? 'open' : 'done'}>
          <h3>Decided</h3>
          {block == null || block.height === 0 ? (
            <p className="quiet">{block == null ? 'not yet' : 'the genesis block is never voted on'}</p>
          ) : (
            <p>
              {block.election.validVotes} of {block.election.eligibleVoters} members for it
              <br />
              {decidedAt == null ? <span className="quiet">waiting for votes</span> : <Time at={decidedAt} />}
            </p>
          )}
        </li>
      </ol>
      {others.length === 0 ? null : (
        <Facts
          facts={others.map((each) => [
            `Also in height ${each.height}`,
            <span key={each.id}>
              <BlockId id={each.id} /> <Status status={each.status} />
            </span>,
          ])}
        />
      )}
    </Panel>
  );
}
