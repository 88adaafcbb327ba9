/**
 * The commands that keep a ledger: how fast a stopped node's files are verified, exported, imported and derived again,
 * and what a backup costs the node that runs meanwhile.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { NodeFolder, REPOSITORY } from '../../support/process-node.js';
import { type BenchOptions, type Figure, measure, OF_LIMIT, type Scenario, withNode } from '../harness.js';
import { residentMegabytesMax } from '../process-usage.js';
import { batchJob } from './throughput.js';

/** Enough for a steady rate; a million takes ten times as long and says the same. */
const STORED_MAX = 100_000;
const LOOK_EVERY_MS = 100;

interface Finished {
  readonly seconds: number;
  readonly residentMegabytes: number;
}

export const care: Scenario = {
  name: 'care',
  about: 'verify, export, import, rebuild of a stopped node; backup of a running one',
  run: (options) =>
    withNode({}, async (folder, node) => {
      const { limit, seconds } = options;
      const figures: Figure[] = [];
      const add = (name: string, value: number, unit: string, target: Figure['target'] = null): void => {
        figures.push({ scenario: 'care', name, value, unit, target });
      };
      const stored = await fill(node.http, options, (job) => measure(node, job, false));
      add('stored', stored, '');
      const alone = await measure(node, batchJob(node.http, 'alone', seconds, limit), false);
      const backups = new Backups(folder);
      const beside = await measure(node, batchJob(node.http, 'beside', seconds, limit), false);
      add('backups made meanwhile', await backups.stop(), '');
      add('throughput beside backups, of that alone', rate(beside) / rate(alone), '', { atLeast: 0.8 });
      await node.stop();
      const transactions = stored + alone.acknowledged + beside.acknowledged;
      const perSecond = (each: Finished): number => transactions / each.seconds;
      const verified = await command(folder, 'verify');
      add('verify, transactions per second', perSecond(verified), '1/s');
      add('verify, of the machine limit', perSecond(verified) / limit, OF_LIMIT, { atLeast: 0.5 });
      add('verify, largest resident set', verified.residentMegabytes, 'MB');
      const file = join(folder.folder, 'facts.ndjson');
      const exported = await command(folder, 'export', file);
      add('export, transactions per second', perSecond(exported), '1/s');
      add('export, largest resident set', exported.residentMegabytes, 'MB', { atMost: 400 });
      add('rebuild, transactions per second', perSecond(await command(folder, 'rebuild')), '1/s');
      const target = new NodeFolder();
      try {
        const imported = await command(target, 'import', file);
        add('import, transactions per second', perSecond(imported), '1/s', { atLeast: 4000 });
        add('import, largest resident set', imported.residentMegabytes, 'MB');
      } finally {
        await target.dispose();
      }
      return figures;
    }),
};

type Measured = Awaited<ReturnType<typeof measure>>;

function rate({ acknowledged, validSeconds }: Measured): number {
  return acknowledged / (validSeconds ?? Number.NaN);
}

async function fill(
  http: string,
  { stored, limit }: BenchOptions,
  run: (job: ReturnType<typeof batchJob>) => Promise<Measured>,
): Promise<number> {
  const countMax = Math.min(stored, STORED_MAX);
  return (await run({ ...batchJob(http, 'care', 3600, limit), countMax, presigned: false })).acknowledged;
}

function start(folder: NodeFolder, parameters: readonly string[]): ChildProcess {
  const main = join(REPOSITORY, 'dist', 'src', 'main.js');
  return spawn(process.execPath, [main, '-c', folder.configPath, ...parameters], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH, HOME: folder.folder, NODE_ENV: 'production' },
  });
}

/** Runs one command to its end, which must be a good one. */
export async function command(folder: NodeFolder, ...parameters: readonly string[]): Promise<Finished> {
  const startMs = performance.now();
  const child = start(folder, parameters);
  const ended = once(child, 'close');
  let residentMegabytes = 0;
  const look = setInterval(() => {
    residentMegabytes = residentOf(child) ?? residentMegabytes;
  }, LOOK_EVERY_MS);
  const [exitCode] = await ended;
  clearInterval(look);
  if (exitCode !== 0) throw new Error(`bigchaindb ${parameters[0]} ended with ${String(exitCode)}`);
  return { seconds: (performance.now() - startMs) / 1000, residentMegabytes };
}

/** Null for a process that is gone, or just going. */
function residentOf({ pid }: ChildProcess): number | null {
  try {
    return pid === undefined ? null : residentMegabytesMax(pid);
  } catch {
    return null;
  }
}

/** One backup after the other, until `stop`. */
class Backups {
  private count = 0;
  private stopped = false;
  private readonly running: Promise<void>;

  constructor(folder: NodeFolder) {
    this.running = this.run(folder);
  }

  /** Lets the last one end; how many there were. */
  async stop(): Promise<number> {
    this.stopped = true;
    await this.running;
    return this.count;
  }

  private async run(folder: NodeFolder): Promise<void> {
    while (!this.stopped) {
      const target = join(folder.folder, `backup-${this.count++}`);
      await command(folder, 'backup', target);
      rmSync(target, { recursive: true });
    }
  }
}
