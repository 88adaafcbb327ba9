/**
 * Runs one job against one node: a real node process in production mode on a fresh folder, a load process of its own,
 * and the readings of /proc around them. Scenarios say what to run and which figures to make of it.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { NodeFolder, type NodeProcess } from '../support/process-node.js';
import type { FromLoad, LoadJob, LoadResult, ToLoad } from './load-protocol.js';
import { machineSeconds, processorSeconds, residentMegabytesMax } from './process-usage.js';

export interface BenchOptions {
  /** Length of each measured window. */
  readonly seconds: number;
  /** Transactions that the scenario `million` stores before it measures. */
  readonly stored: number;
  /** Transactions that the scenarios of reads store beside what they ask for; the targets are meant for 1,000,000. */
  readonly readStored: number;
  /** Verifications per second on one core of the idle machine; what targets are fractions of. */
  readonly limit: number;
  /** Progress, for a person who waits. */
  readonly say: (line: string) => void;
}

/**
 * Unit of a figure that a scenario divided by `BenchOptions.limit`. The report divides it by the larger one of the
 * limits before and after, so that a machine that was busy at the start flatters nobody.
 */
export const OF_LIMIT = 'x';

/** One line of the result. `target` is what the figure must reach, null where nothing is asked. */
export interface Figure {
  readonly scenario: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target: { readonly atLeast?: number; readonly atMost?: number } | null;
}

export interface Scenario {
  readonly name: string;
  /** One sentence for `--help`. */
  readonly about: string;
  run(options: BenchOptions): Promise<Figure[]>;
}

export interface Measured extends LoadResult {
  /** Acknowledged transactions that were asked for one by one at the end, and were valid. */
  readonly checked: number;
  /** Cores the node used from the first request to the last valid transaction. */
  readonly nodeCores: number;
  /** Cores that neither the node nor the load process used: on a quiet machine next to nothing. */
  readonly otherCores: number;
  /** Largest resident set of the node so far. */
  readonly residentMegabytesMax: number;
}

/** Runs `use` with a fresh node and stops it afterwards, whatever happens. */
export async function withNode<T>(
  environment: Readonly<Record<string, string>>,
  use: (folder: NodeFolder, node: NodeProcess) => Promise<T>,
): Promise<T> {
  const folder = new NodeFolder({ environment, readyTimeoutMs: 120_000 });
  try {
    return await use(folder, await folder.start());
  } finally {
    await folder.dispose();
  }
}

/** Prepares, runs and verifies one job. Rejects when anything was lost, refused for good or not understood. */
export async function measure(node: NodeProcess, job: LoadJob, verify = true): Promise<Measured> {
  const load = new LoadProcess();
  try {
    await load.ask({ do: 'prepare', job }, 'prepared');
    const usedBefore = processorSeconds(node.pid);
    const machineBefore = machineSeconds();
    const start = performance.now();
    const { result } = await load.ask({ do: 'go' }, 'loaded');
    const seconds = (performance.now() - start) / 1000;
    const nodeCores = (processorSeconds(node.pid) - usedBefore) / seconds;
    const otherCores = (machineSeconds() - machineBefore) / seconds - nodeCores - result.loadCores;
    const resident = residentMegabytesMax(node.pid);
    const checked = verify ? (await load.ask({ do: 'verify' }, 'verified')).checked : 0;
    return { ...result, nodeCores, otherCores, residentMegabytesMax: resident, checked };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\nlast lines of the node:\n${node.output().split('\n').slice(-20).join('\n')}`);
  } finally {
    load.end();
  }
}

/** The value below which `fraction` of `values` lies; NaN for none. */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * fraction) - 1)] ?? Number.NaN;
}

type Said<S extends FromLoad['said']> = Extract<FromLoad, { said: S }>;

class LoadProcess {
  private readonly child: ChildProcess;

  constructor() {
    this.child = fork(join(__dirname, 'load-process.js'), {
      execArgv: ['--max-old-space-size=4096'],
      env: { PATH: process.env.PATH, NODE_ENV: 'production' },
    });
  }

  ask<S extends FromLoad['said']>(message: ToLoad, expected: S): Promise<Said<S>> {
    return new Promise((resolve, reject) => {
      const settle = (action: () => void): void => {
        this.child.removeAllListeners('message');
        this.child.removeAllListeners('exit');
        action();
      };
      this.child.once('message', (answer: FromLoad) =>
        settle(() => {
          if (answer.said === expected) resolve(answer as Said<S>);
          else reject(new Error(answer.said === 'failed' ? answer.message : `it said ${answer.said}`));
        }),
      );
      this.child.once('exit', (code) =>
        settle(() => reject(new Error(`the load process ended with ${code}`))),
      );
      this.child.send(message);
    });
  }

  end(): void {
    this.child.removeAllListeners();
    this.child.disconnect();
  }
}
