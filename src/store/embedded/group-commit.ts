/**
 * Many calls, one transaction, one fsync. Owns when a write counts as done: after COMMIT returned, never before.
 * A crash before COMMIT returns leaves nothing of the group, or (between the write of the log and the return) all of
 * it; no caller was told either, and sending the same bytes again is right in both cases.
 */

import { StoreUnavailable } from '../store.js';
import type { Connection } from './connection.js';
import type { DiskReserve } from './disk-reserve.js';
import { Facts, isWrite, type OperationName } from './facts.js';
import { StoreOutcomeUnknown } from './failures.js';
import { mayComeBack, messageOf, type SqliteFailure, sqliteFailure } from './sqlite-failure.js';

export interface FactsCall {
  readonly method: OperationName;
  readonly argument: unknown;
}

export type FactsOutcome = { readonly value: unknown } | { readonly error: Error };

/** A group that was rolled back: why, for each of its calls. `certain` = nothing of it can come back. */
class RolledBack {
  constructor(
    readonly error: Error,
    readonly kind: SqliteFailure | null,
    readonly certain: boolean,
  ) {}
}

export class GroupCommit {
  readonly facts: Facts;
  /** Set once the file or disk has failed: then nothing is tried again (a retried fsync may lie). */
  private failure: Error | null = null;

  /** Without a reserve (the direct runner) a full disk refuses every write alike. */
  constructor(
    private readonly connection: Connection,
    private readonly reserve: DiskReserve | null,
    private readonly onFailure: (error: Error) => void,
  ) {
    this.facts = new Facts(connection);
  }

  /**
   * Runs the calls in their order and answers each. Writes of one group stand or fall together, except that a group
   * that was rolled back is tried call by call: one that does not fit, or is wrong, takes no other with it.
   */
  execute(calls: readonly FactsCall[]): FactsOutcome[] {
    if (!calls.some((call) => isWrite(call.method))) return calls.map((call) => this.executeRead(call));
    if (this.reserve?.tight) this.reserve.restore();
    const together = this.attempt(calls);
    if (!(together instanceof RolledBack)) return together;
    const madeRoom = together.kind === 'full' && (this.reserve?.giveUp() ?? false);
    const retry = together.certain && this.failure === null && together.kind !== 'busy';
    if (!retry || (calls.length === 1 && !madeRoom)) return this.refuse(calls, together);
    return calls.map((call) => this.executeAlone(call, together));
  }

  /** Stops all work with this file, for good. */
  fail(error: Error): void {
    if (this.failure !== null) return;
    this.failure = error;
    this.onFailure(error);
  }

  private executeRead(call: FactsCall): FactsOutcome {
    if (this.failure !== null) return { error: new StoreUnavailable(this.failure.message) };
    try {
      return { value: this.facts.apply(call.method, call.argument) };
    } catch (error) {
      return { error: this.refusal(error) };
    }
  }

  private executeAlone(call: FactsCall, group: RolledBack): FactsOutcome {
    if (!isWrite(call.method)) return this.executeRead(call);
    const alone = this.attempt([call]);
    const [outcome] = alone instanceof RolledBack ? this.refuse([call], alone) : alone;
    return outcome ?? { error: group.error };
  }

  /** One transaction. While the disk is tight, new transactions are refused and the rest goes on without them. */
  private attempt(calls: readonly FactsCall[]): FactsOutcome[] | RolledBack {
    if (this.failure !== null)
      return new RolledBack(new StoreUnavailable(this.failure.message), 'broken', true);
    const tight = this.reserve?.tight ?? false;
    let outcomes: FactsOutcome[];
    try {
      this.connection.exec('BEGIN IMMEDIATE');
      this.facts.begin();
      outcomes = calls.map((call) =>
        tight && call.method === 'addBacklog'
          ? { error: new StoreUnavailable('the disk is full') }
          : { value: this.facts.apply(call.method, call.argument) },
      );
      this.facts.end();
    } catch (error) {
      return this.rollBack(error, true);
    }
    try {
      this.connection.exec('COMMIT');
      return outcomes;
    } catch (error) {
      return this.rollBack(error, !mayComeBack(error) && sqliteFailure(error) !== 'broken');
    }
  }

  /** SQLite may have rolled back by itself already. */
  private rollBack(cause: unknown, certain: boolean): RolledBack {
    const rolledBack = new RolledBack(this.refusal(cause), sqliteFailure(cause), certain);
    try {
      this.facts.forget();
      if (this.connection.inTransaction) this.connection.exec('ROLLBACK');
    } catch (error) {
      this.fail(new Error(`${this.connection.path}: cannot roll back`, { cause: error }));
    }
    return rolledBack;
  }

  private refuse(calls: readonly FactsCall[], { error, certain }: RolledBack): FactsOutcome[] {
    const refused = certain ? error : new StoreOutcomeUnknown(error.message);
    return calls.map((call) => (isWrite(call.method) ? { error: refused } : this.executeRead(call)));
  }

  /** An error that SQLite raised becomes StoreUnavailable (and stops the node if it is of the lasting kind). */
  private refusal(error: unknown): Error {
    const message = messageOf(error);
    const kind = sqliteFailure(error);
    if (kind === null) return error instanceof Error ? error : new Error(message);
    if (kind === 'broken') this.fail(new Error(`${this.connection.path}: ${message}`, { cause: error }));
    return new StoreUnavailable(`${this.connection.path}: ${message}`);
  }
}
