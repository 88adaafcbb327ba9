/**
 * The operations of one socket. They are told apart by their payloads, because a client may use an id again as soon as
 * it has completed the operation, while that one is still ending.
 */

import type { RunningOperation } from '../context.js';

export class OperationTable {
  private readonly byPayload = new Map<object, RunningOperation>();
  /** What a client may complete; a map, so that no id is special. */
  private readonly open = new Map<string, object>();

  /** Operations that the client has not completed. */
  get size(): number {
    return this.open.size;
  }

  add(id: string, payload: object, operation: RunningOperation): void {
    this.byPayload.set(payload, operation);
    this.open.set(id, payload);
  }

  get(payload: object): RunningOperation | undefined {
    return this.byPayload.get(payload);
  }

  /** The one that has this id and that the client has not completed. */
  named(id: string): RunningOperation | undefined {
    const payload = this.open.get(id);
    return payload === undefined ? undefined : this.byPayload.get(payload);
  }

  all(): RunningOperation[] {
    return [...this.byPayload.values()];
  }

  /** The client wants no more of it. */
  cancel(id: string): void {
    const payload = this.open.get(id);
    if (payload === undefined) return;
    this.open.delete(id);
    this.byPayload.get(payload)?.control.cancel();
  }

  /** It has ended. */
  remove(id: string, payload: object): void {
    this.byPayload.get(payload)?.control.finish();
    this.byPayload.delete(payload);
    if (this.open.get(id) === payload) this.open.delete(id);
  }
}
