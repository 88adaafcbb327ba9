/**
 * Danger: an operator who sees too little, too late, or what is not his; administration that others can reach.
 * Method: a real node under a little load on both doors, its management listener, and a parser of Prometheus' format.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import parsePrometheusTextFormat, { type ParsedMetric } from 'parse-prometheus-text-format';
import { WebSocket } from 'ws';
import { METRICS, type MetricName } from '../../src/runtime/metric-table.js';
import { runCommand } from '../cli/run-command.js';
import { NodeClient } from '../support/process-client.js';
import { ValidEvents } from '../support/process-events.js';
import { NodeFolder, type NodeProcess } from '../support/process-node.js';
import { TransactionMaker } from '../support/process-transactions.js';
import { ask, managementOf, type Told } from './clients.js';

const TOKEN = 'token-of-the-operators';
const place = mkdtempSync(join(tmpdir(), 'operator-'));
const backups = join(place, 'backups');
writeFileSync(join(place, 'token'), `${TOKEN}\n`);
const folder = new NodeFolder({
  settings: { management: { bind: 'localhost:0', backup_folder: backups } },
  environment: { BIGCHAINDB_MANAGEMENT_TOKEN_FILE: join(place, 'token') },
});
const maker = new TransactionMaker('operator');
let node: NodeProcess;
let management: string;

beforeAll(async () => {
  node = await folder.start();
  management = await managementOf(node);
});
afterAll(async () => {
  await folder.dispose();
  rmSync(place, { recursive: true, force: true });
});

function administer(method: string, path: string, body?: unknown): Promise<Told> {
  const headers = { authorization: `Bearer ${TOKEN}` };
  return ask(management + path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

interface Scraped {
  readonly text: string;
  readonly families: ReadonlyMap<string, ParsedMetric>;
}

async function scrape(): Promise<Scraped> {
  const { text } = await ask(`${management}/metrics`);
  return { text, families: new Map(parsePrometheusTextFormat(text).map((metric) => [metric.name, metric])) };
}

/** Of the series with exactly these labels, 0 where there is none; of a histogram how much it has observed. */
function countOf({ text, families }: Scraped, name: string, labels: Record<string, string> = {}): number {
  const wanted = Object.entries(labels).sort();
  const family = families.get(name);
  // The parser throws the labelled series of a histogram together: their counts are read from the text itself.
  if (family?.type === 'HISTOGRAM') {
    const pairs = wanted.map(([label, value]) => `${label}="${value}"`);
    const lines = text.split('\n').filter((line) => line.startsWith(`${name}_count`));
    const found = lines.find((line) => (line.match(/\w+="[^"]*"/g) ?? []).sort().join() === pairs.join());
    return Number(found?.split(' ').at(-1) ?? 0);
  }
  const found = family?.metrics.find(
    (each) => JSON.stringify(Object.entries(each.labels ?? {}).sort()) === JSON.stringify(wanted),
  );
  return Number(found?.value ?? 0);
}

test('metrics: what passes through both doors is counted, and every line can be parsed', async () => {
  const client = new NodeClient(node.http);
  const stream = new WebSocket(`${node.websocket}/api/v1/streams/valid_transactions`);
  await new Promise((resolve) => stream.once('open', resolve));
  const events = await ValidEvents.follow(node.http);
  const sent = maker.many(5);
  for (const { text } of sent.slice(0, 3)) expect((await client.post(text)).status).toBe(202);
  const transactions = sent.slice(3).map(({ text }) => JSON.parse(text));
  await client.query(
    'mutation ($input: SubmitTransactionsInput!) { submitTransactions(input: $input) { accepted } }',
    { input: { transactions, wait: 'DECIDED' } },
  );
  await events.includes(sent.map(({ id }) => id));
  expect((await client.post('{"not": "a transaction"}')).status).toBe(400);
  await client.graphql('{ nonsense }');
  await client.query('{ transactions(first: 2) { nodes { id } } }');
  await client.get(`/api/v1/transactions/${sent[0]?.id}`);
  await client.get('/nonsense');

  // A request counts when its answer has left, which its client may learn a moment earlier.
  let metrics = await scrape();
  const last = { route: 'other', method: 'GET', status: '404' };
  for (let times = 0; times < 100 && countOf(metrics, 'bigchaindb_http_requests_total', last) === 0; times++)
    metrics = await scrape();
  for (const [name, { type, help }] of metrics.families) {
    const known = METRICS[name as keyof typeof METRICS];
    expect([name, type, help]).toEqual([name, known?.kind.toUpperCase(), known?.help]);
  }
  const value = (name: MetricName, labels?: Record<string, string>): number => countOf(metrics, name, labels);
  const posts = { route: '/api/v1/transactions', method: 'POST' };
  expect(value('bigchaindb_http_requests_total', { ...posts, status: '202' })).toBe(3);
  expect(value('bigchaindb_http_requests_total', { ...posts, status: '400' })).toBe(1);
  expect(value('bigchaindb_http_request_seconds', posts)).toBe(4);
  const one = { route: '/api/v1/transactions/{id}', method: 'GET', status: '200' };
  expect(value('bigchaindb_http_requests_total', one)).toBe(1);
  expect(value('bigchaindb_http_requests_total', last)).toBe(1);
  const operation = { transport: 'http', outcome: 'ok' };
  expect(value('bigchaindb_graphql_operations_total', { kind: 'mutation', ...operation })).toBe(1);
  expect(
    value('bigchaindb_graphql_operations_total', { kind: 'query', ...operation }),
  ).toBeGreaterThanOrEqual(1);
  const refused = { kind: 'none', transport: 'http', outcome: 'refused' };
  expect(value('bigchaindb_graphql_operations_total', refused)).toBe(1);
  expect(value('bigchaindb_graphql_operation_seconds', { kind: 'mutation' })).toBe(1);
  expect(value('bigchaindb_web_tx_post_total', { door: 'rest' })).toBe(4);
  expect(value('bigchaindb_transactions_accepted_total', { door: 'graphql' })).toBe(2);
  expect(value('bigchaindb_transactions_valid_total')).toBe(5);
  const blocks = value('bigchaindb_heights_decided_total', { status: 'valid' });
  expect(blocks).toBeGreaterThanOrEqual(1);
  expect(value('bigchaindb_votes_total', { standing: 'counted' })).toBe(blocks);
  expect(value('bigchaindb_accepted_to_valid_seconds')).toBe(5);
  expect(value('bigchaindb_view_height')).toBe(blocks);
  expect(value('bigchaindb_store_write_seconds')).toBeGreaterThan(blocks);
  expect(value('bigchaindb_store_read_seconds', { read: 'readBlocks' })).toBeGreaterThan(0);
  expect(value('bigchaindb_view_query_seconds', { query: 'transactions' })).toBeGreaterThan(0);
  expect(value('bigchaindb_subscribers', { stream: 'event_stream' })).toBe(1);
  expect(value('bigchaindb_subscribers', { stream: 'graphql_websockets' })).toBe(1);
  expect(value('bigchaindb_subscribers', { stream: 'graphql_operations' })).toBe(1);
  expect(value('bigchaindb_connections')).toBeGreaterThanOrEqual(2);
  expect(value('bigchaindb_queue_length', { queue: 'checker' })).toBe(0);
  expect(value('bigchaindb_event_loop_delay_seconds', { statistic: 'p99' })).toBeLessThan(10);
  expect(value('bigchaindb_ready')).toBe(1);
  expect(metrics.families.has('bigchaindb_junk_total')).toBe(false);
  stream.terminate();
  events.stop();
  const over = { kind: 'subscription', transport: 'websocket', outcome: 'ok' };
  for (
    let times = 0;
    times < 1000 && countOf(metrics, 'bigchaindb_graphql_operations_total', over) === 0;
    times++
  )
    metrics = await scrape();
  expect(value('bigchaindb_graphql_operations_total', over)).toBe(1);
  expect(value('bigchaindb_subscribers', { stream: 'event_stream' })).toBe(0);
});

const promtool = spawnSync('promtool', ['--version']).status === 0;
(promtool ? test : test.skip)('metrics: Prometheus’ own tool finds nothing to say against them', async () => {
  const { text: input } = await ask(`${management}/metrics`);
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
  expect([status, stdout, stderr]).toEqual([0, '', '']);
});

test('the status shows where the node stands and its settings, but no secret', async () => {
  const { status, text } = await administer('GET', '/status');
  expect(status).toBe(200);
  const told = JSON.parse(text);
  expect(told).toMatchObject({
    role: 'node',
    public_key: node.publicKey,
    ready: true,
    reasons: [],
    addresses: { http: node.http, websocket: node.websocket },
    federation: [node.publicKey],
    log_levels: { '*': 'info' },
    settings: { management: { bind: 'localhost:0', backup_folder: backups, token: 'x'.repeat(45) } },
  });
  const { keypair } = JSON.parse(readFileSync(folder.configPath, 'utf8'));
  expect(text).not.toContain(keypair.private);
  expect(text).not.toContain(TOKEN);
});

test('administration is not on the API’s address, and not without the token', async () => {
  for (const path of ['/status', '/log-levels', '/drain', '/backup', '/reload', '/metrics']) {
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect((await ask(node.http + path, { headers })).status).toBe(404);
    if (path !== '/metrics') expect((await ask(management + path)).status).toBe(401);
  }
});

test('draining is seen on both addresses, and requests are still answered', async () => {
  await administer('PUT', '/drain', { drain: true });
  for (const base of [node.http, management]) expect((await ask(`${base}/readyz`)).status).toBe(503);
  expect((await ask(`${node.http}/api/v1`)).status).toBe(200);
  expect((await new NodeClient(node.http).post(maker.next().text)).status).toBe(202);
  await administer('PUT', '/drain', { drain: false });
  for (const base of [node.http, management]) expect((await ask(`${base}/readyz`)).status).toBe(200);
});

test('a transaction can be followed from its request to its decision once debug is on, and not before', async () => {
  const client = new NodeClient(node.http);
  const events = await ValidEvents.follow(node.http);
  const post = async (id: string): Promise<string> => {
    const transaction = maker.next();
    const headers = { 'x-request-id': id };
    await ask(`${node.http}/api/v1/transactions`, { method: 'POST', headers, body: transaction.text });
    await events.includes([transaction.id]);
    return transaction.id;
  };
  const silent = await post('proxy-0');
  for (const name of ['transactions', 'pipelines', 'ledger'])
    await administer('PUT', '/log-levels', { folder: name, level: 'debug' });
  const followed = await post('proxy-1');
  const query = 'mutation ($input: SubmitTransactionInput!) { submitTransaction(input: $input) { id } }';
  const input = { transaction: JSON.parse(maker.next().text), wait: 'DECIDED' };
  const graphql = await client.request('POST', '/graphql', JSON.stringify({ query, variables: { input } }));
  const other: string = JSON.parse(graphql.text).data.submitTransaction.id;
  await node.printed(`"transaction_id":"${other}","height"`);
  for (const name of ['transactions', 'pipelines', 'ledger'])
    await administer('PUT', '/log-levels', { folder: name, level: 'info' });

  const lines = node
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{"level"'))
    .map((line): Record<string, unknown> => JSON.parse(line));
  const about = (id: string): Record<string, unknown>[] => lines.filter((line) => line.transaction_id === id);
  expect(about(silent)).toEqual([]);
  expect(about(followed)).toMatchObject([
    { event: 'transaction.accepted', request_id: 'proxy-1', door: 'rest' },
    { event: 'transaction.decided', request_id: 'proxy-1', status: 'valid' },
  ]);
  const requestId = graphql.headers.get('x-request-id');
  expect(about(other)).toMatchObject([
    { event: 'transaction.accepted', request_id: requestId, door: 'graphql' },
    { event: 'transaction.decided', request_id: requestId, status: 'valid' },
  ]);
  const block = about(followed).at(-1)?.block_id;
  const ofBlock = lines.filter((line) => line.block_id === block && line.folder !== 'transactions');
  expect(ofBlock.map(({ event }) => event)).toEqual(['block.claimed', 'vote.written', 'height.decided']);
  events.stop();
});

test('a backup of the running node, which the next node is restored from', async () => {
  expect((await administer('POST', '/backup')).status).toBe(202);
  expect([202, 409]).toContain((await administer('POST', '/backup')).status);
  await node.printed('"event":"backup.done"');
  const last = JSON.parse((await administer('GET', '/backup')).text);
  expect(last).toMatchObject({ status: 'done', head: expect.any(Number) });
  const manifest = JSON.parse(readFileSync(join(last.folder, 'manifest.json'), 'utf8'));
  expect(manifest.head).toBe(last.head);
  for (const { name, sha256 } of manifest.files) {
    const content = readFileSync(join(last.folder, name));
    expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
  }
  const environment = { BIGCHAINDB_DATABASE_PATH: join(place, 'restored') };
  const options = { home: place, environment };
  const restored = await runCommand(['-c', folder.configPath, 'restore', last.folder], options);
  expect([restored.exitCode, restored.stdout]).toEqual([
    0,
    expect.stringContaining(`restored up to height ${last.head}`),
  ]);
  const verified = await runCommand(['-c', folder.configPath, 'verify'], options);
  expect([verified.exitCode, verified.stderr]).toEqual([0, expect.any(String)]);
  expect(readdirSync(backups).length).toBeGreaterThanOrEqual(1);
});
