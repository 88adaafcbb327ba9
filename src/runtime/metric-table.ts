/**
 * Every metric of the node: its name, kind, labels and help text, in one table. Names are 1.0.1's statsd words where
 * it had them (`web.tx.post`, `pipelines.block.throughput`, `pipelines.vote.throughput`), units last.
 */

export interface CounterDefinition {
  readonly kind: 'counter';
  readonly help: string;
  readonly labels: readonly string[];
  /** 1.0.1's statsd name, sent to `graphite.host` when that is set. */
  readonly statsd?: string;
}
export interface GaugeDefinition {
  readonly kind: 'gauge';
  readonly help: string;
  readonly labels: readonly string[];
}
export interface HistogramDefinition {
  readonly kind: 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds, ascending, without +Inf. */
  readonly buckets: readonly number[];
}
export type MetricDefinition = CounterDefinition | GaugeDefinition | HistogramDefinition;

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const COUNTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

function counter(help: string, labels: readonly string[] = [], statsd?: string): CounterDefinition {
  return { kind: 'counter', help, labels, statsd };
}
function gauge(help: string, labels: readonly string[] = []): GaugeDefinition {
  return { kind: 'gauge', help, labels };
}
function histogram(
  help: string,
  buckets: readonly number[],
  labels: readonly string[] = [],
): HistogramDefinition {
  return { kind: 'histogram', help, labels, buckets };
}

export const METRICS = {
  bigchaindb_web_tx_post_total: counter('Transactions that clients sent to a door.', ['door'], 'web.tx.post'),
  bigchaindb_transactions_accepted_total: counter('Transactions acknowledged by a door.', ['door']),
  bigchaindb_transactions_refused_total: counter('Transactions refused by a door, by reason.', ['code']),
  bigchaindb_transactions_rejected_total: counter('Accepted transactions that no block will hold.', ['code']),
  bigchaindb_transactions_valid_total: counter('Transactions decided valid.'),
  bigchaindb_accepted_to_valid_seconds: histogram(
    'Time from the backlog entry to the decision «valid», as this node saw both.',
    SECONDS,
  ),

  bigchaindb_http_requests_total: counter('Requests answered by the API, by route, method and status.', [
    'route',
    'method',
    'status',
  ]),
  bigchaindb_http_request_seconds: histogram(
    'Time from the headers of a request to the end of its answer.',
    SECONDS,
    ['route', 'method'],
  ),
  bigchaindb_graphql_operations_total: counter(
    'GraphQL operations that ended, by kind, transport and outcome.',
    ['kind', 'transport', 'outcome'],
  ),
  bigchaindb_graphql_operation_seconds: histogram(
    'Time of a GraphQL query or mutation, the wait for a decision included; of a subscription, its life.',
    SECONDS,
    ['kind'],
  ),
  bigchaindb_rate_limited_total: counter(
    'Requests, WebSocket upgrades and operations refused because their client sends too fast.',
  ),
  bigchaindb_connections: gauge('Open connections of the API and of the event stream.'),
  bigchaindb_subscribers: gauge('Clients that are told of events, and the GraphQL operations they run.', [
    'stream',
  ]),
  bigchaindb_tls_certificate_expires_seconds: gauge(
    'End of the TLS certificate in use, Unix time; 0 = no TLS.',
  ),

  bigchaindb_pipelines_block_throughput_total: counter(
    'Transactions this node put into blocks.',
    [],
    'pipelines.block.throughput',
  ),
  bigchaindb_pipelines_vote_throughput_total: counter(
    'Transactions in blocks that this node voted on.',
    [],
    'pipelines.vote.throughput',
  ),
  bigchaindb_block_transactions: histogram('Transactions in a block made by this node.', COUNTS),
  bigchaindb_heights_decided_total: counter('Heights decided, by outcome.', ['status']),
  bigchaindb_votes_total: counter(
    'Votes this node has read, by standing; all but `counted` are evidence of what somebody wrote.',
    ['standing'],
  ),
  bigchaindb_junk_total: counter(
    'What no correct member writes into the store: found, kept aside, never believed.',
    ['fact'],
  ),
  bigchaindb_stale_reassigned_total: counter('Backlog entries taken over from another assignee.'),

  bigchaindb_store_writes_total: counter('Facts written to the store, by result.', ['fact', 'result']),
  bigchaindb_store_write_seconds: histogram('Time of one batch of writes to the store.', SECONDS),
  bigchaindb_store_read_seconds: histogram('Time of one read of the store.', SECONDS, ['read']),
  bigchaindb_view_apply_seconds: histogram('Time to commit decided heights to the view.', SECONDS),
  bigchaindb_view_query_seconds: histogram(
    'Time of one list or search of the view, its wait included.',
    SECONDS,
    ['query'],
  ),
  bigchaindb_queue_length: gauge(
    'What waits or is under way: transactions to check, calls of store and view.',
    ['queue'],
  ),

  bigchaindb_ready: gauge('1 while the node takes and decides transactions, else 0.'),
  bigchaindb_view_height: gauge('Last height this node has decided.'),
  bigchaindb_undecided_blocks: gauge('Blocks known above the last decided height.'),
  bigchaindb_backlog_entries: gauge('Accepted transactions that are not decided yet, as this node knows.'),
  bigchaindb_backlog_oldest_seconds: gauge('Age of the oldest backlog entry since this node saw it.'),

  bigchaindb_event_loop_delay_seconds: gauge(
    'How late the event loop of the main thread was, since the last scrape: median, p99 and max.',
    ['statistic'],
  ),
  bigchaindb_log_lines_dropped_total: counter(
    'Log lines lost because a file or the console did not take them.',
  ),
  process_cpu_seconds_total: counter('User and system CPU time of all threads.'),
  process_resident_memory_bytes: gauge('Resident memory of the process.'),
  process_start_time_seconds: gauge('Start of the process, Unix time.'),
  nodejs_heap_used_bytes: gauge('Memory in use in the JavaScript heap of the main thread.'),
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof METRICS;
type NamesOfKind<K extends MetricDefinition['kind']> = {
  [N in MetricName]: (typeof METRICS)[N]['kind'] extends K ? N : never;
}[MetricName];
export type CounterName = NamesOfKind<'counter'>;
export type GaugeName = NamesOfKind<'gauge'>;
export type HistogramName = NamesOfKind<'histogram'>;
