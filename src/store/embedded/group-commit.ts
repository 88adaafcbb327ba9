/**
 * Many calls, one transaction, one fsync. Owns when a write counts as done: after COMMIT returned, never before.
 * A crash before COMMIT returns leaves nothing of the group, or (between the write of the log and the return) all of
 * it; no caller was told either, and sending the same bytes again is right in both cases.
 */

import { StoreUnavailable } from '../store.js';
import type { Connection } from './connection.js';
import { Facts, isWrite, type OperationName } from './facts.js';
import { mayComeBack, sqliteFailure } from './sqlite-failure.js';

export interface FactsCall {
  readonly method: OperationName;
  readonly argument: unknown;
}

export type FactsOutcome = { readonly value: unknown } | { readonly error: Error };

/** The write may or may not be on the disk. */
export class StoreOutcomeUnknown extends Error {
  override readonly name = 'StoreOutcomeUnknown';
}

export class GroupCommit {
  readonly facts: Facts;
  /** Set once the file or disk has failed: then nothing is tried again (a retried fsync may lie). */
  private failure: Error | null = null;

  constructor(
    private readonly connection: Connection,
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
    const outcomes = this.executeTogether(calls);
    if (outcomes !== null) return outcomes;
    return calls.map((call) => {
      if (!isWrite(call.method)) return this.executeRead(call);
      return this.executeTogether([call])?.[0] ?? { error: new StoreUnavailable('rolled back') };
    });
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

  /** Null when the group was rolled back and its calls may be tried one by one. */
  private executeTogether(calls: readonly FactsCall[]): FactsOutcome[] | null {
    if (this.failure !== null) return refuseAll(calls, new StoreUnavailable(this.failure.message));
    try {
      this.connection.exec('BEGIN IMMEDIATE');
    } catch (error) {
      const refused = this.refusal(error);
      return calls.map((call) => (isWrite(call.method) ? { error: refused } : this.executeRead(call)));
    }
    let outcomes: FactsOutcome[];
    try {
      this.facts.begin();
      outcomes = calls.map((call) => ({ value: this.facts.apply(call.method, call.argument) }));
      this.facts.end();
    } catch (error) {
      const refused = this.refusal(error);
      this.rollBack();
      return calls.length > 1 && this.failure === null ? null : refuseAll(calls, refused);
    }
    return this.commit(calls, outcomes);
  }

  private commit(calls: readonly FactsCall[], outcomes: FactsOutcome[]): FactsOutcome[] | null {
    try {
      this.connection.exec('COMMIT');
      return outcomes;
    } catch (error) {
      const refused = this.refusal(error);
      this.rollBack();
      if (this.failure !== null || mayComeBack(error)) {
        return refuseAll(calls, new StoreOutcomeUnknown(refused.message));
      }
      return calls.length > 1 ? null : refuseAll(calls, refused);
    }
  }

  /** An error that SQLite raised becomes StoreUnavailable (and stops the node if it is of the lasting kind). */
  private refusal(error: unknown): Error {
    const message = error instanceof Error ? error.message : String(error);
    const kind = sqliteFailure(error);
    if (kind === null) return error instanceof Error ? error : new Error(message);
    if (kind === 'broken') this.fail(new Error(`${this.connection.path}: ${message}`, { cause: error }));
    return new StoreUnavailable(`${this.connection.path}: ${message}`);
  }

  /** SQLite may have rolled back by itself already. */
  private rollBack(): void {
    try {
      if (this.connection.inTransaction) this.connection.exec('ROLLBACK');
    } catch (error) {
      this.fail(new Error(`${this.connection.path}: cannot roll back`, { cause: error }));
    }
  }
}

function refuseAll(calls: readonly FactsCall[], error: Error): FactsOutcome[] {
  return calls.map(() => ({ error }));
}
