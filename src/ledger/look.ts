/**
 * The fresh look that precedes every miss (architecture, section 5, "Never a false 404 or 400"): the backlog and
 * rejections of the ids in question, then the contiguous head and the votes of every undecided height, and what they
 * decide. Requests of one turn share a look; a look takes at most a second.
 */

import type { Scheduler } from '../runtime/runtime.js';
import { StoreUnavailable } from '../store/store.js';

export interface LookOptions {
  readonly scheduler: Scheduler;
  readonly timeoutMs: number;
  /** Ids in one look; more wait for the next. */
  readonly idsMax: number;
  readonly readBacklogOf: (transactionIds: readonly string[]) => Promise<void>;
  readonly readRejectionsOf: (transactionIds: readonly string[]) => Promise<void>;
  /** Reads the head and the votes of undecided heights, decides, and resolves when the view has committed it. */
  readonly readHeights: () => Promise<void>;
}

export class Look {
  private gathering: { readonly ids: Set<string>; readonly done: Promise<void> } | null = null;

  constructor(private readonly options: LookOptions) {}

  /** Resolves when a look that started after this call has ended. Rejects with StoreUnavailable after `timeoutMs`. */
  take(transactionIds: readonly string[]): Promise<void> {
    let round = this.gathering;
    if (round === null || round.ids.size >= this.options.idsMax) {
      const ids = new Set<string>();
      round = { ids, done: this.options.scheduler.yieldTurn().then(() => this.run(ids)) };
      this.gathering = round;
    }
    for (const id of transactionIds) round.ids.add(id);
    return this.bounded(round.done);
  }

  private async run(ids: Set<string>): Promise<void> {
    if (this.gathering?.ids === ids) this.gathering = null;
    const list = [...ids];
    if (list.length > 0) {
      await this.options.readBacklogOf(list);
      await this.options.readRejectionsOf(list);
    }
    await this.options.readHeights();
  }

  private bounded(done: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.options.scheduler.after(this.options.timeoutMs, () =>
        reject(new StoreUnavailable('the look at the store took too long')),
      );
      done.then(resolve, reject).finally(() => timer.cancel());
    });
  }
}
