// Danger: the seam between two durable effects is where a crash leaves half of something (F1).
// Method: let a real node kill itself at each named seam under load, restart it, and look for every acknowledged
// transaction.

import { FAILPOINT_NAMES } from '../../src/runtime/failpoints.js';
import { NodeClient } from '../support/process-client.js';
import { ValidEvents } from '../support/process-events.js';
import { SteadyLoad } from '../support/process-load.js';
import { NodeFolder, type NodeProcess, NotStarted } from '../support/process-node.js';

/** Before the node is ready, so that there is no load yet. */
const AT_START = /^genesis\./;
/** One node alone never takes over what another let lie; the simulation visits this one. */
const NEEDS_ANOTHER_NODE = /^stale\./;

async function dieUnderLoad(node: NodeProcess, load: SteadyLoad): Promise<string | null> {
  await node.ready(30_000);
  const beginning = await ValidEvents.now(node.http).catch(() => null);
  load.start(node.http);
  const exit = await node.exited;
  expect(exit).toEqual({ code: null, signal: 'SIGKILL' });
  await load.stop();
  return beginning;
}

async function dieAtStart(node: NodeProcess): Promise<null> {
  await expect(node.ready(30_000)).rejects.toThrow(NotStarted);
  expect(await node.exited).toEqual({ code: null, signal: 'SIGKILL' });
  return null;
}

async function visit(name: string, hit: number): Promise<void> {
  const folder = new NodeFolder();
  const load = new SteadyLoad(name);
  try {
    const first = folder.spawn({ FAILPOINT: `${name}:${hit}` });
    const beginning = AT_START.test(name) ? await dieAtStart(first) : await dieUnderLoad(first, load);

    const second = await folder.start();
    const client = new NodeClient(second.http);
    const events = await ValidEvents.follow(second.http, beginning ?? undefined);
    if (beginning !== null) await events.includes(load.acknowledged);
    // The node also works on: not only what was, but what comes.
    load.start(second.http);
    await load.moreAcknowledged(50);
    await load.stop();
    await events.includes(load.acknowledged);
    const statuses = await client.statuses([...load.acknowledged]);
    expect(statuses.filter((status) => status !== 'VALID')).toEqual([]);
    expect(events.repeated()).toEqual([]);
    expect(load.wrong).toEqual([]);
    events.stop();
    expect(await second.stop()).toEqual({ code: 0, signal: null });
  } finally {
    await folder.dispose();
  }
}

const alone = FAILPOINT_NAMES.filter((name) => !NEEDS_ANOTHER_NODE.test(name));

it.each(alone)('loses nothing when it dies at %s', async (name) => {
  await visit(name, AT_START.test(name) ? 1 : 3);
});
