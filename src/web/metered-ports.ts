/**
 * Counts what passes through the ports of a node (store, view, ledger), by standing around them, so that the code that
 * does the work does not count. Everything is counted per batch.
 */

import type { LedgerAccess, SubmitOutcome } from '../ledger/ledger.js';
import type { Gauge, Histogram, Metrics } from '../runtime/metrics.js';
import type { Clock } from '../runtime/runtime.js';
import type { Store, WriteResult } from '../store/store.js';
import type { ListQueries } from '../view/list-queries.js';
import type { DecidedHeight, View } from '../view/view.js';
import { around, aroundAll } from './around.js';

const STORE_READS = [
  'readBacklog',
  'backlogStates',
  'backlogByTransaction',
  'countBacklog',
  'readBlocks',
  'readBlockById',
  'readVotes',
  'readRejections',
  'rejectionsByTransaction',
] as const satisfies readonly (keyof Store)[];

/** The store, with its writes counted by result and timed, its reads timed, and its open calls known. */
export function meterStore(store: Store, metrics: Metrics, clock: Clock): Store {
  const open = metrics.gauge('bigchaindb_queue_length', 'store');
  const writeSeconds = metrics.histogram('bigchaindb_store_write_seconds');
  const timedWrite = <R>(write: () => Promise<R>): Promise<R> => timed(write, writeSeconds, open, clock);
  const counted = async (fact: string, write: () => Promise<WriteResult[]>): Promise<WriteResult[]> => {
    const results = await timedWrite(write);
    for (const [result, count] of tally(results))
      metrics.counter('bigchaindb_store_writes_total', fact, result).add(count);
    return results;
  };
  return around(store, {
    ...meteredReads(store, metrics, clock),
    addBacklog: (entries) => counted('backlog', () => store.addBacklog(entries)),
    addVotes: (votes) => counted('vote', () => store.addVotes(votes)),
    addRejections: (rejections) => counted('rejection', () => store.addRejections(rejections)),
    async claimHeight(block) {
      const result = await timedWrite(() => store.claimHeight(block));
      metrics.counter('bigchaindb_store_writes_total', 'block', result).add();
      return result;
    },
    async reassignBacklog(changes) {
      const count = await timedWrite(() => store.reassignBacklog(changes));
      metrics.counter('bigchaindb_stale_reassigned_total').add(count);
      return count;
    },
    removeBacklog: (states) => timedWrite(() => store.removeBacklog(states)),
  });
}

function meteredReads(store: Store, metrics: Metrics, clock: Clock): Partial<Store> {
  const open = metrics.gauge('bigchaindb_queue_length', 'store');
  const reads = STORE_READS.map((name) => {
    const seconds = metrics.histogram('bigchaindb_store_read_seconds', name);
    const read = (...parameters: unknown[]): Promise<unknown> =>
      timed(() => Promise.resolve(Reflect.apply(store[name], store, parameters)), seconds, open, clock);
    return [name, read] as const;
  });
  return Object.fromEntries(reads);
}

/** Lists and searches of the view, timed by query, and how many are open. */
export function meterQueries(lists: ListQueries, metrics: Metrics, clock: Clock): ListQueries {
  const open = metrics.gauge('bigchaindb_queue_length', 'view');
  return aroundAll(lists, (name, run) =>
    timed(run, metrics.histogram('bigchaindb_view_query_seconds', name), open, clock),
  );
}

/** A call that fails is not timed: what it took says nothing of the port. */
async function timed<R>(run: () => Promise<R>, seconds: Histogram, open: Gauge, clock: Clock): Promise<R> {
  const startedMs = clock.monotonicMs();
  open.add(1);
  try {
    const result = await run();
    seconds.observe((clock.monotonicMs() - startedMs) / 1000);
    return result;
  } finally {
    open.add(-1);
  }
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
    async addLateVotes(votes) {
      await view.addLateVotes(votes);
      countVotes(votes, metrics);
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
  countVotes(block?.votes ?? [], metrics);
  if (block?.status !== 'valid') return;
  metrics.counter('bigchaindb_transactions_valid_total').add(block.transactions.length);
  const seconds = metrics.histogram('bigchaindb_accepted_to_valid_seconds');
  for (const { acceptedAtMs } of block.transactions)
    if (acceptedAtMs !== null) seconds.observe(Math.max(0, decidedAtMs - acceptedAtMs) / 1000);
}

/** By standing: all but `counted` are evidence of what members and strangers wrote. */
function countVotes(votes: readonly { readonly standing: string }[], metrics: Metrics): void {
  for (const [standing, count] of tally(votes.map((vote) => vote.standing)))
    metrics.counter('bigchaindb_votes_total', standing).add(count);
}

/** The ledger as the door `door` uses it: what was sent, acknowledged and refused. */
export function meterLedger(ledger: LedgerAccess, metrics: Metrics, door: 'rest' | 'graphql'): LedgerAccess {
  const posted = metrics.counter('bigchaindb_web_tx_post_total', door);
  const accepted = metrics.counter('bigchaindb_transactions_accepted_total', door);
  return around(ledger, {
    async submit(texts, requestId) {
      posted.add(texts.length);
      const outcomes = await ledger.submit(texts, requestId);
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
