/**
 * Entry of the load process: a process of its own, so that the node's figures are the node's. Does one job: prepares
 * it, runs it when told, verifies it when told. Whatever goes wrong is said to the parent and ends the process.
 */

import { CreateLoad } from './load-create.js';
import { LatencyLoad, ReadLoad } from './load-latency.js';
import type { FromLoad, LoadJob, LoadResult, ToLoad } from './load-protocol.js';

interface Load {
  prepare(): Promise<void>;
  run(): Promise<LoadResult>;
  verify(): Promise<number>;
}

let load: Load | null = null;

function create(job: LoadJob): Load {
  switch (job.kind) {
    case 'create':
      return new CreateLoad(job);
    case 'latency':
      return new LatencyLoad(job);
    case 'read':
      return new ReadLoad(job);
  }
}

async function handle(message: ToLoad): Promise<FromLoad> {
  if (message.do === 'prepare') {
    load = create(message.job);
    await load.prepare();
    return { said: 'prepared' };
  }
  if (load === null) throw new Error('prepare comes first');
  if (message.do === 'go') return { said: 'loaded', result: await load.run() };
  return { said: 'verified', checked: await load.verify() };
}

function say(message: FromLoad): void {
  process.send?.(message);
}

process.on('message', (message: ToLoad) => {
  handle(message).then(say, (error: unknown) => {
    say({ said: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  });
});
process.on('disconnect', () => process.exit());
