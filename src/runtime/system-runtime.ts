/** The runtime of a real process: the system's clock, timers, chance. The only file that reads them. */

import { randomBytes, randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { Metrics } from './metrics.js';
import type { Clock, Failpoints, LogControl, Logger, Random, Runtime, Scheduler } from './runtime.js';

/** setTimeout fires at once beyond this many milliseconds. */
const TIMER_MAX_MS = 2_147_483_647;

export interface SystemRuntimeOptions {
  readonly logger: (folder: string) => Logger;
  readonly failpoints: Failpoints;
  /** Fresh ones when left out. */
  readonly metrics?: Metrics;
  readonly logControl?: LogControl;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/**
 * Timers do not keep the process alive. One that the system fires early (it counts from the start of the turn in
 * which it was set) is set again for the rest, because `after` promises «not before».
 */
export const systemScheduler: Scheduler = {
  after(delayMs, action) {
    const dueMs = performance.now() + delayMs;
    let timeout: NodeJS.Timeout;
    const arm = (restMs: number): void => {
      timeout = setTimeout(fire, Math.min(Math.max(1, Math.ceil(restMs)), TIMER_MAX_MS)).unref();
    };
    const fire = (): void => {
      const restMs = dueMs - performance.now();
      if (restMs > 0) arm(restMs);
      else action();
    };
    arm(delayMs);
    return { cancel: () => clearTimeout(timeout) };
  },
  yieldTurn: () =>
    new Promise((resolve) => {
      setImmediate(resolve);
    }),
};

export const systemRandom: Random = {
  bytes: (length) => new Uint8Array(randomBytes(length)),
  integer: (below) => randomInt(below),
};

export function createSystemRuntime(options: SystemRuntimeOptions): Runtime {
  return {
    clock: systemClock,
    scheduler: systemScheduler,
    random: systemRandom,
    failpoints: options.failpoints,
    metrics: options.metrics ?? new Metrics(),
    logger: options.logger,
    logControl: options.logControl,
  };
}
