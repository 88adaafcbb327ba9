/**
 * Follows single transactions through the node, from the request that brought them to their decision, in debug lines of
 * the logger `transactions`. Stands around the ports, and costs nothing while nobody reads those lines. A line names
 * the request and the transaction, never what is in it.
 */

import { BoundedCache, ownString } from '../codec/bounded-cache.js';
import type { LedgerAccess, SubmitOutcome } from '../ledger/ledger.js';
import type { Logger } from '../runtime/runtime.js';
import type { DecidedHeight, View, ViewRejection } from '../view/view.js';
import { around } from './around.js';

/** Transactions of one generation whose request is remembered until they are decided. */
const REMEMBERED_MAX = 10_000;

export class TransactionTrace {
  private readonly requests = new BoundedCache<string, string>(REMEMBERED_MAX);

  constructor(private readonly log: Logger) {}

  get isOn(): boolean {
    return this.log.isDebugOn?.() ?? false;
  }

  submitted(door: string, requestId: string, outcomes: readonly SubmitOutcome[]): void {
    for (const outcome of outcomes) {
      const fields = { request_id: requestId, transaction_id: outcome.id, door };
      if (outcome.accepted) {
        this.requests.set(ownString(outcome.id), requestId);
        this.log.debug('transaction.accepted', fields);
      } else this.log.debug('transaction.refused', { ...fields, code: outcome.problem.code });
    }
  }

  decided({ height, block }: DecidedHeight): void {
    if (block === null) return;
    const { id: blockId, status } = block;
    for (const { id } of block.transactions)
      this.log.debug('transaction.decided', { ...this.names(id), height, block_id: blockId, status });
  }

  rejected({ transactionId, code }: ViewRejection): void {
    this.log.debug('transaction.rejected', { ...this.names(transactionId), code });
  }

  /** Without a request where another node took the transaction, or this one long ago. */
  private names(id: string): Record<string, string> {
    const requestId = this.requests.get(id);
    return { ...(requestId === undefined ? {} : { request_id: requestId }), transaction_id: id };
  }
}

/** The ledger as the door `door` uses it. */
export function traceLedger(ledger: LedgerAccess, trace: TransactionTrace, door: string): LedgerAccess {
  return around(ledger, {
    async submit(texts, requestId) {
      const outcomes = await ledger.submit(texts, requestId);
      if (trace.isOn) trace.submitted(door, requestId ?? '', outcomes);
      return outcomes;
    },
  });
}

/** The view, which learns of every decision and rejection after its commit. */
export function traceView<V extends View>(view: V, trace: TransactionTrace): V {
  const methods: Partial<View> = {
    async apply(heights) {
      await view.apply(heights);
      if (trace.isOn) for (const height of heights) trace.decided(height);
    },
    async addRejections(rejections, upToPosition) {
      await view.addRejections(rejections, upToPosition);
      if (trace.isOn) for (const rejection of rejections) trace.rejected(rejection);
    },
  };
  return around(view, methods as Partial<V>);
}
