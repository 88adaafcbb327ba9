/**
 * Every setting of the node in one table: its path in the configuration file, type, default and meaning. Names are
 * 1.0.1's where it had them (1.0.1: section 8.2). The environment variable of `a.b_c` is `BIGCHAINDB_A_B_C`.
 */

import { DOOR, GRAPHQL, LEDGER, RATE, WEB } from './limits.js';
import {
  address,
  backend,
  choice,
  databaseName,
  federationChanges,
  flag,
  integer,
  key,
  level,
  levels,
  list,
  network,
  optional,
  origin,
  path,
  payloadPath,
  type SettingContext,
  type SettingType,
  separatedList,
  text,
  token,
} from './setting-types.js';

export interface SettingDefinition<T> {
  readonly type: SettingType<T>;
  /** In the form of the configuration file. */
  readonly default: unknown | ((context: SettingContext) => unknown);
  readonly description: string;
  /** Shown as x's, never logged; may come from the file that `<VARIABLE>_FILE` names. */
  readonly secret: boolean;
  /** Accepted because 1.0.1's files hold it, but another value than the default does nothing here: why. */
  readonly withoutEffect: string | null;
  /** Only read with `database.backend` mongodb. */
  readonly mongodbOnly: boolean;
}

interface Marks {
  readonly secret?: boolean;
  readonly withoutEffect?: string;
  readonly mongodbOnly?: boolean;
}

function setting<T>(
  type: SettingType<T>,
  defaultValue: unknown | ((context: SettingContext) => unknown),
  description: string,
  marks: Marks = {},
): SettingDefinition<T> {
  return {
    type,
    default: defaultValue,
    description,
    secret: marks.secret ?? false,
    withoutEffect: marks.withoutEffect ?? null,
    mongodbOnly: marks.mongodbOnly ?? false,
  };
}

const ONE_DAY_MS = 86_400_000;
const timeoutMs = integer(1, ONE_DAY_MS);
const bytes = integer(1024, 1024 * 1024 * 1024);
const ONE_PROCESS = 'one process with its threads serves everything';
const OWN_FORMAT = 'lines are JSON, or text for people on a terminal';
const PYTHON_FORMAT =
  '[%(asctime)s] [%(levelname)s] (%(name)s) %(message)s (%(processName)-10s - pid: %(process)d)';

const mongodb = { mongodbOnly: true };
const none = { withoutEffect: OWN_FORMAT };

/** The table. Order is the order of `configure --sample`. */
export const SETTINGS = {
  'keypair.public': setting(
    optional(key),
    null,
    "This node's public key, base58. Derived when only the private key is given.",
  ),
  'keypair.private': setting(optional(key), null, "This node's private key, base58.", { secret: true }),
  keyring: setting(list(key), [], 'Public keys of the other nodes of the federation, without this one.'),
  'federation.changes': setting(
    federationChanges,
    [],
    'Who is a member from which height on, complete lists in order of height, the same at every operator: [{"height": 1200, "members": [keys]}]. `keyring` equals the last list without this node. A list may name the `rules` by which its heights are judged; this version knows 1 and refuses others.',
  ),

  'database.backend': setting(
    backend,
    'embedded',
    'Where the shared facts are: `embedded`, one SQLite file for nodes on one machine, or `mongodb`, a replica set.',
  ),
  'database.path': setting(
    path,
    '~/.bigchaindb-data',
    'Folder of the embedded store and of the local view. A local file system.',
  ),
  'database.name': setting(databaseName, 'bigchain', 'Name of the database at the MongoDB server.', mongodb),
  'database.host': setting(text, 'localhost', 'Host of the MongoDB server.', mongodb),
  'database.port': setting(integer(1, 65_535), 27_017, 'Port of the MongoDB server.', mongodb),
  'database.replicaset': setting(text, 'bigchain-rs', 'Name of the replica set.', mongodb),
  'database.connection_timeout': setting(timeoutMs, 5000, 'Time to find a server, in milliseconds.', mongodb),
  'database.max_tries': setting(
    integer(0, 1_000_000),
    3,
    'Attempts to connect at the start; 0 = for ever.',
    mongodb,
  ),
  'database.ssl': setting(flag, false, 'Connect with TLS.', mongodb),
  'database.login': setting(optional(text), null, 'User name at the MongoDB server.', mongodb),
  'database.password': setting(optional(text), null, 'Password at the MongoDB server.', {
    ...mongodb,
    secret: true,
  }),
  'database.ca_cert': setting(optional(path), null, 'File of the certificate authority.', mongodb),
  'database.certfile': setting(optional(path), null, "File of this client's certificate.", mongodb),
  'database.keyfile': setting(optional(path), null, "File of this client's private key.", mongodb),
  'database.keyfile_passphrase': setting(optional(text), null, 'Passphrase of `database.keyfile`.', {
    ...mongodb,
    secret: true,
  }),
  'database.crlfile': setting(optional(path), null, 'File of revoked certificates.', mongodb),

  'server.bind': setting(
    address,
    'localhost:9984',
    'Address of the HTTP API, GraphQL and REST. Port 0 takes a free one.',
  ),
  'server.request_bytes_max': setting(
    bytes,
    DOOR.requestBytesMax,
    'Largest body of a request or WebSocket message, in bytes.',
  ),
  'server.transaction_bytes_max': setting(
    integer(1024, LEDGER.transactionBytesMax),
    DOOR.transactionBytesMax,
    'Largest transaction this node takes from a client, in bytes of its canonical text.',
  ),
  'server.signatures_max': setting(
    integer(1, 100_000),
    DOOR.signaturesMax,
    'Most signatures in a transaction from a client.',
  ),
  'server.transactions_per_submit_max': setting(
    integer(1, 1000),
    DOOR.transactionsPerSubmitMax,
    'Most transactions in one submit.',
  ),
  'server.headers_timeout_ms': setting(
    timeoutMs,
    WEB.headersTimeoutMs,
    'Time for the headers of a request, in milliseconds.',
  ),
  'server.request_timeout_ms': setting(
    timeoutMs,
    WEB.requestTimeoutMs,
    'Time for a whole request to arrive, in milliseconds.',
  ),
  'server.keep_alive_timeout_ms': setting(
    timeoutMs,
    WEB.keepAliveTimeoutMs,
    'How long an idle connection stays open, in milliseconds; longer than the proxy in front keeps its own.',
  ),
  'server.connections_max': setting(integer(1, 1_000_000), WEB.connectionsMax, 'Most open connections.'),
  'server.drain_timeout_ms': setting(
    timeoutMs,
    WEB.drainMs,
    'Time for active requests to finish at the stop, in milliseconds.',
  ),
  'server.rate_limit_per_second': setting(
    optional(integer(1, 1_000_000)),
    null,
    'Requests, WebSocket upgrades and GraphQL operations on a WebSocket that one client address may send a second, in the long run; more is answered 429. An IPv6 client is its /64. null = no limit.',
  ),
  'server.rate_limit_burst': setting(
    integer(1, 1_000_000),
    RATE.burst,
    'How many of them one client address may send at once after a pause.',
  ),
  'server.trusted_proxies': setting(
    separatedList(network),
    [],
    'Addresses and networks (10.0.0.0/8) of the proxies in front of this node: only their X-Forwarded-For says who the client is.',
  ),
  'server.cors_origins': setting(
    separatedList(origin),
    ['*'],
    "Origins (https://wallet.example) whose pages may read answers and open WebSockets, besides the node's own; * = any, as in 1.0.1.",
  ),
  'server.health_checks': setting(
    flag,
    true,
    'Whether /livez and /readyz are answered on server.bind too; on management.bind they always are.',
  ),
  'server.loglevel': setting(level, 'info', "Level of 1.0.1's web server.", {
    withoutEffect: 'log.level_console and log.granular_levels set it',
  }),
  'server.workers': setting(optional(integer(1, 10_000)), null, "Processes of 1.0.1's web server.", {
    withoutEffect: ONE_PROCESS,
  }),
  'server.threads': setting(optional(integer(1, 10_000)), null, "Threads of 1.0.1's web server.", {
    withoutEffect: ONE_PROCESS,
  }),
  'wsserver.scheme': setting(
    choice('ws', 'wss'),
    'ws',
    'Scheme of the event stream as the API advertises it, for TLS that a proxy does; with tls.certfile it is wss.',
  ),
  'wsserver.host': setting(
    text,
    'localhost',
    'Host the event stream of 1.0.1 is bound to, and advertised as.',
  ),
  'wsserver.port': setting(integer(0, 65_535), 9985, 'Port of the event stream. Port 0 takes a free one.'),
  'wsserver.advertised_scheme': setting(
    optional(choice('ws', 'wss')),
    null,
    'Scheme in the advertised URL, where it differs from wsserver.scheme.',
  ),
  'wsserver.advertised_host': setting(
    optional(text),
    null,
    'Host in the advertised URL, where it differs from wsserver.host.',
  ),
  'wsserver.advertised_port': setting(
    optional(integer(1, 65_535)),
    null,
    'Port in the advertised URL, where it differs from the bound one.',
  ),
  'tls.certfile': setting(
    optional(path),
    null,
    "File of this node's certificate and the chain above it, PEM: server.bind and wsserver then speak TLS only. Read again at SIGHUP.",
  ),
  'tls.keyfile': setting(optional(path), null, 'File of the private key of tls.certfile, PEM.'),
  'tls.keyfile_passphrase': setting(optional(text), null, 'Passphrase of tls.keyfile.', { secret: true }),
  'tls.client_ca_cert': setting(
    optional(path),
    null,
    'File of the authority, PEM, that must have signed the certificate of every client; null = clients need none.',
  ),
  'management.bind': setting(
    optional(address),
    null,
    'Address of metrics, health and administration, apart from the API and without TLS; null = none. Keep it inside your network.',
  ),
  'management.token': setting(
    optional(token),
    null,
    'What administration asks for as `Authorization: Bearer`, 16 characters or more; null = no administration.',
    { secret: true },
  ),
  'management.backup_folder': setting(
    optional(path),
    null,
    'Folder in which administration may make backups, each in a folder of its own; null = none.',
  ),

  'dashboard.enabled': setting(
    flag,
    true,
    'Whether pages for browsers are served: /dashboard and /graphiql, and the way there from /.',
  ),

  backlog_reassign_delay: setting(
    integer(1, 1_000_000),
    10,
    'Seconds after which a transaction that nobody put into a block is taken over by another node. 1.0.1: 120.',
  ),
  block_interval_ms: setting(
    integer(1, 60_000),
    100,
    'A block is made at the latest so many milliseconds after its first transaction.',
  ),
  'view.payload_indexes': setting(
    list(payloadPath),
    [],
    'Paths in asset data and metadata that are indexed for GraphQL filters, like asset.type or metadata.owner.',
  ),
  'checker.threads': setting(
    integer(1, 64),
    (context: SettingContext) => Math.min(2, context.cores),
    'Threads that check transactions. Default: the number of processor cores, at most 2.',
  ),
  'crypto.ed25519': setting(
    choice('auto', 'sodium-native', 'node:crypto'),
    'auto',
    'Who verifies signatures. auto: sodium-native where it loads, else node:crypto. Both accept the same signatures.',
  ),

  'graphql.document_bytes_max': setting(bytes, GRAPHQL.documentBytesMax, 'Largest query text, in bytes.'),
  'graphql.tokens_max': setting(integer(10, 1_000_000), GRAPHQL.tokensMax, 'Most tokens in a query.'),
  'graphql.depth_max': setting(integer(3, 1000), GRAPHQL.depthMax, 'Deepest nesting of a query.'),
  'graphql.aliases_max': setting(integer(0, 10_000), GRAPHQL.aliasesMax, 'Most aliases in a query.'),
  'graphql.root_fields_max': setting(
    integer(1, 1000),
    GRAPHQL.rootFieldsMax,
    'Most fields at the root of a query.',
  ),
  'graphql.cost_max': setting(
    integer(10, 10_000_000),
    GRAPHQL.costMax,
    'Most expensive query that is answered.',
  ),
  'graphql.page_size_max': setting(
    integer(1, 1000),
    GRAPHQL.pageSizeMax,
    'Most items on one page of a list.',
  ),
  'graphql.page_size_default': setting(
    integer(1, 1000),
    GRAPHQL.pageSizeDefault,
    'Items on a page where the query does not say.',
  ),
  'graphql.subscriptions_per_connection_max': setting(
    integer(1, 10_000),
    GRAPHQL.subscriptionsPerConnectionMax,
    'Most subscriptions on one WebSocket.',
  ),

  'log.level_console': setting(level, 'info', 'Least level of the lines on standard error.'),
  'log.level_logfile': setting(level, 'info', 'Least level of the lines in log.file.'),
  'log.granular_levels': setting(
    levels,
    {},
    'Levels of single folders of the code in place of both: {"pipelines": "debug", "web": "warning"}. `transactions` follows each transaction at debug.',
  ),
  'log.format_console': setting(
    choice('auto', 'text', 'json'),
    'auto',
    'Lines on standard error. auto: text on a terminal, else JSON.',
  ),
  'log.file': setting(
    optional(path),
    '~/bigchaindb.log',
    'Log file; renamed at 200 MiB, five are kept. null = none.',
  ),
  'log.error_file': setting(
    optional(path),
    '~/bigchaindb-errors.log',
    'The same for errors only. null = none.',
  ),
  'log.datefmt_console': setting(text, '%Y-%m-%d %H:%M:%S', "Date format of 1.0.1's console.", none),
  'log.datefmt_logfile': setting(text, '%Y-%m-%d %H:%M:%S', "Date format of 1.0.1's log file.", none),
  'log.fmt_console': setting(text, PYTHON_FORMAT, "Line format of 1.0.1's console.", none),
  'log.fmt_logfile': setting(text, PYTHON_FORMAT, "Line format of 1.0.1's log file.", none),
  'graphite.host': setting(
    optional(text),
    null,
    "Host of a statsd server (UDP port 8125) that gets 1.0.1's three counters. null = none. 1.0.1: localhost.",
  ),
} as const satisfies Record<string, SettingDefinition<unknown>>;
