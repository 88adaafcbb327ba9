/**
 * Counts what passes through the ports of a node (store, view, ledger), by standing around them, so that the code that
 * does the work does not count. Everything is counted per batch.
 */

import type { LedgerAccess, SubmitOutcome } from '../ledger/ledger.js';
import type { Metrics } from '../runtime/metrics.js';
import type { Clock } from '../runtime/runtime.js';
import type { Store, WriteResult } from '../store/store.js';
import type { DecidedHeight, View } from '../view/view.js';

/** The store, with its writes counted by result and timed. */
export function meterStore(store: Store, metrics: Metrics, clock: Clock): Store {
  const seconds = metrics.histogram('bigchaindb_store_write_seconds');
  const timed = async <R>(write: Promise<R>): Promise<R> => {
    const startedMs = clock.monotonicMs();
    const result = await write;
    seconds.observe((clock.monotonicMs() - startedMs) / 1000);
    return result;
  };
  const counted = async (fact: string, write: Promise<WriteResult[]>): Promise<WriteResult[]> => {
    const results = await timed(write);
    for (const [result, count] of tally(results))
      metrics.counter('bigchaindb_store_writes_total', fact, result).add(count);
    return results;
  };
  return around(store, {
    addBacklog: (entries) => counted('backlog', store.addBacklog(entries)),
    addVotes: (votes) => counted('vote', store.addVotes(votes)),
    addRejections: (rejections) => counted('rejection', store.addRejections(rejections)),
    async claimHeight(block) {
      const result = await timed(store.claimHeight(block));
      metrics.counter('bigchaindb_store_writes_total', 'block', result).add();
      return result;
    },
    async reassignBacklog(changes) {
      const count = await timed(store.reassignBacklog(changes));
      metrics.counter('bigchaindb_stale_reassigned_total').add(count);
      return count;
    },
    removeBacklog: (states) => timed(store.removeBacklog(states)),
  });
}

/** The view, with the decisions that reach it counted and its commits timed. */
export function meterView<V extends View>(view: V, metrics: Metrics, clock: Clock): V {
  const seconds = metrics.histogram('bigchaindb_view_apply_seconds');
  const methods: Partial<View> = {
    async apply(heights) {
      const startedMs = clock.monotonicMs();
      await view.apply(heights);
      seconds.observe((clock.monotonicMs() - startedMs) / 1000);
      for (const height of heights) countDecision(height, metrics);
    },
    async addRejections(rejections, upToPosition) {
      await view.addRejections(rejections, upToPosition);
      for (const [code, count] of tally(rejections.map((rejection) => rejection.code)))
        metrics.counter('bigchaindb_transactions_rejected_total', code).add(count);
    },
  };
  return around(view, methods as Partial<V>);
}

function countDecision({ block, decidedAtMs }: DecidedHeight, metrics: Metrics): void {
  const status = block?.status ?? 'passed';
  metrics.counter('bigchaindb_heights_decided_total', status).add();
  if (block?.status !== 'valid') return;
  metrics.counter('bigchaindb_transactions_valid_total').add(block.transactions.length);
  const seconds = metrics.histogram('bigchaindb_accepted_to_valid_seconds');
  for (const { acceptedAtMs } of block.transactions)
    if (acceptedAtMs !== null) seconds.observe(Math.max(0, decidedAtMs - acceptedAtMs) / 1000);
}

/** The ledger as the door `door` uses it: what was sent, acknowledged and refused. */
export function meterLedger(ledger: LedgerAccess, metrics: Metrics, door: 'rest' | 'graphql'): LedgerAccess {
  const posted = metrics.counter('bigchaindb_web_tx_post_total', door);
  const accepted = metrics.counter('bigchaindb_transactions_accepted_total', door);
  return around(ledger, {
    async submit(texts) {
      posted.add(texts.length);
      const outcomes = await ledger.submit(texts);
      const refusals = outcomes.flatMap((outcome: SubmitOutcome) =>
        outcome.accepted ? [] : [outcome.problem.code],
      );
      accepted.add(outcomes.length - refusals.length);
      for (const [code, count] of tally(refusals))
        metrics.counter('bigchaindb_transactions_refused_total', code).add(count);
      return outcomes;
    },
  });
}

function tally(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** `target` with some methods in place of its own; everything else is the target's, whatever it gains later. */
function around<T extends object>(target: T, methods: Partial<T>): T {
  const bound = new Map<PropertyKey, unknown>(Object.entries(methods));
  return new Proxy(target, {
    get(inner, name) {
      const known = bound.get(name);
      if (known !== undefined) return known;
      const value: unknown = Reflect.get(inner, name, inner);
      if (typeof value !== 'function') return value;
      const method: unknown = value.bind(inner);
      bound.set(name, method);
      return method;
    },
  });
}
