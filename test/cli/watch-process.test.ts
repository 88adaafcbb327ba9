/** Danger: a node that lives on without its terminal, or dies of a hangup that meant a reload. Method: signals by hand. */
import type { CommandContext } from '../../src/cli/command-context.js';
import { watchProcess } from '../../src/cli/watch-process.js';
import type { RunningNode } from '../../src/node.js';
import { quietRuntime } from '../compat/support/quiet-runtime.js';

interface Watched {
  readonly calls: string[];
  release(): void;
}

function watch(terminal: boolean): Watched {
  const context = { terminal, outTerminal: false, err: () => undefined } as object as CommandContext;
  const calls: string[] = [];
  const watched = watchProcess(context, quietRuntime().logger('cli'), 1000);
  const node = {
    stopped: new Promise(() => undefined),
    reload: () => {
      calls.push('reload');
      return [];
    },
    stop: async () => {
      calls.push('stop');
    },
  };
  void watched.untilStopped(node as object as RunningNode);
  return { calls, release: () => watched.release() };
}

test.each([
  ['of a terminal that was closed is a stop, and only one', true, ['stop']],
  ['without a terminal is a reload each time', false, ['reload', 'reload']],
])('SIGHUP %s', (_name, terminal, expected) => {
  const before = process.listenerCount('SIGHUP');
  const { calls, release } = watch(terminal);
  process.emit('SIGHUP', 'SIGHUP');
  process.emit('SIGHUP', 'SIGHUP');
  release();
  expect(calls).toEqual(expected);
  expect(process.listenerCount('SIGHUP')).toBe(before);
});
