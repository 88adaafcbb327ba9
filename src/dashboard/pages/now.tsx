/** The page «Now»: the ledger as it moves. */

import { useEffect, useRef, useState } from 'react';
import { Empty, Failure, Loading, Panel, Table, Time, TransactionId } from '../components/basics.js';
import { Chart, type ChartPoint } from '../components/chart.js';
import { Heading } from '../components/page-frame.js';
import { Strip } from '../components/strip.js';
import { TransactionTable } from '../components/transaction-table.js';
import { everyWhileVisible } from '../data/browser.js';
import { useLedgerNow, useLiveState } from '../data/hooks.js';
import { plainNumber } from '../data/numbers.js';
import { useQuery } from '../data/query-hooks.js';
import { href } from '../data/route.js';
import { duration, grouped, plainWords } from '../data/words.js';
import {
  type ActivityQuery,
  ActivityText,
  type ActivityWindow,
  LatestRejectionsText,
  LatestTransactionsText,
} from '../generated/operations.js';

export function NowPage() {
  const { height, transactionCount } = useLedgerNow();
  const live = useLiveState();
  return (
    <>
      <div className="title-row">
        <Heading>Now</Heading>
        <p className="figures">
          <span>
            height <strong>{height === null ? '–' : grouped(height)}</strong>
          </span>
          <span>
            <strong>{transactionCount === null ? '–' : grouped(transactionCount)}</strong> valid transactions
          </span>
        </p>
      </div>
      {live === 'paused' ? (
        <p className="notice waiting">
          Live paused: the connection to the node is lost. What is shown may be old. It goes on by itself,
          from where it stopped.
        </p>
      ) : null}
      <Strip />
      <HeadAnnouncement height={height} />
      <Activity />
      <LatestTransactions />
      <Rejections />
    </>
  );
}

/** How often screen readers are told of the head, while it moves. */
const ANNOUNCED_MS = 5_000;

/** Screen readers are told of the head now and then, politely; the strip itself would never stop talking. */
function HeadAnnouncement({ height }: { readonly height: number | null }) {
  const [said, setSaid] = useState<number | null>(null);
  const latest = useRef(height);
  latest.current = height;
  useEffect(() => everyWhileVisible(ANNOUNCED_MS, () => setSaid(latest.current)), []);
  return (
    <p className="visually-hidden" aria-live="polite">
      {said === null ? '' : `The ledger is at height ${said}.`}
    </p>
  );
}

const WINDOWS: readonly (readonly [ActivityWindow, string, number])[] = [
  ['MINUTE', 'minute', 2_000],
  ['HOUR', 'hour', 10_000],
  ['DAY', 'day', 60_000],
];

function Activity() {
  const [window, setWindow] = useState<ActivityWindow>('MINUTE');
  const everyMs = WINDOWS.find(([name]) => name === window)?.[2];
  const { data, error, reload } = useQuery(ActivityText, { window }, { everyMs });
  const buttons = WINDOWS.map(([name, words]) => (
    <button key={name} type="button" aria-pressed={name === window} onClick={() => setWindow(name)}>
      Last {words}
    </button>
  ));
  return (
    <Panel title="Activity" aside={<div className="choice">{buttons}</div>}>
      {data === null && error !== null ? <Failure error={error} reload={reload} /> : null}
      {data === null ? <Loading /> : <Charts points={data.activity} />}
    </Panel>
  );
}

function Charts({ points }: { readonly points: ActivityQuery['activity'] }) {
  const starts = points.map(({ from }) => Date.parse(from));
  const sliceMs = Math.max(1, (starts[1] ?? 0) - (starts[0] ?? 0));
  const rates: ChartPoint[] = points.map(({ transactions }, index) => ({
    fromMs: starts[index] ?? 0,
    value: (transactions * 1000) / sliceMs,
  }));
  const waits: ChartPoint[] = points.map(({ acceptedToValidMs }, index) => ({
    fromMs: starts[index] ?? 0,
    value: acceptedToValidMs == null ? null : plainNumber(acceptedToValidMs),
  }));
  const total = points.reduce((sum, { transactions }) => sum + transactions, 0);
  const rejected = points.reduce((sum, { rejections }) => sum + rejections, 0);
  const measured = waits.flatMap(({ value }) => (value === null ? [] : [value]));
  const mean = measured.reduce((sum, value) => sum + value, 0) / measured.length;
  return (
    <div className="charts">
      <Chart
        title="Transactions a second"
        figure={`${grouped(total)} valid${rejected === 0 ? '' : `, ${grouped(rejected)} rejected`}`}
        points={rates}
        kind="bars"
        format={(value) => `${rate(value)}/s`}
      />
      <Chart
        title="From acceptance to valid"
        figure={measured.length === 0 ? 'nothing measured' : `${duration(mean)} on average`}
        points={waits}
        kind="line"
        format={duration}
      />
    </div>
  );
}

function rate(value: number): string {
  if (value >= 10 || Number.isInteger(value)) return grouped(Math.round(value));
  return value.toFixed(value < 0.1 ? 3 : 1);
}

function LatestTransactions() {
  const { data, error, reload } = useQuery(LatestTransactionsText, {}, { withHead: true });
  const transactions = data?.transactions.nodes ?? [];
  return (
    <Panel title="Newest transactions">
      {data === null && error !== null ? <Failure error={error} reload={reload} /> : null}
      {data === null && error === null ? <Loading /> : null}
      {data !== null && transactions.length === 0 ? (
        <Empty>
          No transaction is valid yet. <a href={href.compose}>Compose the first one</a>: it takes a key, which
          can be made in this browser.
        </Empty>
      ) : null}
      {transactions.length === 0 ? null : (
        <TransactionTable caption="Newest valid transactions" transactions={transactions} />
      )}
    </Panel>
  );
}

function Rejections() {
  const { data, error, reload } = useQuery(LatestRejectionsText, {}, { withHead: true, everyMs: 3_000 });
  const rejections = data?.rejections ?? [];
  return (
    <Panel title="Last rejections">
      {data === null && error !== null ? <Failure error={error} reload={reload} /> : null}
      {data === null && error === null ? <Loading /> : null}
      {data !== null && rejections.length === 0 ? (
        <Empty>Nothing that was accepted has been refused later.</Empty>
      ) : null}
      {rejections.length === 0 ? null : (
        <Table caption="Last rejected transactions" head={['Transaction', 'Reason', 'In words', 'At']}>
          {rejections.map(({ cursor, transactionId, rejection }) => (
            <tr key={cursor}>
              <td>
                <TransactionId id={transactionId} />
              </td>
              <td>
                <span className="status bad">{plainWords(rejection.code)}</span>
              </td>
              <td className="sentence">{rejection.message}</td>
              <td>
                <Time at={rejection.at} />
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}
