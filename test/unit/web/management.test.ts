/** Danger: metrics on the public address, or an answer that Prometheus refuses. Method: a real listener on a free port. */
import { noFailpoints } from '../../../src/runtime/failpoints.js';
import { createSystemRuntime } from '../../../src/runtime/system-runtime.js';
import { createManagement, type Management } from '../../../src/web/management.js';
import { FakeLedger } from '../../compat/support/fake-ledger.js';

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
const runtime = createSystemRuntime({ logger: () => silent, failpoints: noFailpoints });

let management: Management;
let base: string;
const ledger = new FakeLedger();

beforeEach(async () => {
  management = createManagement({ address: { host: 'localhost', port: 0 }, runtime, ledger });
  const { host, port } = await management.listen();
  base = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
});
afterEach(() => management.close());

test('/metrics holds what was counted and what the ledger says now', async () => {
  runtime.metrics.counter('bigchaindb_transactions_valid_total').add(5);
  ledger.reasons = ['catching up'];
  const answer = await fetch(`${base}/metrics`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  const text = await answer.text();
  expect(text).toContain('\nbigchaindb_transactions_valid_total 5\n');
  expect(text).toContain('\nbigchaindb_ready 0\n');
  expect(text).toMatch(/\nprocess_resident_memory_bytes [1-9]/);
  ledger.reasons = [];
  expect(await (await fetch(`${base}/metrics`)).text()).toContain('\nbigchaindb_ready 1\n');
});

test('nothing else is here', async () => {
  expect((await fetch(`${base}/api/v1/transactions`)).status).toBe(404);
  const post = await fetch(`${base}/metrics`, { method: 'POST' });
  expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('closing twice is harmless, and the address is free again', async () => {
  await Promise.all([management.close(), management.close()]);
  await expect(fetch(`${base}/metrics`)).rejects.toThrow();
});
