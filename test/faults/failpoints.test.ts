// Danger: the seam between two durable effects is where a crash leaves half of something (F1).
// Method: let a real node kill itself at each named seam under load, restart it, and look for every acknowledged
// transaction.

import { failpointGroups } from '../support/failpoint-groups.js';
import { NodeClient } from '../support/process-client.js';
import { ValidEvents } from '../support/process-events.js';
import { injectBacklog, withWrongSignature } from '../support/process-inject.js';
import { SteadyLoad } from '../support/process-load.js';
import { NodeFolder, type NodeProcess, NotStarted } from '../support/process-node.js';
import { SigningKey, TransactionMaker } from '../support/process-transactions.js';

const KILLED = { code: null, signal: 'SIGKILL' };
const groups = failpointGroups();

async function withFolder(use: (folder: NodeFolder) => Promise<void>): Promise<void> {
  const folder = new NodeFolder({ settings: { backlog_reassign_delay: 1 } });
  try {
    await use(folder);
  } finally {
    await folder.dispose();
  }
}

/** The next process finds everything that was acknowledged, works on, and stops in order. */
async function goesOn(node: NodeProcess, load: SteadyLoad, beginning: string): Promise<void> {
  const events = await ValidEvents.follow(node.http, beginning);
  load.start(node.http);
  await load.moreAcknowledged(50);
  await load.stop();
  await events.includes(load.acknowledged);
  const statuses = await new NodeClient(node.http).statuses([...load.acknowledged]);
  expect(statuses.filter((status) => status !== 'VALID')).toEqual([]);
  expect(events.repeated()).toEqual([]);
  expect(load.wrong).toEqual([]);
  events.stop();
  expect(await node.stop()).toEqual({ code: 0, signal: null });
}

it.each(groups.atStart)('makes one genesis when it dies at %s', async (name) => {
  await withFolder(async (folder) => {
    const first = folder.spawn({ FAILPOINT: name });
    await expect(first.ready(30_000)).rejects.toThrow(NotStarted);
    expect(await first.exited).toEqual(KILLED);
    const second = await folder.start();
    await goesOn(second, new SteadyLoad(name), await ValidEvents.now(second.http));
  });
});

describe('one ledger on which a node dies at seam after seam, under load', () => {
  const folder = new NodeFolder();
  const load = new SteadyLoad('seams');
  let beginning: string | null = null;

  afterAll(() => folder.dispose());

  // Each start is also the recovery from the death before it.
  it.each(groups.underLoad)('it dies at %s', async (name) => {
    // The third hit: there is a ledger already, and work on all sides of the seam.
    const node = folder.spawn({ FAILPOINT: `${name}:3` });
    // Recovery may pass the seam three times before the doors are open.
    const ready = await node.ready(30_000).catch(() => null);
    if (ready !== null) {
      beginning ??= await ValidEvents.now(ready.http).catch(() => null);
      load.start(ready.http);
    }
    expect(await node.exited).toEqual(KILLED);
    await load.stop();
  });

  it('has lost nothing in the end', async () => {
    if (beginning === null) throw new Error('no node was ever ready');
    expect(load.acknowledged.size).toBeGreaterThan(groups.underLoad.length);
    await goesOn(await folder.start(), load, beginning);
  });
});

it('remembers a rejection when it dies at block.after_reject', async () => {
  await withFolder(async (folder) => {
    const beginning = await madeLedger(folder);
    const wrong = withWrongSignature(new TransactionMaker('wrong', 1).next());
    await injectBacklog(folder, wrong, folder.publicKey);
    expect(await folder.spawn({ FAILPOINT: 'block.after_reject' }).exited).toEqual(KILLED);
    const second = await folder.start();
    await goesOn(second, new SteadyLoad('reject'), beginning);
    const third = await folder.start();
    const query = 'query ($id: TransactionId!) { rejection(id: $id) { code node } }';
    expect(await new NodeClient(third.http).query(query, { id: wrong.id })).toEqual({
      rejection: { code: 'INVALID_SIGNATURE', node: folder.publicKey },
    });
    await third.stop();
  });
});

it('takes over what another node let lie when it dies at stale.mid_reassign', async () => {
  await withFolder(async (folder) => {
    const beginning = await madeLedger(folder);
    const left = new TransactionMaker('left', 1).next();
    await injectBacklog(folder, left, SigningKey.fromText('another node').publicKey);
    expect(await folder.spawn({ FAILPOINT: 'stale.mid_reassign' }).exited).toEqual(KILLED);
    const second = await folder.start();
    const events = await ValidEvents.follow(second.http, beginning);
    await events.includes([left.id]);
    events.stop();
    await goesOn(second, new SteadyLoad('stale'), beginning);
  });
});

/** Starts once and stops, so that there is a store; the cursor of its beginning. */
async function madeLedger(folder: NodeFolder): Promise<string> {
  const node = await folder.start();
  const beginning = await ValidEvents.now(node.http);
  await node.stop();
  return beginning;
}
