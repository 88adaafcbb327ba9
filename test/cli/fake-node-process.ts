/**
 * A process that runs the real `start` command around a node that does nothing but what `BEHAVIOUR` says, to see what
 * the command makes of it: signals, faults, failures.
 */

import { processContext } from '../../src/cli/command-context.js';
import { start } from '../../src/cli/start.js';
import type { Settings } from '../../src/config/settings.js';
import type { RunningNode } from '../../src/node.js';
import type { Runtime } from '../../src/runtime/runtime.js';

const behaviour = process.env.BEHAVIOUR ?? '';
const level = process.argv.includes('debug') ? 'debug' : null;

async function createNode(settings: Settings, runtime: Runtime): Promise<RunningNode> {
  if (behaviour === 'port taken') throw new Error('server.bind: localhost:9984 is taken');
  if (behaviour === 'broken store')
    throw new Error(
      `The store ${settings.database.path}/store.sqlite cannot be used: file is not a database`,
    );
  const keepAlive = setInterval(() => undefined, 1000);
  let end: (result: { exitCode: number; reason: string | null }) => void = () => undefined;
  const stopped = new Promise<{ exitCode: number; reason: string | null }>((resolve) => {
    end = resolve;
  });
  const finish = (exitCode: number, reason: string | null): void => {
    clearInterval(keepAlive);
    end({ exitCode, reason });
  };
  if (behaviour === 'slow start') {
    process.stdout.write('starting\n');
    await new Promise<void>((resolve) => process.once('SIGTERM', () => setImmediate(resolve)));
  }
  if (behaviour === 'rejection') setImmediate(() => void Promise.reject(new Error('nobody caught this')));
  if (behaviour === 'exception')
    setImmediate(() => {
      throw new Error('nobody caught this');
    });
  if (behaviour === 'invariant') setImmediate(() => finish(1, 'a decided height would change'));
  if (behaviour === 'failpoint') setImmediate(() => runtime.failpoints.hit('vote.after_write'));
  return {
    addresses: { http: 'http://localhost:1/', websocket: 'ws://localhost:2/' },
    publicKey: settings.keypair.public ?? '',
    stopped,
    reload() {
      process.stdout.write('reloading\n');
      return [];
    },
    async stop() {
      process.stdout.write('draining\n');
      if (behaviour !== 'hangs') finish(0, null);
    },
  };
}

const context = processContext({ config: null, logLevel: level, yes: false });
const temporary = process.argv.includes('--dev-allow-temp-keypair');
void start(context, { devAllowTempKeypair: temporary, noInit: false }, async () => createNode).then(
  (exitCode) => {
    process.exitCode = exitCode;
    setTimeout(() => process.exit(exitCode), 200).unref();
  },
);
