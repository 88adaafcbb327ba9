/** Notices commits of other connections to the same file by SQLite's `data_version`, which costs microseconds to ask. */

import type { Scheduler, Timer } from '../../runtime/runtime.js';
import { type Connection, numberOf, type Statement } from './connection.js';
import { type Changes, type Counters, type Counts, changesBetween } from './counters.js';

/** Between two looks: what a commit of another process waits at most to be noticed. */
const LOOK_INTERVAL_MS = 10;

export class ChangeWatch {
  private readonly dataVersion: Statement;
  private version = 0;
  private counts: Counts | null = null;
  private timer: Timer | null = null;

  constructor(
    connection: Connection,
    private readonly counters: Counters,
    private readonly scheduler: Scheduler,
    private readonly onChange: (changes: Changes) => void,
  ) {
    this.dataVersion = connection.prepare('PRAGMA data_version');
  }

  /** Changes from now on count. Safe to call twice. */
  start(): void {
    if (this.timer !== null) return;
    this.look();
    this.schedule();
  }

  /** Safe to call twice, and before the connection closes. */
  stop(): void {
    this.timer?.cancel();
    this.timer = null;
    this.counts = null;
  }

  private schedule(): void {
    this.timer = this.scheduler.after(LOOK_INTERVAL_MS, () => {
      this.look();
      this.schedule();
    });
  }

  /**
   * Own commits do not move `data_version`, so the counters may lag by them: then a hint says too much, never too
   * little. A look that fails says nothing; the consumers' sweeps do not depend on it.
   */
  private look(): void {
    try {
      const version = numberOf(this.dataVersion.get()?.[0]);
      if (this.counts !== null && version === this.version) return;
      const counts = this.counters.read();
      if (this.counts !== null) this.onChange(changesBetween(this.counts, counts));
      this.version = version;
      this.counts = counts;
    } catch {
      this.counts = null;
    }
  }
}
