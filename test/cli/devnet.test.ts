/**
 * Danger: a devnet that leaves processes behind, loses what it was told to keep, or whose nodes are no federation.
 * Method: the real command, its real node processes, Ctrl-C and a killed parent.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeClient } from '../support/process-client.js';
import { ValidEvents } from '../support/process-events.js';
import { REPOSITORY } from '../support/process-node.js';
import { TransactionMaker } from '../support/process-transactions.js';
import { makeHome, type RunningCommand, runCommand, startCommand } from './run-command.js';

const program = join(REPOSITORY, 'dist/src/main.js');

interface Announced {
  readonly folder: string;
  readonly nodes: readonly {
    readonly http: string;
    readonly public_key: string;
    readonly pid: number;
  }[];
}

let home: string;
let remove: () => void;
let keep: string;
const started: RunningCommand[] = [];
beforeEach(() => {
  ({ home, remove } = makeHome());
  keep = mkdtempSync(join(tmpdir(), 'kept-devnet-'));
});
afterEach(async () => {
  for (const run of started.splice(0)) run.child.kill('SIGINT');
  remove();
  rmSync(keep, { recursive: true, force: true });
});

async function startDevnet(parameters: readonly string[]): Promise<[RunningCommand, Announced]> {
  const run = startCommand(['devnet', ...parameters], { home, program });
  started.push(run);
  await run.until(/"event":"ready".*\n/);
  const line = run
    .output()
    .split('\n')
    .find((each) => each.startsWith('{"event":"ready"'));
  return [run, JSON.parse(line ?? '') as Announced];
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The processes are not this test's own children, so nothing tells when they are gone. */
async function allGone({ nodes }: Announced): Promise<void> {
  while (nodes.some(({ pid }) => isRunning(pid))) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('a federation that votes, stops at Ctrl-C with all its processes, and goes on where it was kept', async () => {
  const [first, net] = await startDevnet(['--nodes', '3', '--keep', keep]);
  expect(net.folder).toBe(keep);
  expect(new Set(net.nodes.map((node) => node.public_key)).size).toBe(3);
  const [one, , three] = net.nodes;
  const events = await ValidEvents.follow(three?.http ?? '');
  const made = new TransactionMaker('devnet').next();
  expect((await new NodeClient(one?.http ?? '').post(made.text)).status).toBe(202);
  await events.includes([made.id]);
  events.stop();
  first.child.kill('SIGINT');
  expect((await first.finished).exitCode).toBe(0);
  await allGone(net);

  const wrong = await runCommand(['devnet', '--nodes', '4', '--keep', keep], { home, program });
  expect([wrong.exitCode, wrong.stderr]).toEqual([1, expect.stringContaining('has 3 nodes')]);

  const [, again] = await startDevnet(['--keep', keep]);
  expect(again.nodes.map((node) => node.public_key)).toEqual(net.nodes.map((node) => node.public_key));
  for (const { http } of again.nodes) expect(await new NodeClient(http).status(made.id)).toBe('valid');
}, 60_000);

test('no node outlives a parent that was killed', async () => {
  const [run, net] = await startDevnet(['--nodes', '2', '--keep', keep]);
  run.child.kill('SIGKILL');
  await run.finished;
  await allGone(net);
}, 60_000);

test.each([
  [['--nodes', '0'], 'must be an integer between 1 and 16'],
  [['--port', 'http'], 'must be a port'],
])('%j is a usage error', async (parameters, words) => {
  const { exitCode, stderr } = await runCommand(['devnet', ...parameters], { home, program });
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(words)]);
});
