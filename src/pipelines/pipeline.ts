/**
 * A supervised, level-triggered loop (1.0.1: a pipeline of processes that died one by one). It runs its step when it
 * is woken and at the latest after its sweep interval, so a lost hint costs milliseconds, never data. A step that
 * throws is logged and tried again after a pause; a breach of an invariant stops the node.
 */

import { InvariantBreach } from '../ledger/ledger-state.js';
import type { Logger, Runtime, Timer } from '../runtime/runtime.js';
import { StoreUnavailable } from '../store/store.js';

const PAUSE_MS = 100;
const PAUSE_MAX_MS = 2000;

export interface PipelineOptions {
  /** 1.0.1's word for it: block, vote, election, stale. */
  readonly name: string;
  readonly runtime: Runtime;
  /** Longest time between two runs of the step. */
  readonly sweepMs: number;
  readonly step: () => Promise<void>;
  readonly onBreach: (error: Error) => void;
}

export class Pipeline {
  private readonly log: Logger;
  private woken = false;
  private stopping = false;
  private running: Promise<void> | null = null;
  private wakeSleeper: (() => void) | null = null;
  private timer: Timer | null = null;
  private pauseMs = 0;
  /** Since when the store has not answered this pipeline; null when all is well. */
  troubledSinceMs: number | null = null;

  constructor(private readonly options: PipelineOptions) {
    this.log = options.runtime.logger('pipelines');
  }

  start(): void {
    this.running ??= this.loop();
  }

  /** Runs the step as soon as the present one has ended. */
  wake(): void {
    this.woken = true;
    if (this.pauseMs === 0) this.wakeSleeper?.();
  }

  /** Wakes the pipeline once after `delayMs`; a later call replaces an earlier one. */
  wakeAfter(delayMs: number): void {
    this.timer?.cancel();
    this.timer = this.options.runtime.scheduler.after(delayMs, () => this.wake());
  }

  /** Resolves when the step under way has ended; no other starts. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.timer?.cancel();
    this.wakeSleeper?.();
    await this.running;
  }

  private async loop(): Promise<void> {
    while (!this.stopping) {
      this.woken = false;
      await this.runStep();
      if (!this.stopping) await this.sleep();
    }
  }

  private async runStep(): Promise<void> {
    try {
      await this.options.step();
      this.pauseMs = 0;
      this.troubledSinceMs = null;
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private fail(error: Error): void {
    const { name, runtime, onBreach } = this.options;
    if (error instanceof InvariantBreach) {
      this.log.error('pipeline.invariant_breached', { pipeline: name, message: error.message });
      this.stopping = true;
      onBreach(error);
      return;
    }
    if (this.troubledSinceMs === null) {
      const fields = { pipeline: name, error: error.name, message: error.message };
      if (error instanceof StoreUnavailable) this.log.warn('pipeline.store_unavailable', fields);
      else this.log.error('pipeline.step_failed', { ...fields, stack: error.stack });
      this.troubledSinceMs = runtime.clock.monotonicMs();
    }
    this.pauseMs = Math.min(PAUSE_MAX_MS, Math.max(PAUSE_MS, this.pauseMs * 2));
  }

  private sleep(): Promise<void> {
    if (this.woken && this.pauseMs === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        timer.cancel();
        this.wakeSleeper = null;
        resolve();
      };
      const timer = this.options.runtime.scheduler.after(this.pauseMs || this.options.sweepMs, end);
      this.wakeSleeper = end;
    });
  }
}
