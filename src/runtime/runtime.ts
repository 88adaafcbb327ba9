/**
 * The only doors to time, chance, timers and crash points. Everything outside `runtime/` and `config/` gets them
 * from here, so that a simulation can own them all.
 */

import type { Metrics } from './metrics.js';

/** Time as this process sees it. Nothing about safety may depend on it. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC; may jump either way. */
  nowMs(): number;
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonicMs(): number;
}

/** A pending timer. `cancel` is safe to call twice and after it fired. */
export interface Timer {
  cancel(): void;
}

/** Owner of every timer and every deliberate hand-off of the event loop. */
export interface Scheduler {
  /** Calls `action` once, not before `delayMs` from now. Does not keep the process alive by itself. */
  after(delayMs: number, action: () => void): Timer;
  /** Resolves in a later turn of the event loop, so that input and output may go on. */
  yieldTurn(): Promise<void>;
}

/** Source of chance. */
export interface Random {
  /** `length` unpredictable bytes. */
  bytes(length: number): Uint8Array;
  /** A whole number from 0 to `below` - 1. */
  integer(below: number): number;
}

/** Named places between two durable effects where a test may stop the process. Does nothing in production. */
export interface Failpoints {
  hit(name: string): void;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'critical';

/** One logger per folder. `event` is a short dotted name; `fields` never hold payloads or keys. */
export interface Logger {
  debug(event: string, fields?: Record<string, unknown>): void;
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
  /** Whether debug lines go anywhere now; left out: ask with each line. Saves work that only a debug line needs. */
  isDebugOn?(): boolean;
}

/** The log while the process runs. */
export interface LogControl {
  /** Folder → level, for folders with a level of their own, and under `*` the level of all others on the console. */
  levels(): Readonly<Record<string, LogLevel>>;
  /** Takes effect at once, in every destination, until the process ends. `null`: all folders without a level of their own. */
  setLevel(folder: string | null, level: LogLevel): void;
  /** Opens the log files by their names again, so that files which somebody renamed are let go of. */
  reopen(): void;
}

/** What every part of a node is given. */
export interface Runtime {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly failpoints: Failpoints;
  /** Counts of this process (in a simulation: of this life of a node). */
  readonly metrics: Metrics;
  /** A logger that names `folder` in every line. */
  logger(folder: string): Logger;
  /** Left out where there is no log to control. */
  readonly logControl?: LogControl;
}
