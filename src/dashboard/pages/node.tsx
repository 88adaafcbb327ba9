/** The page of the node that serves this dashboard: health, store and view, queues, limits. */

import { BlockId, Empty, Facts, Failure, Loading, Panel, PublicKey, Time } from '../components/basics.js';
import { Heading } from '../components/page-frame.js';
import { plainNumber } from '../data/numbers.js';
import { useQuery } from '../data/query-hooks.js';
import { byteSize, counted, duration, grouped } from '../data/words.js';
import {
  type NodeStatusQuery,
  NodeStatusText,
  type ServiceConfigQuery,
  ServiceConfigText,
} from '../generated/operations.js';

export function NodePage() {
  const { data, error, reload } = useQuery(NodeStatusText, {}, { everyMs: 2_000 });
  const config = useQuery(ServiceConfigText, {});
  return (
    <>
      <Heading>Node</Heading>
      {error === null ? null : <Failure error={error} reload={reload} />}
      {data === null ? error === null ? <Loading /> : null : <Health data={data} />}
      {data === null ? null : (
        <div className="columns">
          <Ledger data={data} />
          <Queues queues={data.status.queues} />
        </div>
      )}
      {config.data === null ? null : <Limits limits={config.data.serviceConfig} />}
    </>
  );
}

function Health({ data: { status } }: { readonly data: NodeStatusQuery }) {
  const { ready, reasons } = status;
  const mark = <span className={`status ${ready ? 'good' : 'bad'}`}>{ready ? 'ready' : 'not ready'}</span>;
  return (
    <Panel title="Health" aside={mark}>
      {reasons.length === 0 ? null : (
        <ul className="notice bad">
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      <Facts
        facts={[
          ['Version', status.version],
          [
            'Role',
            status.role === 'NODE'
              ? 'node: it makes blocks and votes'
              : 'gateway: it follows and never votes',
          ],
          [
            'Public key',
            status.publicKey == null ? (
              <span key="none" className="quiet">
                a gateway has none
              </span>
            ) : (
              <PublicKey key="key" id={status.publicKey} link={false} />
            ),
          ],
        ]}
      />
    </Panel>
  );
}

function Ledger({ data: { status, ledger } }: { readonly data: NodeStatusQuery }) {
  const behind = status.storeHeight - status.viewHeight;
  const { genesis } = ledger;
  return (
    <Panel title="Store and view">
      <Facts
        facts={[
          ['Store', `${status.store}, up to height ${grouped(status.storeHeight)}`],
          [
            'View',
            `decided up to height ${grouped(status.viewHeight)}${behind > 0 ? `, ${counted(behind, 'height')} to go` : ''}`,
          ],
          ['Valid transactions', grouped(ledger.transactionCount)],
          ['Assets', grouped(ledger.assetCount)],
          ['Blocks', grouped(ledger.blockCount)],
          ['Votes', grouped(ledger.voteCount)],
          [
            'Genesis block',
            genesis == null ? (
              'none yet'
            ) : (
              <span key="genesis">
                <BlockId id={genesis.id} />, <Time at={genesis.timestamp} />
              </span>
            ),
          ],
          [
            'Oldest waiting',
            ledger.backlog.oldestSeconds == null
              ? 'nothing waits'
              : duration(1000 * plainNumber(ledger.backlog.oldestSeconds)),
          ],
        ]}
      />
    </Panel>
  );
}

function Queues({ queues }: { readonly queues: NodeStatusQuery['status']['queues'] }) {
  return (
    <Panel title="Queues">
      {queues.length === 0 ? <Empty>This node has no queues.</Empty> : null}
      <ul className="queues">
        {queues.map(({ name, length, limit }) => (
          <li key={name} className="queue">
            <span>{name}</span>
            <meter min={0} max={limit} high={0.8 * limit} value={length} aria-label={name} />
            <span className="number">
              {grouped(length)} of {grouped(limit)}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Limits({ limits }: { readonly limits: ServiceConfigQuery['serviceConfig'] }) {
  return (
    <Panel title="Limits that clients can run into">
      <Facts
        facts={[
          ['Transaction', byteSize(limits.maxTransactionBytes)],
          ['Request body', byteSize(limits.maxRequestBytes)],
          ['Transactions a submit', grouped(limits.maxTransactionsPerSubmit)],
          ['Time of a query', duration(limits.requestTimeoutMs)],
          ['Page of a list', `${limits.defaultPageSize}, at most ${limits.maxPageSize}`],
          ['Cost of an operation', grouped(limits.maxCost)],
          ['Depth of an operation', grouped(limits.maxDepth)],
          ['GraphQL document', `${byteSize(limits.maxDocumentBytes)}, ${grouped(limits.maxTokens)} tokens`],
          ['Aliases', grouped(limits.maxAliases)],
          ['Root fields', grouped(limits.maxRootFields)],
          ['Subscriptions a connection', grouped(limits.maxSubscriptionsPerConnection)],
          [
            'Indexed payload paths',
            limits.payloadIndexes.length === 0 ? 'none' : limits.payloadIndexes.join(', '),
          ],
        ]}
      />
    </Panel>
  );
}
