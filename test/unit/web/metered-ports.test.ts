/** Danger: a wrapper that changes what it counts, or hides a method of the port. Method: fakes behind real wrappers. */
import type { SubmitOutcome } from '../../../src/ledger/ledger.js';
import { Metrics } from '../../../src/runtime/metrics.js';
import { systemClock } from '../../../src/runtime/system-runtime.js';
import type { Store, StoredBlock } from '../../../src/store/store.js';
import type { DecidedHeight, View } from '../../../src/view/view.js';
import { meterLedger, meterStore, meterView } from '../../../src/web/metered-ports.js';
import { FakeLedger } from '../../compat/support/fake-ledger.js';

class FakeStore {
  readonly kind = 'fake';
  private readonly reads = 7;
  readonly addVotes = async () => ['ok', 'ok', 'duplicate'];
  async claimHeight(): Promise<string> {
    return 'taken';
  }
  async countBacklog(): Promise<number> {
    return this.reads;
  }
  async addBacklog(): Promise<never> {
    throw new Error('gone');
  }
}

test('the store: writes are counted by result; everything else passes through', async () => {
  const metrics = new Metrics();
  const store = meterStore(new FakeStore() as object as Store, metrics, systemClock);
  expect(store.kind).toBe('fake');
  expect(await store.countBacklog()).toBe(7);
  expect(store.countBacklog).toBe(store.countBacklog);
  expect(await store.addVotes([])).toEqual(['ok', 'ok', 'duplicate']);
  expect(await store.claimHeight({} as StoredBlock)).toBe('taken');
  await expect(store.addBacklog([])).rejects.toThrow('gone');
  const text = metrics.text();
  expect(text).toContain('bigchaindb_store_writes_total{fact="vote",result="ok"} 2\n');
  expect(text).toContain('bigchaindb_store_writes_total{fact="vote",result="duplicate"} 1\n');
  expect(text).toContain('bigchaindb_store_writes_total{fact="block",result="taken"} 1\n');
  expect(text).toContain('bigchaindb_store_write_seconds_count 2\n');
});

test('the view: decisions and the time from acceptance are counted after the commit only', async () => {
  const metrics = new Metrics();
  let fails = true;
  const inner = {
    read: { height: () => 3 },
    async apply(): Promise<void> {
      if (fails) throw new Error('disk full');
    },
  };
  const view = meterView(inner as object as View, metrics, systemClock);
  const transactions = [{ acceptedAtMs: 1000 }, { acceptedAtMs: 1900 }, { acceptedAtMs: null }];
  const heights = [
    { decidedAtMs: 2000, block: { status: 'valid', transactions } },
    { decidedAtMs: 2000, block: { status: 'invalid', transactions } },
    { decidedAtMs: 2000, block: null },
  ] as object as DecidedHeight[];
  await expect(view.apply(heights)).rejects.toThrow('disk full');
  expect(metrics.total('bigchaindb_heights_decided_total')).toBe(0);
  fails = false;
  await view.apply(heights);
  expect(view.read.height()).toBe(3);
  expect(metrics.total('bigchaindb_heights_decided_total')).toBe(3);
  expect(metrics.total('bigchaindb_transactions_valid_total')).toBe(3);
  expect(metrics.text()).toContain('bigchaindb_accepted_to_valid_seconds_bucket{le="0.1"} 1\n');
  expect(metrics.text()).toContain('bigchaindb_accepted_to_valid_seconds_count 2\n');
});

test('the ledger: what each door was sent, acknowledged and refused', async () => {
  const metrics = new Metrics();
  const ledger = new FakeLedger();
  ledger.publicKey = 'me';
  const problem = { code: 'INVALID_HASH' as const, name: 'InvalidHash', message: '' };
  ledger.onSubmit = (texts) =>
    texts.map(
      (text): SubmitOutcome =>
        text === 'good'
          ? { accepted: true, id: 'x', operation: 'CREATE', text: '' }
          : { accepted: false, id: null, problem, retryable: false, notJson: false },
    );
  const metered = meterLedger(ledger, metrics, 'rest');
  expect(metered.publicKey).toBe('me');
  expect(await metered.submit(['good', 'bad', 'good'])).toHaveLength(3);
  expect(metrics.counter('bigchaindb_web_tx_post_total', 'rest').value).toBe(3);
  expect(metrics.counter('bigchaindb_transactions_accepted_total', 'rest').value).toBe(2);
  expect(metrics.counter('bigchaindb_transactions_refused_total', 'INVALID_HASH').value).toBe(1);
});
