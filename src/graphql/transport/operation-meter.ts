/** Counts and times operations when they have ended, whichever way they came. */

import type { Metrics } from '../../runtime/metrics.js';
import type { Clock } from '../../runtime/runtime.js';
import type { RunningOperation } from '../context.js';

export class OperationMeter {
  constructor(
    private readonly metrics: Metrics,
    private readonly clock: Clock,
  ) {}

  /** The moment an operation begins, for `ended`. */
  now(): number {
    return this.clock.monotonicMs();
  }

  /** `failed`: its answer, or one of its events, had errors. One whose kind is not known never ran. */
  ended(
    transport: 'http' | 'websocket',
    { kind, refused, startedMs }: RunningOperation,
    failed: boolean,
  ): void {
    if (kind === null || refused) {
      this.refused(transport);
      return;
    }
    const outcome = failed ? 'errors' : 'ok';
    this.metrics.counter('bigchaindb_graphql_operations_total', kind, transport, outcome).add();
    this.metrics
      .histogram('bigchaindb_graphql_operation_seconds', kind)
      .observe((this.clock.monotonicMs() - startedMs) / 1000);
  }

  /** A request that cannot run: no document, a wrong one, or one beyond the limits. */
  refused(transport: 'http' | 'websocket'): void {
    this.metrics.counter('bigchaindb_graphql_operations_total', 'none', transport, 'refused').add();
  }
}
