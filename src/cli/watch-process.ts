/**
 * Owns what may happen to the process while a node runs: signals, exceptions that nobody caught, a stop that takes
 * too long. SIGTERM and SIGINT drain and end with 0; a second one ends with 1 at once. SIGHUP reads the certificate and
 * opens the log files again; from a terminal that was closed it is a stop, as everywhere.
 */

import type { RunningNode } from '../node.js';
import type { Logger } from '../runtime/runtime.js';
import type { CommandContext } from './command-context.js';

/** On top of the drain of requests, pipelines, store and view get as long again to close, but at least this. */
const CLOSE_LEAST_MS = 2000;

export interface ProcessWatch {
  /** Resolves with the exit code when the process is to end. */
  readonly ended: Promise<number>;
  /** A signal asked for the stop. */
  readonly stopRequested: boolean;
  /** Resolves with the exit code when the node has stopped, whoever stopped it. */
  untilStopped(node: RunningNode): Promise<number>;
  /** Takes the handlers away. */
  release(): void;
}

/** Call before the node is made, so that a signal during the start counts as well. */
export function watchProcess(
  context: CommandContext,
  log: Logger,
  drainTimeoutMs: number,
  stopAtEndOfInput = false,
): ProcessWatch {
  let end: (exitCode: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });
  let node: RunningNode | null = null;
  let signals = 0;
  let timeout: NodeJS.Timeout | null = null;

  const stop = (running: RunningNode): void => {
    timeout = stopInTime(running, drainTimeoutMs, log, end);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    signals++;
    log.info(signals === 1 ? 'node.stopping' : 'node.stopped_at_once', { signal });
    if (signals > 1) {
      context.err('Stopped without draining\n');
      process.exit(1);
    }
    if (node !== null) stop(node);
  };
  const onHangup = (signal: NodeJS.Signals): void => {
    // A terminal that goes away may say so twice.
    if (!context.terminal && !context.outTerminal) node?.reload();
    else if (signals === 0) onSignal(signal);
  };
  const onFault = (error: unknown): void => {
    log.error('fault.uncaught', { error });
    context.err(`Stopped by an internal fault: ${error instanceof Error ? error.message : String(error)}\n`);
    // Nothing is known about the state in memory now: the start-up after a crash is the safe way on.
    end(1);
  };
  const onEndOfInput = (): void => {
    if (signals === 0) onSignal('SIGTERM');
  };
  if (stopAtEndOfInput) process.stdin.once('close', onEndOfInput).resume();
  const faults = { uncaughtException: onFault, unhandledRejection: onFault };
  const stopListening = handle({ SIGTERM: onSignal, SIGINT: onSignal, SIGHUP: onHangup, ...faults });

  return {
    ended,
    get stopRequested() {
      return signals > 0;
    },
    async untilStopped(running) {
      node = running;
      if (signals > 0) stop(running);
      void running.stopped.then(({ exitCode, reason }) => {
        if (reason !== null) context.err(`Stopped: ${reason}\n`);
        end(exitCode);
      }, onFault);
      return ended;
    },
    release() {
      if (timeout !== null) clearTimeout(timeout);
      if (stopAtEndOfInput) process.stdin.off('close', onEndOfInput).destroy();
      stopListening();
    },
  };
}

/** Stops the node; one that takes too long, or fails, ends the process with 1. The result is the timer of that. */
function stopInTime(
  running: RunningNode,
  drainTimeoutMs: number,
  log: Logger,
  end: (exitCode: number) => void,
): NodeJS.Timeout {
  const stopMs = drainTimeoutMs + Math.max(drainTimeoutMs, CLOSE_LEAST_MS);
  running.stop().catch((error: unknown) => {
    log.error('stop.failed', { error });
    end(1);
  });
  return setTimeout(() => {
    log.error('stop.too_slow', { ms: stopMs });
    end(1);
  }, stopMs);
}

/** Listens to the process; the result takes the listeners away. */
function handle(listeners: Readonly<Record<string, (what: NodeJS.Signals) => void>>): () => void {
  const all = Object.entries(listeners);
  for (const [event, listener] of all) process.on(event, listener);
  return () => {
    for (const [event, listener] of all) process.off(event, listener);
  };
}
