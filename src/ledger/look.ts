/**
 * The fresh look that precedes every miss (architecture, section 5, "Never a false 404 or 400"): the backlog and
 * rejections of the ids in question, then the contiguous head and the votes of every undecided height, and what they
 * decide. Requests of one turn share a look; a look takes at most a second.
 */

import type { Scheduler } from '../runtime/runtime.js';
import { StoreUnavailable } from '../store/store.js';

/** More only make a slow store slower; whoever comes meanwhile shares the next look. */
const LOOKS_UNDER_WAY_MAX = 4;

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

  private underWay = 0;
  /** Rounds that wait for their turn: one, and those whose list of ids is full. */
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly options: LookOptions) {}

  /** Resolves when a look that started after this call has ended. Rejects with StoreUnavailable after `timeoutMs`. */
  take(transactionIds: readonly string[]): Promise<void> {
    let round = this.gathering;
    if (round === null || round.ids.size >= this.options.idsMax) {
      const ids = new Set<string>();
      round = { ids, done: this.start(ids) };
      this.gathering = round;
    }
    for (const id of transactionIds) round.ids.add(id);
    return this.bounded(round.done);
  }

  /** Ids go on gathering while as many looks as may be are under way. */
  private async start(ids: Set<string>): Promise<void> {
    await this.options.scheduler.yieldTurn();
    while (this.underWay >= LOOKS_UNDER_WAY_MAX) {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    }
    this.underWay += 1;
    if (this.gathering?.ids === ids) this.gathering = null;
    try {
      await this.run(ids);
    } finally {
      this.underWay -= 1;
      this.waiting.shift()?.();
    }
  }

  private async run(ids: ReadonlySet<string>): Promise<void> {
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
