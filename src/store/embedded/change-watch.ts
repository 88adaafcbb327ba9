/** Notices commits of other connections to the same file by SQLite's `data_version`, which costs microseconds to ask. */

import type { Scheduler, Timer } from '../../runtime/runtime.js';
import { type Connection, numberOf, type Statement } from './connection.js';
import { type Changes, type Counters, type Counts, changesBetween } from './counters.js';
import { sqliteFailure } from './sqlite-failure.js';

/** Between two looks: what a commit of another process waits at most to be noticed. */
const LOOK_INTERVAL_MS = 10;

export class ChangeWatch {
  private readonly dataVersion: Statement;
  private version: number;
  private counts: Counts;
  private timer: Timer | null = null;

  constructor(
    connection: Connection,
    private readonly counters: Counters,
    private readonly scheduler: Scheduler,
    private readonly onChange: (changes: Changes) => void,
  ) {
    this.dataVersion = connection.prepare('PRAGMA data_version');
    this.version = this.readVersion();
    this.counts = counters.read();
  }

  /**
   * Changes since the last look are told, from before the start as well: who begins to follow while another process
   * writes misses nothing. Safe to call twice.
   */
  start(): void {
    if (this.timer === null) this.schedule();
  }

  /** Safe to call twice; call it before the connection closes. */
  stop(): void {
    this.timer?.cancel();
    this.timer = null;
  }

  private schedule(): void {
    this.timer = this.scheduler.after(LOOK_INTERVAL_MS, () => {
      this.schedule();
      this.look();
    });
  }

  /**
   * Own commits do not move `data_version`, so the counters may lag by them: then a hint says too much, never too
   * little. A look that fails is made again; the consumers' sweeps do not depend on it.
   */
  private look(): void {
    try {
      const version = this.readVersion();
      if (version === this.version) return;
      const counts = this.counters.read();
      const changes = changesBetween(this.counts, counts);
      this.version = version;
      this.counts = counts;
      this.onChange(changes);
    } catch (error) {
      if (sqliteFailure(error) === null) throw error;
    }
  }

  private readVersion(): number {
    return numberOf(this.dataVersion.get()?.[0]);
  }
}
