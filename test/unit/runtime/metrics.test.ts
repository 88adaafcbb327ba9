/** Danger: an exposition that Prometheus refuses, or label values from outside that eat the memory. */
import { createSocket } from 'node:dgram';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { METRICS } from '../../../src/runtime/metric-table.js';
import { Metrics } from '../../../src/runtime/metrics.js';
import { startProcessMetrics } from '../../../src/runtime/process-metrics.js';
import { startStatsd } from '../../../src/runtime/statsd.js';

/** The grammar of the text format 0.0.4, line by line. */
const SAMPLE =
  /^[a-z_][a-z0-9_]*(\{[a-z_]+="(\\.|[^"\\\n])*"(,[a-z_]+="(\\.|[^"\\\n])*")*\})? (-?[0-9.e+-]+|[+-]Inf)$/;
const COMMENT = /^# (HELP [a-z_][a-z0-9_]* .+|TYPE [a-z_][a-z0-9_]* (counter|gauge|histogram))$/;

function values(metrics: Metrics): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of metrics.text().trimEnd().split('\n')) {
    expect(line).toMatch(line.startsWith('#') ? COMMENT : SAMPLE);
    const space = line.lastIndexOf(' ');
    if (!line.startsWith('#')) found.set(line.slice(0, space), Number(line.slice(space + 1)));
  }
  return found;
}

test('counters, gauges and labels', () => {
  const metrics = new Metrics();
  metrics.counter('bigchaindb_web_tx_post_total', 'rest').add();
  metrics.counter('bigchaindb_web_tx_post_total', 'rest').add(99);
  metrics.counter('bigchaindb_web_tx_post_total', 'graphql').add(2);
  metrics.gauge('bigchaindb_view_height').set(41);
  metrics.gauge('bigchaindb_view_height').add(1);
  metrics.counter('bigchaindb_store_writes_total', 'a "b"\\\nc', '200').add();
  const found = values(metrics);
  expect(found.get('bigchaindb_web_tx_post_total{door="rest"}')).toBe(100);
  expect(metrics.total('bigchaindb_web_tx_post_total')).toBe(102);
  expect(found.get('bigchaindb_view_height')).toBe(42);
  expect(found.get('bigchaindb_store_writes_total{fact="a \\"b\\"\\\\\\nc",result="200"}')).toBe(1);
  expect(found.get('bigchaindb_transactions_valid_total')).toBe(0);
});

test('histograms are cumulative and end with +Inf', () => {
  const metrics = new Metrics();
  const histogram = metrics.histogram('bigchaindb_block_transactions');
  for (const value of [1, 1, 3, 1000, 4000]) histogram.observe(value);
  const found = values(metrics);
  const bucket = (bound: string): number | undefined =>
    found.get(`bigchaindb_block_transactions_bucket{le="${bound}"}`);
  expect([bucket('1'), bucket('2'), bucket('5'), bucket('1000'), bucket('+Inf')]).toEqual([2, 2, 3, 4, 5]);
  expect(found.get('bigchaindb_block_transactions_sum')).toBe(5005);
  expect(found.get('bigchaindb_block_transactions_count')).toBe(5);
});

test('label values from outside cannot grow without bound', () => {
  const metrics = new Metrics();
  for (let index = 0; index < 5000; index++)
    metrics.counter('bigchaindb_store_writes_total', `/${index}`, '404').add();
  const series = [...values(metrics).keys()].filter((name) =>
    name.startsWith('bigchaindb_store_writes_total'),
  );
  expect(series.length).toBeLessThanOrEqual(257);
  expect(metrics.total('bigchaindb_store_writes_total')).toBe(5000);
});

test('a wrong number of labels is a mistake of the program', () => {
  expect(() => new Metrics().counter('bigchaindb_web_tx_post_total')).toThrow(RangeError);
});

test('names and units follow the conventions', () => {
  for (const [name, { kind, help }] of Object.entries(METRICS)) {
    expect(name).toMatch(/^(bigchaindb|process|nodejs)_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(kind === 'counter');
    expect(help).toMatch(/^.{5,}\.$/);
  }
});

test('counting is cheap', () => {
  const metrics = new Metrics();
  const start = process.hrtime.bigint();
  for (let index = 0; index < 1_000_000; index++)
    metrics.counter('bigchaindb_web_tx_post_total', 'rest').add();
  const microseconds = Number(process.hrtime.bigint() - start) / 1e9;
  // Look-up included. Held series cost a hundredth of it. The bound is wide, for a machine that is busy.
  expect(microseconds).toBeLessThan(3);
});

test('the process is measured: memory, CPU and a blocked event loop', async () => {
  const metrics = new Metrics();
  const stop = startProcessMetrics(metrics);
  await new Promise((resolve) => setTimeout(resolve, 30));
  const start = Date.now();
  while (Date.now() - start < 150);
  await new Promise((resolve) => setTimeout(resolve, 30));
  const found = values(metrics);
  stop();
  expect(found.get('bigchaindb_event_loop_delay_seconds{statistic="max"}')).toBeGreaterThan(0.1);
  expect(found.get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
  expect(found.get('process_cpu_seconds_total')).toBeGreaterThan(0.1);
});

test("1.0.1's three counters go to statsd as sums since the last packet", async () => {
  const server = createSocket('udp4');
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
  const metrics = new Metrics();
  const next = (): Promise<string> =>
    new Promise((resolve) => server.once('message', (message) => resolve(message.toString())));
  const stop = startStatsd(metrics, { host: '127.0.0.1', port: server.address().port, everyMs: 5 });
  try {
    metrics.counter('bigchaindb_web_tx_post_total', 'rest').add(3);
    metrics.counter('bigchaindb_pipelines_block_throughput_total').add(2);
    expect(await next()).toBe('web.tx.post:3|c\npipelines.block.throughput:2|c');
    metrics.counter('bigchaindb_pipelines_vote_throughput_total').add(7);
    expect(await next()).toBe('pipelines.vote.throughput:7|c');
  } finally {
    stop();
    server.close();
  }
});

test('every metric of the table is filled by somebody', () => {
  const root = resolve(__dirname, '../../../src');
  const source = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('metric-table.ts'))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('');
  expect(Object.keys(METRICS).filter((name) => !source.includes(`'${name}'`))).toEqual([]);
});
